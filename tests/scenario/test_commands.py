# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of skrytka against a small MessagePack-RPC server written apart from our codec."""
import base64
import hashlib
import json
import os
import queue
import socket
import subprocess
import threading

import msgpack
import pytest

SKRYTKA = os.path.join(os.environ.get("SKRYTKA_BUILD", "build"), "skrytka")
LIMIT = 30
HELLO = {"user": "jan", "user_id": 1, "name": "Jan", "role": "clerk", "server_version": "1",
         "last_event": 100, "office_name": "Biuro", "time_zone": "Europe/Warsaw",
         "hold_seconds": 10, "max_scan_bytes": 1000, "now": 1}
SENDER = {"name": "Urząd", "uses": 3}


def event(number):
    return {"id": number, "at": 1, "actor": "jan", "kind": "mail_changed", "new_field": [1]}


class Refusal(Exception):
    """What a handler raises to answer an error."""


class Server:
    """Answers by `handle(method, params)`; every call is kept in `calls`. DROP ends the connection."""

    DROP = object()

    def __init__(self, path):
        self.path = path
        self.calls = []
        self.connections = queue.Queue()
        self.handlers = {"hello": lambda p: HELLO, "events_subscribe": lambda p: {"last_event": 100}}
        self.listener = None

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        unpacker = msgpack.Unpacker()
        try:
            while data := connection.recv(65536):
                unpacker.feed(data)
                for message in unpacker:
                    self.answer(connection, *message)
        except OSError:
            pass

    def answer(self, connection, kind, number, method, params):
        assert kind == 0 and len(params) == 1
        self.calls.append((method, params[0]))
        try:
            result = self.handlers[method](params[0])
        except Refusal as refusal:
            connection.sendall(msgpack.packb([1, number, refusal.args[0], None]))
            return
        if result is Server.DROP:
            connection.shutdown(socket.SHUT_RDWR)
            raise OSError
        connection.sendall(msgpack.packb([1, number, None, result]))
        if method == "events_subscribe":
            self.connections.put(connection)

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def params_of(self, method):
        return [params for name, params in self.calls if name == method]


@pytest.fixture
def server(tmp_path):
    made = Server(str(tmp_path / "socket"))
    made.start()
    yield made
    made.stop()


def environment():
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("SKRYTKA_", "LC_", "LANG"))}
    return dict(kept, LANG="C.UTF-8")


def skrytka(server, *arguments, text=None, **extra):
    return subprocess.run([SKRYTKA, "--connect", f"unix:{server.path}", *arguments], input=text,
                          env=dict(environment(), **extra), capture_output=True, timeout=LIMIT,
                          encoding="utf-8", check=False)


def error_of(done):
    assert done.stdout == ""
    assert done.returncode == 1
    return json.loads(done.stderr)


def test_call(server):
    server.handlers["sender_search"] = lambda p: {"senders": [SENDER, SENDER]}
    done = skrytka(server, "--language", "en", "--login", "jan", "call", "sender_search",
                   '{"text": "urz", "limit": 2}', SKRYTKA_PASSWORD="tajne")
    assert done.returncode == 0 and done.stderr == ""
    assert json.loads(done.stdout) == {"senders": [SENDER, SENDER]}
    assert done.stdout.count("\n") == 1
    assert server.params_of("hello") == [
        {"protocol": 1, "login": "jan", "password": "tajne", "language": "en"}]
    assert server.params_of("sender_search") == [{"text": "urz", "client_id": None, "limit": 2}]
    assert not server.params_of("events_subscribe")


def test_call_with_password_of_standard_input(server):
    server.handlers["package_list"] = lambda p: {"packages": []}
    done = skrytka(server, "--login", "jan", "--password-file", "-", "call", "package_list",
                   text="tajne hasło\nmore\n")
    assert done.returncode == 0
    assert server.params_of("hello")[0]["password"] == "tajne hasło"


def test_call_with_json_of_standard_input(server):
    server.handlers["sender_search"] = lambda p: {"senders": []}
    assert skrytka(server, "call", "sender_search", "-", text='{"text": "ź"}').returncode == 0
    assert server.params_of("sender_search")[0]["text"] == "ź"


def test_call_hello(server):
    done = skrytka(server, "call", "hello", '{"protocol": 1, "login": "ewa", "password": "x"}')
    assert json.loads(done.stdout) == HELLO
    assert [call[1]["login"] for call in server.calls] == ["ewa"]


def test_bytes_are_base64(server):
    server.handlers["scan_read"] = lambda p: {"data": bytes(range(256))}
    done = skrytka(server, "call", "scan_read", '{"id": 1, "offset": 0, "length": 256}')
    assert base64.b64decode(json.loads(done.stdout)["data"]) == bytes(range(256))


def test_control_characters_do_not_reach_the_terminal(server):
    name = "a\x7f\x9b2J\u202eb\u200b\U000e0041ę\U0001f4ec"
    server.handlers["sender_search"] = lambda p: {"senders": [{"name": name, "uses": 1}]}
    done = skrytka(server, "call", "sender_search")
    shown = json.loads(done.stdout)["senders"][0]["name"]
    assert shown.startswith("a") and shown.endswith("ę\U0001f4ec")
    assert not any(character in done.stdout for character in "\x7f\x9b\u202e\u200b\U000e0041")


def test_errors_of_the_server(server):
    def refuse(params):
        raise Refusal({"code": "refused", "field": None, "detail": "already_open"})
    server.handlers["scan_request_create"] = refuse
    assert error_of(skrytka(server, "call", "scan_request_create", '{"item_id": 4}')) == {
        "code": "refused", "field": None, "detail": "already_open"}


def test_wrong_password(server):
    def refuse(params):
        raise Refusal({"code": "unauthenticated", "field": "password", "detail": "wrong"})
    server.handlers["hello"] = refuse
    assert error_of(skrytka(server, "call", "package_list"))["code"] == "unauthenticated"
    assert len(server.calls) == 1


@pytest.mark.parametrize("method, params, field", [
    ("mail_gett", "{}", "method"),
    ("mail_get", "{", None),
    ("mail_get", "[]", None),
    ("mail_get", "{}", "id"),
    ("mail_get", '{"id": "1"}', "id"),
    ("mail_get", '{"id": 1.5}', "id"),
    ("mail_get", '{"id": 1, "key": "k"}', "key"),
    ("mail_get", '{"id": 1, "Id": 1}', "Id"),
    ("mail_register", '{"direction": "in", "client_id": 1, "counterparty": "x"}', "direction"),
    ("mail_register", '{"client_id": 1, "counterparty": "x"}', "direction"),
    ("mail_register", '{"direction": "incoming", "client_id": 1, "counterparty": "x", '
                      '"notify": 1}', "notify"),
    ("mail_collect", '{"ids": [1, "2"]}', "ids"),
    ("mail_collect", '{"ids": 1}', "ids"),
    ("client_save", '{"emails": [1]}', "emails"),
    ("scan_data", '{"upload": 1, "offset": 0, "data": "?"}', "data"),
])
def test_mistakes_are_found_before_anything_is_sent(server, method, params, field):
    error = error_of(skrytka(server, "call", method, params))
    assert error["code"] == "bad_request" and error["field"] == field and error["detail"]
    assert not server.calls


def test_a_change_whose_answer_was_lost_is_repeated_once(server):
    answers = iter([Server.DROP, {"id": 1, "version": 1, "name": "Basic", "clients": 0,
                                  "allow_scan_requests": "inherit", "default_scan_cost": 5}])
    server.handlers["package_save"] = lambda p: next(answers)
    done = skrytka(server, "call", "package_save", '{"name": "Basic"}')
    assert done.returncode == 0 and json.loads(done.stdout)["id"] == 1
    keys = [params["key"] for params in server.params_of("package_save")]
    assert len(keys) == 2 and keys[0] == keys[1] and len(keys[0]) == 32


def test_a_key_of_ones_own(server):
    server.handlers["charge_remove"] = lambda p: Server.DROP if len(server.calls) < 4 else {}
    error_of(skrytka(server, "call", "charge_remove", '{"id": 3, "key": "mine"}'))
    assert {params["key"] for params in server.params_of("charge_remove")} == {"mine"}


def test_nobody_there(tmp_path):
    error = error_of(skrytka(Server(str(tmp_path / "none")), "call", "package_list"))
    assert error == {"code": "unavailable", "field": None, "detail": "no such file or directory"}


def lines(process):
    """The lines of a running program, as they come."""
    got = queue.Queue()

    def read():
        for line in process.stdout:
            got.put(line)
        got.put(None)
    threading.Thread(target=read, daemon=True).start()
    return got


def start_watch(server, *arguments):
    process = subprocess.Popen([SKRYTKA, "--connect", f"unix:{server.path}", "watch", *arguments],
                               env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               encoding="utf-8")
    return process, lines(process)


def end(process):
    process.terminate()
    process.communicate(timeout=LIMIT)


def send_event(connection, number):
    connection.sendall(msgpack.packb([2, "event", [event(number)]]))


def test_watch(server):
    process, got = start_watch(server)
    connection = server.connections.get(timeout=LIMIT)
    assert server.params_of("events_subscribe") == [{"after": 100}]
    send_event(connection, 101)
    first = json.loads(got.get(timeout=LIMIT))
    assert first["id"] == 101 and first["kind"] == "mail_changed" and first["item_id"] is None
    server.handlers["hello"] = lambda p: dict(HELLO, last_event=102)
    connection.shutdown(socket.SHUT_RDWR)
    again = server.connections.get(timeout=LIMIT)
    assert server.params_of("events_subscribe")[1] == {"after": 101}
    send_event(again, 101)
    send_event(again, 102)
    assert json.loads(got.get(timeout=LIMIT))["id"] == 102
    end(process)


def test_watch_after(server):
    process, got = start_watch(server, "--after", "7")
    connection = server.connections.get(timeout=LIMIT)
    assert server.params_of("events_subscribe") == [{"after": 7}]
    send_event(connection, 8)
    assert json.loads(got.get(timeout=LIMIT))["id"] == 8
    end(process)


def test_watch_waits_for_the_server(server):
    server.stop()
    os.unlink(server.path)
    process, got = start_watch(server)
    assert "no such file" in process.stderr.readline()
    server.start()
    send_event(server.connections.get(timeout=LIMIT), 200)
    assert json.loads(got.get(timeout=LIMIT))["id"] == 200
    end(process)


def test_watch_ends_with_its_reader(server):
    process = subprocess.Popen([SKRYTKA, "--connect", f"unix:{server.path}", "watch"],
                               env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    connection = server.connections.get(timeout=LIMIT)
    process.stdout.close()
    send_event(connection, 101)
    assert process.wait(timeout=LIMIT) == 1


class Uploads:
    """The daemon's side of scan_begin, scan_data, scan_end."""

    def __init__(self, server):
        self.files = []
        self.ended = []
        server.handlers.update(scan_begin=self.begin, scan_data=self.data, scan_end=self.end,
                               scan_attach=self.attach)

    def begin(self, params):
        self.files.append((params["name"], params["size"], bytearray()))
        return {"upload": len(self.files)}

    def data(self, params):
        content = self.files[params["upload"] - 1][2]
        assert params["offset"] == len(content) and len(params["data"]) <= 262144
        content += params["data"]
        return {"upload": params["upload"]}

    def end(self, params):
        content = self.files[params["upload"] - 1][2]
        assert params["sha256"] == hashlib.sha256(content).hexdigest()
        self.ended.append(params["upload"])
        return {"upload": params["upload"]}

    def attach(self, params):
        raise Refusal({"code": "not_found", "field": "item_id", "detail": str(params["uploads"])})


def test_attach(server, tmp_path):
    uploads = Uploads(server)
    large, small = os.urandom(3 * 262144 + 17), b"%PDF"
    (tmp_path / "duży skan.pdf").write_bytes(large)
    (tmp_path / "b.pdf").write_bytes(small)
    error = error_of(skrytka(server, "attach", "12", str(tmp_path / "duży skan.pdf"),
                             str(tmp_path / "b.pdf")))
    assert [(name, size, bytes(content)) for name, size, content in uploads.files] == [
        ("duży skan.pdf", len(large), large), ("b.pdf", 4, small)]
    assert uploads.ended == [1, 2]
    assert error["detail"] == "[1, 2]"
    attached = server.params_of("scan_attach")[0]
    assert attached["item_id"] == 12 and attached["cost"] is None and len(attached["key"]) == 32


def test_attach_what_is_no_file(server, tmp_path):
    Uploads(server)
    os.mkfifo(tmp_path / "fifo")
    for name in ("none", ".", "fifo"):
        error = error_of(skrytka(server, "attach", "12", str(tmp_path / name)))
        assert error["code"] == "bad_request" and error["field"] == "file"
    assert not server.params_of("scan_begin")


def test_attach_refused_in_the_middle(server, tmp_path):
    def refuse(params):
        raise Refusal({"code": "too_large", "field": "data", "detail": "enough"})
    Uploads(server)
    server.handlers["scan_data"] = refuse
    (tmp_path / "a").write_bytes(bytes(2000000))
    assert error_of(skrytka(server, "attach", "12", str(tmp_path / "a")))["code"] == "too_large"
    assert not server.params_of("scan_end")


@pytest.mark.parametrize("arguments", [
    ["--colour"], ["--login"], ["--help=yes"], ["call"], ["call", "a", "b", "c"], ["watch", "x"],
    ["watch", "--after", "-1"], ["watch", "--after"], ["attach", "1"], ["attach", "x", "f"],
    ["dance"], ["--connect", "somewhere", "call", "x"], ["--language", "de", "call", "x"],
    ["--password-file", "/nonexistent", "call", "x"],
])
def test_command_lines_that_cannot_be(arguments):
    polish = subprocess.run([SKRYTKA, *arguments], capture_output=True, encoding="utf-8",
                            env=environment(), timeout=LIMIT, check=False)
    assert polish.returncode == 2 and polish.stdout == ""
    assert "Pomoc: skrytka --help" in polish.stderr
    english = subprocess.run([SKRYTKA, *arguments], capture_output=True, encoding="utf-8",
                             env=dict(environment(), LANG="en_GB.UTF-8"), timeout=LIMIT,
                             check=False)
    assert english.returncode == 2 and "Try: skrytka --help" in english.stderr
    assert english.stderr != polish.stderr


def test_help_and_version():
    for option, text in (("--help", "SKRYTKA_CONNECT"), ("--version", "skrytka ")):
        done = subprocess.run([SKRYTKA, option], capture_output=True, encoding="utf-8",
                              env=environment(), timeout=LIMIT, check=False)
        assert done.returncode == 0 and text in done.stdout and done.stderr == ""
