# SPDX-License-Identifier: AGPL-3.0-or-later
"""Fixtures of the tests of the pages: the real skrytkad, and visitors with and without a screen."""
import ctypes
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "scenario"))

from postbox import Maildir  # noqa: E402
from skrytka import Office  # noqa: E402
from visitor import Visitor, sign_in_link  # noqa: E402

# gcc 12's sanitizers lose their shadow memory where the kernel spreads addresses widely.
ADDR_NO_RANDOMIZE = 0x0040000
ctypes.CDLL(None).personality(ctypes.c_ulong(ADDR_NO_RANDOMIZE))

NOTE = "Skanowanie poczty może wiązać się z dodatkowymi kosztami."


@pytest.fixture
def office(tmp_path):
    """An office whose clients may ask for scans."""
    office = Office(tmp_path).start()
    office.allow_requests(office_name="Biuro Żuraw", scan_request_note=NOTE)
    yield office
    office.stop()


@pytest.fixture
def maildir(office):
    return Maildir(office)


@pytest.fixture
def visitor(office):
    """visitor(): a browser of its own, with its own cookies."""
    return lambda **headers: Visitor(f"http://127.0.0.1:{office.web_port}", headers)


@pytest.fixture
def sign_in(visitor, maildir):
    """sign_in(address): a visitor who signed in with the link that was mailed there."""
    def sign(address):
        seen = len(maildir.find(to=address, subject="Logowanie"))
        someone = visitor()
        someone.ask_for_link(address)
        mail = maildir.wait(to=address, subject="Logowanie", count=seen + 1)
        someone.get(sign_in_link(mail))
        someone.press("Zaloguj się")
        return someone
    return sign
