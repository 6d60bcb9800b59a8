# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every page, light and dark, wide and at 320 px: axe-core finds nothing against WCAG 2.2 AA, the
W3C's HTML checker finds nothing. Run by `make check-pages`, which gets both from npm."""
import os
import subprocess

import pytest
from browser import Browser
from samples import pdf
from skrytka import TREE
from visitor import sign_in_link

ALFA = "alfa@example.pl"
NPM = f"{TREE}/build/npm/node_modules"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class Checked:
    """A browser that looks at every page it is shown."""

    def __init__(self, folder, width, dark):
        self.browser = Browser(folder / "chromium", width, dark)
        self.browser.command("Page.setBypassCSP", {"enabled": True})
        self.folder = folder
        self.count = 0
        with open(f"{NPM}/axe-core/axe.min.js", encoding="utf-8") as file:
            self.axe = file.read()

    def check(self):
        found = self.browser.driver.execute_async_script(
            self.axe + "; const done = arguments[arguments.length - 1];"
            "axe.run({runOnly: arguments[0]}).then(result => done(result.violations.map("
            "rule => [rule.id, rule.help, rule.nodes.map(node => node.failureSummary)])))", RULES)
        assert found == [], (self.browser.driver.current_url, found)
        assert self.browser.overflow() <= 0
        self.count += 1
        source = self.browser.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "fetch(location.href).then(answer => answer.text()).then(done)")
        with open(self.folder / f"{self.count}.html", "w", encoding="utf-8") as file:
            file.write(source)

    def open(self, url):
        self.browser.open(url)
        self.check()

    def press(self, words):
        self.browser.press(words)
        self.check()


@pytest.fixture(params=[(1200, False), (1200, True), (320, False), (320, True)],
                ids=["wide", "wide-dark", "narrow", "narrow-dark"])
def checked(request, tmp_path):
    os.mkdir(tmp_path / "pages")
    checked = Checked(tmp_path / "pages", *request.param)
    yield checked
    checked.browser.close()
    subprocess.run(["java", "-jar", f"{NPM}/vnu-jar/build/dist/vnu.jar", "--Werror", "--also-check-css",
                    *tmp_path.glob("pages/*.html"), f"{TREE}/server/templates/style.css"],
                   check=True)


def test_all_pages(office, maildir, checked):
    alfa = office.client('"Żółć & <b>Sp. z o.o.</b>"', [ALFA])
    letters = [office.letter(alfa, counterparty=f"Urząd {number}", kind="registered",
                             reference="RR 123 456 789 PL") for number in range(4)]
    upload = office.admin.upload(pdf(), "pismo.pdf")
    office.admin.call("scan_attach", item_id=letters[0]["id"], uploads=[upload], cost=1250,
                      information="12 stron\ndruk dwustronny")
    office.admin.call("mail_collect", ids=[letters[1]["id"]])
    base = f"http://127.0.0.1:{office.web_port}"
    for letter in letters[:2]:
        checked.open(maildir.find(subject=f"(nr {letter['id']})")[0].link())
    checked.open(maildir.find(subject=f"(nr {letters[2]['id']})")[0].link())
    checked.press("Poproś o skan")
    checked.press("Cofnij prośbę")
    checked.open(f"{base}/s/nothing")
    checked.open(f"{base}/nothing")
    checked.open(f"{base}/sign-in/nothing")
    checked.open(base)
    checked.browser.type("email", ALFA)
    checked.press("Wyślij mi link")
    checked.browser.type("code", "ABCD-2345")
    checked.press("Zaloguj się")
    checked.open(sign_in_link(maildir.wait(to=ALFA, subject="Logowanie")))
    checked.press("Zaloguj się")
    checked.press("Poproś o skan")
    checked.press("Cofnij prośbę")
    checked.browser.open(f"{base}/mail")
    office.pass_time(24 * 3600 + 1)
    checked.press("Poproś o skan")
    assert "otwarta zbyt długo" in checked.browser.text()
    checked.press("Podsumowanie")
    checked.open(f"{base}/mail?q=nothing")
    checked.open(f"{base}/mail?refused=already_open")
    office.client("Beta S.A.", [ALFA])
    checked.open(f"{base}/choose")
