# SPDX-License-Identifier: AGPL-3.0-or-later
"""Signing in by e-mail: once, soon, in the browser that asked; and nobody learns who is a client."""
import urllib.parse

import pytest
from pages import raw, request
from visitor import sign_in_code, sign_in_link

ALFA = "alfa@example.pl"


@pytest.fixture
def alfa(office):
    return office.client()


def asked(visitor, maildir, address=ALFA):
    someone = visitor()
    someone.ask_for_link(address)
    return someone, maildir.wait(to=address, subject="Logowanie")


def test_link_signs_in_once(alfa, visitor, maildir):
    someone, mail = asked(visitor, maildir)
    link = sign_in_link(mail)
    assert "Zaloguj się" in someone.get(link).text
    assert someone.get("/mail").url.endswith("/"), "opening the link alone signed in"
    someone.get(link)
    page = someone.press("Zaloguj się")
    assert page.url.endswith("/mail") and "Alfa Sp. z o.o." in page.text
    assert someone.get(link).status == 404
    assert someone.get("/").url.endswith("/mail")


def test_capital_letters_of_an_address_do_not_matter(alfa, visitor, maildir):
    someone = visitor()
    someone.ask_for_link("Alfa@EXAMPLE.pl")
    assert maildir.wait(to=ALFA, subject="Logowanie")


def test_unknown_address_is_answered_alike(alfa, visitor, maildir, office):
    answers = []
    for address in (ALFA, "nobody@example.pl"):
        someone = visitor()
        page = someone.ask_for_link(address)
        answers.append((page.status, page.url, page.text, sorted(someone.cookies)))
    assert answers[0] == answers[1]
    maildir.wait(to=ALFA, subject="Logowanie")
    office.wait_for_outbox()
    assert maildir.find(to="nobody@example.pl") == []


def test_other_browser_needs_the_code(alfa, visitor, maildir):
    someone, mail = asked(visitor, maildir)
    telephone = visitor()
    page = telephone.get(sign_in_link(mail))
    assert "wpisz tam kod" in page.text and telephone.buttons("Zaloguj się") == []
    someone.get("/sign-in")
    assert someone.press("Zaloguj się", code="ABCD-2345").status == 422
    code = sign_in_code(mail).lower().replace("-", " ")
    assert someone.press("Zaloguj się", code=code).url.endswith("/mail")


def test_few_wrong_codes_are_the_end(alfa, visitor, maildir):
    someone, mail = asked(visitor, maildir)
    for _ in range(5):
        someone.get("/sign-in")
        assert someone.press("Zaloguj się", code="ABCD-2345").status == 422
    someone.get("/sign-in")
    assert someone.press("Zaloguj się", code=sign_in_code(mail)).status == 404


def by_link(someone, mail):
    if someone.get(sign_in_link(mail)).status == 200 and someone.buttons("Zaloguj się"):
        someone.press("Zaloguj się")
    return someone.page


def by_code(someone, mail):
    someone.get("/sign-in")
    return someone.press("Zaloguj się", code=sign_in_code(mail))


@pytest.mark.parametrize("use", [by_link, by_code])
@pytest.mark.parametrize("which", [0, 4])
def test_asking_again_leaves_every_message_good(alfa, visitor, maildir, office, use, which):
    """The last two askings send nothing, for the limit; the fifth message must still work."""
    someone = visitor()
    mails = []
    for number in range(7):
        someone.ask_for_link(ALFA)
        if number < 5:
            mails.append(maildir.wait(to=ALFA, subject="Logowanie", count=number + 1))
    assert use(someone, mails[which]).url.endswith("/mail")
    assert someone.get("/mail").url.endswith("/mail")
    page = someone.get(sign_in_link(mails[2]))
    assert page.status == 404 and "już nie działa" in page.text, "used up together"


def test_two_addresses_asked_for_in_one_browser(alfa, visitor, maildir, office):
    office.client("Beta S.A.", ["beta@example.pl"])
    someone, mail = asked(visitor, maildir)
    someone.ask_for_link("beta@example.pl")
    maildir.wait(to="beta@example.pl", subject="Logowanie")
    assert "Alfa Sp. z o.o." in by_code(someone, mail).text


def test_wrong_codes_count_for_all_that_are_open(alfa, visitor, maildir):
    someone, first = asked(visitor, maildir)
    someone.ask_for_link(ALFA)
    for _ in range(5):
        someone.get("/sign-in")
        assert someone.press("Zaloguj się", code="ABCD-2345").status == 422
    assert by_code(someone, first).status == 404


def test_code_is_worth_nothing_elsewhere(alfa, visitor, maildir):
    _, mail = asked(visitor, maildir)
    thief = visitor()
    thief.ask_for_link("thief@example.pl")
    assert thief.press("Zaloguj się", code=sign_in_code(mail)).status == 422


def test_link_lives_ten_minutes(alfa, visitor, maildir, office):
    someone, mail = asked(visitor, maildir)
    office.pass_time(570)
    assert "Zaloguj się" in someone.get(sign_in_link(mail)).text
    office.pass_time(31)
    assert someone.press("Zaloguj się").status == 404
    assert someone.get("/mail").url.endswith("/")


def test_too_many_requests_are_answered_alike_and_send_nothing(alfa, visitor, maildir, office):
    pages = []
    for _ in range(7):
        pages.append(visitor().ask_for_link(ALFA))
    assert len({(page.status, page.text) for page in pages}) == 1
    office.wait_for_outbox()
    assert len(maildir.find(to=ALFA, subject="Logowanie")) == 5
    office.pass_time(3601)
    visitor().ask_for_link(ALFA)
    maildir.wait(to=ALFA, subject="Logowanie", count=6)


@pytest.mark.parametrize("proxies, sent", [("", 20), ("127.0.0.1", 24)])
def test_each_behind_a_trusted_proxy_has_limits_of_their_own(tmp_path, proxies, sent):
    from postbox import Maildir
    from skrytka import Office
    from visitor import Visitor
    office = Office(tmp_path, {"web": {"trusted_proxies": proxies}}).start()
    try:
        addresses = [f"client{number}@example.pl" for number in range(24)]
        for number, address in enumerate(addresses):
            office.client(f"Client {number}", [address])
            Visitor(f"http://127.0.0.1:{office.web_port}", {
                "Accept-Language": "pl", "X-Forwarded-For": f"192.0.2.1, 203.0.113.{number}",
            }).ask_for_link(address)
        office.wait_for_outbox()
        assert len(Maildir(office).find(subject="Logowanie")) == sent
    finally:
        office.stop()


def ask_as(office, addresses, forwarded):
    """Each address asks for a link, the peer being named in these lines; how many mails left."""
    from postbox import Maildir
    for number, address in enumerate(addresses):
        office.client(f"Client {number}", [address])
        page = request(f"http://127.0.0.1:{office.web_port}/")
        body = urllib.parse.urlencode({"email": address,
                                       "nonce": page.forms[0]["fields"]["nonce"]})
        head = "".join(f"X-Forwarded-For: {line}\r\n" for line in forwarded(number))
        raw(office.web_port, (f"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}"
                              f"Content-Length: {len(body)}\r\n\r\n{body}").encode(), 5)
    office.wait_for_outbox()
    return len(Maildir(office).find(subject="Logowanie"))


@pytest.mark.parametrize("forwarded", [
    lambda number: [f"203.0.113.{number}", "198.51.100.1"],
    lambda number: [f"2001:db8:1:2::{number:x}"]])
def test_one_peer_under_many_names_is_one(tmp_path, forwarded):
    """A proxy that adds a line of its own below a forged one; one line of IPv6."""
    from skrytka import Office
    office = Office(tmp_path, {"web": {"trusted_proxies": "127.0.0.1"}}).start()
    try:
        addresses = [f"client{number}@example.pl" for number in range(24)]
        assert ask_as(office, addresses, forwarded) == 20
    finally:
        office.stop()


@pytest.mark.parametrize("address", ["", "alfa", "a b@c.pl", "a@b.pl\r\nBcc: x@y.pl", "a@b..pl"])
def test_no_address_at_all(alfa, visitor, office, address):
    someone = visitor()
    page = someone.ask_for_link(address)
    assert page.status == 422 and "To nie jest adres e-mail" in page.text
    assert office.outbox()["messages"] == []


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Origin": "https://evil.example"}])
def test_foreign_form_sends_nothing(alfa, visitor, office, headers):
    someone = visitor()
    someone.get("/")
    assert someone.press("Wyślij mi link", email=ALFA, headers=headers).status == 403
    assert someone.post("/", {"email": ALFA}).status == 403
    assert office.outbox()["messages"] == []


def test_session_ends_with_the_address(alfa, sign_in, office):
    someone = sign_in(ALFA)
    office.admin.call("client_save", id=alfa["id"], version=alfa["version"],
                      emails=["new@example.pl"])
    assert someone.get("/mail").url.endswith("/")


def test_session_ends_with_the_contract(alfa, sign_in, office):
    someone = sign_in(ALFA)
    office.admin.call("client_save", id=alfa["id"], version=alfa["version"], active=False)
    assert someone.get("/mail").url.endswith("/")


def test_session_lives_thirty_days_without_a_visit(alfa, sign_in, office):
    someone = sign_in(ALFA)
    day = 24 * 3600
    for _ in range(3):
        office.pass_time(29 * day)
        page = someone.get("/mail")
        assert page.url.endswith("/mail")
        assert "Max-Age=2592000" in page.headers["Set-Cookie"], "the browser forgets it sooner"
        assert someone.get("/mail").headers["Set-Cookie"] is None
    office.pass_time(30 * day + 1)
    assert someone.get("/mail").url.endswith("/")


def test_signing_out(alfa, sign_in):
    here, there, elsewhere = sign_in(ALFA), sign_in(ALFA), sign_in(ALFA)
    kept = dict(here.cookies)
    here.get("/mail")
    here.press("Wyloguj", 0)
    assert here.get("/mail").url.endswith("/")
    here.cookies = kept
    assert here.get("/mail").url.endswith("/"), "the session lived on at the server"
    assert there.get("/mail").url.endswith("/mail")
    there.press("Wyloguj wszędzie")
    assert elsewhere.get("/mail").url.endswith("/")


def test_one_address_of_several_clients(alfa, sign_in, office):
    office.client("Beta <b>S.A.</b>", [ALFA])
    office.letter(alfa, counterparty="Nadawca Alfy")
    someone = sign_in(ALFA)
    assert someone.page.url.endswith("/choose")
    assert "Beta <b>S.A.</b>" in someone.page.text
    page = someone.press("Alfa")
    assert page.url.endswith("/mail") and "Nadawca Alfy" in page.text
    someone.get("/choose")
    page = someone.press("Beta")
    assert "Nadawca Alfy" not in page.text and "Beta" in page.text


@pytest.mark.parametrize("languages, browser, subject", [
    (["en"], "pl", "Sign in"), (["en", "en"], "pl", "Sign in"),
    (["en", "pl"], "pl", "Logowanie"), (["pl", "en"], "en", "Sign in")])
def test_language_of_the_message(office, visitor, maildir, languages, browser, subject):
    """The client's; where clients of one address differ, the one of the page."""
    for number, language in enumerate(languages):
        office.client(f"Klient {number}", ["wspolny@example.pl"], language=language)
    someone = visitor(**{"Accept-Language": browser})
    someone.get("/")
    someone.press("Wyślij mi link" if browser == "pl" else "Send me the link",
                  email="wspolny@example.pl")
    mail = maildir.wait(to="wspolny@example.pl", subject=subject)
    someone.get(sign_in_link(mail))
    page = someone.press("Zaloguj się" if browser == "pl" else "Sign me in")
    assert page.lang == ("en" if subject == "Sign in" else "pl")
    assert page.url.endswith("/mail" if len(languages) == 1 else "/choose")


def test_code_that_comes_too_late_is_told_so(alfa, visitor, maildir, office):
    """The browser has forgotten by then that it asked."""
    someone, mail = asked(visitor, maildir)
    someone.get("/sign-in")
    form = someone.page
    someone.cookies.clear()
    page = someone.press("Zaloguj się", code=sign_in_code(mail))
    assert page.status == 404 and "już nie działa" in page.text
    assert 'href="/"' in page.body.decode()
    someone.page = form
    someone.ask_for_link(ALFA)
    someone.page = form
    page = someone.press("Zaloguj się", code=sign_in_code(mail))
    assert page.status == 403 and "otwarta zbyt długo" in page.text
    assert someone.buttons("Zaloguj się")


def test_cookie_is_kept_from_scripts_and_other_sites(alfa, visitor, maildir):
    someone, mail = asked(visitor, maildir)
    someone.get(sign_in_link(mail))
    button = someone.buttons("Zaloguj się")[0]
    answer = someone.request(button["form"]["action"], "POST",
                             f'nonce={button["form"]["fields"]["nonce"]}',
                             {"Content-Type": "application/x-www-form-urlencoded"})
    [cookie] = [line for line in answer.headers.get_all("Set-Cookie") if line.startswith("skrytka=")]
    for attribute in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"):
        assert attribute in cookie
    assert "Secure" not in cookie, "a browser drops a Secure cookie that came over http"


def test_behind_https_the_cookie_is_bound_to_host_and_tls(tmp_path):
    from skrytka import Office
    from visitor import Visitor
    office = Office(tmp_path, {"web": {"base_url": "https://poczta.example"}}).start()
    try:
        office.client()
        someone = Visitor(f"http://127.0.0.1:{office.web_port}")
        someone.get("/")
        assert someone.page.headers["Strict-Transport-Security"]
        button = someone.buttons("Wyślij mi link")[0]
        answer = someone.request("/", "POST", "email=alfa%40example.pl&nonce="
                                 + button["form"]["fields"]["nonce"])
        [cookie] = answer.headers.get_all("Set-Cookie")
        assert cookie.startswith("__Host-skrytka-sign-in=") and "; Secure" in cookie
    finally:
        office.stop()
