# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every kind of mail that a client gets, in both languages, taken apart by Python's `email`."""
import html.parser
import re

import pytest
from postbox import Maildir
from samples import pdf
from skrytka import Office, RpcError
from visitor import Visitor

NAME = '"Żółć & <b>Sp. z o.o.</b>"'
SENDER = f"Łódzki Urząd {NAME} =?UTF-8?B?QmNj?= " + "bardzo długiej nazwy " * 10 + "koniec"
FILES = ["skan łódź „1” & <2>; a=b.pdf", "Zażółć gęślą jaźń " * 6 + ".pdf"]
HTML_LIMIT = 30000

# language: subjects of the kinds, in the order in which story() makes them
SUBJECTS = {
    "pl": ["Nowa poczta: ", "Prośba o skan przyjęta: ", "Prośba o skan anulowana: ",
           "Prośba o skan przyjęta: ", "Skan gotowy: ", "Nowa poczta ze skanem: ", "Logowanie: ",
           "Twoja poczta w internecie: "],
    "en": ["New post: ", "Request for a scan received: ", "Request for a scan cancelled: ",
           "Request for a scan received: ", "Scan ready: ", "New post with a scan: ", "Sign in: ",
           "Your post online: "],
}


class Tags(html.parser.HTMLParser):
    """The tags with their attributes, and the text between them; what Outlook alone reads besides."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.words, self.open, self.outlook = [], [], [], []
        self.hidden = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.hidden += tag in ("style", "title")
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} is closed and {self.open} are open"
        self.hidden -= tag in ("style", "title")

    def handle_comment(self, data):
        self.outlook.append(data)

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture(params=["pl", "en"])
def language(request):
    return request.param


@pytest.fixture
def story(office, maildir, language):
    """One mail of each kind to a client of this language, as SUBJECTS has them."""
    address = "klient@example.pl"
    client = office.client(NAME, [address], language=language)
    call = office.admin.call
    letter = office.letter(client, counterparty=SENDER, kind="registered", reference="RR 1 & <2>")
    request = call("scan_request_create", item_id=letter["id"])
    call("scan_request_cancel", id=request["id"], reason="Koperta <pusta>\n.\nBcc: x@example.pl")
    call("scan_request_create", item_id=letter["id"])
    uploads = [office.admin.upload(pdf(pages=page), name) for page, name in enumerate(FILES, 1)]
    call("scan_attach", item_id=letter["id"], uploads=uploads, cost=1250,
         information="12 stron & <b>\n.\n..\nFrom nas\n=3D")
    upload = office.admin.upload(pdf(), FILES[0])
    office.letter(client, counterparty=SENDER, uploads=[upload])
    Visitor(f"http://127.0.0.1:{office.web_port}").ask_for_link(address)
    call("client_invite", id=client["id"])
    office.wait_for_outbox()
    mails = maildir.find(to=address)
    found = []
    for beginning in SUBJECTS[language]:
        mail = next(mail for mail in mails if mail.subject.startswith(beginning))
        mails.remove(mail)
        found.append(mail)
    assert mails == []
    return found


def test_parts_and_headers(story, language):
    for mail in story:
        message = mail.message
        assert mail.raw.isascii() and all(len(line) <= 998 for line in mail.raw.split(b"\n"))
        assert b"\r" not in mail.raw, "a Maildir has lines of this system"
        assert len(message.keys()) == len(set(message.keys())) and "Bcc" not in message
        assert message["To"].addresses[0].addr_spec == "klient@example.pl"
        assert len(message["To"].addresses) == 1 and "Cc" not in message
        assert message["From"].addresses[0].display_name == "Biuro Żuraw"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Content-Language"] == language
        assert message["Date"].datetime.tzinfo is not None
        assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message["Message-ID"])
        kinds = [part.get_content_type() for part in message.walk()]
        readable = ["multipart/alternative", "text/plain", "text/html"]
        files = [kind for kind in kinds if kind == "application/pdf"]
        assert kinds == (["multipart/mixed", *readable, *files] if files else readable)
        for part in message.walk():
            if not part.is_multipart():
                assert part["Content-Transfer-Encoding"] in ("base64", "quoted-printable")
                assert part.get_content_charset("utf-8") == "utf-8"
    assert len({mail.message["Message-ID"] for mail in story}) == len(story)


def test_one_thread_for_each_letter(story):
    first, *others = story[:5]
    assert "References" not in first.message
    for mail in others:
        assert mail.message["References"] == first.message["Message-ID"]
        assert mail.message["In-Reply-To"] == first.message["Message-ID"]
    for mail in story[5:]:
        assert "References" not in mail.message, mail.subject


def test_words_are_the_same_in_text_and_html(story):
    for mail in story[:6]:
        words = " ".join(" ".join(Tags(mail.html).words).split())
        assert SENDER in mail.subject and SENDER in mail.text and SENDER in words
        assert NAME in mail.text and NAME in words
        number = re.search(r"\((?:nr|no\.) (\d+)\)", mail.subject)[1]
        assert re.search(rf"\b{number}\b", words) and re.search(rf"\b{number}\b", mail.text)
    cancelled, ready = story[2], story[4]
    assert "Koperta <pusta>\n.\nBcc: x@example.pl" in cancelled.text.replace("\r\n", "\n")
    assert "12 stron & <b>\n.\n..\nFrom nas\n=3D" in ready.text.replace("\r\n", "\n")
    assert "12 stron & <b>" in "".join(Tags(ready.html).words)


def test_html_of_every_program(story, language):
    """Whole, small, of tables and inline styles; nothing is fetched; Outlook gets its own button."""
    for mail in story:
        tags = Tags(mail.html)
        assert tags.open == [] and len(mail.html.encode()) < HTML_LIMIT
        assert [attrs["lang"] for attrs in tags.all("html")] == [language]
        assert "dark" in str(tags.all("meta")) and "prefers-color-scheme: dark" in mail.html
        for forbidden in ("img", "script", "link", "iframe", "form", "b"):
            assert tags.all(forbidden) == [], (mail.subject, forbidden)
        assert "url(" not in mail.html and "@import" not in mail.html
        for attrs in tags.all("table"):
            assert attrs.get("role") == "presentation" or tags.all("th"), "read out as a table"
        vml = [text for text in tags.outlook if "v:roundrect" in text]
        links = [attrs["href"] for attrs in tags.all("a")]
        assert [re.search(r'href="([^"]*)"', text)[1] for text in vml] == links


def test_the_button_is_where_a_scan_may_be_asked_for(story):
    for number, mail in enumerate(story[:6]):
        links = mail.links()
        assert len(set(links)) == (1 if number in (0, 2) else 0), mail.subject
        if links:
            assert f'href="{links[0]}"' in mail.html and "5,00" in mail.text + mail.html or \
                "5.00" in mail.text
    note = "Skanowanie poczty może wiązać się z dodatkowymi kosztami."
    for mail in (story[0], story[1], story[2]):
        assert note in mail.text and note in mail.html


def test_scans_come_under_their_names(story):
    for mail, names in ((story[4], FILES), (story[5], FILES[:1])):
        assert [name for name, _, _ in mail.attachments()] == [name.strip() for name in names]
        assert [kind for _, kind, _ in mail.attachments()] == ["application/pdf"] * len(names)
    assert [content for _, _, content in story[4].attachments()] == [pdf(pages=1), pdf(pages=2)]
    for mail in (*story[:4], *story[6:]):
        assert mail.attachments() == []


def test_words_are_broken_in_links_only(story):
    """break-all is for what has no blanks; a sentence would be cut anywhere."""
    broken = [words for mail in story
              for words in re.findall(r"break-all[^>]*>([^<]*)<", mail.html)]
    assert broken and all(re.fullmatch(r"https?://\S+", words) for words in broken), broken


def test_scans_too_large_for_a_mail_stay_on_the_page(tmp_path):
    office = Office(tmp_path, {"mail": {"attachment_bytes": 100000}}).start()
    try:
        letter = office.letter(office.client())
        for padding in (99000, 2000):
            office.admin.call("scan_attach", item_id=letter["id"],
                              uploads=[office.admin.upload(pdf(padding=padding))])
        office.wait_for_outbox()
        small, large = Maildir(office).find(subject="Skan gotowy")
        if small.attachments() == []:
            small, large = large, small
        assert len(small.attachments()) == 1 and large.attachments() == []
        link = f"http://127.0.0.1:{office.web_port}/mail?q={letter['id']}"
        assert "za duży na e-mail" in large.text and link in large.text
        assert link in [attrs["href"] for attrs in Tags(large.html).all("a")]
    finally:
        office.stop()


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_office_gets_no_link_but_the_words_to_find_it(office, maildir, language):
    office.admin.call("settings_save", office_emails=["biuro@example.pl"], language=language,
                      email_gather_minutes=0)
    client = office.client(NAME, ["klient@example.pl"])
    letter = office.letter(client, counterparty=SENDER, kind="registered", reference="RR 1 & <2>")
    office.admin.call("scan_request_create", item_id=letter["id"])
    mail = maildir.wait(to="biuro@example.pl")
    assert mail.html is None and "http" not in mail.text and "://" not in mail.subject
    for word in (NAME, SENDER, "RR 1 & <2>", str(letter["id"]), client["code"],
                 "list polecony" if language == "pl" else "registered letter",
                 "Poczta > Prośby o skan" if language == "pl" else "Mail > Scan requests"):
        assert word in mail.text, word
    assert mail.message["Content-Language"] == language


def test_the_offices_own_words(office, maildir, language):
    own = {"subject": "Dla {client}: {sender}, nr {number}",
           "greeting": "Dzień dobry <i>{client}</i>,\n{kind} & {nobody", "footer": "{office}\n<b>"}
    office.admin.call("settings_save",
                      **{f"mail_{name}_{language}": text for name, text in own.items()})
    other = "en" if language == "pl" else "pl"
    client = office.client(NAME, ["klient@example.pl"], language=language)
    office.client("Gamma", ["gamma@example.pl"], language=other)
    letter = office.letter(client, counterparty=SENDER)
    mail = maildir.wait(to="klient@example.pl")
    assert mail.subject == f"Dla {NAME}: {SENDER}, nr {letter['id']}"
    kind = "list" if language == "pl" else "letter"
    for text in (mail.text.replace("\r\n", "\n"), "\n".join(Tags(mail.html).words)):
        for line in (f"Dzień dobry <i>{NAME}</i>,", f"{kind} & {{nobody", "Biuro Żuraw", "<b>"):
            assert line in text, line
    assert mail.html.index("Dzień dobry") < mail.html.index("<h1")
    assert Tags(mail.html).all("i") == [] == Tags(mail.html).all("b")
    office.letter(office.admin.call("client_search", text="Gamma")["clients"][0])
    assert "Dzień dobry" not in maildir.wait(to="gamma@example.pl").text


@pytest.mark.parametrize("name", ["subject", "greeting", "footer"])
def test_an_unknown_placeholder_is_refused_by_name(office, language, name):
    for method, field in (("settings_save", f"mail_{name}_{language}"), ("message_preview", name)):
        with pytest.raises(RpcError) as error:
            office.admin.call(method, **{field: "Witaj {klijent}"},
                              **({"language": language} if method == "message_preview" else {}))
        assert error.value.code == "bad_request" and error.value.field == field
        assert "klijent" in error.value.detail


def test_a_subject_stays_one_line(office, language):
    for text in ("Poczta\r\nBcc: x@example.pl", "Poczta\nX: y", "Poczta\0"):
        with pytest.raises(RpcError) as error:
            office.admin.call("settings_save", **{f"mail_subject_{language}": text})
        assert error.value.code == "bad_request"
        assert error.value.field == f"mail_subject_{language}"
