# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where the daemon's messages arrive: a Maildir, a real SMTP server, an SMS gateway."""
import email
import email.policy
import email.utils
import http.server
import json
import os
import re
import threading
import urllib.parse

import aiosmtpd.controller

from skrytka import free_ports, wait_until


def file_name(part):
    """The UTF-8 name (RFC 2231) where there is one; Python takes the plain one beside it."""
    [header] = [text for name, text in part.raw_items() if name == "Content-Disposition"]
    found = re.search(r"filename\*=utf-8''([^;\s]+)", header, re.IGNORECASE)
    return urllib.parse.unquote(found[1]) if found else part.get_filename()


class Letter:
    """One e-mail, parsed by Python's own parser."""

    def __init__(self, content):
        self.raw = content
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        assert not self.message.defects, self.message.defects
        self.subject = self.message["Subject"]
        # Python keeps the bytes of UTF-8 in a header (RFC 6532) as they are.
        self.to = [address.addr_spec.encode("utf-8", "surrogateescape").decode("utf-8")
                   for address in self.message["To"].addresses]
        self.text = self.part("plain")
        self.html = self.part("html")

    def part(self, kind):
        part = self.message.get_body([kind])
        return part.get_content() if part is not None else None

    def attachments(self):
        return [(file_name(part), part.get_content_type(), part.get_content())
                for part in self.message.iter_attachments()]

    def links(self):
        """Addresses of letters' pages, in the text and in the HTML; both must say the same."""
        found = re.findall(r"https?://\S+/s/[\w-]+", self.text)
        if self.html is not None:
            assert set(re.findall(r'href="([^"]*/s/[^"]*)"', self.html)) == set(found)
        return found

    def link(self):
        links = self.links()
        assert len(set(links)) == 1, links
        return links[0]


class Postbox:
    """What came so far, oldest first; letters() must be given by the kind of postbox."""

    def find(self, to=None, subject=None):
        return [letter for letter in self.letters()
                if (to is None or to in letter.to) and
                (subject is None or subject in letter.subject)]

    def wait(self, to=None, subject=None, count=1):
        def all_there():
            found = self.find(to, subject)
            return found if len(found) >= count else None
        try:
            found = wait_until(all_there, f"{count} letters to {to} about {subject}")
        except AssertionError:
            came = [(letter.to, letter.subject) for letter in self.letters()]
            raise AssertionError(f"no {count} letters to {to} about {subject}; came: {came}") \
                from None
        assert len(found) == count, [letter.subject for letter in found]
        return found[-1]


class Maildir(Postbox):
    def __init__(self, daemon):
        self.folder = f"{daemon.maildir}/new"
        self.parsed = {}  # by the name of the file, which is whole when it has it

    def letters(self):
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        paths = sorted((f"{self.folder}/{name}" for name in names),
                       key=lambda path: (os.stat(path).st_mtime_ns, path))
        for path in paths:
            if path not in self.parsed:
                with open(path, "rb") as file:
                    self.parsed[path] = Letter(file.read())
        return [self.parsed[path] for path in paths]


class SmtpServer(Postbox):
    """A real server on a free port; `refuse` maps a recipient to the answer it gets."""

    def __init__(self):
        self.received = []
        self.parsed = []
        self.envelopes = []
        self.refuse = {}
        for _ in range(5):
            self.controller = aiosmtpd.controller.Controller(
                self, hostname="127.0.0.1", port=free_ports(1)[0], enable_SMTPUTF8=True)
            try:
                self.controller.start()
                break
            except OSError:
                continue
        self.url = f"smtp://127.0.0.1:{self.controller.port}"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append((envelope.mail_from, tuple(envelope.rcpt_tos)))
        self.received.append(envelope.content)
        return "250 taken"

    def letters(self):
        self.parsed += [Letter(content) for content in self.received[len(self.parsed):]]
        return list(self.parsed)

    def close(self):
        self.controller.stop()


class SmsGateway:
    """Speaks as api.smsapi.pl does, as far as the daemon may see."""

    def __init__(self):
        gateway = self
        self.received = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8")
                message = dict(urllib.parse.parse_qsl(body))
                message["authorization"] = self.headers["Authorization"]
                gateway.received.append(message)
                answer = json.dumps({"count": 1, "list": [
                    {"id": str(len(gateway.received)), "points": 0.1, "number": message.get("to"),
                     "status": "QUEUE", "error": None, "idx": message.get("idx")}]}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/sms.do"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def wait(self, count=1):
        return wait_until(lambda: self.received if len(self.received) >= count else None, "an SMS")

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def sms_of_file(daemon):
    """SMS that provider=file wrote."""
    try:
        with open(daemon.sms_log, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return []
