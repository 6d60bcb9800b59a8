# SPDX-License-Identifier: AGPL-3.0-or-later
"""Debian's Chromium without a screen."""
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=pl"]
PATIENCE = 20


class Browser:
    def __init__(self, folder, width=1200, dark=False, scripts=True):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for flag in [*FLAGS, f"--user-data-dir={folder}", f"--window-size={width},900"]:
            options.add_argument(flag)
        preferences = {"intl.accept_languages": "pl,en"}
        if not scripts:
            preferences["profile.managed_default_content_settings.javascript"] = 2
        options.add_experimental_option("prefs", preferences)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.command("Emulation.setDeviceMetricsOverride",
                     {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        self.command("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def command(self, name, parameters):
        self.driver.execute_cdp_cmd(name, parameters)

    def open(self, url):
        self.driver.get(url)

    def text(self, selector="body"):
        return self.driver.find_element(By.CSS_SELECTOR, selector).text

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def press(self, words):
        """Presses the first button or link with these words and waits for the page behind it."""
        before = self.driver.find_element(By.TAG_NAME, "html")
        found = [element for element in self.all("button, a") if words in element.text]
        assert found, f"nothing to press says {words}: {self.text()}"
        found[0].click()
        wait = WebDriverWait(self.driver, PATIENCE)
        wait.until(lambda driver: driver.find_element(By.TAG_NAME, "html") != before)
        wait.until(lambda driver: driver.execute_script("return document.readyState") == "complete")

    def type(self, name, text):
        self.driver.find_element(By.NAME, name).send_keys(text)

    def download_to(self, folder):
        self.command("Browser.setDownloadBehavior",
                     {"behavior": "allow", "downloadPath": str(folder)})

    def overflow(self):
        """Pixels by which the page is wider than the window."""
        return self.driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def requests(self):
        """How many the page needed, itself included."""
        return 1 + self.driver.execute_script(
            "return performance.getEntriesByType('resource').length")

    def complaints(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def close(self):
        self.driver.quit()
