# SPDX-License-Identifier: AGPL-3.0-or-later
"""SMS by a real Kannel: bearerbox and smsbox, and for the operator their own fakesmsc."""
import http.client
import re
import subprocess
import urllib.parse

import pytest
from skrytka import PATIENCE, free_ports, wait_until

FAKE_OPERATOR = "/usr/lib/kannel/test/fakesmsc"
PASSWORD = "hasło & znaki=+"


class Kannel:
    """The three programs in `folder`; `log` is what the operator received."""

    def __init__(self, folder):
        self.folder = folder
        self.admin, self.boxes, self.operator, self.http = free_ports(4)
        self.url = f"http://127.0.0.1:{self.http}/cgi-bin/sendsms"
        self.processes = []
        config = folder / "kannel.conf"
        config.write_text(self.config(), encoding="utf-8")
        self.start("bearerbox", "/usr/sbin/bearerbox", config)
        self.wait_for_port(self.boxes)
        self.start("smsbox", "/usr/sbin/smsbox", config)
        self.wait_for_port(self.http)
        self.start("fakesmsc", FAKE_OPERATOR, "-H", "127.0.0.1", "-r", str(self.operator), "-m",
                   "1", "100 200 text hello")
        wait_until(lambda: "text no service" in self.log("fakesmsc"), "the operator's connection")

    def config(self):
        return f"""group = core
admin-port = {self.admin}
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = {self.boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
store-location = {self.folder}/store

group = smsc
smsc = fake
smsc-id = operator
port = {self.operator}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {self.boxes}
sendsms-port = {self.http}
sendsms-interface = 127.0.0.1
global-sender = 13013

group = sendsms-user
username = biuro
password = "{PASSWORD}"
max-messages = 10
concatenation = true

group = sms-service
keyword = default
text = "no service"
"""

    def start(self, name, *argv):
        with open(self.folder / f"{name}.log", "wb") as log:
            self.processes.append(subprocess.Popen([str(part) for part in argv], stdout=log,
                                                   stderr=log, stdin=subprocess.DEVNULL,
                                                   cwd=self.folder))

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def ucs2_received(self):
        """Texts that the operator got in UCS-2, their parts put together."""
        data = "".join(re.findall(r" data (\S+)>", self.log("fakesmsc")))
        return urllib.parse.unquote_to_bytes(data.replace("+", " ")).decode("utf-16-be")

    def wait_for_port(self, port):
        def answers():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            try:
                connection.connect()
                return True
            except ConnectionError:
                return False
            finally:
                connection.close()
        wait_until(answers, f"port {port}")

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def kannel(tmp_path):
    folder = tmp_path / "kannel"
    folder.mkdir()
    kannel = Kannel(folder)
    yield kannel
    kannel.close()


def office_with(make_office, kannel, tmp_path, password, **sms):
    secret = tmp_path / "sms-password"
    secret.write_text(f"{password}\n", encoding="utf-8")
    secret.chmod(0o600)
    office = make_office({"sms": {"provider": "kannel", "url": kannel.url, "user": "biuro",
                                  "password_file": secret, "sender": "13013", **sms}})
    office.allow_requests(office_phones=["+48601234567"], notify_sms=True, notify_email=False)
    return office


def sms_of(office):
    return [message for message in office.outbox()["messages"] if message["channel"] == "sms"]


def test_an_sms_reaches_the_operator(make_office, kannel, tmp_path):
    office = office_with(make_office, kannel, tmp_path, PASSWORD)
    office.asked_letter(office.client("Łódź Meble"), counterparty="Urząd Skarbowy")
    wait_until(lambda: "Lodz Meble" in kannel.log("fakesmsc"), "the SMS at the operator")
    office.wait_for_outbox()
    message, = sms_of(office)
    assert message["state"] == "delivered"
    assert "Accepted for delivery" in message["answer"]
    assert "+48601234567" in kannel.log("fakesmsc")
    assert not office.tells(PASSWORD) and not office.tells(urllib.parse.quote(PASSWORD))


def test_polish_letters_reach_the_operator_where_the_office_wants_them(make_office, kannel,
                                                                        tmp_path):
    office = office_with(make_office, kannel, tmp_path, PASSWORD, polish_letters="yes")
    office.asked_letter(office.client("Łódź Meble"), counterparty="Urząd Skarbowy")
    wait_until(lambda: kannel.ucs2_received().endswith("Urząd Skarbowy"), "the operator's SMS")
    assert kannel.ucs2_received().startswith("Prośba o skan: Łódź Meble")
    office.wait_for_outbox()
    assert sms_of(office)[0]["state"] == "delivered"


def test_a_wrong_password_is_seen(make_office, kannel, tmp_path):
    office = office_with(make_office, kannel, tmp_path, "inne-haslo")
    office.asked_letter()
    message = wait_until(lambda: [message for message in sms_of(office) if message["answer"]],
                         "an SMS that was answered")[0]
    assert "HTTP 403" in message["answer"]
    # No fault of the message's: it waits until somebody has set the password right.
    assert message["state"] == "waiting" and message["attempts"] == 0
    assert not office.tells("inne-haslo")
