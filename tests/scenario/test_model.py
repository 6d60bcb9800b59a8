# SPDX-License-Identifier: AGPL-3.0-or-later
"""Thousands of random acts of an office, through the protocol, each also done in a model
(office_model.py): how it ends, what the letter looks like afterwards, what may be done with it.
Now and then a call is repeated under its key, and the daemon is killed. A run repeats itself from
its seed: SKRYTKA_MODEL_SEED=7 SKRYTKA_MODEL_ACTS=20000."""
import copy
import itertools
import os
import random

import pytest
from office_model import Charge, Letter, Model, Refused, Request
from samples import pdf
from skrytka import RpcError

ACTS = int(os.environ.get("SKRYTKA_MODEL_ACTS", "3000"))
SEED = int(os.environ.get("SKRYTKA_MODEL_SEED", "20261128"))
HOLD_SECONDS = 3600
STATUSES = ["awaiting_collection", "collected", "forwarded", "destroyed", "to_send", "sent"]


class Player:
    def __init__(self, office):
        self.office = office
        self.chance = random.Random(SEED)
        office.allow_requests()
        packages = [office.package(name, default_scan_cost=Model.PRICE)["id"]
                    for name in ("Standard", "Duży")]
        clients = {office.client(name, package={"id": packages[i % 2]})["id"]: packages[i % 2]
                   for i, name in enumerate(("Alfa", "Beta", "Gamma"))}
        self.model = Model(clients, packages)
        self.keys = itertools.count(1)
        self.events = []
        self.book = []  # every event, as event_list tells it
        self.connect()
        self.read_events()

    def connect(self):
        self.everybody = [self.office.admin, self.office.clerk()]
        self.people = self.everybody  # who does the next act
        self.watching = self.office.connect().sign_in()
        last = self.book[-1]["id"] if self.book else 0
        self.watching.call("events_subscribe", after=last)

    def restart(self):
        self.office.kill()
        self.office.start()
        self.connect()

    def read_events(self):
        """What the last call has brought about; the live feed tells the same, in the same order."""
        last = self.book[-1]["id"] if self.book else 0
        self.events = self.office.admin.call("event_list", after=last, limit=200)["events"]
        for event in self.events:
            assert self.watching.next_event()["id"] == event["id"]
        self.book += self.events

    def event_of(self, *kinds, letter):
        return [event["id"] for event in self.events
                if event["kind"] in kinds and event["item_id"] == letter.id][-1]

    def call(self, method, **params):
        """The result and None, or None and the error; 15 % of the calls are made twice."""
        key = f"model-{next(self.keys)}"
        who = self.chance.choice(self.people)
        error = result = None
        for _ in range(1 + (self.chance.random() < 0.15)):
            before = result
            try:
                result, error = who.call(method, key=key, **params), None
            except RpcError as refusal:
                result, error = None, refusal
            assert before in (None, result), f"{method} under the same key answers differently"
        self.read_events()
        return result, error

    def act(self, letters, predict, method, **params):
        """Calls, and has the model do the same. Answers the result, None when it was refused."""
        result, error = self.call(method, **params)
        kept = copy.deepcopy(letters)
        try:
            predict(result)
            expected = None
        except Refused as refusal:
            expected = refusal
            for letter, old in zip(letters, kept):
                letter.__dict__.update(old.__dict__)
        story = f"seed {SEED}: {method} {params}: {error} instead of {expected}"
        assert (error is None) == (expected is None), story
        if expected is not None:
            assert error.code == expected.code, story
            assert expected.code != "refused" or error.detail == expected.detail, story
            assert not self.events, "something refused has left an event"
        for letter in letters:
            self.compare(letter)
        return result

    # ---- comparing ----

    def compare(self, letter):
        try:
            now = self.office.admin.call("mail_get", id=letter.id)
        except RpcError as error:
            assert letter.removed and error.code == "not_found", letter
            return
        newest = letter.requests[-1] if letter.requests else None
        told = now["request"]
        assert not letter.removed
        assert (now["direction"], now["client_id"], now["status"]) == \
            (letter.direction, letter.client, letter.status)
        assert len(now["scans"]) == len(letter.scans)
        assert {one["id"]: (one["amount"], one["invoice_number"] is not None)
                for one in now["charges"]} == \
            {key: (one.amount, one.invoiced) for key, one in letter.charges.items()}
        assert now["cost"] == letter.cost()
        assert (told and (told["id"], told["status"])) == (newest and (newest.id, newest.status))
        assert not told or bool(told["can"]) == (told["status"] == "new")
        assert ("mail_collect" in now["can"]) == (letter.status == "awaiting_collection")
        assert ("scan_request_create" in now["can"]) == (self.model.why_not_ask(letter) is None)
        letter.version = now["version"]

    def compare_all(self):
        admin = self.office.admin
        living = [one for one in self.model.letters.values() if not one.removed]
        for letter in living:
            self.compare(letter)
        totals = dict.fromkeys(self.model.client_says, 0)
        for letter in living:
            totals[letter.client] += letter.cost()
        summary = admin.call("settlement_summary", **{"from": "2000-01-01", "to": "2199-12-31"})
        told = {one["client_id"]: one["total"] for one in summary["clients"]}
        assert {client: told.get(client, 0) for client in totals} == totals
        assert summary["total"] == sum(totals.values())
        opened = {one.open_request().id for one in living if one.open_request()}
        assert {one["id"] for one in self.pages("scan_request_list", "requests", status="new")} == opened
        assert admin.call("scan_request_list", limit=1)["new_count"] == len(opened)
        assert [one["id"] for one in self.pages("mail_list", "items")] == \
            sorted((one.id for one in living), reverse=True)

    def pages(self, method, rows, **params):
        found, after = [], None
        while True:
            page = self.office.admin.call(method, limit=self.chance.randrange(7, 60), **params,
                                          **({} if after is None else {"after": after}))
            found += page[rows]
            after = page["next"]
            if after is None:
                return found

    # ---- what people do ----

    def some_letter(self):
        """The newest are used most, as in life."""
        letters = list(self.model.letters.values())
        letters = letters[-12:] if self.chance.random() < 0.85 else letters
        letters = [one for one in letters if not one.removed]
        return self.chance.choice(letters) if letters else None

    def learn_charges(self, letter, event, expected):
        now = self.office.admin.call("mail_get", id=letter.id)["charges"]
        new = [one for one in now if one["id"] not in letter.charges]
        assert [one["amount"] for one in new] == expected
        for one in new:
            letter.charges[one["id"]] = Charge(one["amount"], event)

    def register(self):
        direction = self.chance.choice(["incoming"] * 3 + ["outgoing"])
        client = self.chance.choice(list(self.model.client_says))
        params = {"cost": 300} if self.chance.random() < 0.2 else {}
        who = self.chance.choice(self.people)
        if self.chance.random() < 0.2:
            self.people = [who]  # an upload is its sender's own
            params["uploads"] = [who.upload(pdf())]
        made, error = self.call("mail_register", direction=direction, client_id=client,
                                counterparty="Nadawca", **params)
        self.people = self.everybody
        assert error is None
        letter = Letter(made["id"], direction, client,
                        "to_send" if direction == "outgoing" else "awaiting_collection")
        self.model.letters[letter.id] = letter
        event = self.event_of("mail_registered", letter=letter)
        letter.scans = [event] * len(params.get("uploads", []))
        self.learn_charges(letter, event, [300] if "cost" in params else [])
        self.compare(letter)

    def ask(self, letter):
        made = self.act([letter], lambda made: self.model.ask(letter) or
                        letter.requests.append(Request(made["id"])),
                        "scan_request_create", item_id=letter.id)
        assert made is None or made["status"] == "new"

    def cancel(self, letter):
        if letter.requests:
            request = self.chance.randrange(len(letter.requests))
            self.act([letter], lambda made: self.model.cancel(
                letter.requests[request],
                made and self.event_of("scan_request_cancelled", letter=letter)),
                "scan_request_cancel", id=letter.requests[request].id)

    def scan(self, letter):
        """By the letter's edit screen or by a request: both close what is open."""
        cost = self.chance.choice([None, None, None, 0, 1234, -5])
        request = self.chance.choice(letter.requests) \
            if letter.requests and self.chance.random() < 0.7 else None
        who = self.chance.choice(self.people)
        params = {"uploads": [who.upload(pdf())], **({} if cost is None else {"cost": cost})}
        if request:
            call = ("scan_request_fulfil", "id", request.id)
        else:
            call = ("scan_attach", "item_id", letter.id)

        def predict(made):
            event = made and self.event_of("scan_request_fulfilled", "scan_attached", letter=letter)
            amount = self.model.scan(letter, request, cost, event)
            self.learn_charges(letter, event, [amount] if amount else [])
        self.people = [who]
        if self.act([letter], predict, call[0], **{call[1]: call[2]}, **params) is None:
            who.call("scan_drop", upload=params["uploads"][0])
        self.people = self.everybody

    def collect(self, _):
        letters = [one for one in (self.some_letter() for _ in range(self.chance.randrange(1, 4))) if one]
        cancel = self.chance.random() < 0.5

        def predict(made):
            for letter in letters:
                self.model.collect(letter, cancel,
                                   made and self.event_of("mail_collected", letter=letter))
        if letters:
            self.act(letters, predict, "mail_collect", ids=[one.id for one in letters],
                     cancel_requests=cancel)

    def save(self, letter):
        stale = self.chance.random() < 0.1
        cancel = self.chance.random() < 0.5
        client = self.chance.choice(list(self.model.client_says))
        status = self.chance.choice(STATUSES)
        moves = self.chance.random() < 0.25

        def predict(made):
            if stale:
                raise Refused("conflict")
            event = made and self.event_of("mail_changed", "mail_collected", letter=letter)
            if moves:
                self.model.move(letter, client)
            else:
                self.model.set_status(letter, status, cancel, event)
        self.act([letter], predict, "mail_save", id=letter.id, version=letter.version - stale,
                 cancel_requests=cancel, **({"client_id": client} if moves else {"status": status}))

    def charge(self, letter):
        amount = self.chance.choice([0, self.chance.randrange(-1000, 1000)])

        def predict(_):
            if amount == 0:
                raise Refused("bad_request")
            self.learn_charges(letter, 0, [amount])
        self.act([letter], predict, "charge_save", item_id=letter.id, amount=amount)

    def on_charge(self, letter):
        """Changes, removes or invoices one."""
        if not letter.charges:
            return
        number = self.chance.choice(list(letter.charges))
        way = self.chance.choice(["change", "remove", "invoice"])
        version = [one["version"] for one in self.office.get({"id": letter.id})["charges"]
                   if one["id"] == number][0]

        def predict(_):
            self.model.touch(letter.charges[number])
            if way == "change":
                letter.charges[number].amount = 77
            elif way == "remove":
                del letter.charges[number]
            else:
                letter.charges[number].invoiced = True
        if way == "change":
            self.act([letter], predict, "charge_save", id=number, version=version, amount=77)
        elif way == "remove":
            self.act([letter], predict, "charge_remove", id=number)
        else:
            self.act([letter], predict, "charge_invoice", ids=[number], number="FV 1",
                     date="2026-11-30")

    def undo(self, _):
        young = [one for one in self.book if one["at"] > self.book[-1]["at"] - HOLD_SECONDS / 2]
        event = self.chance.choice(young[-8:] if self.chance.random() < 0.9 else young)
        letter = self.model.letters.get(event["item_id"])
        newer = any(one["kind"] == "mail_collected" and one["item_id"] == event["item_id"]
                    and one["id"] > event["id"] for one in self.book)
        self.act([letter] if letter else [],
                 lambda _: self.model.undo(event, letter, newer), "undo", event_id=event["id"])

    def permission(self, _):
        admin, model = self.office.admin, self.model
        says = self.chance.choice(["inherit", "inherit", "inherit", "allow", "deny"])
        what = self.chance.randrange(6)
        if what == 0:
            model.allowed = self.chance.random() < 0.8
            admin.call("settings_save", allow_scan_requests=model.allowed)
        elif what < 3:
            package = self.chance.choice(admin.call("package_list")["packages"])
            admin.call("package_save", id=package["id"], version=package["version"],
                       allow_scan_requests=says)
            model.package_says[package["id"]] = says
        else:
            client = admin.call("client_get", id=self.chance.choice(list(model.client_says)))
            admin.call("client_save", id=client["id"], version=client["version"],
                       allow_scan_requests=says)
            model.client_says[client["id"]] = says
        self.read_events()

    def one_act(self):
        often = {self.ask: 20, self.cancel: 8, self.scan: 12, self.collect: 10, self.save: 10,
                 self.charge: 5, self.on_charge: 6, self.undo: 14, self.permission: 2}
        letter = self.some_letter()
        if letter is None or self.chance.random() < 0.12:
            self.register()
        else:
            self.chance.choices(list(often), list(often.values()))[0](letter)


@pytest.mark.timeout(600)
def test_the_office_and_its_model(make_office):
    office = make_office({"mail": {"hold_seconds": HOLD_SECONDS}})
    player = Player(office)
    for number in range(1, ACTS + 1):
        player.one_act()
        if number % 500 == 0:
            player.restart()
        if number % 250 == 0:
            player.compare_all()
    player.compare_all()
    assert len(player.model.letters) > ACTS // 20
