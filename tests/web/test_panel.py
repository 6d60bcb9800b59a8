# SPDX-License-Identifier: AGPL-3.0-or-later
"""The client's panel: the tab POCZTA, its plus, and nothing of anybody else's."""
import re
import urllib.parse

import pytest
from samples import pdf
from skrytka import TREE, RpcError
from visitor import Forms, sign_in_link

ALFA, BETA = "alfa@example.pl", "beta@example.pl"
HOSTILE = '"Żółć & <b>Sp. z o.o.</b>"'


@pytest.fixture
def alfa(office):
    return office.client("Alfa Sp. z o.o.", [ALFA])


@pytest.fixture
def beta(office):
    return office.client("Beta S.A.", [BETA])


def requests(office):
    return office.admin.call("scan_request_list")["requests"]


def test_asking_for_a_scan(alfa, office, sign_in):
    letter = office.letter(alfa, counterparty=HOSTILE, kind="registered")
    someone = sign_in(ALFA)
    for word in (HOSTILE, "list polecony", "Do odbioru", "5,00 zł", "Skanowanie poczty może"):
        assert word in someone.page.text
    page = someone.press("Poproś o skan")
    assert page.url.endswith(f"/mail?sent={letter['id']}#news")
    assert "Prośba o skan została wysłana" in page.text and "Skanowanie poczty może" in page.text
    [request] = requests(office)
    assert (request["item_id"], request["source"], request["status"]) == (letter["id"], "panel", "new")
    assert request["requested_by"] == "Alfa Sp. z o.o."
    assert someone.buttons("Poproś o skan") == []


def test_asking_twice_makes_one_request(alfa, office, sign_in):
    office.letter(alfa)
    someone = sign_in(ALFA)
    first = someone.page
    someone.press("Poproś o skan")
    someone.page = first
    page = someone.press("Poproś o skan")
    assert "Dziękujemy. Prośba o skan została wysłana" in page.text, "as after the first press"
    assert len(requests(office)) == 1


def test_asking_after_the_office_did(alfa, office, sign_in):
    letter = office.letter(alfa)
    someone = sign_in(ALFA)
    office.admin.call("scan_request_create", item_id=letter["id"])
    page = someone.press("Poproś o skan")
    assert "została już wysłana" in page.text and "Dziękujemy" not in page.text


def test_a_press_leads_back_to_the_page_and_the_search(alfa, office, sign_in):
    for number in range(53):
        office.letter(alfa, counterparty=f"Żółw & Syn {number:02}", notify=False)
    someone = sign_in(ALFA)
    page = someone.get("/mail?q=%C5%BC%C3%B3%C5%82w+%26")
    [older] = [word for word in page.body.decode().split('"') if "?after=" in word]
    someone.get(older.replace("&amp;", "&"))
    for words, news in (("Poproś o skan", "Prośba o skan została wysłana"),
                        ("Cofnij prośbę", "Prośba została cofnięta")):
        page = someone.press(words)
        [told] = re.findall(r'<li>\s*<(?:div|p) class="status" id="news".*?</li>',
                            page.body.decode(), re.S)
        assert news in told and "Żółw &amp; Syn 02" in told, "it is said at the letter"
        assert "Żółw & Syn 00" in page.text and "Żółw & Syn 03" not in page.text
        assert someone.buttons("Poproś o skan")
        [search] = [form["fields"]["q"] for form in page.forms if form["method"] == "get"]
        assert search == "żółw &"
    office.pass_time(24 * 3600 + 1)
    page = someone.press("Poproś o skan")
    assert page.status == 403 and "Żółw & Syn 03" not in page.text
    assert "Żółw & Syn 02" in page.text, "the same part of the post"


def test_an_address_alone_claims_nothing(alfa, beta, office, sign_in):
    """What a press came to is said only while it is so, and of one's own letters only."""
    own, foreign = office.letter(alfa), office.asked_letter(beta, counterparty="Tajny")[0]
    someone = sign_in(ALFA)
    for query in ("sent", f"sent={own['id']}", f"sent={foreign['id']}", "sent=999", "sent=x",
                  "withdrawn", f"withdrawn={own['id']}", f"withdrawn={foreign['id']}"):
        text = someone.get(f"/mail?{query}").text
        assert "Dziękujemy" not in text and "cofnięta" not in text and "Tajny" not in text, query


@pytest.mark.parametrize("words", ["{}", "nr {}", "Nr. {}", "no. {}", "  nr{} "])
def test_search_by_the_number_as_it_is_written(alfa, office, sign_in, words):
    letters = [office.letter(alfa, counterparty=name, notify=False) for name in ("Jeden", "Dwa")]
    someone = sign_in(ALFA)
    query = urllib.parse.quote(words.format(letters[1]["id"]))
    page = someone.get(f"/mail?q={query}")
    assert "Dwa" in page.text and "Jeden" not in page.text
    assert "Nic nie znaleziono" in someone.get("/mail?q=nr").text


def test_a_press_that_comes_late_does_nothing(alfa, office, sign_in):
    office.letter(alfa)
    someone = sign_in(ALFA)
    first = someone.page
    second = someone.press("Poproś o skan")
    someone.press("Cofnij prośbę")
    someone.page = first
    page = someone.press("Poproś o skan")
    assert page.status == 200 and "Prośba o skan została wysłana" not in page.text
    assert [one["status"] for one in requests(office)] == ["cancelled"]
    someone.press("Poproś o skan")
    someone.page = second
    assert "Prośba została cofnięta" not in someone.press("Cofnij prośbę").text
    assert [one["status"] for one in requests(office)] == ["new", "cancelled"]


def test_plus_stands_only_where_the_rule_allows_it(alfa, office, sign_in):
    first, second = office.letter(alfa), office.letter(alfa)
    office.admin.call("mail_collect", ids=[first["id"]])
    someone = sign_in(ALFA)
    [button] = someone.buttons("Poproś o skan")
    assert button["value"] == str(second["id"])
    client = office.admin.call("client_get", id=alfa["id"])
    office.admin.call("client_save", id=alfa["id"], version=client["version"],
                      allow_scan_requests="deny")
    before = someone.page
    someone.get("/mail")
    assert someone.buttons("Poproś o skan") == []
    someone.page = before
    page = someone.press("Poproś o skan")
    assert "nie obejmuje skanów" in page.text and requests(office) == []


def test_taking_a_request_back(alfa, office, sign_in):
    office.letter(alfa)
    someone = sign_in(ALFA)
    someone.press("Poproś o skan")
    page = someone.press("Cofnij prośbę")
    assert "Prośba została cofnięta" in page.text
    [request] = requests(office)
    assert (request["status"], request["cancelled_by"]) == ("cancelled", "client")
    assert len(someone.buttons("Poproś o skan")) == 1, "may ask again"


def test_a_request_that_the_office_has_open_stays(alfa, office, sign_in):
    office.letter(alfa)
    someone = sign_in(ALFA)
    someone.press("Poproś o skan")
    before = someone.page
    [request] = requests(office)
    office.admin.call("scan_request_claim", id=request["id"])
    someone.get("/mail")
    assert someone.buttons("Cofnij prośbę") == []
    someone.page = before
    assert "zajmuje się już" in someone.press("Cofnij prośbę").text
    assert requests(office)[0]["status"] == "new"


def test_search_and_older_post(alfa, office, sign_in):
    for number in range(60):
        office.letter(alfa, counterparty=f"Nadawca {number:02}", notify=False)
    someone = sign_in(ALFA)
    assert len(someone.page.body) <= 40000, len(someone.page.body)
    assert "Nadawca 59" in someone.page.text and "Nadawca 09" not in someone.page.text
    [older] = [word for word in someone.page.body.decode().split('"') if "?after=" in word]
    assert "Cała moja poczta" not in someone.page.text, "this is the beginning already"
    page = someone.get(older.replace("&amp;", "&"))
    assert "Nadawca 09" in page.text and "Nadawca 10" not in page.text
    assert "Cała moja poczta" in page.text
    page = someone.get("/mail?q=nadawca+07")
    assert "Cała moja poczta" in page.text
    assert "Nadawca 07" in page.text and "Nadawca 08" not in page.text
    assert "Nic nie znaleziono" in someone.get("/mail?q=%22%3Cb%3E").text


def test_pages_are_small(alfa, office, visitor, maildir):
    """For an old telephone on a bad line: a page with its style sheet, 15 KB; the list of 50, 40."""
    sender = "Naczelnik Pierwszego Urzędu Skarbowego Łódź-Górna"
    for number in range(51):
        letter = office.letter(alfa, counterparty=f"{sender} {number}", kind="registered",
                               reference="(00)659007734123456789", notify=False)
        if number % 3 == 0:
            office.admin.call("scan_attach", item_id=letter["id"], cost=1250, notify=False,
                              information="12 stron, druk dwustronny",
                              uploads=[office.admin.upload(pdf(), "pismo z urzędu.pdf")])
        elif number % 3 == 1:
            office.admin.call("scan_request_create", item_id=letter["id"])
    someone = visitor()
    sizes = [len(someone.ask_for_link(ALFA).body), len(someone.get("/").body)]
    link = sign_in_link(maildir.wait(to=ALFA, subject="Logowanie"))
    sizes += [len(someone.get(link).body), len(someone.get("/s/nothing").body)]
    style = len(someone.request("/style.css").body)
    assert max(sizes) + style <= 15000, (sizes, style)
    someone.get(link)
    page = someone.press("Zaloguj się")
    assert page.body.count(b"<li>") == 50 and len(page.body) + style <= 40000, len(page.body)
    assert len(set(re.findall(rb'name="nonce" value="([^"]+)"', page.body))) == 1
    assert page.body.count(b"stylesheet") == 1 and b"<img" not in page.body


def test_older_post_of_a_search(alfa, office, sign_in):
    for number in range(52):
        office.letter(alfa, counterparty=f"Żółw & <Syn> {number:02}", notify=False)
    someone = sign_in(ALFA)
    page = someone.get("/mail?q=%C5%BC%C3%B3%C5%82w+%26+%3Csyn%3E")
    [older] = [word for word in page.body.decode().split('"') if "?after=" in word]
    page = someone.get(older.replace("&amp;", "&"))
    assert "<Syn> 01" in page.text and "<Syn> 02" not in page.text


@pytest.mark.parametrize("query", ["%FF%C5", "%00", "%1b%5b2J", "%22%2a%20OR%20", "a" * 9000])
def test_search_for_anything(alfa, office, sign_in, query):
    office.letter(alfa)
    assert sign_in(ALFA).get(f"/mail?q={query}").status == 200


def test_search_sees_no_more_than_the_page(alfa, office, sign_in):
    office.letter(alfa, counterparty="Urząd Łódź", reference="RR123", shelf="Regał", note="windykacja")
    someone = sign_in(ALFA)
    for word in ("urz%C4%85d", "rr123", "1"):
        assert "Urząd Łódź" in someone.get(f"/mail?q={word}").text, word
    for word in ("windykacja", "wind", "rega%C5%82", "alfa", "urz%C4%85d+windykacja",
                 "%22%29+OR+%7Binternal%7D+%3A+%28windykacja"):
        assert "Nic nie znaleziono" in someone.get(f"/mail?q={word}").text, word
    found = office.admin.call("mail_list", text="urzad windykacja alfa regal")["items"]
    assert [item["counterparty"] for item in found] == ["Urząd Łódź"]


def test_search_longer_than_any_text_of_a_letter(alfa, office, sign_in):
    office.letter(alfa, counterparty="Nadawca")
    someone = sign_in(ALFA)
    assert "Nadawca" in someone.get("/mail?q=" + "nadawca+" * 30).text
    assert "Nic nie znaleziono" in someone.get("/mail?q=" + "nadawca+" * 100).text


def test_outgoing_post_is_not_shown(alfa, office, sign_in):
    office.letter(alfa, direction="outgoing", counterparty="Kancelaria Wychodząca")
    assert "Kancelaria Wychodząca" not in sign_in(ALFA).page.text


def test_summary(alfa, beta, office, sign_in):
    letter, other = office.letter(alfa), office.letter(beta)
    office.admin.call("charge_save", item_id=letter["id"], amount=1250, information="12 stron")
    office.admin.call("charge_save", item_id=other["id"], amount=9900, information="tajne")
    someone = sign_in(ALFA)
    page = someone.get("/mail/summary")
    for word in ("12 stron", "12,50 zł", "Urząd Skarbowy", "Razem", f"nr {letter['id']}"):
        assert word in page.text
    assert "tajne" not in page.text and "99,00" not in page.text
    assert "Nie było dodatkowych kosztów" in someone.get("/mail/summary?month=2020-02").text
    assert "luty 2020" in someone.page.text
    assert "Następny miesiąc" in someone.page.text and "Następny miesiąc" not in page.text
    for nonsense in ("2020-13", "x", "9999-99", "%00", "2199-12"):
        assert someone.get(f"/mail/summary?month={nonsense}").status == 200


def test_english_client_reads_english(office, sign_in, visitor, maildir):
    client = office.client("Gamma Ltd", ["gamma@example.pl"], language="en")
    office.letter(client)
    someone = visitor()
    someone.headers = {"Accept-Language": "en-GB,en;q=0.9,pl;q=0.5"}
    someone.get("/")
    assert someone.page.lang == "en"
    someone.press("Send me the link", email="gamma@example.pl")
    someone.get(sign_in_link(maildir.wait(to="gamma@example.pl", subject="Sign in")))
    someone.headers = {}
    page = someone.press("Sign me in")
    assert page.lang == "en" and "Ask for a scan" in page.text and "To be collected" in page.text


def test_nobody_sees_or_touches_the_post_of_others(alfa, beta, office, sign_in, visitor):
    """Every page and act with an item of Alfa: as nobody, and as Beta."""
    letter, request = office.asked_letter(alfa, counterparty="Tajny Nadawca")
    waiting = office.letter(alfa, counterparty="Tajny Nadawca")
    stranger, nobody = sign_in(BETA), visitor()
    office.letter(beta)
    stranger.get("/mail")
    nonce = stranger.buttons("Poproś o skan")[0]["form"]["fields"]["nonce"]
    for someone in (stranger, nobody):
        for path in ("/mail", f"/mail?q=tajny", f"/mail?after={waiting['id'] + 1}", "/mail/summary",
                     f"/mail/scan/{letter['id']}"):
            assert "Tajny" not in someone.get(path).text
        for path, item in (("/mail/request", waiting), ("/mail/withdraw", letter)):
            page = someone.post(path, {"nonce": nonce, "item": item["id"]})
            assert "Tajny" not in page.text
            assert page.status == 404 if someone is stranger else page.url.endswith("/"), path
    stranger.get("/choose")
    assert stranger.post("/choose", {"nonce": nonce, "client": alfa["id"]}).status == 200
    assert "Tajny" not in stranger.get("/mail").text
    assert [item["id"] for item in requests(office)] == [request["id"]]
    assert requests(office)[0]["status"] == "new"


def routes():
    """(method, path) of every page there is."""
    with open(f"{TREE}/server/web/routes.def.h", encoding="utf-8") as file:
        return re.findall(r'^R\((\w+), "([^"]+)"', file.read(), re.M)


def test_every_page_there_is_with_the_wrong_session(alfa, beta, office, sign_in, visitor, maildir):
    """All of the table of pages, so that none is forgotten: Alfa's things, asked for by Beta, by
    nobody and with a session that is over."""
    office.admin.call("settings_save", office_emails=[])
    letter, _ = office.asked_letter(alfa, counterparty="Tajny Nadawca")
    scanned = office.letter(alfa, counterparty="Tajny Nadawca", reference="TAJNE 1")
    office.admin.call("scan_attach", item_id=scanned["id"], cost=777, information="tajne słowa",
                      uploads=[office.admin.upload(pdf(), "tajne.pdf")])
    scan = office.get(scanned)["scans"][0]["id"]
    over = sign_in(ALFA)  # she herself sees it
    cookies = dict(over.cookies)
    assert "Tajny Nadawca" in over.page.text and "tajne.pdf" in over.page.text
    over.press("Wyloguj")
    over.cookies = cookies
    before = [office.get(item) for item in (letter, scanned)]
    rest = {"/mail/scan/": [scan, f"{scan}/", f"0{scan}"], "/s/": ["x"], "/withdraw/": ["x"],
            "/sign-in/": ["x"]}
    beta_letter = office.letter(beta)
    for someone in (sign_in(BETA), visitor(), over):
        someone.get("/mail")
        nonce = Forms(someone.page).buttons[0]["form"]["fields"]["nonce"]
        for method, pattern in routes():
            if pattern in ("/style.css", "/healthz", "/metrics", "/sign-out"):
                continue
            for path in [pattern[:-1] + str(end) for end in rest[pattern[:-1]]] \
                    if pattern.endswith("*") else [pattern]:
                page = someone.get(f"{path}?q=tajny&month={scanned['date'][:7]}") \
                    if method == "GET" else \
                    someone.post(path, {"nonce": nonce, "item": letter["id"], "client": alfa["id"]})
                assert "Tajn" not in page.text and "tajne" not in page.text, (method, path)
                assert b"%PDF" not in page.body and "7,77" not in page.text, (method, path)
    assert [office.get(item) for item in (letter, scanned)] == before
    assert office.get(beta_letter)["request"] is None


def test_a_panel_left_open_for_a_day_is_shown_again(alfa, office, sign_in):
    office.letter(alfa)
    someone = sign_in(ALFA)
    office.pass_time(24 * 3600 + 1)
    page = someone.press("Poproś o skan")
    assert page.status == 403 and "otwarta zbyt długo" in page.text and requests(office) == []
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        page = someone.press("Poproś o skan", headers=headers)
        assert page.status == 403 and someone.buttons("Poproś o skan"), "the page again"
    assert requests(office) == []
    someone.press("Poproś o skan")
    office.pass_time(24 * 3600 + 1)
    assert "otwarta zbyt długo" in someone.press("Cofnij prośbę").text
    assert requests(office)[0]["status"] == "new"
    assert "została cofnięta" in someone.press("Cofnij prośbę").text


def test_a_nonce_of_another_session_is_refused(alfa, beta, office, sign_in):
    office.letter(alfa)
    office.letter(beta)
    victim, attacker = sign_in(ALFA), sign_in(BETA)
    nonce = attacker.buttons("Poproś o skan")[0]["form"]["fields"]["nonce"]
    item = victim.buttons("Poproś o skan")[0]["value"]
    assert victim.post("/mail/request", {"nonce": nonce, "item": item}).status == 403
    assert victim.post("/mail/request", {"item": item}).status == 403
    assert requests(office) == []


@pytest.mark.parametrize("path", ["/mail/request", "/mail/withdraw", "/sign-out"])
def test_acts_need_post(alfa, office, sign_in, path):
    office.asked_letter(alfa)
    someone = sign_in(ALFA)
    page = someone.get(path)
    assert page.status == 200 and page.url.endswith("/mail"), "the page its form stood on"
    assert requests(office)[0]["status"] == "new"


@pytest.mark.parametrize("item", ["", "0", "-1", "x", "99999999999999999999", "1%00", "1 2"])
def test_items_that_are_none(alfa, office, sign_in, item):
    office.letter(alfa)
    someone = sign_in(ALFA)
    nonce = someone.buttons("Poproś o skan")[0]["form"]["fields"]["nonce"]
    assert someone.post("/mail/request", {"nonce": nonce, "item": item}).status == 404
    assert requests(office) == []


def test_every_page_is_private_and_quiet(alfa, office, sign_in):
    office.letter(alfa)
    someone = sign_in(ALFA)
    for path in ("/mail", "/mail/summary", "/choose", "/nothing"):
        headers = someone.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'",
                     "base-uri 'none'"):
            assert part in policy
        assert "unsafe" not in policy


def test_the_office_hears_of_a_request_taken_back(alfa, office, sign_in):
    office.admin.call("events_subscribe")
    office.letter(alfa)
    someone = sign_in(ALFA)
    someone.press("Poproś o skan")
    office.admin.next_event("scan_request_created")
    someone.press("Cofnij prośbę")
    assert office.admin.next_event("scan_request_cancelled")["actor"] == "Alfa Sp. z o.o."
    with pytest.raises(RpcError):
        office.admin.call("scan_request_fulfil", id=requests(office)[0]["id"], uploads=[])


def test_downloading_a_scan(alfa, beta, office, sign_in, visitor):
    content = pdf()
    letter, _ = office.asked_letter(alfa)
    name = 'Żółty „skan”\' & "50%".pdf'
    upload = office.admin.upload(content, name)
    office.admin.call("scan_attach", item_id=letter["id"], uploads=[upload], cost=1250,
                      information="12 stron\nw kolorze")
    someone = sign_in(ALFA)
    for word in (name, "Zrealizowana", "12 stron", "w kolorze", "12,50 zł"):
        assert word in someone.page.text
    unasked = office.letter(alfa)
    office.admin.call("scan_attach", item_id=unasked["id"], cost=300, information="tylko koperta",
                      uploads=[office.admin.upload(pdf(), "koperta.pdf")])
    assert "tylko koperta" in someone.get("/mail").text
    path = [word for word in someone.page.body.decode().split('"') if "/mail/scan/" in word][-1]
    answer = someone.request(path)
    assert answer.body == content
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert urllib.parse.unquote(headers["Content-Disposition"].split("UTF-8''")[1]) == name
    for part in ("sandbox", "frame-ancestors 'none'"):
        assert part in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert someone.request(path, "HEAD").body == b""
    assert sign_in(BETA).request(path).status == 404
    assert visitor().request(path).status == 303
    for other in ("0", "x", "../1", "99999"):
        assert someone.request(f"/mail/scan/{other}").status == 404


def test_news_of_a_letter_that_is_not_listed(alfa, office, sign_in):
    """Its sender is named then; the list may have moved on meanwhile."""
    letter = office.letter(alfa, counterparty="Dawny Nadawca")
    someone = sign_in(ALFA)
    someone.press("Poproś o skan")
    page = someone.get(f"/mail?sent={letter['id']}&q=nikt")
    assert "Prośba o skan została wysłana. Nadawca: Dawny Nadawca." in page.text
