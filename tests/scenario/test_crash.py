# SPDX-License-Identifier: AGPL-3.0-or-later
"""kill -9 in the middle of work: what was acknowledged is there, what is repeated under its key
happens once, and no message is lost."""
import os
import random
import threading
import uuid

from postbox import Maildir
from samples import pdf
from skrytka import Closed, wait_until

KILLS = 8


class Worker(threading.Thread):
    """A terminal that registers letters until its daemon is gone; it repeats under the same key
    what was not answered."""

    def __init__(self, desk, client):
        super().__init__()
        self.desk, self.client = desk, client
        self.acknowledged = {}  # key -> letter
        self.open = {}          # key -> what was asked for

    def call(self, connection, key):
        self.open[key] = self.open.get(key) or f"Nadawca {uuid.uuid4()}"
        return key, connection.send("mail_register", direction="incoming", key=key,
                                    client_id=self.client["id"], counterparty=self.open[key])

    def run(self):
        try:
            connection = self.desk.connect().sign_in()
            calls = [self.call(connection, key) for key in self.open]
            while True:
                calls += [self.call(connection, str(uuid.uuid4())) for _ in range(5 - len(calls))]
                key, call = calls.pop(0)
                self.acknowledged[key] = connection.wait(call)
                del self.open[key]
        except (Closed, OSError):
            pass


def letters(office):
    items, after = [], None
    while True:
        page = office.admin.call("mail_list", limit=200, after=after)
        items += page["items"]
        after = page["next"]
        if after is None:
            return items


def test_killed_again_and_again(office):
    clients = [office.client(f"Spółka {number}", [f"s{number}@example.pl"]) for number in range(3)]
    noise = random.Random(20201208)
    acknowledged, unanswered = {}, [{} for _ in clients]
    for _ in range(KILLS):
        workers = [Worker(office, client) for client in clients]
        for worker, left in zip(workers, unanswered):
            worker.open = left
            worker.start()
        goal = noise.randrange(1, 60)
        before = len(acknowledged)
        wait_until(lambda: sum(len(worker.acknowledged) for worker in workers) >= goal,
                   f"{goal} letters")
        office.process.kill()
        office.process.wait()
        for worker in workers:
            worker.join()
            acknowledged.update(worker.acknowledged)
        unanswered = [dict(worker.open) for worker in workers]
        office.process = None
        office.close_connections()
        office.start()
        assert len(acknowledged) > before

    # The last repeats, in peace.
    for client, left in zip(clients, unanswered):
        for key, sender in left.items():
            acknowledged[key] = office.admin.call("mail_register", direction="incoming", key=key,
                                                  client_id=client["id"], counterparty=sender)
    present = {item["id"]: item for item in letters(office)}
    senders = [item["counterparty"] for item in present.values()]
    assert len(senders) == len(set(senders)), "something was done twice under one key"
    for letter in acknowledged.values():
        assert present[letter["id"]]["counterparty"] == letter["counterparty"]
    assert len(present) == len(acknowledged)
    events = [event["item_id"] for event in all_events(office, "mail_registered")]
    assert sorted(events) == sorted(present)

    # Each letter's e-mail came; a second copy of one that was on its way has the same name.
    office.wait_for_outbox()
    mails = Maildir(office).letters()
    ids = [mail.message["Message-ID"] for mail in mails]
    assert len(ids) == len(set(ids)) == len(present)


def all_events(office, kind):
    events, after = [], 0
    while True:
        page = office.admin.call("event_list", kind=kind, after=after, limit=200)
        events += page["events"]
        after = page["next"]
        if after is None:
            return events


def test_killed_while_files_come(office):
    """A file that scan_end acknowledged is there, whole; one that it did not is nowhere."""
    letter = office.letter(office.client())
    contents = [pdf(padding=100_000 + number) for number in range(6)]
    done = [office.admin.upload(content) for content in contents[:3]]
    half = office.admin.call("scan_begin", name="x.pdf", size=len(contents[3]))["upload"]
    office.admin.call("scan_data", upload=half, offset=0, data=contents[3][:50_000])
    office.kill()
    office.start()
    item = office.admin.call("scan_attach", item_id=letter["id"], uploads=done)
    assert [office.admin.read_scan(scan) for scan in item["scans"]] == contents[:3]
    verified = office.command("verify")
    assert verified.returncode == 0, verified.stderr


def test_killed_with_messages_waiting(make_office):
    """What was to be sent is sent by the next daemon."""
    office = make_office({"mail": {"hold_seconds": 3600}})
    office.letter(office.client())
    assert office.outbox()["waiting"] == 1
    office.kill()
    office.pass_time(3601)
    office.start()
    assert Maildir(office).wait(to="alfa@example.pl").subject.startswith("Nowa poczta")


def test_stopped_and_started(open_office):
    """An orderly end loses nothing either, and leaves no socket behind."""
    letter, request = open_office.asked_letter()
    before = [open_office.get(letter), open_office.admin.call("event_list", limit=200)]
    open_office.stop()
    assert not os.path.exists(open_office.socket_path)
    open_office.start()
    assert [open_office.get(letter), open_office.admin.call("event_list", limit=200)] == before
    assert open_office.admin.call("scan_request_get", id=request["id"])["status"] == "new"
