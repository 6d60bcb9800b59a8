# SPDX-License-Identifier: AGPL-3.0-or-later
"""The live feed: nothing is missed and nothing comes twice, whoever connects when; and the claims
that tell the others who has a request open."""
import select
import threading

import pytest
from skrytka import Closed, RpcError, wait_until


def make_events(office, count, start=0):
    """`count` events, as fast as they can be made; answers nothing."""
    connection = office.connect().sign_in()
    for begin in range(start, start + count, 50):
        calls = [connection.send("package_save", name=f"Pakiet {number}")
                 for number in range(begin, min(begin + 50, start + count))]
        for call in calls:
            connection.wait(call)
    connection.close()


def all_ids(office, after=0):
    """Ids of all events there are, by pages."""
    ids = []
    while True:
        page = office.admin.call("event_list", after=after, limit=200)
        ids += [event["id"] for event in page["events"]]
        if page["next"] is None:
            return ids
        after = page["next"]


def events_until(connection, last):
    """Ids of the notifications up to the event `last`."""
    def reached():
        return connection.unread_events and connection.unread_events[-1]["id"] >= last
    connection.receive_until(reached, f"event {last}")
    return [event["id"] for event in connection.unread_events]


def test_events_come_from_now_on(office):
    make_events(office, 3)
    listener = office.clerk()
    subscribed = listener.call("events_subscribe")
    assert subscribed["last_event"] == all_ids(office)[-1]
    make_events(office, 5, start=3)
    ids = all_ids(office)
    assert events_until(listener, ids[-1]) == ids[-5:]


def test_catching_up_while_new_events_are_made(office):
    """Three who come at different moments, hundreds of events behind: all see the same row."""
    make_events(office, 450)
    maker = threading.Thread(target=make_events, args=(office, 600, 450))
    maker.start()
    listeners = []
    for after in (0, 100, 449):
        listener = office.connect().sign_in()
        listener.call("events_subscribe", after=after)
        listeners.append((after, listener))
    maker.join()
    ids = all_ids(office)
    for after, listener in listeners:
        assert events_until(listener, ids[-1]) == [number for number in ids if number > after]


def test_a_terminal_that_comes_back_misses_nothing(office):
    maker = threading.Thread(target=make_events, args=(office, 600))
    maker.start()
    seen = []
    last = office.admin.call("event_list", newest_first=True, limit=1)["events"][0]["id"]
    first = last
    for _ in range(15):
        listener = office.connect().sign_in()
        listener.call("events_subscribe", after=last)
        listener.receive_until(lambda: len(listener.unread_events) >= 20, "20 events")
        seen += [listener.unread_events.popleft()["id"] for _ in range(20)]
        last = seen[-1]
        listener.close()
    maker.join()
    assert seen == [number for number in all_ids(office) if first < number <= last]


def test_subscribing_twice_doubles_nothing(office):
    listener = office.clerk()
    listener.call("events_subscribe")
    listener.call("events_subscribe", after=0)
    make_events(office, 3)
    ids = all_ids(office)
    assert events_until(listener, ids[-1]) == ids[-3:]


@pytest.mark.parametrize("after", [10**6, 2**63 - 1])
def test_subscribing_after_what_there_is_not_yet(office, after):
    """As a terminal does whose daemon was given back an older copy of its data."""
    listener = office.clerk()
    listener.call("events_subscribe", after=after)
    make_events(office, 3)
    ids = all_ids(office)
    assert events_until(listener, ids[-1]) == ids[-3:]


def test_what_an_event_tells(open_office):
    listener = open_office.clerk()
    listener.call("events_subscribe")
    client = open_office.client("Łódź Meble")
    letter = open_office.letter(client, counterparty="Sąd Rejonowy")
    event = listener.next_event("mail_registered")
    assert (event["actor"], event["item_id"], event["client_id"]) == \
        ("anna", letter["id"], client["id"])
    assert (event["client_name"], event["client_code"], event["counterparty"]) == \
        ("Łódź Meble", client["code"], "Sąd Rejonowy")
    assert abs(event["at"] - letter["registered_at"]) <= 1


KINDS = {
    "settings_changed": lambda office, it: office.admin.call("settings_save", notify_sms=True),
    "package_changed": lambda office, it: office.package("Nowy"),
    "client_changed": lambda office, it: office.client("Nowa"),
    "mail_registered": lambda office, it: office.letter(it["client"]),
    "mail_changed": lambda office, it: office.admin.call(
        "mail_save", id=it["letter"]["id"], version=it["letter"]["version"], shelf="A1"),
    "mail_collected": lambda office, it: office.admin.call("mail_collect",
                                                           ids=[it["letter"]["id"]]),
    "scan_request_created": lambda office, it: office.admin.call("scan_request_create",
                                                                 item_id=it["letter"]["id"]),
    "charge_changed": lambda office, it: office.admin.call(
        "charge_save", item_id=it["letter"]["id"], amount=5),
    "user_changed": lambda office, it: office.admin.call("user_save", login="ewa", role="clerk"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_change_is_one_event(open_office, kind):
    client = open_office.client()
    it = {"client": client, "letter": open_office.letter(client)}
    listener = open_office.clerk()
    listener.call("events_subscribe")
    before = all_ids(open_office)
    KINDS[kind](open_office, it)
    assert listener.next_event()["kind"] == kind
    assert len(all_ids(open_office)) == len(before) + 1


def test_history_by_item_client_kind_and_actor(open_office):
    alfa, beta = open_office.client("Alfa"), open_office.client("Beta")
    first, second = open_office.letter(alfa), open_office.letter(beta)
    clerk = open_office.clerk()
    clerk.call("charge_save", item_id=second["id"], amount=100)
    def kinds(**filters):
        return [event["kind"] for event in
                open_office.admin.call("event_list", **filters)["events"]]
    assert kinds(item_id=first["id"]) == ["mail_registered"]
    assert kinds(item_id=second["id"]) == ["mail_registered", "charge_changed"]
    assert kinds(client_id=beta["id"], newest_first=True)[0] == "charge_changed"
    assert kinds(kind="charge_changed") == ["charge_changed"]
    assert kinds(actor="jan") == ["charge_changed"]
    newest = open_office.admin.call("event_list", newest_first=True, limit=3)
    older = open_office.admin.call("event_list", newest_first=True, limit=3, after=newest["next"])
    ids = [event["id"] for event in newest["events"] + older["events"]]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == 6


def hung_up(connection):
    """Whether the daemon closed a Unix socket, without reading from it."""
    poll = select.poll()
    poll.register(connection.stream, 0)
    return poll.poll(0) != []


def test_a_subscriber_that_does_not_read_is_cut(office):
    """Events for it wait only so long; the others do not feel it."""
    client = office.client("Ł" * 150)
    letter = office.letter(client, counterparty="Ż" * 150)  # some 750 bytes for each event
    silent, reader = office.connect().sign_in(), office.connect().sign_in()
    for listener in (silent, reader):
        listener.call("events_subscribe")
    made = 0
    while not hung_up(silent):
        assert made < 15_000, "events for a peer that does not read are kept without end"
        calls = [office.admin.send("mail_save", id=letter["id"], version=letter["version"] + number)
                 for number in range(made, made + 100)]
        for call in calls:
            office.admin.wait(call)
        made += 100
        reader.receive_until(lambda: len(reader.unread_events) == made, "all events so far")


# ---- claims ----

def test_claim_tells_the_others(open_office):
    _, request = open_office.asked_letter()
    clerk = open_office.clerk()
    open_office.admin.call("events_subscribe")
    assert request["claimed_by"] is None
    assert clerk.call("scan_request_claim", id=request["id"])["claimed_by"] == "jan"
    event = open_office.admin.next_event("scan_request_claimed")
    assert (event["actor"], event["request_id"], event["detail"]) == ("jan", request["id"], "taken")
    [listed] = open_office.admin.call("scan_request_list")["requests"]
    assert listed["claimed_by"] == "jan"
    # Who comes second is told who was first, and takes nothing away.
    assert open_office.admin.call("scan_request_claim", id=request["id"])["claimed_by"] == "jan"
    assert open_office.admin.call("scan_request_claim", id=request["id"],
                                  release=True)["claimed_by"] == "jan"
    assert clerk.call("scan_request_claim", id=request["id"], release=True)["claimed_by"] is None
    assert open_office.admin.next_event("scan_request_claimed")["detail"] == "released"


def test_claim_ends_with_its_connection(open_office):
    _, request = open_office.asked_letter()
    clerk = open_office.clerk()
    clerk.call("scan_request_claim", id=request["id"])
    open_office.admin.call("events_subscribe")
    clerk.close()
    event = open_office.admin.next_event("scan_request_claimed")
    assert (event["detail"], event["request_id"]) == ("released", request["id"])
    assert open_office.admin.call("scan_request_get", id=request["id"])["claimed_by"] is None


def test_claim_ends_with_its_request(open_office):
    _, request = open_office.asked_letter()
    clerk = open_office.clerk()
    clerk.call("scan_request_claim", id=request["id"])
    cancelled = open_office.admin.call("scan_request_cancel", id=request["id"])
    assert open_office.admin.call("scan_request_get", id=cancelled["id"])["claimed_by"] is None


def test_claims_are_no_part_of_the_history(open_office):
    _, request = open_office.asked_letter()
    before = all_ids(open_office)
    open_office.admin.call("scan_request_claim", id=request["id"])
    assert all_ids(open_office) == before


def test_claim_of_what_there_is_not(open_office):
    with pytest.raises(RpcError) as error:
        open_office.admin.call("scan_request_claim", id=77)
    assert (error.value.code, error.value.field) == ("not_found", "id")


def test_right_taken_away_takes_effect_at_once(office):
    clerk = office.clerk()
    clerk.call("events_subscribe")
    jan = office.admin.call("user_list")["users"][1]
    office.admin.call("user_save", id=jan["id"], version=jan["version"], active=False)
    with pytest.raises(Closed):
        clerk.receive_until(lambda: None, "the end of the connection")
    with pytest.raises(RpcError) as error:
        office.clerk()
    assert error.value.code == "unauthenticated"


def test_another_role_takes_effect_on_open_connections(office):
    clerk = office.clerk()
    jan = office.admin.call("user_list")["users"][1]
    office.admin.call("user_save", id=jan["id"], version=jan["version"], role="administrator")

    def may():
        try:
            return clerk.call("settings_get")
        except RpcError as error:
            assert error.code == "forbidden"
            return None
    wait_until(may, "the new role")
