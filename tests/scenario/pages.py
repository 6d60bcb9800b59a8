# SPDX-License-Identifier: AGPL-3.0-or-later
"""A browser without a script engine: pages, their forms, and raw requests for what no browser
would send."""
import html.parser
import http.client
import re
import socket
import urllib.parse

from skrytka import PATIENCE


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.lang = None
        self.forms = []
        self.scripts = 0
        self.words = []
        self.in_button = False
        self.hidden = 0

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "html":
            self.lang = attrs.get("lang")
        elif tag == "form":
            self.forms.append({"method": attrs.get("method", "get").lower(),
                               "action": attrs.get("action"), "fields": {}, "buttons": []})
        elif tag == "input" and self.forms and "name" in attrs:
            self.forms[-1]["fields"][attrs["name"]] = attrs.get("value", "")
        elif tag == "button":
            self.in_button = True
        elif tag == "script":
            self.scripts += 1
        elif tag in ("style", "title"):
            self.hidden += 1

    def handle_endtag(self, tag):
        if tag == "button":
            self.in_button = False
        elif tag in ("style", "title"):
            self.hidden -= 1

    def handle_data(self, data):
        if self.in_button:
            self.forms[-1]["buttons"].append(data.strip())
        if not self.hidden:
            self.words.append(data)


class Page:
    def __init__(self, url, response):
        self.url = url
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        reader = Reader()
        if "text/html" in self.headers.get("Content-Type", ""):
            reader.feed(self.body.decode("utf-8"))
        self.lang = reader.lang
        self.forms = reader.forms
        self.scripts = reader.scripts
        # One blank between words, as a reader sees it.
        self.text = " ".join(" ".join(reader.words).split())

    def form(self):
        """The one form that asks for a scan; None when the page has none."""
        asking = [form for form in self.forms
                  if form["method"] == "post" and "Poproś o skan" in form["buttons"]]
        assert len(asking) <= 1, self.forms
        return asking[0] if asking else None


def request(url, method="GET", body=None, headers=None):
    at = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(at.hostname, at.port, timeout=PATIENCE)
    path = at.path + (f"?{at.query}" if at.query else "")
    try:
        connection.request(method, path, body, headers or {})
        return Page(url, connection.getresponse())
    finally:
        connection.close()


def get(url, **headers):
    return request(url, headers={name.replace("_", "-"): text for name, text in headers.items()})


def post(url, fields, headers=None):
    body = urllib.parse.urlencode(fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    return request(url, "POST", body, headers)


def follow(page):
    """The page that a 303 leads to."""
    assert page.status == 303, (page.status, page.text)
    return get(urllib.parse.urljoin(page.url, page.headers["Location"]))


def press(page, headers=None):
    """Presses "Poproś o skan" on a letter's page, as a browser would."""
    form = page.form()
    assert form is not None, page.text
    target = urllib.parse.urljoin(page.url, form["action"])
    return post(target, form["fields"], headers)


def raw(port, data, limit=PATIENCE):
    """Everything that comes back for these bytes until the server closes or stays silent."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), limit) as stream:
        stream.sendall(data)
        stream.settimeout(limit)
        try:
            while piece := stream.recv(65536):
                answer += piece
        except (ConnectionResetError, socket.timeout):
            pass
    return answer


def statuses(answer):
    """Status codes of the answers in raw bytes."""
    return [int(code) for code in re.findall(rb"(?:^|\r\n|\n|[^\r\n])HTTP/1\.1 (\d{3}) ", answer)]
