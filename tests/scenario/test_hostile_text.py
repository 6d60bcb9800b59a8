# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text that people wrote, on its way out: one mail stays one mail with exactly our headers, one SMS
one line, one page one page, whatever the names say."""
import json
import re

import pytest
from pages import get, press
from postbox import SmtpServer, sms_of_file
from samples import pdf
from skrytka import Office, wait_until

TEXTS = [
    "Zwykła nazwa", "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ " * 6, "🙂" * 70, "a" * 300, "słowo " * 40,
    "=?utf-8?q?Bcc:_x@y.pl?=", "=?utf-8?B?", "Bcc: x@y.pl", "a, b; c: <d@e.pl> (f) \"g\" \\h",
    "\"", "\\", "@", ".", "..", "...", "-- ", ".\u2028.", "\u202eodwrócone", "zero\u200bwidth",
    "z\u0335a\u0301\u0302\u0303l", "العربية", "中文公司", "\ufeffBOM", "\u00adsoft",
    "nbsp\u00a0koniec", "%s%n%d", "{{client}}", "{client}", "&amp;<b>", "'; DROP TABLE x; --",
    "$(reboot)", "`id`", "|ls", "=1+1", "+48", "\u0130stanbul", "ß" * 100, "\U0010ffff",
]


@pytest.fixture(scope="module")
def server():
    server = SmtpServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def office(first_day, tmp_path_factory, server):
    config = {"mail": {"url": server.url, "from": "poczta@biuro.example.pl"}}
    office = Office(tmp_path_factory.mktemp("texts"), config).take_over(first_day).start()
    office.allow_requests(office_emails=["biuro@example.pl"], notify_sms=True,
                          office_phones=["+48601234567"], email_gather_minutes=0,
                          sms_gather_minutes=0)
    yield office
    office.stop()


HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
           "Content-Transfer-Encoding", "Auto-Submitted", "X-Auto-Response-Suppress", "References",
           "In-Reply-To", "Content-Language"}


def check(mail, recipient):
    assert mail.to == [recipient]
    assert set(mail.message.keys()) <= HEADERS, set(mail.message.keys()) - HEADERS
    assert len(mail.message.keys()) == len(set(mail.message.keys()))
    for line in mail.raw.split(b"\r\n"):
        assert len(line) <= 998 and b"\n" not in line and b"\r" not in line
        assert all(byte in (9, 13) or 32 <= byte < 127 for byte in line), line
    assert b"\r\n.\r\n" not in mail.raw


def visible(text):
    """Words as a reader sees them, without what the cleaner replaces."""
    return re.findall(r"\w+", text)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_a_name_in_all_places(office, server, number):
    text = TEXTS[number]
    while len(text.encode()) > 300:
        text = text[:-1]
    address = f"klient{number}@example.pl"
    office.admin.call("settings_save", office_name=text, scan_request_note=f"{text}\n.\n..\n{text}")
    client = office.client(text, [address])
    letter = office.letter(client, counterparty=text, reference=text, note=text)
    mail = server.wait(to=address)
    check(mail, address)
    assert visible(mail.subject)[:2] == ["Nowa", "poczta"] and f"(nr {letter['id']})" in mail.subject
    assert mail.message["From"].addresses[0].addr_spec == "poczta@biuro.example.pl"

    page = get(mail.link())
    assert page.status == 200 and len(page.forms) == 1 and page.scripts == 0
    before = len(server.find(to="biuro@example.pl"))
    assert press(page).status == 303
    request = office.get(letter)["request"]
    office.admin.call("scan_request_fulfil", id=request["id"], information=text,
                      uploads=[office.admin.upload(pdf(), "skan.pdf")])
    wait_until(lambda: len(server.find(to=address)) == 3, "three letters to the client")
    wait_until(lambda: len(server.find(to="biuro@example.pl")) == before + 1, "one to the office")
    for mail in server.find(to=address)[1:]:
        check(mail, address)
    assert server.find(to=address)[-1].attachments() == [("skan.pdf", "application/pdf", pdf())]
    check(server.find(to="biuro@example.pl")[-1], "biuro@example.pl")
    assert {recipients for _, recipients in server.envelopes} <= \
        {(f"klient{n}@example.pl",) for n in range(len(TEXTS))} | {("biuro@example.pl",)}
    office.wait_for_outbox()
    with open(office.sms_log, encoding="utf-8") as file:
        lines = file.read().splitlines()
    sms = json.loads(lines[-1])
    assert f"nr {letter['id']} " in sms["text"] and len(sms["text"]) <= 160
    assert all(" " <= char < "\x7f" for char in sms["text"]), sms["text"]
    assert len(sms_of_file(office)) == len(lines)


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_a_name_of_a_file(office, server, number):
    text = TEXTS[number].replace("/", "_").replace("\\", "_").strip()
    while len(text.encode()) > 190:
        text = text[:-1]
    address = f"plik{number}@example.pl"
    client = office.client(f"Plik {number}", [address])
    letter = office.letter(client, notify=False)
    item = office.admin.call("scan_attach", item_id=letter["id"],
                             uploads=[office.admin.upload(pdf(), f"{text}.pdf")])
    assert item["scans"][0]["name"] == f"{text}.pdf"
    mail = server.wait(to=address)
    check(mail, address)
    [(name, media, content)] = mail.attachments()
    assert (media, content) == ("application/pdf", pdf())
    assert name.endswith(".pdf") and visible(name)[-1] == "pdf"


def test_no_line_of_the_log_is_forged(office):
    """One record is one line; what peers sent is cleaned."""
    for login in ("x\ninfo daemon: fałszywy", "a\x1b[2Jb"):
        try:
            office.connect_tcp().sign_in(login, "zgadywanka")
        except Exception:  # refused one way or another; the log is what counts
            pass
    for line in office.log().splitlines():
        assert re.match(r"(error|warn|info|debug) \w+: ", line), line
        assert "\x1b" not in line
