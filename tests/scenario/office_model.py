# SPDX-License-Identifier: AGPL-3.0-or-later
"""A second, much simpler office, told from the rules in words: what each act must come to.

It knows the words of docs/protocol.md and nothing else of the daemon. Each act either changes the
model or raises Refused with the code and, of a rule, the word that the daemon must answer.
"""
import dataclasses


class Refused(Exception):
    def __init__(self, code, detail=""):
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail


def rule(detail):
    return Refused("refused", detail)


@dataclasses.dataclass
class Charge:
    amount: int
    event: int = 0  # that it came with; 0: entered by hand
    invoiced: bool = False


@dataclasses.dataclass
class Request:
    id: int
    status: str = "new"
    closing_event: int = 0


@dataclasses.dataclass
class Letter:
    id: int
    direction: str
    client: int
    status: str
    version: int = 1
    removed: bool = False
    scans: list = dataclasses.field(default_factory=list)  # the events that they came with
    charges: dict = dataclasses.field(default_factory=dict)
    requests: list = dataclasses.field(default_factory=list)

    def open_request(self):
        return next((one for one in self.requests if one.status == "new"), None)

    def cost(self):
        return sum(charge.amount for charge in self.charges.values())

    def close(self, status, event):
        request = self.open_request()
        request.status, request.closing_event = status, event


class Model:
    PRICE = 500  # of a scan, in every package

    def __init__(self, clients, packages):
        """clients: {id: package id}."""
        self.allowed = True
        self.package_of = dict(clients)
        self.client_says = dict.fromkeys(clients, "inherit")
        self.package_says = dict.fromkeys(packages, "inherit")
        self.letters = {}
        self.undone = set()

    def why_not_ask(self, letter):
        own = self.client_says[letter.client]
        decisive = self.package_says[self.package_of[letter.client]] if own == "inherit" else own
        if not self.allowed:
            return "office_off"
        if decisive == "deny":
            return "package_denied" if own == "inherit" else "client_denied"
        if letter.direction == "outgoing":
            return "not_incoming"
        if letter.status != "awaiting_collection":
            return "not_waiting"
        if letter.scans:
            return "has_scan"
        return "already_open" if letter.open_request() else None

    def ask(self, letter):
        if self.why_not_ask(letter):
            raise rule(self.why_not_ask(letter))

    def cancel(self, request, event):
        if request.status != "new":
            raise rule("not_new")
        request.status, request.closing_event = "cancelled", event

    def scan(self, letter, request, cost, event):
        """request: the one that is answered; None: the letter's edit screen. The charge's amount."""
        if request is not None and request.status != "new":
            raise rule("not_new")
        if cost is None:
            cost = self.PRICE if letter.open_request() else 0
        if cost < 0:
            raise Refused("bad_request")
        if letter.open_request():
            letter.close("fulfilled", event)
        letter.scans.append(event)
        return cost

    def set_status(self, letter, status, cancel, event):
        if (status in ("to_send", "sent")) != (letter.direction == "outgoing"):
            raise Refused("bad_request")
        leaves = status not in ("awaiting_collection", "to_send") and status != letter.status
        if leaves and letter.open_request():
            if not cancel:
                raise rule("open_request")
            letter.close("cancelled", event)
        letter.status = status

    def collect(self, letter, cancel, event):
        if letter.removed:
            raise Refused("not_found")
        if letter.direction == "outgoing":
            raise rule("not_incoming")
        if letter.status != "awaiting_collection":
            raise rule("not_waiting")
        self.set_status(letter, "collected", cancel, event)

    def move(self, letter, client):
        if client == letter.client:
            return
        if letter.open_request():
            raise rule("open_request")
        if any(charge.invoiced for charge in letter.charges.values()):
            raise rule("invoiced")
        letter.client = client

    def touch(self, charge):
        if charge.invoiced:
            raise rule("invoiced")

    # ---- undo ----

    def reopen(self, letter, event, status):
        """Opens again what the event closed, where that was the last word about the letter."""
        closed = [one for one in letter.requests
                  if one.status != "new" and one.closing_event == event]
        if not closed:
            return False
        if letter.open_request():
            raise rule("already_open")
        others = [scan for scan in letter.scans if scan != event]
        if closed[0] is not letter.requests[-1] or others or status != "awaiting_collection":
            raise rule("too_late")
        closed[0].status = "new"
        return True

    def undo(self, event, letter, newer):
        """newer: whether the letter was handed over once more since."""
        number, kind = event["id"], event["kind"]
        if letter is None:
            raise rule("not_reversible")
        if number in self.undone:
            raise rule("too_late")
        if any(one.event == number and one.invoiced for one in letter.charges.values()):
            raise rule("invoiced")
        if letter.removed:
            raise Refused("not_found")
        if kind == "mail_collected":
            if letter.status != "collected" or newer:
                raise rule("too_late")
            self.reopen(letter, number, "awaiting_collection")
            letter.status = "awaiting_collection"
        elif kind in ("scan_request_cancelled", "scan_request_fulfilled"):
            if not self.reopen(letter, number, letter.status):
                raise rule("not_reversible")
        elif kind == "mail_registered":
            if letter.version != 1 or letter.requests:
                raise rule("too_late")
            letter.removed = True
        elif kind != "scan_attached":
            raise rule("not_reversible")
        letter.scans = [scan for scan in letter.scans if scan != number]
        letter.charges = {key: one for key, one in letter.charges.items() if one.event != number}
        self.undone.add(number)
