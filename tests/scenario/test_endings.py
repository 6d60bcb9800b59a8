# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ends in the middle of things: of connections amid calls, sign-ins and catching up, of the daemon
amid all of them, of descriptors; and clocks that go backwards."""
import resource
import socket
import threading
import urllib.parse

import pytest
from pages import get, press, raw
from samples import pdf
from skrytka import CHUNK, PATIENCE, Closed, RpcError, wait_until


def test_connections_that_end_amid_their_sign_in(office):
    """While the password is compared, and while a wrong one is made to wait."""
    for number in range(60):
        connection = office.connect_tcp()
        connection.send("hello", protocol=1, login="jan",
                        password="tajne-haslo" if number % 3 else "zgadywanka")
        connection.close()
    assert office.clerk().hello["user"] == "jan"


def test_connections_that_end_while_catching_up(office):
    for _ in range(20):
        calls = [office.admin.send("settings_save", office_name="Biuro") for _ in range(50)]
        for call in calls:
            office.admin.wait(call)
    for _ in range(30):
        connection = office.connect().sign_in()
        connection.send("events_subscribe", after=0)
        connection.close()
    listener = office.clerk()
    listener.call("events_subscribe", after=0)
    listener.receive_until(lambda: len(listener.unread_events) >= 1000, "all events")


def test_a_user_who_loses_the_right_amid_calls(office):
    jan = office.admin.call("user_list")["users"][1]
    clerk = office.clerk()
    client = office.client()
    for number in range(200):
        clerk.send("mail_register", direction="incoming", client_id=client["id"],
                   counterparty=f"Nadawca {number}")
    office.admin.call("user_save", id=jan["id"], version=jan["version"], active=False)
    with pytest.raises(Closed):
        clerk.receive_until(lambda: None, "the end of the connection")
    # What was acknowledged is there; what was not may be there or not, but never by halves.
    acknowledged = {result["id"] for error, result in clerk.answers.values() if error is None}
    present = set()
    for item in office.admin.call("mail_list", limit=200)["items"]:
        assert item["registered_by"] == "jan"
        present.add(item["id"])
    assert acknowledged <= present


def test_a_renamed_user_signs_in_by_the_new_name(office):
    jan = office.admin.call("user_list")["users"][1]
    office.admin.call("user_save", id=jan["id"], version=jan["version"], login="janek")
    assert office.connect_tcp().sign_in("janek", "tajne-haslo").hello["user_id"] == jan["id"]
    with pytest.raises(RpcError) as error:
        office.connect_tcp().sign_in("jan", "tajne-haslo")
    assert error.value.code == "unauthenticated"


def test_signing_in_anew_on_a_connection(office):
    connection = office.connect().sign_in()
    connection.sign_in("jan", "tajne-haslo")
    with pytest.raises(RpcError) as error:
        connection.call("settings_get")
    assert error.value.code == "forbidden"


def test_a_failed_sign_in_leaves_nobody_signed_in_as_more(office):
    """The session of before stays what it was, or ends; it does not become somebody else's."""
    connection = office.clerk()
    with pytest.raises(RpcError):
        connection.sign_in("anna", "zgadywanka")
    with pytest.raises(RpcError) as error:
        connection.call("settings_get")
    assert error.value.code in ("forbidden", "unauthenticated")


def test_stopping_amid_everything(open_office, link):
    """SIGTERM while terminals register, files come, pages are asked for and peers say nothing:
    a clean end, and what was acknowledged is there."""
    office = open_office
    client = office.client()
    page = get(link(office.letter(client)))
    acknowledged = []
    stopping = threading.Event()

    def register():
        try:
            connection = office.connect().sign_in()
            while True:
                acknowledged.append(connection.call(
                    "mail_register", direction="incoming", client_id=client["id"],
                    counterparty="Urząd")["id"])
        except (Closed, OSError, RpcError):
            pass

    def browse():
        while not stopping.is_set():
            try:
                get(page.url)
            except OSError:
                pass

    threads = [threading.Thread(target=work) for work in (register, register, browse, browse)]
    for thread in threads:
        thread.start()
    content = pdf(padding=600_000)
    upload = office.admin.call("scan_begin", name="a.pdf", size=len(content))["upload"]
    office.admin.call("scan_data", upload=upload, offset=0, data=content[:CHUNK])
    office.connect_tcp().send("hello", protocol=1, login="jan", password="zgadywanka")
    office.connect_tcp().send_bytes(b"\x94\x00")
    office.clerk().call("events_subscribe", after=0)
    half = socket.create_connection(("127.0.0.1", office.web_port))
    half.sendall(b"GET / HTTP/1.1\r\nHo")
    wait_until(lambda: len(acknowledged) > 20, "some letters")
    office.admin.send("scan_data", upload=upload, offset=CHUNK, data=content[CHUNK:2 * CHUNK])
    try:
        office.stop()
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
        half.close()
    office.start()
    present, after = set(), None
    while True:
        listed = office.admin.call("mail_list", limit=200, after=after)
        present |= {item["id"] for item in listed["items"]}
        after = listed["next"]
        if after is None:
            break
    assert set(acknowledged) <= present


def test_stopping_at_once_after_the_start(office):
    for _ in range(3):
        office.stop()
        office.start()


def test_no_descriptors_left(office):
    """At the limit whoever comes is turned away or waits; then all goes on."""
    soft, hard = 60, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.prlimit(office.process.pid, resource.RLIMIT_NOFILE, (soft, hard))
    streams = []
    for number in range(120):
        stream = socket.socket()
        stream.settimeout(5)
        stream.connect(("127.0.0.1", office.web_port if number % 2 else office.staff_port))
        streams.append(stream)
    # A connection from before still works.
    assert office.admin.call("package_list")["packages"] == []
    for stream in streams:
        stream.close()
    wait_until(lambda: answers(office), "connections to be taken again")
    assert get(f"http://127.0.0.1:{office.web_port}/healthz").body == b"ok\n"
    assert office.clerk().hello["user"] == "jan"


def test_more_visitors_than_there_are_places(office):
    """All places taken by who says nothing: those go, and the pages answer again."""
    streams = []
    for _ in range(560):  # 500 places, and some who wait before the door
        stream = socket.socket()
        stream.settimeout(PATIENCE)
        stream.connect(("127.0.0.1", office.web_port))
        streams.append(stream)
    for stream in streams:
        stream.close()
    wait_until(lambda: answers(office), "visitors to be let in again")


def answers(office):
    try:
        return b"ok" in raw(office.web_port, b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
                                             b"Connection: close\r\n\r\n", 2)
    except OSError:
        return False


def test_a_clock_that_goes_backwards(open_office, link):
    office = open_office
    letter = office.letter(office.client())
    page = get(link(letter))
    office.pass_time(-3 * 24 * 3600)
    # The form is from the future: shown anew, and pressed again it asks.
    answer = press(page)
    if answer.status == 403:
        answer = press(answer)
    assert answer.status == 303
    request = office.get(letter)["request"]
    assert request["status"] == "new"
    office.admin.call("scan_request_cancel", id=request["id"])
    office.pass_time(6 * 24 * 3600)
    events = office.admin.call("event_list", limit=200)["events"]
    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    assert get(urllib.parse.urljoin(page.url, page.form()["action"])).form() is not None


def test_undoing_a_registration_with_its_scan(make_office):
    office = make_office({"mail": {"hold_seconds": 30}})
    client = office.client()
    letter = office.letter(client, uploads=[office.admin.upload(pdf())], cost=300,
                           information="Pilne")
    event = office.admin.call("event_list", item_id=letter["id"])["events"][0]
    office.admin.call("undo", event_id=event["id"])
    with pytest.raises(RpcError) as error:
        office.get(letter)
    assert error.value.code == "not_found"
    day = letter["date"]
    assert office.admin.call("settlement_summary", **{"from": day}, to=day)["total"] == 0
    with pytest.raises(RpcError) as error:
        office.admin.call("scan_read", id=letter["scans"][0]["id"], offset=0, length=10)
    assert error.value.code == "not_found"
