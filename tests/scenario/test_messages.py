# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages arrive: mail servers that refuse, hesitate, hang, break off and die; mail read back by
a program that shares no line with the one that wrote it."""
import asyncio
import json
import re
import ssl
import subprocess

import aiosmtpd.controller
import aiosmtpd.smtp
import pytest
from pages import get
from postbox import Letter, Postbox
from samples import pdf
from skrytka import RpcError, free_ports, wait_until

ALFA = "alfa@example.pl"


class MailServer(Postbox):
    """A server that misbehaves as told: answers["RCPT"] and answers["DATA"] are lists of what it
    does at the next times; an answer, "hang", or "cut" (after it took the mail)."""

    def __init__(self, port=None, **options):
        self.received = []
        self.tries = []
        self.users = []
        self.answers = {"RCPT": [], "DATA": []}
        self.controller = aiosmtpd.controller.Controller(
            self, hostname="127.0.0.1", port=port or free_ports(1)[0], enable_SMTPUTF8=True,
            **options)
        self.controller.start()
        self.port = self.controller.port
        self.url = f"smtp://127.0.0.1:{self.port}"
        self.released = asyncio.Event()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries.append(address)
        answer = self.answers["RCPT"].pop(0) if self.answers["RCPT"] else "250 ok"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope.content)
        answer = self.answers["DATA"].pop(0) if self.answers["DATA"] else "250 taken"
        if answer == "hang":
            await asyncio.sleep(3600)
        if answer == "cut":
            server.transport.abort()
        return answer

    def letters(self):
        return [Letter(content) for content in list(self.received)]

    def message_ids(self):
        return [letter.message["Message-ID"] for letter in self.letters()]

    def close(self):
        self.controller.stop(no_assert=True)


@pytest.fixture
def make_server():
    servers = []

    def make(**options):
        servers.append(MailServer(**options))
        return servers[-1]
    yield make
    for server in servers:
        server.close()


@pytest.fixture
def server(make_server):
    return make_server()


@pytest.fixture
def office(make_office, server):
    return make_office({"mail": {"url": server.url, "from": "poczta@biuro.example.pl",
                                 "answer_seconds": 2}})


def messages(office, state):
    return office.outbox(state=state)["messages"]


def waiting_message(office, words):
    """The only message, once it waits with these words of the server."""
    def found():
        waiting = messages(office, "waiting")
        return waiting[0] if waiting and words in (waiting[0].get("answer") or "") else None
    return wait_until(found, f"a message that waits: {words}")


def test_a_greylisted_mail_is_tried_again(office, server):
    server.answers["RCPT"] = ["451 4.7.1 greylisted"]
    office.letter(office.client())
    message = waiting_message(office, "451 4.7.1 greylisted")
    assert message["attempts"] == 1
    assert not server.received
    office.pass_time(120)
    mail = server.wait(to=ALFA)
    office.wait_for_outbox()
    delivered, = messages(office, "delivered")
    assert (delivered["id"], delivered["attempts"]) == (message["id"], 2)
    assert delivered["message_id"] == mail.message["Message-ID"]


def test_one_of_three_is_refused_and_sent_when_asked_again(office, server):
    addresses = ["a@example.pl", "b@example.pl", "c@example.pl"]
    client = office.client(emails=addresses)
    server.answers["RCPT"] = ["550 5.1.1 no such mailbox"]
    office.letter(client)
    office.wait_for_outbox()
    refused, = messages(office, "refused")
    assert "550 5.1.1 no such mailbox" in refused["answer"]
    assert {message["recipient"] for message in messages(office, "delivered")} == \
        set(addresses) - {refused["recipient"]}
    assert sorted(letter.to[0] for letter in server.letters()) == \
        sorted(set(addresses) - {refused["recipient"]})
    watching = office.clerk()
    watching.call("events_subscribe")
    office.admin.call("outbox_retry", id=refused["id"])
    server.wait(to=refused["recipient"])
    for fate in ("retry", "delivered"):
        event = watching.next_event("outbox_changed")
        assert event["detail"] == f"{fate}: {refused['recipient']}"
    assert not messages(office, "refused")


def test_a_server_that_hangs_holds_up_nobody(office, server):
    server.answers["DATA"] = ["hang"]
    first = office.letter(office.client())
    wait_until(lambda: server.received, "the first mail at the server")
    for _ in range(20):  # while it hangs, people work on
        assert office.get(first)["id"] == first["id"]
    office.letter(office.client("Beta", ["beta@example.pl"]))
    server.wait(to="beta@example.pl")
    assert "perhaps delivered" in waiting_message(office, "perhaps delivered")["answer"]
    office.pass_time(120)
    wait_until(lambda: len(server.find(to=ALFA)) == 2, "the second copy")
    assert len(set(letter.message["Message-ID"] for letter in server.find(to=ALFA))) == 1


def test_no_more_at_once_than_allowed_and_the_others_can_be_held(make_office, server):
    office = make_office({"mail": {"url": server.url, "parallel": 2, "answer_seconds": 20}})
    addresses = [f"{number}@example.pl" for number in range(12)]
    for address in addresses[:4]:  # a server that takes them quickly, so that more are claimed
        office.letter(office.client(f"Klient {address}", [address]))
    office.wait_for_outbox()
    server.answers["DATA"] = ["hang"] * 8
    for address in addresses[4:]:
        office.letter(office.client(f"Klient {address}", [address]))
    wait_until(lambda: len(messages(office, "waiting")) == 6 and
               len(messages(office, "sending")) == 2, "two under way and six that wait")
    assert len(server.received) == 4 + 2
    for message in messages(office, "waiting"):
        assert message["attempts"] == 0
        office.admin.call("outbox_hold", id=message["id"])
    assert len(messages(office, "held")) == 6


def test_a_mail_cut_after_the_dot_is_repeated_under_its_message_id(office, server):
    server.answers["DATA"] = ["cut"]
    office.letter(office.client())
    waiting_message(office, "perhaps delivered")
    office.pass_time(120)
    office.wait_for_outbox()
    first, second = server.message_ids()
    assert first == second


def test_a_cut_line_does_not_stop_the_next_mail(office, server):
    server.answers["DATA"] = ["cut"]
    office.letter(office.client())
    waiting_message(office, "perhaps delivered")
    office.letter(office.client("Beta", ["beta@example.pl"]))
    server.wait(to="beta@example.pl")


def test_what_was_under_way_at_a_crash_goes_first_and_under_its_message_id(make_office, server):
    office = make_office({"mail": {"url": server.url, "parallel": 1}})
    server.answers["DATA"] = ["hang"]
    office.letter(office.client())
    wait_until(lambda: server.received, "the mail at the server")
    office.kill()
    office.start()
    office.letter(office.client("Beta", ["beta@example.pl"]))
    wait_until(lambda: len(server.received) == 3, "all mails")
    office.wait_for_outbox()
    assert [letter.to[0] for letter in server.letters()] == [ALFA, ALFA, "beta@example.pl"]
    ids = server.message_ids()
    assert ids[0] == ids[1] != ids[2]


def test_a_server_away_for_a_day(make_office, make_server):
    port = free_ports(1)[0]
    office = make_office({"mail": {"url": f"smtp://127.0.0.1:{port}",
                                   "from": "poczta@biuro.example.pl"}})
    client = office.client()
    letters = [office.letter(client, counterparty=f"Nadawca {number}") for number in range(5)]
    waiting_message(office, "")
    for _ in range(24):
        office.pass_time(3600)
    wait_until(lambda: office.outbox()["waiting"] == len(letters), "all to wait")
    server = make_server(port=port)
    office.pass_time(1800)
    wait_until(lambda: len(server.received) == len(letters), "all mails")
    office.wait_for_outbox()
    assert len(set(server.message_ids())) == len(letters)


def test_a_person_need_not_wait_for_the_end_of_a_pause(make_office, make_server):
    port = free_ports(1)[0]
    office = make_office({"mail": {"url": f"smtp://127.0.0.1:{port}",
                                   "from": "poczta@biuro.example.pl"}})
    office.letter(office.client())
    message = waiting_message(office, "")
    for pause in (5, 10, 20, 40, 80, 160):
        wait_until(lambda: f"next try in {pause} s" in office.log(), f"a pause of {pause} s")
        office.pass_time(pause)
    wait_until(lambda: "next try in 320 s" in office.log(), "a pause of 320 s")
    server = make_server(port=port)
    office.admin.call("outbox_retry", id=message["id"])
    server.wait(to=ALFA)
    office.wait_for_outbox()


def test_mails_of_one_letter_come_in_their_order(office, server):
    office.allow_requests()
    server.answers["RCPT"] = ["451 later"] * 2
    letter = office.letter(office.client())
    first_try = waiting_message(office, "451 later")
    upload = office.admin.upload(pdf())
    office.admin.call("scan_attach", item_id=letter["id"], uploads=[upload])
    office.pass_time(120)
    wait_until(lambda: [message for message in messages(office, "waiting")
                        if message["id"] == first_try["id"] and message["attempts"] == 2],
               "the second try")
    assert server.tries == [ALFA, ALFA]
    assert office.outbox()["waiting"] == 2
    office.pass_time(240)
    wait_until(lambda: len(server.received) == 2, "both mails")
    first, second = server.letters()
    assert not first.attachments()
    assert second.attachments()
    assert second.message["References"] == first.message["Message-ID"]


def test_after_five_days_it_is_given_up(office, server):
    server.answers["RCPT"] = ["451 later"] * 2
    office.letter(office.client())
    waiting_message(office, "451 later")
    office.pass_time(5 * 86400 + 60)
    expired, = wait_until(lambda: messages(office, "expired"), "an expired message")
    assert "451 later" in expired["answer"]
    assert not server.received


def test_all_that_wait_for_a_server_that_is_gone_are_given_up(make_office):
    office = make_office({"mail": {"url": f"smtp://127.0.0.1:{free_ports(1)[0]}"}})
    watching = office.clerk()
    watching.call("events_subscribe")
    client = office.client()
    for _ in range(5):
        office.letter(client)
    waiting_message(office, "")
    office.pass_time(960)
    assert watching.next_event("outbox_changed")["detail"] == "late: 5"
    office.pass_time(5 * 86400)
    wait_until(lambda: len(messages(office, "expired")) == 5, "five expired messages")
    for _ in range(5):
        assert watching.next_event("outbox_changed")["detail"] == f"expired: {ALFA}"
    assert all(message["attempts"] == 0 for message in messages(office, "expired"))


def test_held_dropped_and_tried_again_by_call(make_office, make_server):
    port = free_ports(1)[0]
    office = make_office({"mail": {"url": f"smtp://127.0.0.1:{port}"}})
    office.letter(office.client(emails=["a@example.pl", "b@example.pl", "c@example.pl"]))
    wait_until(lambda: "next try" in office.log(), "the pause")
    wait_until(lambda: len(messages(office, "waiting")) == 3, "three that wait")
    ids = {message["recipient"][0]: message["id"] for message in messages(office, "waiting")}
    office.pass_time(600)
    # The pause is over: one message feels whether the server is back, and waits again.
    wait_until(lambda: office.log().count("next try") > 1, "the next pause")
    wait_until(lambda: len(messages(office, "waiting")) == 3, "three that wait again")
    oldest = office.admin.call("outbox_list")["oldest_waiting"]
    life = 5 * 86400  # and its beginning is when the message could have left first
    assert oldest == min(message["expires_at"] for message in messages(office, "waiting")) - life
    figures = get(f"http://127.0.0.1:{office.web_port}/metrics").body.decode()
    assert int(re.search(r"skrytka_outbox_oldest_seconds (\d+)", figures)[1]) in range(600, 660)
    assert "skrytka_outbox_waiting 3" in figures

    for act, who, state in (("hold", "a", "held"), ("drop", "b", "dropped")):
        done = office.skrytka("call", f"outbox_{act}", json.dumps({"id": ids[who]}))
        assert json.loads(done.stdout)["state"] == state
    server = make_server(port=port)
    assert office.skrytka("call", "outbox_retry", json.dumps({"id": ids["a"]})).returncode == 0
    office.wait_for_outbox()
    assert sorted(server.tries) == ["a@example.pl", "c@example.pl"]
    refused = office.skrytka("call", "outbox_hold", json.dumps({"id": ids["a"]}))
    assert refused.returncode == 1 and "not_sendable" in refused.stderr
    clerk = office.clerk()
    for act in ("retry", "hold", "drop"):
        with pytest.raises(RpcError, match="forbidden"):
            clerk.call(f"outbox_{act}", id=ids["a"])


# ---- TLS and sign-in ----

def make_certificate(folder, *names):
    """key.pem and a certificate.pem that vouches for itself, for names like "IP:127.0.0.1"."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=server", "-addext", "subjectAltName=" + ",".join(names), "-keyout",
                    folder / "key.pem", "-out", folder / "certificate.pem"], check=True,
                   capture_output=True, timeout=60)
    return folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return context


@pytest.fixture
def secure_server(make_server, tls):
    """STARTTLS and sign-in, as providers have it."""
    def check(server, session, envelope, mechanism, data):
        good = data.login == b"biuro" and data.password == "zażółć".encode()
        return aiosmtpd.smtp.AuthResult(success=good, handled=False)
    return make_server(tls_context=tls, require_starttls=True, authenticator=check,
                       auth_required=True)


@pytest.fixture
def secure_mail(secure_server, certificate, tmp_path):
    password = tmp_path / "password"
    password.write_text("zażółć\n", encoding="utf-8")
    password.chmod(0o600)
    return {"url": secure_server.url, "from": "poczta@biuro.example.pl", "starttls": "required",
            "ca_file": certificate / "certificate.pem", "user": "biuro", "password_file": password,
            "answer_seconds": 2}


def test_starttls_and_sign_in(make_office, secure_server, secure_mail):
    office = make_office({"mail": secure_mail})
    office.letter(office.client())
    secure_server.wait(to=ALFA)
    office.wait_for_outbox()
    assert "zażółć" not in office.log()


def test_a_certificate_nobody_vouches_for_gets_no_mail(make_office, secure_server, secure_mail):
    del secure_mail["ca_file"]
    office = make_office({"mail": secure_mail})
    office.letter(office.client())
    message = waiting_message(office, "certificate")
    assert message["attempts"] == 0
    assert not secure_server.tries


def test_a_wrong_password_gets_no_mail_out(make_office, secure_server, secure_mail):
    secure_mail["password_file"].write_text("inne\n")
    office = make_office({"mail": secure_mail})
    office.letter(office.client())
    message = wait_until(lambda: [message for message in messages(office, "waiting")
                                  if message.get("answer")], "a try")[0]
    assert message["attempts"] == 0
    assert "inne" not in message["answer"] + office.log()
    assert not secure_server.tries


def test_a_server_without_starttls_gets_no_mail(make_office, server, secure_mail):
    office = make_office({"mail": dict(secure_mail, url=server.url)})
    office.letter(office.client())
    waiting_message(office, "")
    wait_until(lambda: "cannot be reached" in office.log(), "the pause")
    assert not server.tries


# ---- mails as others read them ----

def test_a_mail_is_read_back_part_by_part(office, server):
    office.admin.call("settings_save", office_name="Biuro „Żuraw” \\ Sp. z o.o.")
    sender = "Gżegżółka & Spółka <\"łódź\"> =?UTF-8?B?eA==?= " + "bardzo długa nazwa " * 10
    letter = office.letter(office.client(), counterparty=sender.strip())
    content = pdf(pages=3, padding=300000)
    names = ["skan łódź „1”.pdf", "plain.pdf"]
    uploads = [office.admin.upload(content, name) for name in names]
    office.admin.call("scan_attach", item_id=letter["id"], uploads=uploads,
                      information="Linia\n.\n..\nFrom kogoś\n=\nKoniec")
    office.wait_for_outbox()
    first, second = server.letters()
    for mail in (first, second):
        assert mail.message["From"].addresses[0].display_name == "Biuro „Żuraw” \\ Sp. z o.o."
        assert mail.message["From"].addresses[0].addr_spec == "poczta@biuro.example.pl"
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert mail.message["Content-Language"] == "pl"
        assert mail.raw.isascii()
        assert all(len(line) <= 998 and not line.startswith(b".")
                   for line in mail.raw.split(b"\r\n"))
        assert b"\n" not in mail.raw.replace(b"\r\n", b"")
    assert sender.strip() in first.subject
    assert [(name, kind) for name, kind, _ in second.attachments()] == \
        [(name, "application/pdf") for name in names]
    assert all(data == content for _, _, data in second.attachments())
    assert "Linia\n.\n..\nFrom kogoś\n=\nKoniec" in second.text.replace("\r\n", "\n")


def test_addresses_of_all_alphabets(office, server):
    office.letter(office.client(emails=["łukasz@example.pl", "biuro@łódź.example.pl"]))
    office.wait_for_outbox()
    assert sorted(server.tries) == ["biuro@xn--d-uga0v4h.example.pl", "łukasz@example.pl"]
