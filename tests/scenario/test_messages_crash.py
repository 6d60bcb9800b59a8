# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 at any moment between the cause of a message and its delivery: nothing is lost, and what
comes twice comes under the same Message-ID."""
import collections
import random
import re
import threading

import pytest
from skrytka import Closed
from test_messages import MailServer

ROUNDS = 60
PARALLEL = 4
LONGEST_LIFE = 0.25  # seconds from the first letter of a round to the kill


@pytest.fixture
def server():
    server = MailServer()
    yield server
    server.close()


def register_until_killed(office, client, registered):
    """Letters one after the other; only those whose answer came count as registered."""
    try:
        while True:
            registered.append(office.letter(client)["id"])
    except (Closed, OSError):
        pass


def test_no_acknowledged_message_is_lost(make_office, server):
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    chance = random.Random(seed)
    office = make_office({"mail": {"url": server.url, "from": "poczta@biuro.example.pl",
                                   "parallel": PARALLEL}})
    client = office.client()
    registered = []
    for _ in range(ROUNDS):
        life = threading.Timer(chance.random() * LONGEST_LIFE, office.process.kill)
        life.start()
        register_until_killed(office, client, registered)
        life.join()
        office.kill()
        office.start()
    office.wait_for_outbox()

    copies = collections.defaultdict(list)
    for letter in server.letters():
        number = int(re.search(r"\(nr (\d+)\)", letter.subject)[1])
        copies[number].append(letter.message["Message-ID"])
    assert len(registered) > ROUNDS
    assert set(registered) <= set(copies)
    assert all(len(set(ids)) == 1 for ids in copies.values())
    assert len({ids[0] for ids in copies.values()}) == len(copies)
    extra = sum(len(ids) - 1 for ids in copies.values())
    assert extra <= ROUNDS * PARALLEL
