# SPDX-License-Identifier: AGPL-3.0-or-later
"""A browser without a script engine that keeps cookies and goes where it is sent."""
import html.parser
import re
import urllib.parse

from pages import request


class Forms(html.parser.HTMLParser):
    """Every button with the form that it sends: (words, action, method, fields)."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.buttons = []
        self.form = None
        self.button = None
        self.feed(page.body.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.form = {"action": attrs.get("action", ""), "method": attrs.get("method", "get"),
                         "fields": {}}
        elif tag == "input" and self.form is not None:
            self.form["fields"][attrs["name"]] = attrs.get("value", "")
        elif tag == "button":
            self.button = {"words": "", "form": self.form, "name": attrs.get("name"),
                           "value": attrs.get("value"), "action": attrs.get("formaction")}

    def handle_data(self, data):
        if self.button is not None:
            self.button["words"] += data

    def handle_endtag(self, tag):
        if tag == "button":
            self.buttons.append(self.button)
            self.button = None
        elif tag == "form":
            self.form = None


class Visitor:
    def __init__(self, base, headers=None):
        self.base = base
        self.headers = headers or {"Accept-Language": "pl"}
        self.cookies = {}
        self.page = None

    def request(self, path, method="GET", body=None, headers=None):
        """One request, without following; keeps the cookies that come."""
        headers = {**self.headers, **(headers or {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        url = urllib.parse.urljoin(self.page.url if self.page else self.base, path)
        page = request(url, method, body, headers)
        for cookie in page.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            if "Max-Age=0" in cookie:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return page

    def go(self, page):
        while page.status == 303:
            self.page = page
            page = self.request(page.headers["Location"])
        self.page = page
        return page

    def get(self, path):
        return self.go(self.request(path))

    def post(self, path, fields, headers=None):
        return self.go(self.request(path, "POST", urllib.parse.urlencode(fields), {
            "Content-Type": "application/x-www-form-urlencoded", **(headers or {})}))

    def buttons(self, words):
        return [button for button in Forms(self.page).buttons if words in button["words"]]

    def press(self, words, number=0, headers=None, **fields):
        """Presses the button with these words, with the fields of its form filled in."""
        button = self.buttons(words)[number]
        sent = {**button["form"]["fields"], **fields}
        if button["name"]:
            sent[button["name"]] = button["value"]
        return self.post(button["action"] or button["form"]["action"], sent, headers)

    def ask_for_link(self, address):
        self.get("/")
        return self.press("Wyślij mi link", email=address)


def sign_in_link(mail):
    [link] = set(re.findall(r"https?://\S+/sign-in/[\w-]+", mail.text))
    return link


def sign_in_code(mail):
    [code] = re.findall(r"^[A-Z2-9]{4}-[A-Z2-9]{4}$", mail.text, re.M)
    return code
