# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a peer may send: each kind of nonsense gets a clear error or the end of its connection,
changes nothing, takes no memory, and leaves the daemon answering everybody else."""
import os
import random
import socket
import struct
import threading

import msgpack
import pytest
from skrytka import Closed, Office, RpcError

MEBIBYTE = 1 << 20
# What one connection may cost besides; a header that is believed costs gigabytes.
GROWTH = 64 * MEBIBYTE


@pytest.fixture(scope="module")
def daemon(first_day, tmp_path_factory):
    office = Office(tmp_path_factory.mktemp("protocol")).take_over(first_day)
    # A sanitizer keeps what was freed for a while; here it must not hide what is never freed.
    asan = f"{os.environ.get('ASAN_OPTIONS', '')}:quarantine_size_mb=8"
    office.environment = lambda: dict(Office.environment(office), ASAN_OPTIONS=asan)
    office.start()
    office.some_client = office.client()
    yield office
    office.stop()


@pytest.fixture(autouse=True)
def unharmed(daemon):
    """After each test: the same data, about the same memory, and it answers."""
    before = daemon.resident_bytes()
    items = daemon.admin.call("mail_list", limit=200)["items"]
    yield
    daemon.close_others()
    assert daemon.admin.call("mail_list", limit=200)["items"] == items
    assert daemon.resident_bytes() < before + GROWTH


@pytest.fixture(autouse=True, scope="module")
def keep_admin(daemon):
    def close_others():
        for connection in daemon.connections:
            if connection is not daemon.admin:
                connection.close()
        daemon.connections = [daemon.admin]
    daemon.close_others = close_others


def error_of(connection, method, **params):
    with pytest.raises(RpcError) as error:
        connection.call(method, **params)
    return error.value


def registration(daemon, **fields):
    return {"direction": "incoming", "client_id": daemon.some_client["id"],
            "counterparty": "Urząd", **fields}


# ---- the first call ----

@pytest.mark.parametrize("method", ["mail_list", "events_subscribe", "scan_begin", "user_save",
                                    "no_such_method"])
def test_hello_comes_first(daemon, method):
    for connection in (daemon.connect(), daemon.connect_tcp()):
        assert error_of(connection, method).code == "unauthenticated"
        assert error_of(connection, method, id=1).code == "unauthenticated"


@pytest.mark.parametrize("params, code, field", [
    ({}, "bad_request", "protocol"),
    ({"protocol": "1"}, "bad_request", "protocol"),
    ({"protocol": 2}, "bad_request", "protocol"),
    ({"protocol": 1, "login": 7}, "bad_request", "login"),
    ({"protocol": 1, "language": "de"}, "bad_request", "language"),
    ({"protocol": 1}, "unauthenticated", "login"),
    ({"protocol": 1, "login": "jan"}, "unauthenticated", "password"),
    ({"protocol": 1, "login": "jan", "password": "zgadywanie"}, "unauthenticated", "password"),
    ({"protocol": 1, "login": "nikt", "password": "zgadywanie"}, "unauthenticated", "password"),
    ({"protocol": 1, "login": "@local"}, "unauthenticated", "password"),
])
def test_bad_hello(daemon, params, code, field):
    connection = daemon.connect_tcp()
    error = error_of(connection, "hello", **params)
    assert (error.code, error.field) == (code, field)
    assert error_of(connection, "mail_list").code == "unauthenticated"
    connection.sign_in("jan", "tajne-haslo")


def test_hello_tells_what_a_terminal_needs(daemon):
    hello = daemon.connect_tcp().sign_in("jan", "tajne-haslo").hello
    assert (hello["user"], hello["name"], hello["role"]) == ("jan", "Jan Kowalski", "clerk")
    assert hello["server_version"] and hello["time_zone"] == "Europe/Warsaw"
    events = daemon.admin.call("event_list", newest_first=True, limit=1)["events"]
    assert hello["last_event"] == events[0]["id"]


def test_same_words_for_unknown_login_and_wrong_password(daemon):
    errors = [error_of(daemon.connect_tcp(), "hello", protocol=1, login=login, password="zla-proba")
              for login in ("jan", "nie-ma-takiego")]
    assert str(errors[0]) == str(errors[1])


def test_os_user_counts_on_the_unix_socket_only(daemon):
    assert daemon.connect().sign_in().hello["user"] == "anna"
    assert error_of(daemon.connect_tcp(), "hello", protocol=1).code == "unauthenticated"
    assert error_of(daemon.connect_tcp(), "hello", protocol=1, login="anna").code == \
        "unauthenticated"


def test_password_without_a_login_leaves_it_to_the_os_user(daemon):
    assert daemon.connect().call("hello", protocol=1, password="whatever")["user"] == "anna"
    assert error_of(daemon.connect_tcp(), "hello", protocol=1, password="whatever").code == \
        "unauthenticated"


def test_local_session_manages_users_and_nothing_else(daemon):
    local = daemon.connect().sign_in(login="@local")
    assert [user["login"] for user in local.call("user_list")["users"]] == ["anna", "jan"]
    for method in ("mail_list", "settings_get", "outbox_list", "events_subscribe"):
        assert error_of(local, method).code == "forbidden"


# ---- fields ----

def test_unknown_method(daemon):
    error = error_of(daemon.admin, "mail_eat")
    assert (error.code, error.field) == ("bad_request", "method")


@pytest.mark.parametrize("field", ["direction", "client_id", "counterparty"])
def test_missing_field_is_named(daemon, field):
    for absent in ({}, {field: None}):
        params = {**registration(daemon), **absent}
        if not absent:
            del params[field]
        error = error_of(daemon.admin, "mail_register", **params)
        assert (error.code, error.field) == ("bad_request", field)


@pytest.mark.parametrize("field, value", [
    ("direction", "sideways"), ("direction", 1), ("direction", b"incoming"),
    ("client_id", "1"), ("client_id", 0), ("client_id", -1), ("client_id", 1.0),
    ("client_id", True), ("client_id", 2**63), ("client_id", 2**64 - 1), ("client_id", -2**63),
    ("counterparty", 5), ("counterparty", ["x"]), ("counterparty", {}), ("counterparty", ""),
    ("counterparty", "   "), ("counterparty", "x" * 301), ("counterparty", b"bytes"),
    ("kind", "pigeon"), ("date", "2026-02-30"), ("date", "23.11.2026"), ("date", 20261123),
    ("note", "x" * 4001), ("notify", 1), ("notify", "true"),
    ("uploads", 1), ("uploads", [0]), ("uploads", ["1"]), ("uploads", list(range(1, 202))),
    ("cost", 1.5), ("cost", "100"), ("cost", 2**62),
    ("key", 7), ("key", ""), ("key", "k" * 301),
])
def test_bad_field_is_named(daemon, field, value):
    error = error_of(daemon.admin, "mail_register", **registration(daemon, **{field: value}))
    assert (error.code, error.field) == ("bad_request", field)


def test_unknown_client_is_not_found(daemon):
    error = error_of(daemon.admin, "mail_register", **registration(daemon, client_id=2**63 - 1))
    assert (error.code, error.field) == ("not_found", "client_id")


CONTROLS = ["\0", "\x07", "\t", "\n", "\r", "\x1b[2J", "\x7f", "\x80", "\x9b2J", "\x85"]


@pytest.mark.parametrize("text", CONTROLS, ids=ascii)
def test_control_characters_are_refused(daemon, text):
    error = error_of(daemon.admin, "mail_register",
                     **registration(daemon, counterparty=f"Urząd{text}Skarbowy"))
    assert (error.code, error.field) == ("bad_request", "counterparty")
    if text != "\n":
        error = error_of(daemon.admin, "mail_register",
                         **registration(daemon, note=f"uwaga{text}druga"))
        assert (error.code, error.field) == ("bad_request", "note")


@pytest.mark.parametrize("data", [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
                                  b"\xe2\x82", b"Urz\xb1d"])
def test_text_that_is_not_utf8(daemon, data):
    call = [0, 1, "mail_register", [registration(daemon)]]
    packed = msgpack.packb(call).replace(msgpack.packb("Urząd"),
                                         bytes([0xa0 + len(data)]) + data)
    connection = daemon.connect().sign_in()
    connection.send_bytes(packed)
    with pytest.raises(RpcError) as error:
        connection.wait(1)
    assert (error.value.code, error.value.field) == ("bad_request", "counterparty")


@pytest.mark.parametrize("address", ["a@b.pl\r\nBcc: x@y.pl", "a@b.pl\n", "\ra@b.pl",
                                     "a@b.pl\0", "a b@c.pl", "a@b", "@b.pl", "a@", "a@b..pl",
                                     "a@-b.pl", "a,b@c.pl", "<a@b.pl>", "a@b.pl>", "x" * 250 + "@b.pl"],
                         ids=ascii)
def test_addresses_that_would_smuggle_lines(daemon, address):
    packages = daemon.admin.call("package_list")["packages"]
    error = error_of(daemon.admin, "client_save", name="Zły adres", emails=["dobry@b.pl", address],
                     package_id=packages[0]["id"])
    assert error.code == "bad_request" and error.field.startswith("emails")
    error = error_of(daemon.admin, "settings_save", office_emails=[address])
    assert error.code == "bad_request" and error.field.startswith("office_emails")


def test_unknown_fields_are_ignored(daemon):
    found = daemon.admin.call("client_get", id=daemon.some_client["id"], colour="green",
                              nested={"a": [1, {"b": None}]})
    assert found["name"] == daemon.some_client["name"]


def test_nil_counts_as_not_given(daemon):
    daemon.admin.call("mail_list", direction=None, text=None, after=None, limit=None, key=None)


def test_keys_of_other_types_are_ignored(daemon):
    connection = daemon.connect().sign_in()
    connection.send_bytes(msgpack.packb([0, 9, "client_get",
                                         [{1: 2, None: 3, b"x": 4, "id": 1}]]))
    assert connection.wait(9)["id"] == 1


@pytest.mark.parametrize("limit", [0, -5, 2**63 - 1, -2**63])
def test_odd_limits_of_pages(daemon, limit):
    for method in ("mail_list", "client_search", "scan_request_list", "event_list", "outbox_list",
                   "sender_search"):
        daemon.admin.call(method, limit=limit)


def test_odd_places_in_lists(daemon):
    assert daemon.admin.call("mail_list", after=2**63 - 1)["items"] == \
        daemon.admin.call("mail_list")["items"]
    for after in ("-1", "x", "99999999999999999999", "1.5"):
        error = error_of(daemon.admin, "client_search", after=after)
        assert (error.code, error.field) == ("bad_request", "after")


@pytest.mark.parametrize("text", ['"', "*", "a* OR b", "NEAR(", "-", "\\", "%", "'; DROP TABLE x",
                                  "(((", "^x", "col:x", "!!!", "🙂", "ą" * 150])
def test_search_texts_are_only_words(daemon, text):
    for method, name in (("mail_list", "items"), ("client_search", "clients"),
                         ("scan_request_list", "requests"), ("sender_search", "senders")):
        assert daemon.admin.call(method, text=text)[name] == []


# ---- shapes ----

@pytest.mark.parametrize("params", [None, {}, [], [{}, {}], [[]], [1], "x", 7, [None], {"id": 1}],
                         ids=repr)
def test_params_must_be_a_list_of_one_map(daemon, params):
    connection = daemon.connect().sign_in()
    connection.send_bytes(msgpack.packb([0, 5, "client_get", params]))
    with pytest.raises(RpcError) as error:
        connection.wait(5)
    assert error.value.code == "bad_request"
    assert connection.call("client_get", id=1)["id"] == 1


@pytest.mark.parametrize("message", [
    [1, 1, None, {}],                                   # an answer
    [2, "event", [{}]],                                 # a notification
    [2, "mail_register", [{}]],
    [3, 1, "hello", [{}]], [0, 1, "hello"], [0], [], {}, 0, None, "hello", [0, -1, "hello", [{}]],
    [0, 2**32, "hello", [{}]], [0, "1", "hello", [{}]], [0, 1, 2, [{}]], [0, 1, b"hello", [{}]],
    [0, 1, "hello", [{}], 1], [[0, 1, "hello", [{}]]], 1.5, True,
], ids=repr)
def test_what_is_no_request_is_refused(daemon, message):
    for connection in (daemon.connect(), daemon.connect().sign_in()):
        connection.send_bytes(msgpack.packb(message))
        try:
            def answered():
                return connection.answers or None
            connection.receive_until(answered, "a refusal")
        except Closed:
            continue
        [[error, result]] = connection.answers.values()
        assert error["code"] == "bad_request" and result is None


# ---- sizes ----

def refused_and_closed(connection, data):
    """The daemon names a limit, or says nothing, and ends the connection."""
    try:
        connection.send_bytes(data)
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert connection.is_closed()
    for error, result in connection.answers.values():
        assert result is None and error["code"] in ("too_large", "bad_request")
    return [error["code"] for error, _ in connection.answers.values()]


HEAD = b"\x94\x00\x01\xa8mail_get"  # [0, 1, "mail_get", ...
BOMBS = {
    "array32 of 2^32-1": b"\xdd\xff\xff\xff\xff",
    "array32 of 2^28": b"\xdd\x10\x00\x00\x00",
    "map32 of 2^32-1": b"\xdf\xff\xff\xff\xff",
    "map32 of 2^28": b"\xdf\x10\x00\x00\x00",
    "array16 of 65535": b"\xdc\xff\xff",
    "map16 of 65535": b"\xde\xff\xff",
    "array32 in params": HEAD + b"\xdd\xff\xff\xff\xff",
    "map32 in params": HEAD + b"\x91\xdf\xff\xff\xff\xff",
    "str32 of 2^32-1": HEAD + b"\x91\x81\xa2id\xdb\xff\xff\xff\xff",
    "bin32 of 2^32-1": HEAD + b"\x91\x81\xa2id\xc6\xff\xff\xff\xff",
    "ext32 of 2^32-1": HEAD + b"\x91\x81\xa2id\xc9\xff\xff\xff\xff\x01",
    "deep arrays": HEAD + b"\x91" * 5000,
    "deep maps": HEAD + b"\x81\xa1a" * 5000,
    "never used": b"\xc1",
    "a mebibyte and one": HEAD + b"\x91\x81\xa1x\xc6" + struct.pack(">I", MEBIBYTE) +
                          b"x" * MEBIBYTE,
    "many elements": HEAD + b"\x91\x81\xa1x\xdc\x13\x88" + b"\xc0" * 5000,
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("signed_in", [False, True])
def test_bombs(daemon, name, signed_in):
    connection = daemon.connect_tcp() if not signed_in else daemon.connect().sign_in()
    codes = refused_and_closed(connection, BOMBS[name])
    if BOMBS[name].startswith(HEAD):
        assert codes == ["too_large"]


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_one_byte_at_a_time(daemon, name):
    connection = daemon.connect()
    try:
        for at in range(min(len(BOMBS[name]), 100)):
            connection.send_bytes(BOMBS[name][at:at + 1])
    except (BrokenPipeError, ConnectionResetError):
        pass
    connection.close()


@pytest.mark.parametrize("cut", range(1, 60, 3))
def test_truncated_calls(daemon, cut):
    whole = msgpack.packb([0, 1, "hello", [{"protocol": 1, "login": "jan", "password": "x" * 20}]])
    connection = daemon.connect_tcp()
    connection.send_bytes(whole[:cut])
    connection.close()


def test_calls_byte_by_byte_are_whole_calls(daemon):
    connection = daemon.connect_tcp().sign_in("jan", "tajne-haslo")
    for byte in msgpack.packb([0, 77, "client_get", [{"id": 1}]]):
        connection.send_bytes(bytes([byte]))
    assert connection.wait(77)["id"] == 1


@pytest.mark.parametrize("seed", range(40))
def test_garbage(daemon, seed):
    noise = random.Random(seed)
    connection = daemon.connect() if seed % 2 else daemon.connect().sign_in()
    try:
        for _ in range(20):
            connection.send_bytes(noise.randbytes(noise.randrange(1, 400)))
    except (BrokenPipeError, ConnectionResetError):
        pass
    connection.close()


@pytest.mark.parametrize("seed", range(40))
def test_calls_with_some_bytes_changed(daemon, seed):
    noise = random.Random(seed)
    connection = daemon.connect().sign_in()
    for method, params in (("mail_list", {"text": "urzad", "limit": 5}),
                           ("client_get", {"id": 1}), ("scan_read", {"id": 1, "offset": 0,
                                                                      "length": 100}),
                           ("event_list", {"after": 0, "kind": "mail_changed"})):
        data = bytearray(msgpack.packb([0, 1, method, [params]]))
        for _ in range(noise.randrange(1, 4)):
            data[noise.randrange(len(data))] = noise.randrange(256)
        try:
            connection.send_bytes(bytes(data))
        except (BrokenPipeError, ConnectionResetError):
            connection = daemon.connect().sign_in()
    connection.close()


def test_http_on_the_staff_port(daemon):
    connection = daemon.connect_tcp()
    connection.send_bytes(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert error_of_first(connection) in ("bad_request", None)


def error_of_first(connection):
    try:
        connection.receive_until(lambda: connection.answers or None, "a refusal")
    except Closed:
        return None
    return next(iter(connection.answers.values()))[0]["code"]


# ---- quantities ----

def test_ten_thousand_calls_ahead(daemon):
    connection = daemon.connect_tcp().sign_in("jan", "tajne-haslo")
    count = 10_000
    calls = [msgpack.packb([0, number, "client_get", [{"id": 1}]])
             for number in range(10, count + 10)]
    sender = threading.Thread(target=connection.send_bytes, args=(b"".join(calls),))
    sender.start()
    connection.receive_until(lambda: len(connection.answers) == count, "all answers", 60)
    sender.join()
    assert set(connection.answers) == set(range(10, count + 10))
    assert all(error is None and result["id"] == 1
               for error, result in connection.answers.values())


def test_a_peer_that_never_reads(daemon):
    """It is not read from, or it is cut: the others do not feel it, memory does not grow."""
    silent = daemon.connect_tcp().sign_in("jan", "tajne-haslo")
    silent.stream.settimeout(0.2)
    call = msgpack.packb([0, 1, "client_search", [{"limit": 200}]])
    sent = 0
    try:
        while sent < 8 * MEBIBYTE:
            sent += silent.stream.send(call * 100)
    except (socket.timeout, BrokenPipeError, ConnectionResetError):
        pass
    assert sent < 8 * MEBIBYTE, "calls of a peer that does not read are taken without end"
    assert daemon.admin.call("client_get", id=1)["id"] == 1


def test_many_connections(daemon):
    idle = [daemon.connect_tcp() if number % 2 else daemon.connect() for number in range(300)]
    signed_in = [daemon.connect().sign_in() for _ in range(50)]
    assert all(connection.call("client_get", id=1)["id"] == 1 for connection in signed_in)
    assert daemon.connect_tcp().sign_in("jan", "tajne-haslo").hello["user"] == "jan"
    for connection in idle + signed_in:
        connection.close()


def test_connections_that_come_and_go(daemon):
    for number in range(300):
        connection = daemon.connect()
        if number % 3 == 0:
            connection.send("hello", protocol=1)
        elif number % 3 == 1:
            connection.send_bytes(b"\x94\x00")
        connection.close()


def test_a_connection_that_ends_amid_its_calls(daemon):
    for _ in range(20):
        connection = daemon.connect().sign_in()
        for _ in range(60):
            connection.send("mail_list", limit=200)
        connection.close()


def test_who_does_not_sign_in_is_cut_off(daemon):
    """Even one that talks; the others stay."""
    silent, talking, late = daemon.connect(), daemon.connect_tcp(), daemon.connect_tcp()
    assert error_of(talking, "mail_list").code == "unauthenticated"
    daemon.pass_time(20)
    late.sign_in("jan", "tajne-haslo")
    assert error_of(talking, "mail_list").code == "unauthenticated"
    daemon.pass_time(30)  # a busy daemon may have seen the silent one late
    assert silent.is_closed() and talking.is_closed()
    assert late.call("hello", protocol=1, login="jan", password="tajne-haslo")["user"] == "jan"
    assert daemon.connect().sign_in().call("mail_list")


def test_strangers_without_end_keep_nobody_out(daemon):
    """The oldest of those who have not signed in makes room, and nobody else."""
    colleague = daemon.connect().sign_in()
    first = daemon.connect_tcp()
    strangers = [daemon.connect() for _ in range(400)]
    assert first.is_closed()
    assert daemon.connect_tcp().sign_in("jan", "tajne-haslo").hello["user"] == "jan"
    assert colleague.call("client_get", id=1)["id"] == 1
    assert error_of(strangers[-1], "mail_list").code == "unauthenticated"
