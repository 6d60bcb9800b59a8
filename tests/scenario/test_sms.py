# SPDX-License-Identifier: AGPL-3.0-or-later
"""SMS to the office: how many, when, and what they cost; the same office's e-mails as a digest."""
import datetime
import time
import zoneinfo

import pytest
from postbox import Maildir, sms_of_file
from skrytka import wait_until

PHONE = "+48601234567"
WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")


def settings(office, **more):
    office.allow_requests(**{"notify_sms": True, "notify_email": False, "office_phones": [PHONE],
                             "sms_gather_minutes": 0, **more})


def now(office):
    return datetime.datetime.fromtimestamp(time.time() + office.clock_ahead, WARSAW)


def pass_to(office, hour, **later):
    """To the next such hour in the office's zone, and some time beyond."""
    at = now(office).replace(hour=hour, minute=0, second=0, microsecond=0)
    while at <= now(office):
        at += datetime.timedelta(days=1)
    at += datetime.timedelta(**later)
    office.pass_time(int(at.timestamp() - now(office).timestamp()) + 1)


def ask(office, sender="Urząd Skarbowy"):
    clients = office.admin.call("client_search", text="")["clients"]
    client = clients[0] if clients else office.client()
    office.asked_letter(client, counterparty=sender, notify=False)


def sms_in(office, state):
    return [message for message in office.outbox(state=state)["messages"]
            if message["channel"] == "sms"]


def wait_for_sms(office, count):
    return wait_until(lambda: len(sms_of_file(office)) >= count and sms_of_file(office),
                      f"{count} SMS")


def test_a_burst_makes_one_sms(office):
    settings(office, sms_gather_minutes=10)
    ask(office)
    wait_for_sms(office, 1)
    for sender in ("ZUS", "Bank", "Sąd Rejonowy"):  # soon after: they gather
        ask(office, sender)
    message, = sms_in(office, "waiting")
    assert message["subject"].startswith("Prosby o skan: 3. Ostatnia: ")
    assert message["parts"] == 1
    office.pass_time(601)
    first, second = wait_for_sms(office, 2)
    assert "Sad Rejonowy" in second["text"] and second["parts"] == 1
    assert first["id"] != second["id"]
    office.wait_for_outbox()
    assert len(sms_of_file(office)) == 2


def test_quiet_hours_end_with_what_waited(office):
    settings(office, sms_quiet_from="22:00", sms_quiet_to="07:00")
    pass_to(office, 23)
    ask(office)
    message, = sms_in(office, "waiting")
    due = datetime.datetime.fromtimestamp(message["due_at"], WARSAW)
    assert (due.hour, due.minute) == (7, 0)
    assert 7 < (due - now(office)).total_seconds() / 3600 < 10
    pass_to(office, 6, minutes=58)
    assert not sms_of_file(office)
    office.pass_time(180)
    wait_for_sms(office, 1)
    office.wait_for_outbox()
    assert not sms_in(office, "waiting")


def test_what_is_beyond_the_months_limit_is_held(office):
    settings(office, sms_monthly_limit=2)
    watching = office.clerk()
    watching.call("events_subscribe")
    for _ in range(3):
        ask(office)
    wait_for_sms(office, 2)
    held, = wait_until(lambda: sms_in(office, "held"), "an SMS that is held")
    assert "sms_monthly_limit" in watching.next_event("outbox_changed")["detail"]
    office.admin.call("outbox_retry", id=held["id"])
    wait_for_sms(office, 3)
    office.pass_time(31 * 86400)
    ask(office)
    wait_for_sms(office, 4)


@pytest.mark.parametrize("polish_letters, parts", [("no", 1), ("yes", 2)])
def test_its_parts_are_known_before_it_leaves(make_office, polish_letters, parts):
    office = make_office({"sms": {"polish_letters": polish_letters}})
    settings(office, sms_quiet_from="00:00", sms_quiet_to="23:59", sms_monthly_limit=parts)
    office.client("Łódź Meble Sp. z o.o.")
    ask(office)
    message, = sms_in(office, "waiting")
    assert message["parts"] == parts
    ask(office)  # the limit is one of parts: those are billed
    assert [message["parts"] for message in sms_in(office, "held")] == [parts]
    settings(office, sms_quiet_from="", sms_quiet_to="")
    office.admin.call("outbox_retry", id=message["id"])
    sms, = wait_for_sms(office, 1)
    assert sms["parts"] == parts
    assert ("Łódź" in sms["text"]) == (polish_letters == "yes")


def test_after_a_day_it_is_given_up(make_office, tmp_path):
    password = tmp_path / "password"
    password.write_text("tajne-haslo-bramki\n")
    password.chmod(0o600)
    office = make_office({"sms": {"provider": "kannel", "user": "biuro", "password_file": password,
                                  "url": "http://127.0.0.1:1/cgi-bin/sendsms"}})
    settings(office)
    ask(office)
    wait_until(lambda: "next try" in office.log(), "a try")
    watching = office.clerk()
    watching.call("events_subscribe")
    office.pass_time(1000)
    assert "late" in watching.next_event("outbox_changed")["detail"]
    office.pass_time(86400)
    wait_until(lambda: sms_in(office, "expired"), "an expired SMS")
    assert "expired" in watching.next_event("outbox_changed")["detail"]
    assert not office.tells("tajne-haslo-bramki")


def test_the_offices_mails_may_be_a_digest(office):
    office.allow_requests(office_emails=["biuro@example.pl"], email_gather_minutes=30)
    maildir = Maildir(office)
    for sender in ("Urząd Skarbowy", "ZUS", "Bank"):
        ask(office, sender)
    maildir.wait(to="biuro@example.pl")
    office.pass_time(1801)
    digest = maildir.wait(to="biuro@example.pl", count=2)
    office.wait_for_outbox()
    mails = maildir.find(to="biuro@example.pl")
    assert len(mails) == 2
    assert sum(sender in mail.text for mail in mails
               for sender in ("Urząd Skarbowy", "ZUS", "Bank")) == 3, digest.text
