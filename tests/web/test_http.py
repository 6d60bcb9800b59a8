# SPDX-License-Identifier: AGPL-3.0-or-later
"""HTTP as no browser would speak it: limits, deadlines, and requests that could be read two ways."""
import concurrent.futures
import os
import signal
import socket
import ssl
import subprocess
import time

import pytest
from pages import raw, request, statuses
from postbox import Maildir
from skrytka import Office, free_ports, wait_until

HOST = b"Host: 127.0.0.1\r\n"


@pytest.fixture
def base(office):
    return f"http://127.0.0.1:{office.web_port}"


def status(answer):
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else None


@pytest.mark.parametrize("data, expected", [
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: identity\r\n\r\n", 501),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 8193\r\n\r\n", 413),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999\r\n\r\n", None),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length : 5\r\n\r\nabcde", 400),
    (b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 20000 + b"\r\n\r\n", 431),
    (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    (b"TRACE / HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    (b"PUT / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\n\r\nx", 405),
    (b"DELETE /mail HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", None),
    (b"\0" * 4096 + b"\r\n\r\n", None),
])
def test_refused_and_closed(office, base, data, expected):
    answer = raw(office.web_port, data, 5)
    if expected:
        assert status(answer) == expected, answer[:200]
        assert len(statuses(answer)) == 1, "what follows was read as another request"
    else:
        assert status(answer) in (None, 400, 413), answer[:200]
    assert request(f"{base}/healthz").status == 200


def test_body_without_a_length_that_never_ends(office, base):
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    answer = raw(office.web_port, b"POST / HTTP/1.1\r\n" + HOST +
                 b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 40, 5)
    assert status(answer) in (None, 413)
    assert request(f"{base}/healthz").status == 200


@pytest.mark.parametrize("length", [b"5, 5", b"-1", b"+5", b"0x5", b"9" * 30])
def test_a_length_that_is_none_ends_the_connection(office, base, length):
    """The library answers by itself, with its head twice (docs/adr/0005); what follows is not read."""
    answer = raw(office.web_port, b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: " + length +
                 b"\r\n\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", 5)
    assert status(answer) in (400, 413) and set(statuses(answer)) == {status(answer)}
    assert b"Connection: close" in answer and b"ok\n" not in answer


def test_what_every_answer_says(tmp_path):
    """Pages, what is no page, and refusals before any page was asked."""
    office = Office(tmp_path, {"web": {"base_url": "https://poczta.example"}}).start()
    try:
        for target, rest in (("GET /", b"\r\n"), ("GET /style.css", b"\r\n"), ("GET /nothing", b"\r\n"),
                             ("GET /mail/scan/1", b"\r\n"), ("PUT /", b"\r\n"), ("GET /", HOST + b"\r\n"),
                             ("POST /", b"Content-Length: 9000\r\n\r\n")):
            answer = raw(office.web_port, target.encode() + b" HTTP/1.1\r\n" + HOST +
                         b"Connection: close\r\n" + rest, 5)
            for field in (b"Strict-Transport-Security: max-age=31536000", b"Referrer-Policy: no-referrer",
                          b"X-Content-Type-Options: nosniff"):
                assert answer.count(field) == 1, (target, answer[:400])
    finally:
        office.stop()


def test_over_plain_http_nothing_is_said_of_tls(base):
    assert request(f"{base}/").headers["Strict-Transport-Security"] is None


def test_methods_of_a_page(base):
    page = request(f"{base}/healthz", "POST", "")
    assert (page.status, page.headers["Allow"]) == (405, "GET, HEAD")
    page = request(f"{base}/mail", "POST", "")
    assert (page.status, page.headers["Allow"]) == (405, "GET, HEAD")


def test_page_that_does_not_exist(base):
    page = request(f"{base}/nothing", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert page.status == 404 and page.lang == "en" and "does not exist" in page.text
    assert request(f"{base}/nothing").lang == "pl"
    assert request(f"{base}/nothing", headers={"Accept-Language": "de, ,,;q=x,"}).lang == "pl"


def test_style_sheet_is_kept_and_pages_are_not(base):
    page = request(f"{base}/")
    [address] = [word for word in page.body.decode().split('"') if "style.css" in word]
    style = request(base + address)
    assert style.headers["Content-Type"].startswith("text/css")
    assert "immutable" in style.headers["Cache-Control"]
    assert page.headers["Cache-Control"] == "no-store"
    assert b"url(" not in style.body and b"@import" not in style.body


def test_health_and_metrics(office, base):
    assert request(f"{base}/healthz").body == b"ok\n"
    office.admin.call("settings_save", office_emails=["biuro@example.pl"])
    text = request(f"{base}/metrics").body.decode()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert figures["skrytka_outbox_waiting"] == "0"
    assert int(figures["skrytka_http_accepted_total"]) >= 2
    for proxied in ({"X-Forwarded-For": "1.2.3.4"}, {"Forwarded": "for=1.2.3.4"}):
        assert request(f"{base}/metrics", headers=proxied).status == 404


def test_metrics_where_both_kinds_of_addresses_are_heard(tmp_path):
    [port] = free_ports(1)
    office = Office(tmp_path, {"web": {"listen": f"[::]:{port}", "allow_plaintext": "yes",
                                       "base_url": "https://poczta.example"}}).start()
    try:
        assert request(f"http://127.0.0.1:{port}/metrics").status == 200
    finally:
        office.stop()


def slow_bytes(stream, data):
    """Sends a byte every half second until the other side closes; how long that took."""
    start = time.monotonic()
    stream.settimeout(0.5)
    try:
        stream.sendall(data)
        while time.monotonic() - start < 60:
            try:
                if stream.recv(1000) == b"":
                    break
            except socket.timeout:
                stream.sendall(b"a")
    except (BrokenPipeError, ConnectionResetError):
        pass
    return time.monotonic() - start


def test_whoever_takes_their_time_is_cut_off(office, base):
    beginnings = [b"GET / HTTP/1.1\r\nX: ", b"",
                  b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\nemail="]
    streams = [socket.create_connection(("127.0.0.1", office.web_port)) for _ in beginnings]
    with concurrent.futures.ThreadPoolExecutor(len(streams)) as pool:
        ends = [pool.submit(slow_bytes, *pair) for pair in zip(streams, beginnings)]
        assert request(f"{base}/healthz").status == 200
        for end in ends:
            assert 5 < end.result() < 30
    for stream in streams:
        stream.close()
    assert "skrytka_http_overdue_total 3" in request(f"{base}/metrics").body.decode()


def test_many_at_once_and_many_that_vanish(office, base):
    for _ in range(30):
        with socket.create_connection(("127.0.0.1", office.web_port)) as stream:
            stream.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: request(f"{base}/healthz").status, range(200)))
    assert answers == [200] * 200


def test_ends_cleanly_with_connections_open(office):
    idle = socket.create_connection(("127.0.0.1", office.web_port))
    begun = socket.create_connection(("127.0.0.1", office.web_port))
    begun.sendall(b"GET / HTTP/1.1\r\n")
    busy = [socket.create_connection(("127.0.0.1", office.web_port)) for _ in range(8)]
    for stream in busy:
        stream.sendall(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    office.process.send_signal(signal.SIGTERM)
    assert office.process.wait(20) == 0
    for stream in (idle, begun, *busy):
        stream.close()
    office.start()


@pytest.mark.parametrize("proxies, all_served", [("", False), ("127.0.0.1", True)])
def test_connections_of_one_address(tmp_path, proxies, all_served):
    """Limited, but not those of a web server in front, on this machine or another."""
    [port] = free_ports(1)
    office = Office(tmp_path, {"web": {"listen": f"0.0.0.0:{port}", "allow_plaintext": "yes",
                                       "base_url": "https://poczta.example",
                                       "trusted_proxies": proxies}}).start()
    try:
        held = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
        for stream in held:
            stream.settimeout(10)
            stream.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n")
        served = 0
        for stream in held:
            try:
                served += stream.recv(100).startswith(b"HTTP/1.1 200 ")
            except ConnectionResetError:
                pass
        assert served == (60 if all_served else 40)
        for stream in held:
            stream.close()
    finally:
        office.stop()


def make_certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
                    "-out", folder / "certificate.pem"], check=True, capture_output=True)
    os.chmod(folder / "key.pem", 0o600)


@pytest.fixture
def certificate(tmp_path):
    folder = tmp_path / "tls"
    folder.mkdir()
    make_certificate(folder)
    return folder


@pytest.fixture
def tls_office(tmp_path, certificate):
    folder = tmp_path / "over-tls"
    folder.mkdir()
    office = Office(folder, {"web": {"tls_certificate": certificate / "certificate.pem",
                                     "tls_key": certificate / "key.pem"}}).start()
    yield office
    office.stop()


def over_tls(port, folder, version=None):
    context = ssl.create_default_context(cafile=folder / "certificate.pem")
    if version:
        context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as stream:
            stream.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            answer = b""
            while piece := stream.recv(65536):
                answer += piece
            return answer


def test_tls(tls_office, certificate):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        answer = over_tls(tls_office.web_port, certificate, version)
        assert answer.startswith(b"HTTP/1.1 200 ") and b"Strict-Transport-Security" in answer
    assert status(raw(tls_office.web_port, b"GET / HTTP/1.1\r\n" + HOST + b"\r\n", 5)) is None
    tls_office.allow_requests()
    letter = tls_office.letter(tls_office.client())
    mail = Maildir(tls_office).wait(subject=f"(nr {letter['id']})")
    assert mail.link().startswith(f"https://127.0.0.1:{tls_office.web_port}/s/")


def test_a_new_certificate_is_taken_while_running(tls_office, certificate):
    over_tls(tls_office.web_port, certificate)
    make_certificate(certificate)
    with pytest.raises(ssl.SSLCertVerificationError):
        over_tls(tls_office.web_port, certificate)
    tls_office.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "read anew" in tls_office.log(), "the new certificate")
    assert over_tls(tls_office.web_port, certificate).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("spoil", ["key.pem", "certificate.pem", "other key", "gone"])
def test_a_bad_new_certificate_changes_nothing(tls_office, certificate, tmp_path, spoil):
    good = tmp_path / "good"
    good.mkdir()
    for name in ("certificate.pem", "key.pem"):
        (good / name).write_bytes((certificate / name).read_bytes())
    if spoil == "other key":
        make_certificate(certificate)
        (certificate / "certificate.pem").write_bytes((good / "certificate.pem").read_bytes())
    elif spoil == "gone":
        (certificate / "key.pem").unlink()
    else:
        (certificate / spoil).write_text("-----BEGIN NONSENSE-----\n")
    tls_office.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "the old certificate stays in use" in tls_office.log(), "the complaint")
    assert over_tls(tls_office.web_port, good).startswith(b"HTTP/1.1 200 ")


def test_wait_for_the_database(office, base):
    """Answers come although a long write is under way."""
    client = office.client()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        work = [pool.submit(office.connect().sign_in().call, "mail_register",
                            direction="incoming", client_id=client["id"], counterparty=f"N {n}")
                for n in range(20)]
        answers = [request(f"{base}/").status for _ in range(50)]
        for job in work:
            job.result()
    assert answers == [200] * 50
    wait_until(lambda: len(office.admin.call("mail_list")["items"]) == 20, "twenty letters")
