# SPDX-License-Identifier: AGPL-3.0-or-later
"""Handing letters over, and taking it back while its e-mail still waits."""
import pytest
from pages import get, press
from postbox import Maildir
from samples import pdf
from skrytka import RpcError

HOLD = 30


def refused(connection, method, **params):
    with pytest.raises(RpcError) as error:
        connection.call(method, **params)
    return error.value


@pytest.fixture
def slow_office(make_office):
    """Mail to clients waits, so that a clerk can undo."""
    office = make_office({"mail": {"hold_seconds": HOLD}})
    office.allow_requests(office_emails=["biuro@example.pl"])
    return office


def last_event(office, kind):
    events = office.admin.call("event_list", newest_first=True, kind=kind, limit=1)["events"]
    return events[0]


def undo(office, event):
    return office.admin.call("undo", event_id=event["id"])


def test_hand_over(open_office):
    client = open_office.client()
    letters = [open_office.letter(client) for _ in range(3)]
    ids = [letter["id"] for letter in letters]
    assert all("mail_collect" in letter["can"] for letter in letters)
    items = open_office.admin.call("mail_collect", ids=ids, collected_by="Maria Lis")["items"]
    assert [item["id"] for item in items] == ids
    for item in items:
        assert (item["status"], item["collected_by"]) == ("collected", "Maria Lis")
        assert item["closed_at"] and "mail_collect" not in item["can"]
        assert "scan_request_create" not in item["can"]
    assert open_office.admin.call("client_get", id=client["id"])["waiting"] == 0


def test_open_request_refuses_the_hand_over(open_office):
    letter, request = open_office.asked_letter()
    other = open_office.letter(open_office.admin.call("client_get", id=letter["client_id"]))
    error = refused(open_office.admin, "mail_collect", ids=[other["id"], letter["id"]])
    assert (error.code, error.detail) == ("refused", "open_request")
    # All or nothing: the other one is still here too.
    assert open_office.get(other) == other and open_office.get(letter) == letter
    assert open_office.admin.call("scan_request_get", id=request["id"])["status"] == "new"


@pytest.mark.parametrize("how", ["mail_collect", "collected", "forwarded", "destroyed"])
def test_hand_over_that_cancels_the_request(open_office, maildir, how):
    letter, request = open_office.asked_letter()
    if how == "mail_collect":
        params = {"ids": [letter["id"]]}
    else:
        params = {"id": letter["id"], "version": letter["version"], "status": how}
    method = "mail_collect" if how == "mail_collect" else "mail_save"
    error = refused(open_office.admin, method, **params)
    assert (error.code, error.detail) == ("refused", "open_request")
    open_office.admin.call(method, cancel_requests=True, **params)

    now = open_office.get(letter)
    assert now["status"] == ("collected" if how == "mail_collect" else how)
    assert (now["request"]["status"], now["request"]["cancelled_by"]) == ("cancelled", "hand_over")
    mail = maildir.wait(to="alfa@example.pl", subject="Prośba o skan anulowana")
    assert "Przesyłka została wydana" in mail.text
    assert mail.links() == []  # nothing to ask for any more
    kinds = [event["kind"] for event in
             open_office.admin.call("event_list", item_id=letter["id"])["events"]]
    assert kinds.count("scan_request_cancelled") == 1


@pytest.mark.parametrize("status", ["forwarded", "destroyed"])
def test_several_leave_in_another_way(open_office, status):
    client = open_office.client()
    ids = [open_office.letter(client)["id"] for _ in range(3)]
    items = open_office.admin.call("mail_collect", ids=ids, status=status)["items"]
    assert [(item["id"], item["status"]) for item in items] == [(id, status) for id in ids]
    assert all(item["closed_at"] for item in items)
    assert last_event(open_office, "mail_changed")["detail"] == status


@pytest.mark.parametrize("status", ["awaiting_collection", "to_send", "sent"])
def test_no_such_way_to_leave(open_office, status):
    letter = open_office.letter(open_office.client())
    error = refused(open_office.admin, "mail_collect", ids=[letter["id"]], status=status)
    assert (error.code, error.field) == ("bad_request", "status")
    assert open_office.get(letter)["status"] == "awaiting_collection"


def moved(office, letter, client, **more):
    return office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                             client_id=client["id"], **more)


def test_a_letter_moved_to_another_client_is_announced_there(open_office, maildir):
    """With a button of its own; the link in the first client's mail asks for nothing any more."""
    letter = open_office.letter(open_office.client())
    old_link = maildir.wait(to="alfa@example.pl").link()
    beta = open_office.client("Beta", ["beta@example.pl"])
    assert moved(open_office, letter, beta)["client_id"] == beta["id"]
    assert get(old_link).form() is None
    mail = maildir.wait(to="beta@example.pl")
    assert letter["counterparty"] in mail.text
    assert press(get(mail.link())).status == 303
    assert open_office.get(letter)["request"]["client_id"] == beta["id"]


def test_a_moved_letter_takes_its_scan_along(open_office, maildir):
    letter = open_office.letter(open_office.client())
    attached = open_office.admin.call("scan_attach", item_id=letter["id"], notify=False,
                                      uploads=[open_office.admin.upload(pdf())])
    moved(open_office, attached, open_office.client("Beta", ["beta@example.pl"]))
    mail = maildir.wait(to="beta@example.pl")
    assert len(mail.attachments()) == 1 and not mail.links()


@pytest.mark.parametrize("more", [{"notify": False}, {"status": "collected"}])
def test_a_moved_letter_that_nobody_is_told_of(open_office, more):
    letter = open_office.letter(open_office.client())
    moved(open_office, letter, open_office.client("Beta", ["beta@example.pl"]), **more)
    messages = open_office.admin.call("outbox_list")["messages"]
    assert "beta@example.pl" not in [message["recipient"] for message in messages]


def test_what_cannot_be_handed_over(open_office):
    client = open_office.client()
    outgoing = open_office.letter(client, direction="outgoing")
    letter = open_office.letter(client)
    for ids, detail in (([outgoing["id"]], "not_incoming"),
                        ([letter["id"], letter["id"]], "not_waiting")):
        error = refused(open_office.admin, "mail_collect", ids=ids)
        assert (error.code, error.detail) == ("refused", detail)
    assert refused(open_office.admin, "mail_collect", ids=[99]).code == "not_found"
    error = refused(open_office.admin, "mail_collect", ids=[])
    assert (error.code, error.field) == ("bad_request", "ids")
    open_office.admin.call("mail_collect", ids=[letter["id"]])
    assert refused(open_office.admin, "mail_collect", ids=[letter["id"]]).detail == "not_waiting"


@pytest.mark.parametrize("direction, status", [("incoming", "sent"), ("incoming", "to_send"),
                                               ("outgoing", "collected"),
                                               ("outgoing", "awaiting_collection")])
def test_status_of_the_other_direction(open_office, direction, status):
    letter = open_office.letter(open_office.client(), direction=direction)
    error = refused(open_office.admin, "mail_save", id=letter["id"], version=letter["version"],
                    status=status)
    assert (error.code, error.field) == ("bad_request", "status")


# ---- undo ----

def test_undoing_a_hand_over(slow_office):
    letter, request = slow_office.asked_letter()
    slow_office.admin.call("mail_collect", ids=[letter["id"]], cancel_requests=True,
                           collected_by="Maria Lis")
    undone = undo(slow_office, last_event(slow_office, "mail_collected"))
    assert undone["item_id"] == letter["id"]
    now = slow_office.get(letter)
    assert (now["status"], now["collected_by"], now["closed_at"]) == \
        ("awaiting_collection", None, None)
    assert (now["request"]["id"], now["request"]["status"]) == (request["id"], "new")
    # The client is never told of what did not happen.
    dropped = slow_office.outbox(state="dropped")["messages"]
    assert [message["subject"] for message in dropped if "anulowana" in message["subject"]]
    slow_office.pass_time(HOLD + 1)
    slow_office.letter(slow_office.client("Beta", ["beta@example.pl"]))  # wakes the sender
    maildir = Maildir(slow_office)
    maildir.wait(to="alfa@example.pl", subject="Nowa poczta")
    assert maildir.find(subject="anulowana") == []


def test_undoing_a_cancellation(slow_office):
    letter, request = slow_office.asked_letter()
    slow_office.admin.call("scan_request_cancel", id=request["id"], reason="Pomyłka")
    undo(slow_office, last_event(slow_office, "scan_request_cancelled"))
    now = slow_office.admin.call("scan_request_get", id=request["id"])
    assert (now["status"], now["reason"], now["cancelled_by"], now["closed_at"]) == \
        ("new", None, None, None)
    assert sorted(now["can"]) == ["scan_request_cancel", "scan_request_fulfil"]
    assert "scan_request_create" not in slow_office.get(letter)["can"]


def test_undoing_a_registration(slow_office):
    letter = slow_office.letter(slow_office.client())
    undo(slow_office, last_event(slow_office, "mail_registered"))
    assert refused(slow_office.admin, "mail_get", id=letter["id"]).code == "not_found"
    assert slow_office.admin.call("mail_list")["items"] == []
    assert slow_office.admin.call("mail_list", text="urzad")["items"] == []
    another = slow_office.letter(slow_office.admin.call("client_get", id=1))
    assert another["id"] > letter["id"]  # a number is never given twice


def test_registration_that_was_built_upon(slow_office):
    letter = slow_office.letter(slow_office.client())
    slow_office.admin.call("charge_save", item_id=letter["id"], amount=100)
    error = refused(slow_office.admin, "undo",
                    event_id=last_event(slow_office, "mail_registered")["id"])
    assert (error.code, error.detail) == ("refused", "too_late")
    assert slow_office.get(letter)["cost"] == 100


def test_undoing_twice(slow_office):
    letter = slow_office.letter(slow_office.client())
    slow_office.admin.call("mail_collect", ids=[letter["id"]])
    event = last_event(slow_office, "mail_collected")
    undo(slow_office, event)
    error = refused(slow_office.admin, "undo", event_id=event["id"])
    assert (error.code, error.detail) == ("refused", "too_late")


def test_too_late(slow_office):
    letter = slow_office.letter(slow_office.client())
    slow_office.admin.call("mail_collect", ids=[letter["id"]])
    event = last_event(slow_office, "mail_collected")
    slow_office.pass_time(HOLD + 1)
    error = refused(slow_office.admin, "undo", event_id=event["id"])
    assert (error.code, error.detail) == ("refused", "too_late")
    assert slow_office.get(letter)["status"] == "collected"


def test_nothing_is_undone_once_its_mail_left(open_office, maildir):
    """Without a hold the mail is gone at once."""
    letter, request = open_office.asked_letter()
    open_office.admin.call("scan_request_cancel", id=request["id"])
    maildir.wait(to="alfa@example.pl", subject="anulowana")
    open_office.wait_for_outbox()
    error = refused(open_office.admin, "undo",
                    event_id=last_event(open_office, "scan_request_cancelled")["id"])
    assert (error.code, error.detail) == ("refused", "too_late")


def test_cancellation_with_a_request_made_meanwhile(slow_office):
    letter, request = slow_office.asked_letter()
    slow_office.admin.call("scan_request_cancel", id=request["id"])
    slow_office.admin.call("scan_request_create", item_id=letter["id"])
    error = refused(slow_office.admin, "undo",
                    event_id=last_event(slow_office, "scan_request_cancelled")["id"])
    assert (error.code, error.detail) == ("refused", "already_open")


@pytest.mark.parametrize("kind", ["settings_changed", "client_changed", "mail_changed",
                                  "scan_request_created"])
def test_what_cannot_be_undone(slow_office, kind):
    slow_office.admin.call("settings_save", notify_email=False)
    letter, _ = slow_office.asked_letter()
    slow_office.admin.call("mail_save", id=letter["id"], version=letter["version"], shelf="A1")
    error = refused(slow_office.admin, "undo", event_id=last_event(slow_office, kind)["id"])
    assert (error.code, error.detail) == ("refused", "not_reversible")


def test_undoing_only_the_cancellation_of_a_hand_over(slow_office):
    """The letter is gone: its request must not open again, and nobody be told that it did."""
    letter, request = slow_office.asked_letter()
    slow_office.admin.call("mail_collect", ids=[letter["id"]], cancel_requests=True)
    error = refused(slow_office.admin, "undo",
                    event_id=last_event(slow_office, "scan_request_cancelled")["id"])
    assert (error.code, error.detail) == ("refused", "not_reversible")
    assert slow_office.get(letter)["request"]["status"] == "cancelled"


def test_undoing_what_there_is_not(slow_office):
    error = refused(slow_office.admin, "undo", event_id=10**9)
    assert (error.code, error.field) == ("not_found", "event_id")


def test_undone_hand_over_gives_the_link_back(slow_office):
    """The link of the first e-mail works again after a hand-over that was undone."""
    letter = slow_office.letter(slow_office.client())
    slow_office.pass_time(HOLD + 1)
    slow_office.letter(slow_office.client("Beta", ["beta@example.pl"]))  # wakes the sender
    link = Maildir(slow_office).wait(to="alfa@example.pl").link()
    slow_office.admin.call("mail_collect", ids=[letter["id"]])
    assert get(link).form() is None
    undo(slow_office, last_event(slow_office, "mail_collected"))
    page = get(link)
    assert press(page).status == 303
    assert slow_office.get(letter)["request"]["status"] == "new"


def test_undo_of_an_older_hand_over_does_nothing_to_a_newer_one(slow_office):
    letter = slow_office.letter(slow_office.client())
    admin = slow_office.admin
    admin.call("mail_collect", ids=[letter["id"]], collected_by="Maria Lis")
    first = last_event(slow_office, "mail_collected")
    back = admin.call("mail_save", id=letter["id"], version=slow_office.get(letter)["version"],
                      status="awaiting_collection")
    assert back["status"] == "awaiting_collection" and back["closed_at"] is None
    admin.call("mail_collect", ids=[letter["id"]], collected_by="Adam Wilk")
    error = refused(admin, "undo", event_id=first["id"])
    assert (error.code, error.detail) == ("refused", "too_late")
    assert slow_office.get(letter)["collected_by"] == "Adam Wilk"
