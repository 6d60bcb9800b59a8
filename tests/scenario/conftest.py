# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures of the scenario tests: the real skrytkad on free ports, with real peers around it."""
import ctypes
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from pages import get, press  # noqa: E402
from postbox import Maildir, SmsGateway, SmtpServer  # noqa: E402
from skrytka import Office, build_folder  # noqa: E402

# One choice for all files of this folder.
os.environ["SKRYTKA_BUILD"] = build_folder()

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
def first_day(tmp_path_factory):
    """The data of an office with its two people and nothing else; others begin with a copy."""
    office = Office(tmp_path_factory.mktemp("first-day")).start()
    office.stop()
    return office


@pytest.fixture(scope="module")
def shared_office(first_day, tmp_path_factory):
    """One for all tests of a file that leave nothing behind that the others would mind."""
    office = Office(tmp_path_factory.mktemp("shared")).take_over(first_day).start()
    yield office
    office.stop()


@pytest.fixture
def make_office(first_day, tmp_path):
    """make_office(config): as many daemons as a test wants, each ended with it."""
    offices = []

    def make(config=None):
        office = Office(tmp_path / f"office{len(offices)}", config).take_over(first_day)
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
        subject = f"Nowa poczta: {letter['counterparty']} (nr {letter['id']})"
        return maildir.wait(subject=subject).link()
    return of


@pytest.fixture
def ask(link):
    """ask(letter): the client opens the link and presses the button."""
    return lambda letter: press(get(link(letter)))
