# SPDX-License-Identifier: AGPL-3.0-or-later
"""Repeating a change under its key, and changing what somebody else changed meanwhile."""
import uuid

import pytest
from skrytka import RpcError


def refused(connection, method, **params):
    with pytest.raises(RpcError) as error:
        connection.call(method, **params)
    return error.value


@pytest.fixture
def key():
    return str(uuid.uuid4())


def count_events(office):
    return len(office.admin.call("event_list", limit=200)["events"])


def test_the_same_key_gives_the_first_result(open_office, maildir, key):
    client = open_office.client()
    first = open_office.letter(client, key=key)
    events = count_events(open_office)
    assert open_office.letter(client, key=key) == first
    assert open_office.letter(client, key=key, counterparty="Ktoś inny") == first
    assert count_events(open_office) == events
    assert [item["id"] for item in open_office.admin.call("mail_list")["items"]] == [first["id"]]
    assert len(maildir.find(to="alfa@example.pl")) <= 1
    open_office.wait_for_outbox()
    maildir.wait(to="alfa@example.pl", count=1)


def test_every_kind_of_change_takes_a_key(open_office, key):
    """What is done once by a key stays done once, whatever the method."""
    admin = open_office.admin
    package = open_office.package("P", key=f"{key}-package")
    client = open_office.client("Alfa", package=package, key=f"{key}-client")
    letter = open_office.letter(client, key=f"{key}-letter")
    request = admin.call("scan_request_create", item_id=letter["id"], key=f"{key}-ask")
    charged = admin.call("charge_save", item_id=letter["id"], amount=100, key=f"{key}-charge")
    cancelled = admin.call("scan_request_cancel", id=request["id"], key=f"{key}-cancel")
    collected = admin.call("mail_collect", ids=[letter["id"]], key=f"{key}-collect")
    events = count_events(open_office)
    assert open_office.package("P", key=f"{key}-package") == package
    assert open_office.client("Alfa", package=package, key=f"{key}-client") == client
    assert open_office.letter(client, key=f"{key}-letter") == letter
    assert admin.call("scan_request_create", item_id=letter["id"], key=f"{key}-ask") == request
    assert admin.call("charge_save", item_id=letter["id"], amount=100,
                      key=f"{key}-charge") == charged
    assert admin.call("scan_request_cancel", id=request["id"], key=f"{key}-cancel") == cancelled
    assert admin.call("mail_collect", ids=[letter["id"]], key=f"{key}-collect") == collected
    assert count_events(open_office) == events


def test_key_of_another_method(open_office, key):
    client = open_office.client()
    open_office.letter(client, key=key)
    error = refused(open_office.admin, "package_save", name="Inny", key=key)
    assert (error.code, error.field) == ("conflict", "key")
    assert len(open_office.admin.call("package_list")["packages"]) == 1


def test_keys_belong_to_their_user(open_office, key):
    client = open_office.client()
    first = open_office.letter(client, key=key)
    clerk = open_office.clerk()
    other = clerk.call("mail_register", direction="incoming", client_id=client["id"],
                       counterparty="Sąd", key=key)
    assert other["id"] != first["id"] and other["registered_by"] == "jan"


def test_key_of_a_refused_call_is_free(open_office, key):
    error = refused(open_office.admin, "mail_register", direction="incoming", client_id=99,
                    counterparty="Sąd", key=key)
    assert error.code == "not_found"
    client = open_office.client()
    assert open_office.letter(client, key=key)["id"] == 1


def test_key_outlives_the_daemon(open_office, key):
    client = open_office.client()
    first = open_office.letter(client, key=key)
    open_office.stop()
    open_office.start()
    assert open_office.letter(client, key=key) == first


def test_the_same_key_twice_at_once(open_office, key):
    client = open_office.client()
    admin = open_office.admin
    calls = [admin.send("mail_register", direction="incoming", client_id=client["id"],
                        counterparty="Sąd", key=key) for _ in range(20)]
    results = [admin.wait(call) for call in calls]
    assert all(result == results[0] for result in results)
    assert len(admin.call("mail_list")["items"]) == 1


# ---- versions ----

def test_stale_version_of_a_letter(open_office):
    letter = open_office.letter(open_office.client())
    clerk = open_office.clerk()
    changed = clerk.call("mail_save", id=letter["id"], version=letter["version"], note="pierwsza")
    assert changed["version"] > letter["version"]
    error = refused(open_office.admin, "mail_save", id=letter["id"], version=letter["version"],
                    note="druga")
    assert (error.code, error.field) == ("conflict", "version")
    assert open_office.get(letter)["note"] == "pierwsza"


@pytest.mark.parametrize("thing", ["client", "package", "user", "charge", "settings"])
def test_stale_version(open_office, thing):
    admin = open_office.admin
    client = open_office.client()
    record, change = {
        "client": lambda: (client, {"phone": "600100200"}),
        "package": lambda: (admin.call("package_list")["packages"][0], {"default_scan_cost": 1}),
        "user": lambda: (admin.call("user_list")["users"][1], {"name": "Jan Nowy"}),
        "charge": lambda: (admin.call("charge_save", item_id=open_office.letter(client)["id"],
                                      amount=100)["charges"][0], {"amount": 200}),
        "settings": lambda: (admin.call("settings_get"), {"office_name": "Nowa nazwa"}),
    }[thing]()
    identity = {"id": record["id"]} if thing != "settings" else {}
    admin.call(f"{thing}_save", **identity, version=record["version"], **change)
    error = refused(admin, f"{thing}_save", **identity, version=record["version"], **change)
    assert (error.code, error.field) == ("conflict", "version")
    if thing != "settings":
        error = refused(admin, f"{thing}_save", **identity, **change)
        assert (error.code, error.field) == ("bad_request", "version")


@pytest.mark.parametrize("method, needed", [
    ("client_save", ["name", "emails", "package_id"]), ("package_save", ["name"]),
    ("user_save", ["login", "role"]), ("charge_save", ["item_id", "amount"]),
])
def test_a_new_record_needs_its_fields(open_office, method, needed):
    item = open_office.letter(open_office.client())
    values = {"name": "Nowa", "emails": [], "package_id": 1, "login": "nowy", "role": "clerk",
              "item_id": item["id"], "amount": 100}
    for missing in needed:
        given = {name: values[name] for name in needed if name != missing}
        error = refused(open_office.admin, method, **given)
        assert (error.code, error.field) == ("bad_request", missing)
    open_office.admin.call(method, **{name: values[name] for name in needed})


def test_saving_changes_only_what_is_given(open_office):
    client = open_office.client(aliases=["Alfa Hurt", "AH"], phone="+48600100200",
                                tax_id="5260250274", language="en", allow_scan_requests="allow")
    changed = open_office.admin.call("client_save", id=client["id"], version=client["version"],
                                     name="Alfa Nowa")
    differing = {name for name in client if client[name] != changed[name]}
    assert differing == {"name", "version"}

    letter = open_office.letter(client, reference="RR1", note="uwaga\ndruga", shelf="A3")
    changed = open_office.admin.call("mail_save", id=letter["id"], version=letter["version"],
                                     shelf="B1")
    assert {name for name in letter if letter[name] != changed[name]} == {"shelf", "version"}

    settings = open_office.admin.call("settings_get")
    changed = open_office.admin.call("settings_save", notify_sms=True)
    assert {name for name in settings if settings[name] != changed[name]} == \
        {"notify_sms", "version"}


def test_an_empty_text_takes_a_field_away(open_office):
    client = open_office.client(phone="+48600100200", tax_id="5260250274", aliases=["AH"])
    changed = open_office.admin.call("client_save", id=client["id"], version=client["version"],
                                     phone="", tax_id="", aliases=[])
    assert (changed["phone"], changed["tax_id"], changed["aliases"]) == (None, None, [])


def test_two_people_at_one_request(open_office):
    """Of two who act on one request exactly one wins; the other is told why not."""
    _, request = open_office.asked_letter()
    people = [open_office.connect().sign_in(), open_office.clerk()]
    calls = [(person, person.send("scan_request_cancel", id=request["id"])) for person in people]
    outcomes = []
    for person, call in calls:
        try:
            outcomes.append(person.wait(call)["status"])
        except RpcError as error:
            outcomes.append(error.detail)
    assert sorted(outcomes) == ["cancelled", "not_new"]
