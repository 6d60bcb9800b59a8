# SPDX-License-Identifier: AGPL-3.0-or-later
"""Mail through a real Postfix, as providers run it: STARTTLS or TLS from the start, sign-in by SASL,
mailboxes that it knows and others that it does not. Its own instance on loopback with its own
configuration and queue; the machine's is not touched."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

import pytest
from postbox import Letter, Postbox
from skrytka import free_ports, wait_until
from test_messages import make_certificate, messages

PASSWORD = "zażółć=gęślą"
AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]
NOBODY = pwd.getpwnam("nobody")

MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mail.example.pl
inet_interfaces = 127.0.0.1, ::1
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = example.pl
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/boxes
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
virtual_minimum_uid = 1
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = example.pl
cyrus_sasl_config_path = {folder}/sasl
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {folder}/certificate.pem
smtpd_tls_key_file = {folder}/key.pem
"""

MASTER = """127.0.0.1:{starttls} inet n - n - - smtpd
[::1]:{starttls} inet n - n - - smtpd
127.0.0.1:{smtps} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix(Postbox):
    """Its letters are those that it delivered into its mailbox."""

    def __init__(self, *names):
        # Not below the tests' own folders, which are closed to the users that Postfix runs as.
        self.folder = tempfile.mkdtemp(prefix="skrytka-postfix-")
        os.chmod(self.folder, 0o755)
        self.starttls, self.smtps = free_ports(2)
        make_certificate(pathlib.Path(self.folder), *names)
        for name in ("queue", "data", "mail", "sasl"):
            os.mkdir(f"{self.folder}/{name}")
        self.write("main.cf", MAIN.format(folder=self.folder, nobody=NOBODY))
        self.write("master.cf", MASTER.format(starttls=self.starttls, smtps=self.smtps))
        self.write("boxes", "alfa@example.pl all/\nłukasz@example.pl all/\n")
        self.write("sasl/smtpd.conf", "pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                   f"sasldb_path: {self.folder}/sasldb\nmech_list: PLAIN LOGIN\n")
        subprocess.run(["/usr/sbin/saslpasswd2", "-p", "-c", "-u", "example.pl", "-f",
                        f"{self.folder}/sasldb", "biuro"], input=PASSWORD.encode(), check=True)
        os.chmod(f"{self.folder}/sasldb", 0o644)
        self.as_root("chown", "postfix", f"{self.folder}/data")
        self.as_root("chown", "nobody", f"{self.folder}/mail")
        self.postfix("check")
        self.postfix("start")

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def as_root(self, *argv):
        subprocess.run([*AS_ROOT, *argv], check=True, capture_output=True, timeout=60)

    def postfix(self, act):
        self.as_root("/usr/sbin/postfix", "-c", self.folder, act)

    def letters(self):
        folder = f"{self.folder}/mail/all/new"
        found = []
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            with open(f"{folder}/{name}", "rb") as file:
                found.append(Letter(file.read()))
        return found

    def log(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def close(self):
        self.postfix("stop")
        if AS_ROOT:
            self.as_root("rm", "-r", self.folder)
        else:
            shutil.rmtree(self.folder)


@pytest.fixture(scope="module")
def postfix():
    server = Postfix("IP:127.0.0.1", "IP:::1")
    yield server
    server.close()


@pytest.fixture
def mail(postfix, tmp_path):
    """[mail] of an office that sends by it."""
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    password.chmod(0o600)
    return {"url": f"smtp://127.0.0.1:{postfix.starttls}", "from": "poczta@biuro.example.pl",
            "starttls": "required",
            "ca_file": f"{postfix.folder}/certificate.pem", "user": "biuro",
            "password_file": password}


def waits(office, words):
    """The only message, that no server has taken for want of one to speak to."""
    def found():
        waiting = messages(office, "waiting")
        return waiting and words in (waiting[0].get("answer") or "") and waiting[0]
    message = wait_until(found, f"a message that waits: {words}")
    assert message["attempts"] == 0
    assert not office.tells(PASSWORD) and office.tells("alfa@example.pl")


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:{0.starttls}", "smtp://[::1]:{0.starttls}",
                                 "smtps://127.0.0.1:{0.smtps}"])
def test_mail_is_delivered_into_a_mailbox(make_office, postfix, mail, url):
    url = url.format(postfix)
    office = make_office({"mail": {**mail, "url": url}})
    office.letter(office.client(), counterparty=f"Nadawca {url}")
    office.wait_for_outbox()
    message, = messages(office, "delivered")
    assert "2.0.0 Ok: queued as" in message["answer"]
    letter = postfix.wait(subject=f"Nadawca {url}")
    assert letter.message["Message-ID"] == message["message_id"]
    assert "sasl_method=PLAIN, sasl_username=biuro" in postfix.log()
    assert not office.tells(PASSWORD)


def test_one_that_it_knows_and_one_that_it_does_not(make_office, postfix, mail):
    office = make_office({"mail": mail})
    office.letter(office.client(emails=["łukasz@example.pl", "nikt@example.pl"]))
    office.wait_for_outbox()
    postfix.wait(to="łukasz@example.pl")
    refused, = messages(office, "refused")
    assert refused["recipient"] == "nikt@example.pl"
    assert "550 5.1.1" in refused["answer"] and "User unknown" in refused["answer"]


def test_a_certificate_nobody_vouches_for_gets_no_mail(make_office, postfix, mail):
    before = len(postfix.letters())
    del mail["ca_file"]
    office = make_office({"mail": mail})
    office.letter(office.client())
    waits(office, "certificate")
    assert len(postfix.letters()) == before


def test_a_certificate_of_another_name_gets_no_mail(make_office, mail):
    server = Postfix("DNS:mail.example.org")
    try:
        office = make_office({"mail": {**mail, "url": f"smtp://127.0.0.1:{server.starttls}",
                                       "ca_file": f"{server.folder}/certificate.pem"}})
        office.letter(office.client())
        waits(office, "certificate")
        assert "sasl_method" not in server.log() and not server.letters()
    finally:
        server.close()


def test_a_wrong_password_gets_no_mail_out(make_office, postfix, mail):
    before = len(postfix.letters())
    mail["password_file"].write_text("inne haslo\n", encoding="utf-8")
    office = make_office({"mail": mail})
    office.letter(office.client())
    waits(office, "535")
    assert not office.tells("inne haslo")
    assert len(postfix.letters()) == before
