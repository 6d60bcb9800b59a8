# SPDX-License-Identifier: AGPL-3.0-or-later
"""Clients: found by what stands on an envelope, refused by field when something cannot be; and who
of the staff may do what."""
import re
import time

import pytest
from skrytka import TREE, Office, RpcError


def refused(connection, method, **params):
    with pytest.raises(RpcError) as error:
        connection.call(method, **params)
    return error.value


@pytest.fixture(scope="module")
def town(first_day, tmp_path_factory):
    """Some companies, as they are."""
    office = Office(tmp_path_factory.mktemp("town")).take_over(first_day).start()
    office.package("Standard", default_scan_cost=500)
    office.client("Łódź Meble Sp. z o.o.", ["biuro@lodzmeble.example.pl"], aliases=["ŁM Hurt"],
                  tax_id="526-025-02-74", phone="601 234 567")
    office.client("Żółta Łódź Podwodna", ["zolta@example.pl"])
    office.client("Kancelaria Świerszcz i Wspólnicy", ["swierszcz@example.com"],
                  aliases=["Adw. Jan Świerszcz"])
    office.client("Gdańska Stocznia S.A.", ["poczta@stocznia.example.pl"])
    for number in range(5, 14):
        office.client(f"Spółka numer {number}", [f"s{number}@example.pl"])
    yield office
    office.stop()


def found(office, text, **more):
    return [client["name"] for client in
            office.admin.call("client_search", text=text, **more)["clients"]]


LODZ, ZOLTA, LAW, YARD = ("Łódź Meble Sp. z o.o.", "Żółta Łódź Podwodna",
                          "Kancelaria Świerszcz i Wspólnicy", "Gdańska Stocznia S.A.")


@pytest.mark.parametrize("text, names", [
    ("lodz", [LODZ, ZOLTA]), ("ŁÓDŹ", [LODZ, ZOLTA]), ("lodz meb", [LODZ]), ("meb lodz", [LODZ]),
    ("Meble, Łódź!", [LODZ]), ("zolt", [ZOLTA]), ("zółt", [ZOLTA]), ("hurt", [LODZ]),
    ("lm", [LODZ]), ("swierszcz", [LAW]), ("adw jan", [LAW]), ("stocznia", [YARD]),
    ("biuro@lodzmeble", [LODZ]), ("5260250274", [LODZ]), ("526025", [LODZ]), ("gdansk", [YARD]),
    ("ańska", []), ("eble", []), ("nie ma takiej", []),
    ("001", [LODZ]), ("01", ["Spółka numer 10", "Spółka numer 11", "Spółka numer 12",
                             "Spółka numer 13"]),
])
def test_finding_a_client(town, text, names):
    assert sorted(found(town, text)) == sorted(names)


def test_digits_are_the_box_number_first(town):
    """1 begins 001's number without zeros, and 010 to 013."""
    assert found(town, "1") == [LODZ, "Spółka numer 10", "Spółka numer 11", "Spółka numer 12",
                                "Spółka numer 13"]
    assert found(town, "5") == ["Spółka numer 5"]


def test_the_most_used_comes_first(town):
    zolta = town.admin.call("client_search", text="podwodna")["clients"][0]
    before = found(town, "lodz")
    for _ in range(2):
        town.letter(zolta)
    assert before == [LODZ, ZOLTA] and found(town, "lodz") == [ZOLTA, LODZ]


def test_all_clients_by_pages(town):
    names, after = [], None
    while True:
        page = town.admin.call("client_search", limit=5, after=after)
        names += [client["name"] for client in page["clients"]]
        after = page["next"]
        if after is None:
            break
    assert len(names) == 13 == len(set(names)) and names[0] == LODZ


@pytest.mark.parametrize("typed", ("5260250274", "526-025-02-74", "526 025 02 74", "PL5260250274",
                                   "pl 526-02-50-274", "526025"))
def test_a_nip_is_found_as_it_is_printed(office, typed):
    office.client("Alfa", tax_id="5260250274")
    office.client("Beta")
    assert found(office, typed) == ["Alfa"]


def test_changed_names_are_found_anew(office):
    client = office.client("Stara Nazwa", aliases=["Ćma"])
    office.admin.call("client_save", id=client["id"], version=client["version"],
                      name="Nowa Nazwa", aliases=["Żuk"])
    assert found(office, "stara") == [] and found(office, "cma") == []
    assert found(office, "zuk") == ["Nowa Nazwa"]


def test_ended_contract(office):
    client = office.client("Dawna Sp. z o.o.")
    office.admin.call("client_save", id=client["id"], version=client["version"], active=False)
    assert found(office, "dawna") == []
    assert found(office, "dawna", ended_too=True) == ["Dawna Sp. z o.o."]
    office.client("Nowa Sp. z o.o.")
    assert found(office, "sp", ended_too=True) == ["Nowa Sp. z o.o.", "Dawna Sp. z o.o."]
    assert found(office, "0", ended_too=True)[-1] == "Dawna Sp. z o.o."


def test_senders_are_offered_by_use(office):
    alfa, beta = office.client("Alfa"), office.client("Beta")
    for client, sender in ((alfa, "Urząd Skarbowy"), (alfa, "Urząd Skarbowy"),
                           (beta, "Urząd Miasta"), (beta, "ZUS"), (beta, "ZUS"), (beta, "ZUS")):
        office.letter(client, counterparty=sender)
    def offered(**params):
        return [sender["name"] for sender in
                office.admin.call("sender_search", **params)["senders"]]
    assert offered(text="urz") == ["Urząd Skarbowy", "Urząd Miasta"]
    assert offered(text="urzad mi") == ["Urząd Miasta"]
    assert offered()[0] == "ZUS"
    assert offered(text="urz", client_id=beta["id"])[0] == "Urząd Miasta"
    for sender in ("Krajowy Rejestr Sądowy", "Krajowy Rejestr Sądowy", "Sąd Rejonowy"):
        office.letter(alfa, counterparty=sender)
    both = ["Sąd Rejonowy", "Krajowy Rejestr Sądowy"]
    assert offered(text="Sad") == both and offered(text="sąd", client_id=alfa["id"]) == both


def test_letters_are_found_by_words_and_number(office):
    alfa = office.client("Łódź Meble")
    first = office.letter(alfa, counterparty="Sąd Rejonowy", reference="RR123PL", shelf="A3")
    second = office.letter(alfa, counterparty="Zakład", note="pilne, zażalenie")
    def numbers(**params):
        return [item["id"] for item in office.admin.call("mail_list", **params)["items"]]
    assert numbers(text="sad rej") == [first["id"]]
    assert numbers(text="rr123") == [first["id"]]
    assert numbers(text="zazalenie") == [second["id"]]
    assert numbers(text="lodz") == [second["id"], first["id"]]
    assert numbers(text=str(second["id"])) == [second["id"]]
    assert numbers(reference="RR123PL") == [first["id"]] and numbers(reference="RR123") == []
    assert numbers(text="sad", status="collected") == []
    office.admin.call("mail_collect", ids=[first["id"]])
    assert numbers(status="collected") == [first["id"]]
    assert numbers(text="sad", status="collected") == [first["id"]]


@pytest.mark.parametrize("filters", [
    {"direction": "incoming"}, {"status": "awaiting_collection"}, {"client_id": 1},
    {"kind": "letter"}, {"direction": "incoming", "client_id": 1, "status": "awaiting_collection"},
    {"text": "urzad"}, {"from": "2020-01-01", "to": "2100-01-01"},
])
def test_letters_by_pages(office, filters):
    client = office.client()
    ids = [office.letter(client)["id"] for _ in range(7)]
    office.letter(office.client("Beta"), direction="outgoing", kind="parcel",
                  counterparty="Inny", date="2019-12-31")
    listed, after = [], None
    while True:
        page = office.admin.call("mail_list", limit=3, after=after, **filters)
        listed += [item["id"] for item in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert listed == ids[::-1]


# ---- what cannot be ----

@pytest.fixture(scope="module")
def one_package(shared_office):
    return shared_office.package("Jedyny")


@pytest.mark.parametrize("field, value", [
    ("name", ""), ("name", "  "), ("emails", ["nie adres"]), ("emails", [""]),
    ("tax_id", "5260250275"), ("tax_id", "123"), ("tax_id", "0000000000"), ("tax_id", "abcdefghij"),
    ("phone", "12"), ("phone", "telefon"), ("phone", "+48 123"), ("phone", "+4812345678901234567"),
    ("code", "x" * 13), ("code", "  "), ("language", "de"), ("allow_scan_requests", "maybe"),
    ("aliases", [" "]), ("aliases", "Alias"), ("active", 1),
])
def test_what_a_client_cannot_have(shared_office, one_package, field, value):
    client = {"name": "Nowa", "emails": [], "package_id": one_package["id"], field: value}
    error = refused(shared_office.admin, "client_save", **client)
    assert (error.code, error.field) == ("bad_request", field)
    assert shared_office.admin.call("client_search", ended_too=True)["clients"] == []


def test_package_that_there_is_not(shared_office):
    error = refused(shared_office.admin, "client_save", name="Nowa", emails=[], package_id=7)
    assert (error.code, error.field) == ("not_found", "package_id")


def test_what_is_written_in_many_ways_is_kept_in_one(office):
    client = office.client("  Alfa   ", tax_id="PL 526-025-02-74", phone="(601) 234-567")
    assert (client["name"], client["tax_id"], client["phone"]) == \
        ("Alfa", "5260250274", "+48601234567")


def test_box_numbers(office):
    first, second = office.client("Alfa"), office.client("Beta")
    assert (first["code"], second["code"]) == ("001", "002")
    special = office.client("Gamma", code="A-17")
    assert special["code"] == "A-17"
    assert office.client("Delta")["code"] == "003"
    error = refused(office.admin, "client_save", name="Epsilon", emails=[], package_id=1,
                    code="002")
    assert (error.code, error.field) == ("conflict", "code")
    assert found(office, "epsilon") == []


def test_names_of_packages_are_unique(office):
    office.package("Złoty")
    error = refused(office.admin, "package_save", name="Złoty")
    assert (error.code, error.field) == ("conflict", "name")


def test_one_address_at_two_clients(open_office, maildir):
    alfa = open_office.client("Alfa", ["wspolny@example.pl"])
    beta = open_office.client("Beta", ["wspolny@example.pl", "beta@example.pl"])
    first, second = open_office.letter(alfa), open_office.letter(beta)
    maildir.wait(to="wspolny@example.pl", count=2)
    maildir.wait(to="beta@example.pl", count=1)
    of_alfa = maildir.find(to="wspolny@example.pl", subject=f"(nr {first['id']})")
    assert len(of_alfa) == 1 and "Alfa" in of_alfa[0].text and "Beta" not in of_alfa[0].text
    assert maildir.find(to="beta@example.pl", subject=f"(nr {second['id']})")


def test_client_without_addresses(open_office):
    letter = open_office.letter(open_office.client("Cicha", []))
    open_office.admin.call("scan_request_create", item_id=letter["id"])
    open_office.wait_for_outbox()
    recipients = {message["recipient"] for message in open_office.outbox()["messages"]}
    assert recipients == {"biuro@example.pl"}


def test_letter_without_a_notice(open_office):
    open_office.letter(open_office.client(), notify=False)
    assert open_office.outbox()["messages"] == []


@pytest.mark.parametrize("field, value", [
    ("office_phones", ["123"]), ("office_phones", ["nie numer"]), ("office_emails", ["x"]),
    ("office_name", " "), ("time_zone", "Mars/Olympus"), ("time_zone", "../etc/passwd"),
    ("language", "fr"), ("notify_sms", "yes"),
])
def test_what_settings_cannot_be(shared_office, field, value):
    before = shared_office.admin.call("settings_get")
    error = refused(shared_office.admin, "settings_save", **{field: value})
    assert (error.code, error.field) == ("bad_request", field)
    assert shared_office.admin.call("settings_get") == before


# ---- who may ----

def methods_of_the_manual():
    """(method, role) of every row in docs/protocol.md."""
    with open(f"{TREE}/docs/protocol.md", encoding="utf-8") as file:
        section = file.read().split("## Methods")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|[^|]*\|[^|]*\| (\w+) \|", section, re.MULTILINE)


METHODS = methods_of_the_manual()


def test_the_manual_tells_all_methods():
    assert len(METHODS) >= 36 and ("user_save", "administrator") in METHODS


@pytest.fixture(scope="module")
def three(shared_office):
    return {"nobody": shared_office.connect_tcp(), "clerk": shared_office.clerk(),
            "administrator": shared_office.admin}


@pytest.mark.parametrize("method, role", METHODS)
def test_role_of_each_method(three, method, role):
    for who, connection in three.items():
        try:
            connection.call(method, key=None)
            code = None
        except RpcError as error:
            code = error.code
        if role != "anyone" and who == "nobody":
            assert code == "unauthenticated"
        elif role == "administrator" and who == "clerk":
            assert code == "forbidden"
        else:
            assert code not in ("forbidden", "unauthenticated") or method == "hello"


def test_permission_of_a_client_is_for_administrators(office):
    client = office.client()
    clerk = office.clerk()
    error = refused(clerk, "client_save", id=client["id"], version=client["version"],
                    allow_scan_requests="allow")
    assert (error.code, error.field) == ("forbidden", "allow_scan_requests")
    clerk.call("client_save", id=client["id"], version=client["version"], phone="600100200")


# ---- staff users ----

@pytest.mark.parametrize("field, value", [
    ("login", ""), ("login", "z spacją"), ("login", "@local"), ("login", "x" * 33),
    ("login", "-x"), ("login", "ąę"), ("role", "boss"), ("password", "krotkie"),
])
def test_what_a_user_cannot_have(shared_office, field, value):
    error = refused(shared_office.admin, "user_save", **{"login": "ewa", "role": "clerk", field: value})
    assert (error.code, error.field) == ("bad_request", field)
    assert len(shared_office.admin.call("user_list")["users"]) == 2


def test_logins_and_os_users_are_unique(shared_office):
    for fields in ({"login": "jan"}, {"login": "ewa", "os_user": shared_office.admin.call(
            "user_list")["users"][0]["os_user"]}):
        error = refused(shared_office.admin, "user_save", role="clerk", **fields)
        assert (error.code, error.field) == ("conflict", "login")


def test_the_last_administrator_stays(shared_office):
    anna = shared_office.admin.call("user_list")["users"][0]
    for change in ({"role": "clerk"}, {"active": False}):
        error = refused(shared_office.admin, "user_save", id=anna["id"], version=anna["version"], **change)
        assert (error.code, error.detail) == ("refused", "last_administrator")


def test_a_new_password_counts_at_once(office):
    jan = office.admin.call("user_list")["users"][1]
    office.admin.call("user_save", id=jan["id"], version=jan["version"], password="inne-tajne-haslo")
    error = refused(office.connect_tcp(), "hello", protocol=1, login="jan", password="tajne-haslo")
    assert error.code == "unauthenticated"
    office.connect_tcp().sign_in("jan", "inne-tajne-haslo")


def test_wrong_passwords_do_not_lock_out(office):
    """Ten tries in a row cost at most five seconds, and the right one still opens."""
    connection = office.connect_tcp()
    begin = time.monotonic()
    for _ in range(10):
        refused(connection, "hello", protocol=1, login="jan", password="zgadywanka")
    assert time.monotonic() - begin < 20  # with ten comparisons on a busy machine
    office.connect_tcp().sign_in("jan", "tajne-haslo")


def test_an_invitation_goes_to_all_addresses(office):
    client = office.client("Alfa Sp. z o.o.", ["jan@alfa.example.pl", "ewa@alfa.example.pl"])
    watching = office.clerk()
    watching.call("events_subscribe")
    assert office.clerk().call("client_invite", id=client["id"])["id"] == client["id"]
    watching.next_event("client_changed", client_id=client["id"], detail="invited")
    messages = office.outbox()["messages"]
    assert sorted(one["recipient"] for one in messages) == client["emails"][::-1]
    assert {one["subject"] for one in messages} == {"Twoja poczta w internecie: Wirtualne Biuro"}


def test_who_cannot_sign_in_is_not_invited(office):
    silent = office.client("Cicha S.A.", [])
    assert refused(office.admin, "client_invite", id=silent["id"]).field == "emails"
    ended = office.client("Dawna S.A.", ["biuro@dawna.example.pl"])
    office.admin.call("client_save", id=ended["id"], version=ended["version"], active=False)
    assert refused(office.admin, "client_invite", id=ended["id"]).field == "active"
    assert refused(office.admin, "client_invite", id=999999).code == "not_found"
    assert office.outbox()["messages"] == []
