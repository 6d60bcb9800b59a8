# SPDX-License-Identifier: AGPL-3.0-or-later
"""Charges: where they come from, on which day they count, what an invoice fixes."""
import datetime
import zoneinfo

import pytest
from skrytka import RpcError

DAY = 24 * 3600
WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")


def refused(connection, method, **params):
    with pytest.raises(RpcError) as error:
        connection.call(method, **params)
    return error.value


@pytest.fixture
def client(open_office):
    return open_office.client("Alfa", package=open_office.package("P", default_scan_cost=500))


def today(office):
    at = datetime.datetime.now(WARSAW) + datetime.timedelta(seconds=office.clock_ahead)
    return at.date().isoformat()


def charge(office, letter, amount, **fields):
    return office.admin.call("charge_save", item_id=letter["id"], amount=amount,
                             **fields)["charges"][-1]


def summary(office, first, last, **filters):
    return office.admin.call("settlement_summary", **{"from": first, "to": last}, **filters)


def amounts(office, first, last):
    return [one["amount"] for client in summary(office, first, last)["clients"]
            for one in client["charges"]]


@pytest.mark.parametrize("direction", ["incoming", "outgoing"])
def test_charge_on_any_letter(open_office, client, direction):
    letter = open_office.letter(client, direction=direction)
    changed = open_office.admin.call("charge_save", item_id=letter["id"], amount=1234,
                                     information="Znaczki\ni koperta")
    [entered] = changed["charges"]
    assert (entered["amount"], entered["information"]) == (1234, "Znaczki\ni koperta")
    assert (entered["entered_by"], entered["direction"]) == ("anna", direction)
    assert changed["cost"] == 1234 and changed["version"] > letter["version"]
    day = today(open_office)
    settled = summary(open_office, day, day)
    assert settled["total"] == 1234
    assert [(one["client_name"], one["total"]) for one in settled["clients"]] == [("Alfa", 1234)]


def test_totals_by_client_and_of_all(open_office, client):
    beta = open_office.client("Beta", ["beta@example.pl"])
    first, second = open_office.letter(client), open_office.letter(client)
    other = open_office.letter(beta)
    for letter, amount in ((first, 500), (second, 250), (other, 99), (first, -50)):
        charge(open_office, letter, amount)
    day = today(open_office)
    settled = summary(open_office, day, day)
    assert [(one["client_name"], one["client_code"], one["total"], len(one["charges"]))
            for one in settled["clients"]] == [("Alfa", "001", 700, 3), ("Beta", "002", 99, 1)]
    assert settled["total"] == 799
    only = summary(open_office, day, day, client_id=beta["id"])
    assert [one["client_name"] for one in only["clients"]] == ["Beta"] and only["total"] == 99
    assert open_office.get(first)["cost"] == 450


def test_first_and_last_day_count(open_office, client):
    letter = open_office.letter(client)
    charge(open_office, letter, 1)
    first = today(open_office)
    open_office.pass_time(DAY)
    charge(open_office, letter, 2)
    second = today(open_office)
    open_office.pass_time(DAY)
    charge(open_office, letter, 4)
    third = today(open_office)
    assert amounts(open_office, first, third) == [1, 2, 4]
    assert amounts(open_office, first, second) == [1, 2]
    assert amounts(open_office, second, second) == [2]
    assert amounts(open_office, second, third) == [2, 4]
    assert amounts(open_office, third, first) == []


def test_day_is_the_offices_not_utc(open_office, client):
    """Entered in the half hour in which one zone's day has begun and another's has not."""
    letter = open_office.letter(client)
    days = {}
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # UTC+14 and UTC-11: never one day
        open_office.admin.call("settings_save", time_zone=zone)
        days[zone] = charge(open_office, letter, 1)["day"]
        now = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date().isoformat()
        assert days[zone] == now
    assert days["Pacific/Kiritimati"] > days["Pacific/Pago_Pago"]


def test_outgoing_letter_counts_on_the_day_it_is_sent(open_office, client):
    letter = open_office.letter(client, direction="outgoing")
    entered = charge(open_office, letter, 780)
    assert entered["day"] == today(open_office)
    open_office.pass_time(40 * DAY)
    letter = open_office.get(letter)
    sent = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                  status="sent")
    assert sent["sent_on"] == today(open_office) == sent["charges"][0]["day"]
    assert amounts(open_office, entered["day"], entered["day"]) == []
    open_office.pass_time(DAY)
    late = charge(open_office, letter, 20)
    assert late["day"] == sent["sent_on"]
    assert amounts(open_office, sent["sent_on"], sent["sent_on"]) == [780, 20]


def test_outgoing_letter_sent_on_a_day_that_is_told(open_office, client):
    letter = open_office.letter(client, direction="outgoing")
    charge(open_office, letter, 780)
    letter = open_office.get(letter)
    sent = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                  status="sent", date="2026-01-31")
    assert sent["sent_on"] == "2026-01-31" == sent["charges"][0]["day"]


def test_letter_registered_as_sent_on_a_day(open_office, client):
    sent = open_office.letter(client, direction="outgoing", cost=780, information="znaczek",
                              status="sent", sent_on="2026-11-30", date="2026-11-29")
    assert (sent["status"], sent["sent_on"], sent["date"]) == ("sent", "2026-11-30", "2026-11-29")
    assert sent["closed_at"] and sent["charges"][0]["day"] == "2026-11-30"
    today_sent = open_office.letter(client, direction="outgoing", status="sent")
    assert today_sent["sent_on"] == today(open_office)


def test_the_day_of_a_sent_letter_is_corrected(open_office, client):
    letter = open_office.letter(client, direction="outgoing", cost=780, status="sent")
    moved = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                   sent_on="2026-11-30")
    assert moved["sent_on"] == "2026-11-30" == moved["charges"][0]["day"]
    assert moved["date"] == letter["date"]


def test_several_letters_are_sent_at_once(open_office, client):
    letters = [open_office.letter(client, direction="outgoing", cost=100) for _ in range(2)]
    ids = [letter["id"] for letter in letters]
    items = open_office.admin.call("mail_collect", ids=ids, status="sent",
                                   sent_on="2026-11-30")["items"]
    assert [(item["status"], item["sent_on"]) for item in items] == [("sent", "2026-11-30")] * 2
    assert amounts(open_office, "2026-11-30", "2026-11-30") == [100, 100]
    error = refused(open_office.admin, "mail_collect", ids=ids, status="sent")
    assert (error.code, error.detail) == ("refused", "not_waiting")


def test_a_day_of_sending_needs_a_sent_letter(open_office, client):
    admin = open_office.admin
    letter = open_office.letter(client, direction="outgoing")
    calls = [("mail_register", {"direction": "outgoing", "client_id": client["id"],
                                "counterparty": "ZUS"}),
             ("mail_save", {"id": letter["id"], "version": letter["version"]}),
             ("mail_collect", {"ids": [letter["id"]]})]
    for method, params in calls:
        error = refused(admin, method, **params, sent_on="2026-11-30")
        assert (error.code, error.field) == ("bad_request", "sent_on"), method
    error = refused(admin, "mail_register", direction="incoming", client_id=client["id"],
                    counterparty="ZUS", status="collected")
    assert (error.code, error.field) == ("bad_request", "status")


def test_letter_that_was_not_sent_after_all(open_office, client):
    """Marked as sent by mistake and set back: its charges count on the day they were entered."""
    letter = open_office.letter(client, direction="outgoing")
    entered = charge(open_office, letter, 780)
    open_office.pass_time(10 * DAY)
    letter = open_office.get(letter)
    sent = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                  status="sent")
    back = open_office.admin.call("mail_save", id=letter["id"], version=sent["version"],
                                  status="to_send")
    assert back["sent_on"] is None and back["closed_at"] is None
    assert back["charges"][0]["day"] == entered["day"]


def test_collected_incoming_letter_keeps_its_day(open_office, client):
    letter = open_office.letter(client)
    entered = charge(open_office, letter, 100)
    open_office.pass_time(10 * DAY)
    open_office.admin.call("mail_collect", ids=[letter["id"]])
    assert open_office.get(letter)["charges"][0]["day"] == entered["day"]


def test_changing_and_removing_a_charge(open_office, client):
    letter = open_office.letter(client)
    entered = charge(open_office, letter, 100, information="Skan")
    open_office.pass_time(3 * DAY)
    changed = open_office.admin.call("charge_save", id=entered["id"], version=entered["version"],
                                     amount=150)["charges"][0]
    assert (changed["amount"], changed["information"], changed["day"]) == \
        (150, "Skan", entered["day"])
    error = refused(open_office.admin, "charge_remove", id=entered["id"],
                    version=entered["version"])
    assert (error.code, error.field) == ("conflict", "version")
    left = open_office.admin.call("charge_remove", id=entered["id"], version=changed["version"])
    assert left["charges"] == [] and left["cost"] == 0
    error = refused(open_office.admin, "charge_remove", id=entered["id"])
    assert (error.code, error.field) == ("not_found", "id")


@pytest.mark.parametrize("amount, field", [(0, "amount"), (10**10, "amount"),
                                           (-10**10, "amount"), (2**63 - 1, "amount")])
def test_amounts_that_cannot_be(open_office, client, amount, field):
    letter = open_office.letter(client)
    error = refused(open_office.admin, "charge_save", item_id=letter["id"], amount=amount)
    assert (error.code, error.field) == ("bad_request", field)
    assert open_office.get(letter) == letter


def test_charge_stays_on_its_letter(open_office, client):
    letter, other = open_office.letter(client), open_office.letter(client)
    entered = charge(open_office, letter, 100)
    error = refused(open_office.admin, "charge_save", id=entered["id"],
                    version=entered["version"], item_id=other["id"])
    assert (error.code, error.field) == ("bad_request", "item_id")


def test_charges_go_with_their_letter_to_another_client(open_office, client):
    beta = open_office.client("Beta", ["beta@example.pl"])
    letter = open_office.letter(client)
    charge(open_office, letter, 100)
    letter = open_office.get(letter)
    open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                           client_id=beta["id"])
    day = today(open_office)
    assert [one["client_name"] for one in summary(open_office, day, day)["clients"]] == ["Beta"]


# ---- invoices ----

@pytest.fixture
def invoiced(open_office, client):
    letter = open_office.letter(client)
    entered = charge(open_office, letter, 100)
    [one] = open_office.admin.call("charge_invoice", ids=[entered["id"]], number="FV 1/2026",
                                   date="2026-11-30")["charges"]
    assert (one["invoice_number"], one["invoice_date"]) == ("FV 1/2026", "2026-11-30")
    return one


def test_what_is_invoiced_stays(open_office, invoiced):
    admin = open_office.admin
    calls = [("charge_save", {"id": invoiced["id"], "version": invoiced["version"], "amount": 1}),
             ("charge_save", {"id": invoiced["id"], "version": invoiced["version"],
                              "information": "inne"}),
             ("charge_remove", {"id": invoiced["id"]}),
             ("charge_invoice", {"ids": [invoiced["id"]], "number": "FV 2", "date": "2026-12-01"})]
    for method, params in calls:
        error = refused(admin, method, **params)
        assert (error.code, error.detail) == ("refused", "invoiced"), method
    assert admin.call("mail_get", id=invoiced["item_id"])["charges"] == [invoiced]


def test_invoiced_charge_keeps_its_client(open_office, invoiced):
    beta = open_office.client("Beta", ["beta@example.pl"])
    letter = open_office.admin.call("mail_get", id=invoiced["item_id"])
    error = refused(open_office.admin, "mail_save", id=letter["id"], version=letter["version"],
                    client_id=beta["id"])
    assert (error.code, error.detail) == ("refused", "invoiced")
    assert open_office.admin.call("mail_get", id=letter["id"]) == letter


def test_invoiced_charge_keeps_its_day(open_office, client):
    letter = open_office.letter(client, direction="outgoing")
    entered = charge(open_office, letter, 100)
    open_office.admin.call("charge_invoice", ids=[entered["id"]], number="FV 1", date="2026-11-30")
    open_office.pass_time(40 * DAY)
    letter = open_office.get(letter)
    sent = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                  status="sent")
    assert sent["charges"][0]["day"] == entered["day"]


def test_invoice_is_all_or_nothing(open_office, client, invoiced):
    entered = charge(open_office, open_office.letter(client), 50)
    for ids, code in (([entered["id"], invoiced["id"]], "refused"),
                      ([entered["id"], 999], "not_found"),
                      ([entered["id"], entered["id"]], "refused")):
        error = refused(open_office.admin, "charge_invoice", ids=ids, number="FV 3",
                        date="2026-11-30")
        assert error.code == code
        [one] = open_office.admin.call("mail_get", id=entered["item_id"])["charges"]
        assert one["invoice_number"] is None


@pytest.mark.parametrize("change, field", [({"ids": []}, "ids"), ({"number": ""}, "number"),
                                           ({"number": " "}, "number"),
                                           ({"date": "2026-11-31"}, "date")])
def test_bad_invoice(open_office, invoiced, change, field):
    params = {"ids": [invoiced["id"]], "number": "FV", "date": "2026-11-30", **change}
    error = refused(open_office.admin, "charge_invoice", **params)
    assert (error.code, error.field) == ("bad_request", field)


def test_correction_of_an_invoiced_charge(open_office, invoiced):
    """It stays; a negative charge beside it makes it good."""
    item = open_office.admin.call("charge_save", item_id=invoiced["item_id"], amount=-100,
                                  information="Korekta")
    assert item["cost"] == 0
    day = today(open_office)
    settled = summary(open_office, day, day)
    assert settled["total"] == 0 and len(settled["clients"][0]["charges"]) == 2


def test_invoicing_is_in_the_history(open_office, invoiced):
    history = open_office.admin.call("event_list", item_id=invoiced["item_id"])["events"]
    assert history[-1]["kind"] == "charge_invoiced" and history[-1]["detail"] == "FV 1/2026"


def test_summary_of_an_unknown_client(open_office):
    error = refused(open_office.admin, "settlement_summary", **{"from": "2026-01-01"},
                    to="2026-12-31", client_id=9)
    assert (error.code, error.field) == ("not_found", "client_id")


@pytest.mark.parametrize("field", ["from", "to"])
def test_summary_needs_days(open_office, field):
    params = {"from": "2026-01-01", "to": "2026-01-31"}
    error = refused(open_office.admin, "settlement_summary", **{**params, field: "styczeń"})
    assert (error.code, error.field) == ("bad_request", field)
    del params[field]
    error = refused(open_office.admin, "settlement_summary", **params)
    assert (error.code, error.field) == ("bad_request", field)


def test_default_cost_must_not_be_negative(open_office, client):
    error = refused(open_office.admin, "package_save", name="Ujemny", default_scan_cost=-1)
    assert (error.code, error.field) == ("bad_request", "default_scan_cost")


def test_registration_with_a_cost_but_no_scan(open_office, client):
    """`cost` is "a charge for them", the scans: it must not be taken and quietly mean nothing."""
    letter = open_office.letter(client, cost=300)
    assert [one["amount"] for one in letter["charges"]] == [300]
