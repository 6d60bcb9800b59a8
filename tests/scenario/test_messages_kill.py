# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 at every named point between the commit of a message's cause and the mark that it was
delivered: nothing is lost; only what the other side had accepted and the daemon could not know of
comes twice, and always under the same Message-ID or idx. `make crash` does 200 rounds of each."""
import collections
import os
import pathlib
import random
import re

import pytest
from skrytka import TREE, Closed, wait_until
from test_messages import MailServer

ROUNDS = int(os.environ.get("SKRYTKA_KILL_ROUNDS", "2"))
LETTERS = 3

# What the other side has of a message when the daemon dies there, and must get from the next one.
NOTHING, PERHAPS, ALL = "nothing", "perhaps all", "all"

COMMON = {
    "cause_committed": NOTHING, "claiming": NOTHING, "claimed": NOTHING, "sending": NOTHING,
    "answered": ALL, "recording": ALL, "recorded": "all, and it is written down",
}
SMTP = {"smtp_command_said": NOTHING, "smtp_data_answered": NOTHING, "smtp_body_read": NOTHING,
        "smtp_body_said": PERHAPS, "smtp_ended": ALL}
SMS = {"sms_started": PERHAPS, "sms_answered": ALL}


def test_every_point_is_tried():
    found = set()
    for path in [*pathlib.Path(TREE, "server").rglob("*.c"), *pathlib.Path(TREE, "db").glob("*.c")]:
        found |= set(re.findall(r"KILL_POINT\((\w+)\)", path.read_text(encoding="utf-8")))
    assert found == {*COMMON, *SMTP, *SMS}


class Mail:
    """Letters to a client by SMTP, over one connection."""
    channel = "mail"

    def __init__(self, make_office):
        self.server = MailServer()
        self.office = make_office({"mail": {"url": self.server.url, "parallel": 1,
                                            "from": "poczta@biuro.example.pl"}})
        self.client = self.office.client()

    def cause(self):
        self.office.letter(self.client)

    def ids(self):
        return [re.search(rb"^Message-ID: (\S+)", content, re.MULTILINE)[1].decode()
                for content in list(self.server.received)]

    def close(self):
        self.server.close()


class Sms:
    """Requests told to the office by the gateway."""
    channel = "sms"

    def __init__(self, make_office, gateway, tmp_path):
        token = tmp_path / "token"
        token.write_text("token-bramki\n")
        token.chmod(0o600)
        self.gateway = gateway
        self.office = make_office({"sms": {"provider": "smsapi", "url": gateway.url,
                                           "token_file": token}})
        self.office.allow_requests(office_phones=["+48601234567"], notify_sms=True,
                                   notify_email=False, sms_gather_minutes=0)
        self.client = self.office.client(emails=[])  # so that nothing leaves but SMS

    def cause(self):
        letter = self.office.letter(self.client, notify=False)
        self.office.admin.call("scan_request_create", item_id=letter["id"])

    def ids(self):
        return [message["idx"] for message in list(self.gateway.received)]

    def close(self):
        pass


def act(scene, one_by_one):
    """Makes messages until the daemon dies of it; False when it survived them all."""
    office = scene.office
    try:
        for _ in range(LETTERS):
            scene.cause()
            if one_by_one:
                office.wait_for_outbox()
        office.wait_for_outbox()
    except (Closed, OSError):
        wait_until(lambda: office.process.poll() is not None, "its end")
    return office.died()


def messages(scene):
    """All messages of the channel that the daemon knows of."""
    found, after = [], None
    while True:
        page = scene.office.outbox(limit=200, **({"after": after} if after else {}))
        found += [message for message in page["messages"] if message["channel"] == scene.channel]
        after = page.get("next")
        if after is None:
            return found


def kill_rounds(scene, point, has):
    chance = random.Random(point)
    deaths = 0
    for number in range(ROUNDS):
        one_by_one = number % 2 == 0
        before = len(scene.ids())
        known = len(messages(scene))
        scene.office.kill_at(point, chance.randint(1, LETTERS) if number else 1)
        died = act(scene, one_by_one)
        deaths += died
        if not died:
            scene.office.kill()
        scene.office.start()
        scene.office.wait_for_outbox()
        copies = len(scene.ids()) - before
        made = len(messages(scene)) - known
        if one_by_one and (point not in COMMON or has is NOTHING):
            again = {NOTHING: (0,), PERHAPS: (0, 1), ALL: (1,)}[has] if died else (0,)
            assert copies - made in again, (number, copies, made)
        else:  # several were under way
            assert 0 <= copies - made <= (LETTERS if died else 0), (number, copies, made)
    assert deaths > ROUNDS / 3
    assert all(message["state"] == "delivered" for message in messages(scene))
    copies = collections.Counter(scene.ids())
    assert set(copies) == {message["message_id"].strip() for message in messages(scene)}
    assert max(copies.values()) <= 2


@pytest.mark.timeout(60 + 10 * ROUNDS)
@pytest.mark.parametrize("point", [*COMMON, *SMTP])
def test_mail(make_office, point):
    scene = Mail(make_office)
    try:
        kill_rounds(scene, point, {**COMMON, **SMTP}[point])
    finally:
        scene.close()


@pytest.mark.timeout(60 + 10 * ROUNDS)
@pytest.mark.parametrize("point", [*COMMON, *SMS])
def test_sms(make_office, gateway, tmp_path, point):
    scene = Sms(make_office, gateway, tmp_path)
    kill_rounds(scene, point, {**COMMON, **SMS}[point])
    assert gateway.received[0]["authorization"] == "Bearer token-bramki"
    assert not scene.office.tells("token-bramki")
