# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page behind the e-mail's button: what robots do to it, and what becomes of its link."""
import concurrent.futures
import urllib.parse

import pytest
from pages import request
from samples import pdf
from visitor import Visitor, sign_in_link

DAY = 24 * 3600


@pytest.fixture
def alfa(office):
    return office.client()


@pytest.fixture
def letter(alfa, office):
    return office.letter(alfa, counterparty="Urząd Skarbowy")


@pytest.fixture
def link(letter, maildir):
    return maildir.wait(subject=f"(nr {letter['id']})").link()


@pytest.fixture
def client(link):
    """A person who opened the link."""
    someone = Visitor(link)
    someone.get(link)
    return someone


def requests(office):
    return office.admin.call("scan_request_list")["requests"]


def test_a_mail_scanner_makes_no_request(link, office, client):
    for _ in range(3):
        assert request(link, "HEAD").status == 200
        assert request(link).status == 200
    assert request(link, "POST", "").status == 403
    assert request(link, "POST", "nonce=1", {
        "Content-Type": "application/x-www-form-urlencoded"}).status == 403
    assert requests(office) == []
    assert client.press("Poproś o skan").status == 200
    assert len(requests(office)) == 1


@pytest.mark.parametrize("headers, answer", [
    ({"Sec-Fetch-Site": "same-origin"}, 200), ({"Sec-Fetch-Site": "none"}, 200),
    ({"Origin": "null"}, 200), ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
    ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Origin": "http://evil.example"}, 403), ({"Origin": "http://127.0.0.1:1"}, 403)])
def test_where_the_form_was_sent_from(client, office, headers, answer):
    page = client.press("Poproś o skan", headers=headers)
    assert page.status == answer
    assert len(requests(office)) == (1 if answer == 200 else 0)
    if answer == 403:
        assert client.press("Poproś o skan").status == 200, "the page came again, with its button"


def test_our_own_origin(client, office):
    origin = f"http://127.0.0.1:{office.web_port}"
    assert client.press("Poproś o skan", headers={"Origin": origin}).status == 200


def test_second_press_says_when_the_first_was(client, office, link):
    first = client.page
    page = client.press("Poproś o skan")
    assert "Dziękujemy. Prośba o skan została wysłana" in page.text
    assert "Skanowanie poczty może wiązać się" in page.text and "5,00 zł" in page.text
    client.page = first
    page = client.press("Poproś o skan")
    assert "została już wysłana" in page.text
    assert len(requests(office)) == 1
    assert client.buttons("Poproś o skan") == []


def test_many_presses_at_once_are_one_request(client, office):
    """By the database: each of them saw a page with its button."""
    pages = [Visitor(client.base) for _ in range(12)]
    for someone in pages:
        someone.page = client.page
    with concurrent.futures.ThreadPoolExecutor(len(pages)) as pool:
        answers = list(pool.map(lambda someone: someone.press("Poproś o skan"), pages))
    assert [page.status for page in answers] == [200] * len(pages)
    assert sum("Dziękujemy" in page.text for page in answers) == 1
    assert sum("została już wysłana" in page.text for page in answers) == len(pages) - 1
    assert len(requests(office)) == 1


def test_nonce_of_another_letter_is_refused(client, alfa, office, maildir):
    other = office.letter(alfa)
    stranger = Visitor(client.base)
    stranger.get(maildir.wait(subject=f"(nr {other['id']})").link())
    nonce = stranger.buttons("Poproś o skan")[0]["form"]["fields"]["nonce"]
    assert client.press("Poproś o skan", nonce=nonce).status == 403
    assert requests(office) == []


def test_a_page_left_open_for_a_day_is_shown_again(client, office):
    office.pass_time(DAY + 1)
    page = client.press("Poproś o skan")
    assert page.status == 403 and "otwarta zbyt długo" in page.text
    assert requests(office) == []
    assert client.press("Poproś o skan").status == 200
    assert len(requests(office)) == 1


def encoded(text):
    return "".join(f"%{ord(letter):02X}" for letter in text)


@pytest.mark.parametrize("encode", [encoded, lambda text: encoded(encoded(text)),
                                    lambda text: encoded(text).lower()])
def test_link_percent_encoded_whole(link, office, encode):
    base, token = link.rsplit("/", 1)
    someone = Visitor(link)
    assert someone.get(f"{base}/{encode(token)}").status == 200
    assert someone.press("Poproś o skan").status == 200
    assert len(requests(office)) == 1


def test_link_with_what_trackers_add(link):
    assert request(f"{link}?utm_source=mail&x=%00").status == 200


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: t + "x", lambda t: t[::-1],
                                    lambda t: "", lambda t: "x" * 5000, lambda t: "%00" * 43,
                                    lambda t: "%2e%2e/" + t])
def test_wrong_link_is_met_with_a_friendly_page(link, change):
    base, token = link.rsplit("/", 1)
    page = request(f"{base}/{change(token)}")
    assert page.status == 404 and "Ten link już nie działa" in page.text
    assert request(f"{base}/{change(token)}", "POST", "nonce=x").status == 404


def test_link_lives_sixty_days(link, office):
    office.pass_time(60 * DAY - 120)
    assert request(link).status == 200
    office.pass_time(121)
    assert request(link).status == 404


def test_after_the_hand_over(client, letter, office, link):
    office.admin.call("mail_collect", ids=[letter["id"]])
    page = client.press("Poproś o skan")
    assert "nie ma już w biurze" in page.text and requests(office) == []
    assert client.buttons("Poproś o skan") == []


def test_a_letter_given_to_another_client_is_theirs_alone(link, letter, office):
    beta = office.client("Beta S.A.", ["beta@example.pl"])
    office.admin.call("mail_save", id=letter["id"], version=letter["version"], client_id=beta["id"])
    page = request(link)
    assert page.status == 404 and "Beta" not in page.text and "Urząd" not in page.text


def test_a_scanner_that_presses_the_button(link, office, maildir):
    """What runs the page's scripts and forms a second after delivery cannot be told from a person;
    the office is told that it may have been one."""
    office.admin.call("settings_save", office_emails=["biuro@example.pl"])
    office.wait_for_outbox()
    scanner = Visitor(link)
    scanner.get(link)
    office.pass_time(1)
    for _ in range(2):
        scanner.get(link)
        if scanner.buttons("Poproś o skan"):
            scanner.press("Poproś o skan")
    [asked] = requests(office)
    assert asked["possibly_automatic"] and asked["status"] == "new"
    assert "prośba jest automatyczna" in maildir.wait(to="biuro@example.pl").text
    assert office.admin.call("mail_get", id=asked["item_id"])["charges"] == []


def test_link_and_its_path_percent_encoded_whole(link, office):
    base, path = link[:-len(urllib.parse.urlsplit(link).path)], urllib.parse.urlsplit(link).path
    for target in ("/" + encoded(path[1:]), "/s%2F" + path[3:], path.replace("/s/", "/%73/")):
        someone = Visitor(link)
        assert someone.get(base + target).status == 200, target
        assert "Urząd Skarbowy" in someone.page.text
    someone.press("Poproś o skan")
    assert len(requests(office)) == 1


def test_a_telephone_that_opens_its_tabs_again(client, link, office):
    """It asks with GET for the address where a refused form was left."""
    client.press("Poproś o skan")
    office.pass_time(DAY + 1)
    client.get(link)
    withdraw = client.buttons("Cofnij prośbę")[0]["form"]["action"]
    assert client.get(withdraw).url == link
    assert client.buttons("Cofnij prośbę") and requests(office)[0]["status"] == "new"
    assert client.get("/withdraw/x%0d%0aLocation:y").status == 404


@pytest.mark.parametrize("path", ["/s/", "/withdraw/"])
def test_every_form_of_a_dead_link_is_met_with_the_way_on(client, link, office, path):
    button = client.buttons("Poproś o skan")[0]
    office.pass_time(60 * DAY + 1)
    page = client.post(path + link.rsplit("/", 1)[1], button["form"]["fields"])
    assert page.status == 404 and "Ten link już nie działa" in page.text
    assert 'href="/"' in page.body.decode() and requests(office) == []


def test_taking_the_request_back(client, office, maildir):
    client.press("Poproś o skan")
    client.press("Cofnij prośbę")
    [asked] = requests(office)
    assert (asked["status"], asked["cancelled_by"]) == ("cancelled", "client")
    assert "Prośba została cofnięta. Niczego nie naliczono." in client.page.text
    assert "anulowana" not in client.page.text
    mail = maildir.wait(subject="Prośba o skan cofnięta")
    for text in (mail.text, mail.html):
        assert "Niczego nie naliczono" in text and "anulowana" not in text
    client.press("Poproś o skan")
    assert [item["status"] for item in requests(office)] == ["new", "cancelled"]


def test_a_form_that_comes_late_does_nothing(client, office):
    """The same form again, of a second tab or a bad line, after the client took the request back;
    and the taking back again, after the client asked anew."""
    first = client.page
    client.press("Poproś o skan")
    second = client.page
    client.press("Cofnij prośbę")
    client.page = first
    page = client.press("Poproś o skan")
    assert page.status == 200 and "?sent" not in page.url
    assert [item["status"] for item in requests(office)] == ["cancelled"]
    client.press("Poproś o skan")
    client.page = second
    assert client.press("Cofnij prośbę").status == 200
    assert [item["status"] for item in requests(office)] == ["new", "cancelled"]


def test_a_form_that_lies_about_what_it_saw(client, office):
    client.press("Poproś o skan")
    client.press("Cofnij prośbę")
    assert client.press("Poproś o skan", seen="0").status == 403
    assert [item["status"] for item in requests(office)] == ["cancelled"]


@pytest.mark.parametrize("behind", [".", "/", ">", "%3E", ").", ",", "%20", "%C2%A0"])
def test_a_link_copied_with_what_stood_behind_it(link, office, behind):
    someone = Visitor(link)
    assert "Urząd Skarbowy" in someone.get(link + behind).text
    assert someone.press("Poproś o skan").url == link + "?sent"
    assert len(requests(office)) == 1


def test_a_request_that_the_office_has_open_stays(client, office, link):
    client.press("Poproś o skan")
    before = client.page
    office.admin.call("scan_request_claim", id=requests(office)[0]["id"])
    client.get(link)
    assert client.buttons("Cofnij prośbę") == []
    client.page = before
    page = client.press("Cofnij prośbę")
    assert requests(office)[0]["status"] == "new"
    assert "zajmuje się już" in page.text, "the press did nothing, and nobody was told"
    office.admin.call("scan_request_claim", id=requests(office)[0]["id"], release=True)
    assert "zajmuje się już" not in client.get(page.url).text


def test_taking_back_what_the_office_has_done(client, office, letter):
    client.press("Poproś o skan")
    office.admin.call("scan_attach", item_id=letter["id"], notify=False, cost=500,
                      uploads=[office.admin.upload(pdf())])
    page = client.press("Cofnij prośbę")
    assert "Biuro załatwiło już tę prośbę" in page.text
    assert "Skan jest gotowy" in page.text and "e-mailem" not in page.text, "none was sent"


@pytest.mark.parametrize("asked", [True, False])
def test_a_scan_is_one_press_away(client, office, letter, link, sign_in, visitor, maildir, asked):
    if asked:
        client.press("Poproś o skan")
    office.letter(office.admin.call("client_get", id=letter["client_id"]), counterparty="Inny")
    office.admin.call("scan_attach", item_id=letter["id"], notify=False,
                      uploads=[office.admin.upload(pdf(), "pismo.pdf")])
    page = client.get(link)
    [way] = [word for word in page.body.decode().split('"') if "/mail?q=" in word]
    text = sign_in("alfa@example.pl").get(way).text
    assert "pismo.pdf" in text and "Inny" not in text
    stranger = visitor()
    assert stranger.get(way).url.endswith("/")
    stranger.ask_for_link("alfa@example.pl")
    stranger.get(sign_in_link(maildir.wait(subject="Logowanie", count=2)))
    page = stranger.press("Zaloguj się")
    assert "pismo.pdf" in page.text and "Inny" not in page.text, "after signing in too"
    assert list(stranger.cookies) == ["skrytka"]


def test_a_cancelled_request_shows_its_reason(client, office, link):
    client.press("Poproś o skan")
    office.admin.call("scan_request_cancel", id=requests(office)[0]["id"], reason="Koperta <pusta>")
    page = client.get(link)
    assert "Koperta <pusta>" in page.text
    assert len(client.buttons("Poproś o skan")) == 1


def test_page_is_small_private_and_without_scripts(link):
    page = request(link)
    style = request(urllib.parse.urljoin(link, "/style.css")).body
    assert len(page.body) + len(style) <= 15000 and page.scripts == 0 and page.lang == "pl"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert page.headers["Set-Cookie"] is None
    for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"):
        assert part in page.headers["Content-Security-Policy"]


def test_names_are_shown_as_they_are(office, maildir):
    name = '"Żółć & <b>Sp. z o.o.</b>"'
    client = office.client(name, ["zolc@example.pl"])
    letter = office.letter(client, counterparty=f"{name}<script>alert(1)</script>")
    page = request(maildir.wait(subject=f"(nr {letter['id']})").link())
    assert f"{name}<script>alert(1)</script>" in page.text and page.scripts == 0
    assert "<b>" not in page.body.decode()


def test_english_client_gets_an_english_page(office, maildir):
    client = office.client("Gamma Ltd", ["gamma@example.pl"], language="en")
    letter = office.letter(client)
    link = maildir.wait(to="gamma@example.pl").link()
    page = request(link, headers={"Accept-Language": "pl"})
    assert page.lang == "en" and "Ask for a scan" in page.text
    assert str(letter["id"]) in page.text


def test_note_in_the_clients_language(office, maildir):
    office.admin.call("settings_save", scan_request_note="Skan <kosztuje>",
                      scan_request_note_en="Scans\n<cost>")
    clients = {"pl": office.client("Alfa", ["a@example.pl"], language="pl"),
               "en": office.client("Gamma Ltd", ["gamma@example.pl"], language="en")}
    notes = {"pl": "Skan <kosztuje>", "en": "<cost>"}
    for language, client in clients.items():
        office.letter(client)
        mail = maildir.wait(to=client["emails"][0])
        someone = Visitor(mail.link(), {"Accept-Language": "pl"})
        pages = [mail.text, someone.get(mail.link()).text]
        pages.append(someone.press("Poproś o skan" if language == "pl" else "Ask for a scan").text)
        pages.append(maildir.wait(to=client["emails"][0], count=2).text)
        for text in pages:
            assert [note in text for note in notes.values()] == [language == "pl", language == "en"]


def test_reason_of_a_hand_over_is_in_the_clients_language(office, maildir):
    client = office.client("Gamma Ltd", ["gamma@example.pl"], language="en")
    letter = office.letter(client)
    link = maildir.wait(to="gamma@example.pl").link()
    office.admin.call("scan_request_create", item_id=letter["id"])
    office.admin.call("mail_collect", ids=[letter["id"]], cancel_requests=True)
    mail = maildir.wait(to="gamma@example.pl", subject="cancelled")
    assert "The letter was handed over" in mail.text and "The letter was handed over" in mail.html
    assert "The letter was handed over" in request(link).text
    assert requests(office)[0]["reason"] == "Przesyłka została wydana", "staff read theirs"


def test_token_is_never_logged(link, office, client):
    client.press("Poproś o skan")
    assert link.rsplit("/", 1)[1] not in office.log()
    assert urllib.parse.urlsplit(link).path not in office.log()
