# SPDX-License-Identifier: AGPL-3.0-or-later
"""The client's whole way in a real browser: with scripts and without, wide and as a telephone."""
import itertools

import pytest
from browser import Browser
from samples import pdf
from skrytka import wait_until
from visitor import sign_in_code, sign_in_link

ALFA = "alfa@example.pl"
LONG = "PrzedsiębiorstwoHandlowoUsługoweWielobranżoweImportEksport & <b>Wspólnicy</b> Sp. z o.o."


@pytest.fixture(params=[(1200, False, True), (320, True, True), (390, False, False)],
                ids=["wide", "narrow-dark", "no-scripts"])
def browser(request, tmp_path):
    width, dark, scripts = request.param
    numbers = itertools.count()
    opened = []

    def open_browser():
        browser = Browser(tmp_path / f"chromium{next(numbers)}", width, dark, scripts)
        opened.append(browser)
        return browser
    yield open_browser
    for one in opened:
        one.close()


def looks_right(browser):
    assert browser.overflow() <= 0, "the page is wider than the window"
    assert browser.requests() <= 2
    assert browser.complaints() == []
    for button in browser.all("main button"):
        assert button.size["height"] >= 24 and button.size["width"] >= 24
    assert len(browser.all("h1")) == 1


def test_from_the_button_of_the_mail(office, maildir, browser, tmp_path):
    client = office.client(LONG, [ALFA])
    letter = office.letter(client, counterparty=LONG, kind="registered")
    mail = maildir.wait(subject=f"(nr {letter['id']})")
    file = tmp_path / "mail.html"
    file.write_text(mail.html, encoding="utf-8")
    here = browser()
    here.open(file.as_uri())
    assert here.overflow() <= 0
    here.press("Poproś o skan")
    looks_right(here)
    assert LONG in here.text() and "5,00 zł" in here.text()
    assert office.admin.call("scan_request_list")["requests"] == []
    here.press("Poproś o skan")
    looks_right(here)
    assert "Prośba o skan została wysłana" in here.text("[role=status]")
    [asked] = office.admin.call("scan_request_list")["requests"]
    assert (asked["item_id"], asked["source"], asked["status"]) == (letter["id"], "email", "new")
    here.driver.refresh()
    here.press("Cofnij prośbę")
    assert "została cofnięta" in here.text("[role=status]")
    assert office.admin.call("scan_request_list")["requests"][0]["status"] == "cancelled"


def test_signing_in_and_asking_in_the_panel(office, maildir, browser):
    client = office.client("Alfa Sp. z o.o.", [ALFA])
    for sender in (LONG, "Urząd Skarbowy"):
        office.letter(client, counterparty=sender)
    here = browser()
    here.open(f"http://127.0.0.1:{office.web_port}/")
    looks_right(here)
    here.type("email", ALFA)
    here.press("Wyślij mi link")
    looks_right(here)
    mail = maildir.wait(to=ALFA, subject="Logowanie")
    here.open(sign_in_link(mail))
    looks_right(here)
    here.press("Zaloguj się")
    looks_right(here)
    here.press("Poproś o skan")
    looks_right(here)
    assert "Prośba o skan została wysłana" in here.text("[role=status]")
    [asked] = office.admin.call("scan_request_list")["requests"]
    assert asked["source"] == "panel"
    here.press("Cofnij prośbę")
    assert "została cofnięta" in here.text("[role=status]")
    here.press("Podsumowanie")
    looks_right(here)
    here.press("Wyloguj")
    assert "Adres e-mail" in here.text()


def test_downloading_a_scan(office, maildir, browser, tmp_path):
    letter = office.letter(office.client(LONG, [ALFA]), counterparty=LONG)
    name, content = "Żółty „skan” 50%.pdf", pdf(padding=200000)
    office.admin.call("scan_attach", item_id=letter["id"], cost=1250, information="12 stron",
                      uploads=[office.admin.upload(content, name)])
    folder = tmp_path / "downloads"
    folder.mkdir()
    here = browser()
    here.download_to(folder)
    here.open(f"http://127.0.0.1:{office.web_port}/")
    here.type("email", ALFA)
    here.press("Wyślij mi link")
    here.open(sign_in_link(maildir.wait(to=ALFA, subject="Logowanie")))
    here.press("Zaloguj się")
    looks_right(here)
    [link] = [found for found in here.all("main a") if found.text == name]
    link.click()
    # Under another name until it is whole.
    wait_until(lambda: [file.name for file in folder.iterdir()] == [name], "the file")
    assert (folder / name).read_bytes() == content
    assert here.driver.current_url.endswith("/mail"), "the page stays"


def test_code_on_another_device(office, maildir, browser):
    office.client("Alfa Sp. z o.o.", [ALFA])
    desk, telephone = browser(), browser()
    desk.open(f"http://127.0.0.1:{office.web_port}/")
    desk.type("email", ALFA)
    desk.press("Wyślij mi link")
    mail = maildir.wait(to=ALFA, subject="Logowanie")
    telephone.open(sign_in_link(mail))
    assert "wpisz tam kod" in telephone.text()
    looks_right(telephone)
    desk.type("code", sign_in_code(mail))
    desk.press("Zaloguj się")
    assert "POCZTA" in desk.text("nav")


def test_the_button_works_by_keyboard(office, maildir, browser):
    letter = office.letter(office.client("Alfa Sp. z o.o.", [ALFA]))
    here = browser()
    here.open(maildir.wait(subject=f"(nr {letter['id']})").link())
    for _ in range(10):
        here.driver.switch_to.active_element.send_keys("\ue004")
        focused = here.driver.switch_to.active_element
        if focused.tag_name == "button":
            break
    assert focused.text == "Poproś o skan"
    assert focused.value_of_css_property("outline-style") == "solid"
    focused.send_keys("\ue007")
    wait_until(lambda: office.admin.call("scan_request_list")["requests"], "the request")
