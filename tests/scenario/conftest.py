# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures of the scenario tests: the real skrytkad on free ports, with real peers around it."""
import ctypes
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from pages import get, press  # noqa: E402
from postbox import Maildir, SmsGateway, SmtpServer  # noqa: E402
from skrytka import Office  # noqa: E402

# gcc 12's sanitizers lose their shadow memory where the kernel spreads addresses widely.
ADDR_NO_RANDOMIZE = 0x0040000
ctypes.CDLL(None).personality(ctypes.c_ulong(ADDR_NO_RANDOMIZE))


def closed(offices):
    """Ends all daemons; the first that did not end well fails the test."""
    first = None
    for office in offices:
        try:
            office.stop()
        except AssertionError as error:
            first = first or error
    if first is not None:
        raise first


@pytest.fixture(scope="session")
def start_office(tmp_path_factory):
    """start_office(config) for what lives longer than one test; the caller stops it."""
    return lambda config=None: Office(tmp_path_factory.mktemp("office"), config).start()


@pytest.fixture
def make_office(tmp_path):
    """make_office(config): as many daemons as a test wants, each ended with it."""
    offices = []

    def make(config=None):
        office = Office(tmp_path / f"office{len(offices)}", config)
        os.mkdir(office.folder)
        offices.append(office)
        return office.start()
    yield make
    closed(offices)


@pytest.fixture
def office(make_office):
    """A fresh office: an administrator, a clerk, mail into a Maildir, nothing held back."""
    return make_office()


@pytest.fixture
def open_office(office):
    """The same, and clients may ask for scans."""
    office.allow_requests(office_emails=["biuro@example.pl"])
    return office


@pytest.fixture
def maildir(office):
    return Maildir(office)


@pytest.fixture
def smtp():
    server = SmtpServer()
    yield server
    server.close()


@pytest.fixture
def gateway():
    gateway = SmsGateway()
    yield gateway
    gateway.close()


@pytest.fixture
def link(open_office, maildir):
    """link(letter): the address behind the button of the letter's e-mail."""
    def of(letter):
        return maildir.wait(subject=f"(nr {letter['id']})").link()
    return of


@pytest.fixture
def ask(link):
    """ask(letter): the client opens the link and presses the button."""
    return lambda letter: press(get(link(letter)))
