# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages against what no browser sends and what only a hostile one would: links that expired or
never were, forms from elsewhere, requests with two meanings, peers that take their time."""
import re
import socket
import urllib.parse

import pytest
from pages import follow, get, post, press, raw, request, statuses
from postbox import Maildir

DAY = 24 * 3600


@pytest.fixture
def page(open_office, link):
    """The page of a letter whose scan may be asked for."""
    return get(link(open_office.letter(open_office.client())))


@pytest.fixture(scope="module")
def desk(shared_office):
    """For requests that come to nothing."""
    shared_office.allow_requests()
    shared_office.some_client = shared_office.client()
    yield shared_office
    assert requests(shared_office) == []


@pytest.fixture
def shown(desk):
    """The page of a letter of that desk."""
    letter = desk.letter(desk.some_client)
    return get(Maildir(desk).wait(subject=f"(nr {letter['id']})").link())


def requests(office):
    return office.admin.call("scan_request_list")["requests"]


def base(office):
    return f"http://127.0.0.1:{office.web_port}"


# ---- links ----

@pytest.mark.parametrize("token", [
    "", "x", "A" * 42, "A" * 43, "A" * 44, "A" * 5000, "../../etc/passwd", "%00", "%2e%2e%2f",
    "%ff%fe", "%", "%zz", "A" * 42 + "%41", "..", "?", "%0d%0aX-Injected:%20yes", "' OR 1=1 --",
    "%1b[2J", "<script>alert(1)</script>", "A" * 42 + "/", "żółć",
])
def test_links_that_never_were(desk, token):
    path = urllib.parse.quote(f"/s/{token}", safe="/%?=&'<>[]:")
    for method in ("GET", "HEAD", "POST"):
        answer = raw(desk.web_port,
                     f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                     f"Content-Length: 0\r\n\r\n".encode())
        [status] = statuses(answer)
        assert status in (400, 403, 404, 405, 414), answer[:300]
        assert b"X-Injected" not in answer.split(b"\r\n\r\n")[0]
        assert b"<script>alert" not in answer


# ---- whose form is it ----

def send(page, fields=None, **headers):
    form = page.form()
    target = urllib.parse.urljoin(page.url, form["action"])
    headers = {name.replace("_", "-"): text for name, text in headers.items()}
    return post(target, form["fields"] if fields is None else fields, headers)


@pytest.mark.parametrize("fields", [{}, {"nonce": ""}, {"nonce": "0"}, {"nonce": "x" * 97},
                                    {"nonce": "ffffffffffffffff-" + "0" * 64}, {"other": "1"}])
def test_form_without_our_nonce(open_office, page, fields):
    answer = send(page, fields)
    assert answer.status == 403
    assert requests(open_office) == []
    # The page says so and holds a fresh form: one more press is all it takes.
    assert follow(press(answer)).form() is None
    assert len(requests(open_office)) == 1


def test_nonce_with_one_letter_changed(desk, shown):
    nonce = shown.form()["fields"]["nonce"]
    changed = nonce[:-1] + ("0" if nonce[-1] != "0" else "1")
    assert send(shown, {"nonce": changed}).status == 403
    assert requests(desk) == []


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "http://127.0.0.1:1"},
    {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
    {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"},
])
def test_form_from_elsewhere(desk, shown, headers):
    assert send(shown, **headers).status == 403
    assert requests(desk) == []


def test_forged_host_reaches_no_link(desk, shown):
    answer = raw(desk.web_port,
                 f"GET {urllib.parse.urlsplit(shown.url).path} HTTP/1.1\r\nHost: evil.example\r\n"
                 "Connection: close\r\n\r\n".encode())
    assert b"evil.example" not in answer


# ---- methods ----

@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "TRACE", "PATCH", "CONNECT",
                                    "PROPFIND", "get", "FOO"])
def test_other_methods(desk, shown, method):
    path = urllib.parse.urlsplit(shown.url).path
    answer = raw(desk.web_port, f"{method} {path} HTTP/1.1\r\nHost: x\r\n"
                                       "Connection: close\r\n\r\n".encode())
    [status] = statuses(answer)
    assert status in (400, 405, 501)
    if status == 405:
        assert re.search(rb"(?i)\r\nAllow: GET, HEAD", answer)
    assert requests(desk) == []


@pytest.mark.parametrize("path", ["/", "/mail", "/healthz", "/style.css", "/nothing", "/s/x"])
def test_head_is_get_without_a_body(desk, path):
    whole, head = get(base(desk) + path), request(base(desk) + path, "HEAD")
    assert head.status == whole.status and head.body == b""
    for name in ("Content-Type", "Content-Length", "Cache-Control", "Content-Security-Policy"):
        assert head.headers[name] == whole.headers[name]


# ---- headers ----

@pytest.mark.parametrize("path, status", [("/nothing", 404), ("/s/x", 404), ("/", 200),
                                          ("/sign-in", 303), ("/mail", 303)])
def test_headers_of_every_answer(desk, path, status):
    answer = get(base(desk) + path)
    assert answer.status in (status, 200)
    for name in ("Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options"):
        assert name in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_is_not_in_the_database(open_office, page):
    token = page.url.rsplit("/", 1)[1].encode()
    open_office.wait_for_outbox()
    open_office.stop()
    with open(f"{open_office.data}/skrytka.db", "rb") as file:
        assert token not in file.read()


def test_page_without_any_foreign_thing(shown):
    body = shown.body.decode()
    assert shown.scripts == 0 and "javascript:" not in body
    for address in re.findall(r'(?:src|href|action)="([^"]*)"', body):
        assert not address.startswith(("http:", "https:", "//")), address


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
                                  "{{nonce}}", "&lt;b&gt;", "' onmouseover='x", "\u202eabc"])
def test_what_people_wrote_stays_text(open_office, maildir, text):
    client = open_office.client(f"Alfa {text}", aliases=[])
    open_office.admin.call("settings_save", scan_request_note=f"Uwaga {text}")
    letter = open_office.letter(client, counterparty=f"Urząd {text}", reference=f"R {text}"[:60])
    mail = maildir.wait(subject=f"(nr {letter['id']})")
    page = get(mail.link())
    assert page.form() is not None and len(page.forms) == 1
    assert page.scripts == 0
    body = page.body.decode()
    assert "<img" not in body and "onmouseover='x" not in body.replace("&#39;", "")
    if "\u202e" not in text:
        assert f"Urząd {text}" in page.text and f"Uwaga {text}" in page.text
        assert f"Urząd {text}" in mail.text
    assert "<script" not in mail.html and "<img src=x" not in mail.html


# ---- languages ----

def test_polish_unless_the_browser_says_otherwise(desk):
    assert get(base(desk) + "/").lang == "pl"
    assert get(base(desk) + "/", Accept_Language="de, fr;q=0.8").lang == "pl"
    assert get(base(desk) + "/", Accept_Language="en-GB,en;q=0.9,pl;q=0.8").lang == "en"
    assert get(base(desk) + "/nothing", Accept_Language="en").lang == "en"


# ---- requests with two meanings ----

def ask(head, body=b""):
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


@pytest.mark.parametrize("fields", [
    ["Content-Length: 3", "Content-Length: 3"], ["Content-Length: 3", "Content-Length: 4"],
    ["Content-Length: 3", "Transfer-Encoding: chunked"],
    ["Transfer-Encoding: chunked", "Content-Length: 3"],
    ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    ["Content-Length: -1"], ["Content-Length: 3x"], ["Content-Length: 99999999999999999999999"],
    ["Content-Length: 3,3"], ["Content-Length: +3"], ["Content-Length: 0x3"],
])
def test_two_lengths(desk, shown, fields):
    path = urllib.parse.urlsplit(shown.url).path
    nonce = urllib.parse.urlencode(shown.form()["fields"])
    smuggled = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = raw(desk.web_port,
                 ask([f"POST {path} HTTP/1.1", "Host: x", *fields], nonce.encode() + smuggled))
    # libmicrohttpd 0.9.75 may write the head of its own refusal twice; it is one answer.
    assert set(statuses(answer)) <= {400, 413}, answer[:200]
    assert requests(desk) == []


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.1\r\n\r\n",                                  # no Host
    b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\r\n\r\n", b"\r\n\r\n\r\n", b"\0" * 200,
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n", b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 60000 + b"\r\n\r\n",
    b"\x94\x00\x01\xa5hello\x91\x81\xa8protocol\x01",
], ids=lambda data: repr(data[:30]))
def test_odd_requests(desk, data):
    data = data.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n")
    with socket.create_connection(("127.0.0.1", desk.web_port)) as stream:
        try:
            stream.sendall(data)
            stream.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    assert get(base(desk) + "/healthz").body == b"ok\n"


def test_chunked_form(open_office, page):
    """Whole and with one length only: the same as any other form."""
    target = urllib.parse.urlsplit(page.url).path
    body = urllib.parse.urlencode(page.form()["fields"]).encode()
    chunks = b"".join(b"1\r\n" + body[at:at + 1] + b"\r\n" for at in range(len(body)))
    answer = raw(open_office.web_port, ask([
        f"POST {target} HTTP/1.1", "Host: x", "Connection: close", "Transfer-Encoding: chunked",
        "Content-Type: application/x-www-form-urlencoded"], chunks + b"0\r\n\r\n"))
    assert statuses(answer) == [303] and len(requests(open_office)) == 1


def test_requests_one_after_another_on_a_connection(desk, shown):
    path = urllib.parse.urlsplit(shown.url).path
    one = ask([f"GET {path} HTTP/1.1", "Host: x"])
    last = ask([f"GET {path} HTTP/1.1", "Host: x", "Connection: close"])
    assert statuses(raw(desk.web_port, one * 20 + last)) == [200] * 21


# ---- peers that take their time ----
# ---- for other programs ----

@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_metrics_are_for_this_machine(desk, header):
    answer = request(base(desk) + "/metrics", headers={header: "203.0.113.7"})
    assert answer.status == 404


def test_possibly_automatic(open_office, link):
    """A press within seconds of the e-mail is marked: it may have been a scanner's."""
    client = open_office.client()
    first, second = open_office.letter(client), open_office.letter(client)
    early, late = get(link(first)), get(link(second))
    open_office.wait_for_outbox()
    press(early)
    open_office.pass_time(60)
    press(late)
    by_item = {one["item_id"]: one["possibly_automatic"] for one in requests(open_office)}
    assert by_item == {first["id"]: True, second["id"]: False}
