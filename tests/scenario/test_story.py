# SPDX-License-Identifier: AGPL-3.0-or-later
"""The product's one story, told end to end on real parts: a letter comes, its client asks for a
scan from the e-mail, the office hears of it, scans it, charges it."""
import datetime

import pytest
from pages import follow, get, press, request
from samples import pdf
from skrytka import wait_until

CLIENT = "Łódź Meble Sp. z o.o."
SENDER = "Zakład Ubezpieczeń Społecznych"
NOTE = "Skanowanie poczty może wiązać się z dodatkowymi kosztami"


@pytest.fixture
def office(make_office, smtp, gateway, tmp_path):
    token = tmp_path / "token"
    token.write_text("gateway-token\n")
    token.chmod(0o600)
    office = make_office({
        "mail": {"url": smtp.url, "from": "poczta@biuro.example.pl"},
        "sms": {"provider": "smsapi", "url": gateway.url, "token_file": token},
    })
    office.allow_requests(scan_request_note=NOTE, office_name="Biuro Żuraw",
                          office_emails=["biuro@example.pl"], notify_email=True,
                          office_phones=["+48601234567"], notify_sms=True)
    return office


@pytest.fixture
def letter(office):
    package = office.package("Komfort", default_scan_cost=500)
    client = office.client(CLIENT, ["biuro@lodzmeble.example.pl"], package)
    return office.letter(client, counterparty=SENDER, kind="registered", reference="RR123456789PL")


def test_mail_of_a_new_letter(office, letter, smtp):
    mail = smtp.wait(to="biuro@lodzmeble.example.pl")
    assert mail.subject == f"Nowa poczta: {SENDER} (nr {letter['id']})"
    assert mail.message["From"].addresses[0].display_name == "Biuro Żuraw"
    assert smtp.envelopes == [("poczta@biuro.example.pl", ("biuro@lodzmeble.example.pl",))]
    for part in (mail.text, mail.html):
        assert SENDER in part
        assert "5,00 zł" in part.replace("\u00a0", " ")
        assert NOTE in part
        assert "RR123456789PL" in part
    assert mail.html.count("Poproś o skan</a>") == 1
    assert mail.link().startswith(f"http://127.0.0.1:{office.web_port}/s/")


def test_looking_at_the_page_changes_nothing(office, letter, smtp):
    link = smtp.wait(to="biuro@lodzmeble.example.pl").link()
    before = office.admin.call("event_list", limit=200)["events"]
    for _ in range(10):
        page = get(link)
        assert page.status == 200
        head = request(link, "HEAD")
        assert (head.status, head.body) == (200, b"")
    for word in (SENDER, NOTE, "5,00 zł", "RR123456789PL"):
        assert word in page.text.replace("\u00a0", " ")
    assert page.form()["buttons"] == ["Poproś o skan"]
    assert page.scripts == 0
    assert office.admin.call("event_list", limit=200)["events"] == before
    assert office.admin.call("scan_request_list")["requests"] == []
    assert office.get(letter) == letter


def test_pressing_the_button(office, letter, smtp, gateway):
    terminals = [office.connect().sign_in(), office.clerk()]
    for terminal in terminals:
        terminal.call("events_subscribe")
    page = get(smtp.wait(to="biuro@lodzmeble.example.pl").link())
    confirmation = follow(press(page))
    assert "Dziękujemy. Prośba o skan została wysłana" in confirmation.text
    assert NOTE in confirmation.text
    assert confirmation.form() is None

    [asked] = office.admin.call("scan_request_list", status="new")["requests"]
    assert asked["source"] == "email" and asked["item_id"] == letter["id"]
    assert asked["client_name"] == CLIENT and asked["counterparty"] == SENDER
    for terminal in terminals:
        event = terminal.next_event("scan_request_created")
        assert event["request_id"] == asked["id"] and event["item_id"] == letter["id"]
        assert event["client_name"] == CLIENT and event["counterparty"] == SENDER

    date = datetime.date.fromisoformat(letter["date"]).strftime("%d.%m.%Y")
    mail = smtp.wait(to="biuro@example.pl")
    for word in (CLIENT, SENDER, "list polecony", date, "RR123456789PL", str(letter["id"])):
        assert word in mail.text
    [sms] = gateway.wait()
    assert sms["to"].lstrip("+") == "48601234567"
    assert sms["authorization"] == "Bearer gateway-token"
    for word in ("Lodz Meble", "Zaklad Ubezpieczen Spolecznych", "list polecony", date,
                 f"nr {letter['id']}"):
        assert word in sms["message"]


def test_pressing_it_again_says_when_it_was_sent(office, letter, smtp):
    page = get(smtp.wait(to="biuro@lodzmeble.example.pl").link())
    follow(press(page))
    for _ in range(10):
        again = follow(press(page))
        assert "Prośba o skan została już wysłana" in again.text
    [asked] = office.admin.call("scan_request_list")["requests"]
    at = datetime.datetime.fromtimestamp(asked["requested_at"], datetime.timezone.utc)
    assert f":{at:%M}" in again.text  # the hour is told in the office's zone
    assert f"{at.astimezone():%Y}" in again.text


def test_fulfilling_the_request(office, letter, smtp):
    link = smtp.wait(to="biuro@lodzmeble.example.pl").link()
    press(get(link))
    [asked] = office.admin.call("scan_request_list", status="new")["requests"]
    assert asked["cost"] == 500
    clerk = office.clerk()
    content = pdf(pages=2, padding=600_000)
    upload = clerk.upload(content, "pismo-żółć.pdf")
    done = clerk.call("scan_request_fulfil", id=asked["id"], uploads=[upload], cost=700,
                      information="Dwie strony.\nOryginał na półce.")
    assert done["status"] == "fulfilled" and done["closed_by"] == "jan"

    mail = smtp.wait(to="biuro@lodzmeble.example.pl", subject="Skan gotowy")
    assert mail.attachments() == [("pismo-żółć.pdf", "application/pdf", content)]
    for part in (mail.text, mail.html):
        assert "7,00 zł" in part.replace("\u00a0", " ")
        assert "Dwie strony." in part and "Oryginał na półce." in part

    day = letter["date"]
    summary = clerk.call("settlement_summary", **{"from": day[:8] + "01", "to": day[:8] + "31"}
                         if day[5:7] in ("01", "03", "05", "07", "08", "10", "12")
                         else {"from": day[:8] + "01", "to": day})
    [settled] = summary["clients"]
    assert settled["client_name"] == CLIENT and settled["total"] == 700 == summary["total"]
    assert [(charge["amount"], charge["request_id"]) for charge in settled["charges"]] == \
        [(700, asked["id"])]
    assert "Skan jest gotowy" in get(link).text
    item = clerk.call("mail_get", id=letter["id"])
    assert clerk.read_scan(item["scans"][0]) == content
    assert item["cost"] == 700


def test_cancelling_it_and_asking_anew(office, letter, smtp):
    first_link = smtp.wait(to="biuro@lodzmeble.example.pl").link()
    press(get(first_link))
    [first] = office.admin.call("scan_request_list", status="new")["requests"]
    office.clerk().call("scan_request_cancel", id=first["id"], reason="Skaner w naprawie")

    mail = smtp.wait(to="biuro@lodzmeble.example.pl", subject="Prośba o skan anulowana")
    assert "Skaner w naprawie" in mail.text
    for link in (first_link, mail.link()):
        page = get(link)
        assert "Poprzednia prośba o skan została anulowana" in page.text
        assert "Skaner w naprawie" in page.text
        assert page.form() is not None
    confirmation = follow(press(page))
    assert "Dziękujemy. Prośba o skan została wysłana" in confirmation.text

    both = office.admin.call("scan_request_list")["requests"]
    assert [(asked["status"], asked["reason"]) for asked in both] == \
        [("new", None), ("cancelled", "Skaner w naprawie")]
    assert both[1]["id"] == first["id"] and both[1]["cancelled_by"] == "staff"
    history = office.admin.call("event_list", item_id=letter["id"])["events"]
    assert [event["kind"] for event in history] == [
        "mail_registered", "scan_request_created", "scan_request_cancelled",
        "scan_request_created"]


def test_the_office_may_want_no_messages(office, letter, smtp, gateway):
    office.admin.call("settings_save", notify_email=False, notify_sms=False)
    press(get(smtp.wait(to="biuro@lodzmeble.example.pl").link()))
    smtp.wait(to="biuro@lodzmeble.example.pl", subject="Prośba o skan przyjęta")
    wait_until(lambda: office.outbox()["waiting"] == 0, "all messages to leave")
    assert smtp.find(to="biuro@example.pl") == [] and gateway.received == []
