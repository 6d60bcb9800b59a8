# SPDX-License-Identifier: AGPL-3.0-or-later
"""One look at the terminal the way many offices run it: inside tmux."""
import ctypes
import os
import subprocess
import sys
import time

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))

from skrytka import Office, free_ports, wait_until  # noqa: E402

# gcc 12's sanitizers lose their shadow memory where the kernel spreads addresses widely.
ADDR_NO_RANDOMIZE = 0x0040000
ctypes.CDLL(None).personality(ctypes.c_ulong(ADDR_NO_RANDOMIZE))


class Tmux:
    """A tmux server of its own with one window of 80 x 24."""

    def __init__(self, folder, command):
        self.socket = f"{folder}/tmux"
        self.run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", *command)

    def run(self, *arguments):
        done = subprocess.run(["tmux", "-S", self.socket, *arguments], capture_output=True,
                              text=True, timeout=30, check=True)
        return done.stdout

    def screen(self):
        return self.run("capture-pane", "-p")

    def wait(self, text):
        wait_until(lambda: text in self.screen() or time.sleep(0.05), f"{text!r} on the screen")

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], timeout=30, check=False)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path).start()
    yield office
    office.stop()


def terminal_of(office):
    return Tmux(office.folder, ["env", "LANG=C", f"{office.build}/skrytka", "--connect",
                                f"unix:{office.socket_path}", "--language", "pl"])


@pytest.fixture
def tmux(office):
    terminal = terminal_of(office)
    yield terminal
    terminal.close()


@pytest.fixture
def silent_office(tmp_path):
    """Its mail server is not there."""
    office = Office(tmp_path, {"mail": {"url": f"smtp://127.0.0.1:{free_ports(1)[0]}"}}).start()
    yield office
    office.stop()


def test_an_administrator_is_told_of_messages_that_do_not_arrive(silent_office):
    terminal = terminal_of(silent_office)
    try:
        terminal.wait("Szukaj:")
        silent_office.letter(silent_office.client())
        wait_until(lambda: "next try" in silent_office.log(), "a try")
        silent_office.pass_time(16 * 60)
        terminal.wait("Wiadomości czekają za długo: 1 (Administracja > Wiadomości)")
        silent_office.pass_time(5 * 86400)
        terminal.wait("Nie udało się doręczyć wiadomości: alfa@example.pl")
        terminal.run("send-keys", "F9", "o")
        terminal.wait("Przeterminowana")
        terminal.wait("connect")  # in the words of who tried
    finally:
        terminal.close()


def test_a_letter_is_registered_in_tmux(office, tmux):
    package = office.admin.call("package_save", name="Standard")
    office.admin.call("client_save", name="Łódź Meble", emails=[], code="017",
                      package_id=package["id"])
    tmux.wait("Szukaj:")
    tmux.run("send-keys", "F6")
    tmux.wait("Nowa przesyłka")
    tmux.run("send-keys", "-l", "017Gazownia")
    tmux.wait("[017 Łódź Meble")
    tmux.run("send-keys", "Tab", "F2")
    tmux.wait("Wpisano teraz: 1.")
    assert office.admin.call("mail_list")["items"][0]["counterparty"] == "Gazownia"
    tmux.run("send-keys", "F12")
    tmux.wait("Gazownia")
    tmux.run("send-keys", "Escape")
    tmux.run("send-keys", "0")  # Esc 0 is F10, however long it took
    wait_until(lambda: subprocess.run(["tmux", "-S", tmux.socket, "has-session"], check=False,
                                      capture_output=True).returncode != 0, "the program's end")
