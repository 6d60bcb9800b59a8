# SPDX-License-Identifier: AGPL-3.0-or-later
"""The real daemon in a folder of its own, and a client of its protocol.

The client is written on python3-msgpack alone, from docs/protocol.md: it shares no line with the
daemon, so what both agree on is the protocol.
"""
import collections
import getpass
import glob
import hashlib
import itertools
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

import msgpack

PATIENCE = 20  # seconds; far above what anything takes on a loaded machine
PASSWORD = "tajne-haslo"
CHUNK = 262144

TREE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def build_folder():
    named = os.environ.get("SKRYTKA_BUILD")
    candidates = [named] if named else [f"{TREE}/build/asan", f"{TREE}/build"]
    for folder in candidates:
        if os.path.exists(f"{folder}/skrytkad"):
            return os.path.abspath(folder)
    raise RuntimeError(f"no skrytkad in {candidates}; make test builds it")


def wait_until(condition, what, limit=PATIENCE):
    """The first true value of condition(); never longer than `limit` seconds."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {limit} s in vain for {what}"
        time.sleep(0.01)


def free_ports(count):
    held = []
    for _ in range(count):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        held.append(listener)
    ports = [listener.getsockname()[1] for listener in held]
    for listener in held:
        listener.close()
    return ports


class RpcError(Exception):
    def __init__(self, error):
        super().__init__(f"{error['code']} field={error['field']} detail={error['detail']}")
        self.code, self.field, self.detail = error["code"], error["field"], error["detail"]


class Closed(Exception):
    """The daemon closed the connection."""


class Connection:
    """One connection; calls may be sent ahead with send() and their answers waited for later."""

    def __init__(self, stream):
        self.stream = stream
        self.unpacker = msgpack.Unpacker(max_buffer_size=64 << 20)
        self.ids = itertools.count(1)
        self.answers = {}
        self.unread_events = collections.deque()
        self.hello = None

    def send_bytes(self, data):
        self.stream.sendall(data)

    def send(self, method, **params):
        call = next(self.ids)
        self.send_bytes(msgpack.packb([0, call, method, [params]]))
        return call

    def receive(self, limit=PATIENCE):
        """Reads once and sorts what came. Closed at the end of the stream."""
        self.stream.settimeout(max(limit, 0.001))
        try:
            data = self.stream.recv(1 << 16)
        except (ConnectionResetError, BrokenPipeError):
            data = b""
        if not data:
            raise Closed
        self.unpacker.feed(data)
        for message in self.unpacker:
            if message[0] == 1:
                self.answers[message[1]] = message[2:]
            else:
                assert message[0] == 2 and message[1] == "event", message
                self.unread_events.append(message[2][0])

    def receive_until(self, condition, what, limit=PATIENCE):
        end = time.monotonic() + limit
        while True:
            value = condition()
            if value:
                return value
            left = end - time.monotonic()
            assert left > 0, f"waited {limit} s in vain for {what}"
            try:
                self.receive(left)
            except socket.timeout:
                pass

    def wait(self, call):
        self.receive_until(lambda: call in self.answers, f"the answer to call {call}")
        error, result = self.answers.pop(call)
        if error is not None:
            raise RpcError(error)
        return result

    def call(self, method, **params):
        return self.wait(self.send(method, **params))

    def sign_in(self, login=None, password=None):
        params = {"protocol": 1, "login": login, "password": password}
        self.hello = self.call("hello", **{k: v for k, v in params.items() if v is not None})
        return self

    def next_event(self, kind=None, limit=PATIENCE, **fields):
        """The next event of this kind with these fields; earlier ones are passed over."""
        def found():
            while self.unread_events:
                event = self.unread_events.popleft()
                if kind in (None, event["kind"]) and fields.items() <= event.items():
                    return event
            return None
        return self.receive_until(found, f"the event {kind} {fields}", limit)

    def upload(self, content, name="skan.pdf"):
        upload = self.call("scan_begin", name=name, size=len(content))["upload"]
        for at in range(0, len(content), CHUNK):
            self.call("scan_data", upload=upload, offset=at, data=content[at:at + CHUNK])
        digest = hashlib.sha256(content).hexdigest()
        return self.call("scan_end", upload=upload, sha256=digest)["upload"]

    def read_scan(self, scan):
        content = b""
        while len(content) < scan["size"]:
            piece = self.call("scan_read", id=scan["id"], offset=len(content), length=CHUNK)["data"]
            assert piece, "a scan ended before its size"
            content += piece
        return content

    def is_closed(self):
        """True when the daemon closes the connection within the patience."""
        try:
            self.receive_until(lambda: None, "the end of the connection")
        except Closed:
            return True

    def close(self):
        self.stream.close()


class Daemon:
    """skrytkad in `folder`, with configuration given as {section: {key: value}}."""

    def __init__(self, folder, config=None):
        self.folder = str(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.data = f"{self.folder}/data"
        self.socket_path = f"{self.data}/skrytka.sock"
        self.config_path = f"{self.folder}/skrytkad.conf"
        self.log_path = f"{self.folder}/skrytkad.log"
        self.clock_path = f"{self.folder}/clock"
        self.kill_path = f"{self.folder}/kill"
        self.maildir = f"{self.data}/mail"
        self.sms_log = f"{self.data}/sms.log"
        self.config = {"mail": {"hold_seconds": 0}}
        for section, keys in (config or {}).items():
            self.config.setdefault(section, {}).update(keys)
        self.clock_ahead = 0
        self.process = None
        self.connections = []
        self.build = build_folder()

    # ---- the process ----

    def environment(self):
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("SKRYTKA_", "LC_", "LANG"))}
        return dict(env, LANG="C", SKRYTKA_TEST_CLOCK=self.clock_path,
                    SKRYTKA_TEST_KILL=self.kill_path)

    def write_config(self):
        self.staff_port, self.web_port = free_ports(2)
        whole = {"storage": {"directory": self.data},
                 "staff": {"listen": f"127.0.0.1:{self.staff_port}"},
                 "web": {"listen": f"127.0.0.1:{self.web_port}"}}
        for section, keys in self.config.items():
            whole.setdefault(section, {}).update(keys)
        with open(self.config_path, "w", encoding="utf-8") as file:
            for section, keys in whole.items():
                file.write(f"[{section}]\n")
                file.writelines(f"{key} = {value}\n" for key, value in keys.items())

    def command(self, *arguments, **options):
        """Runs skrytkad with this daemon's configuration and arguments, to its end."""
        return subprocess.run([f"{self.build}/skrytkad", "--config", self.config_path, *arguments],
                              env=self.environment(), capture_output=True, text=True,
                              timeout=60, check=False, **options)

    def start(self):
        """Starts and waits until it answers. A port that somebody else took meanwhile is changed."""
        for _ in range(5):
            if not os.path.exists(self.config_path) or self.port_was_taken():
                self.write_config()
            with open(self.log_path, "ab") as log:
                self.process = subprocess.Popen(
                    [f"{self.build}/skrytkad", "--config", self.config_path],
                    env=self.environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if wait_until(lambda: self.answers() or self.process.poll() is not None,
                          "the daemon's start") and self.process.poll() is None:
                return self
            if not self.port_was_taken():
                break
        raise AssertionError(f"skrytkad did not start:\n{self.log()}")

    def answers(self):
        try:
            with socket.socket(socket.AF_UNIX) as stream:
                stream.settimeout(PATIENCE)
                stream.connect(self.socket_path)
                stream.sendall(msgpack.packb([0, 0, "hello", [{"protocol": 1}]]))
                return stream.recv(1) != b""
        except (FileNotFoundError, ConnectionError):
            return False

    def port_was_taken(self):
        return self.process is not None and "address already in use" in self.log().lower()

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def stop(self):
        """Ends it as the service manager does; it must end cleanly and soon."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"skrytkad did not end after SIGTERM:\n{self.log()}") from None
        self.process = None
        self.close_connections()
        assert status == 0, f"skrytkad ended with {status}:\n{self.log()}"
        for sign in ("Sanitizer", "runtime error:", "bug"):
            assert sign not in self.log(), self.log()

    def kill(self):
        """The end that nothing can prepare for."""
        self.process.kill()
        self.process.wait()
        self.process = None
        self.close_connections()

    def kill_at(self, point, passing):
        """From now on it dies when it passes a named point (protocol/base/kill_point.h) so often."""
        with open(f"{self.kill_path}.new", "w", encoding="ascii") as file:
            file.write(f"{point} {passing}\n")
        os.replace(f"{self.kill_path}.new", self.kill_path)

    def died(self):
        """It ended at that point: says so, and takes the point away."""
        if self.process.poll() is None:
            return False
        assert self.process.returncode == -signal.SIGKILL, self.log()
        os.remove(self.kill_path)
        self.process = None
        self.close_connections()
        return True

    def close_connections(self):
        for connection in self.connections:
            connection.close()
        self.connections = []

    def tells(self, secret):
        """Files in which this secret can be read: the log, the database, all that it keeps."""
        paths = [self.log_path, *glob.glob(f"{self.data}/**", recursive=True)]
        return [path for path in paths
                if os.path.isfile(path) and secret.encode() in pathlib.Path(path).read_bytes()]

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def pass_time(self, seconds):
        """The daemon's clock jumps ahead."""
        self.clock_ahead += seconds
        with open(f"{self.clock_path}.new", "w", encoding="ascii") as file:
            file.write(f"{self.clock_ahead}\n")
        os.replace(f"{self.clock_path}.new", self.clock_path)

    # ---- connections ----

    def keep(self, stream):
        connection = Connection(stream)
        self.connections.append(connection)
        return connection

    def connect(self):
        stream = socket.socket(socket.AF_UNIX)
        stream.connect(self.socket_path)  # waits where a stream with a time limit would give up
        return self.keep(stream)

    def connect_tcp(self):
        stream = socket.create_connection(("127.0.0.1", self.staff_port), PATIENCE)
        return self.keep(stream)

    # ---- the program for scripts ----

    def skrytka(self, *arguments, connect=None, **options):
        connect = connect or f"unix:{self.socket_path}"
        env = dict(self.environment(), **options.pop("env", {}))
        return subprocess.run([f"{self.build}/skrytka", "--connect", connect, *arguments], env=env,
                              capture_output=True, text=True, timeout=60, check=False, **options)


class Office(Daemon):
    """A daemon with two people in it, and short words for what every test needs first."""

    def take_over(self, other):
        """Begins with a copy of the data of another office, which is stopped."""
        shutil.copytree(other.data, self.data)
        return self

    def start(self):
        super().start()
        local = self.connect().sign_in(login="@local")
        if not local.call("user_list")["users"]:
            local.call("user_save", login="anna", role="administrator", name="Anna Nowak",
                       os_user=getpass.getuser())
            local.call("user_save", login="jan", role="clerk", name="Jan Kowalski",
                       password=PASSWORD)
        self.admin = self.connect().sign_in()
        assert self.admin.hello["user"] == "anna"
        return self

    def clerk(self):
        return self.connect_tcp().sign_in("jan", PASSWORD)

    def allow_requests(self, **settings):
        return self.admin.call("settings_save", allow_scan_requests=True, **settings)

    def package(self, name="Standard", **fields):
        return self.admin.call("package_save", name=name, **fields)

    def client(self, name="Alfa Sp. z o.o.", emails=("alfa@example.pl",), package=None, **fields):
        if package is None:
            packages = self.admin.call("package_list")["packages"]
            package = packages[0] if packages else self.package(default_scan_cost=500)
        return self.admin.call("client_save", name=name, emails=list(emails),
                               package_id=package["id"], **fields)

    def letter(self, client, **fields):
        fields = {"direction": "incoming", "counterparty": "Urząd Skarbowy", **fields}
        return self.admin.call("mail_register", client_id=client["id"], **fields)

    def asked_letter(self, client=None, **fields):
        """A letter with an open scan request; answers the two."""
        letter = self.letter(client or self.client(), **fields)
        request = self.admin.call("scan_request_create", item_id=letter["id"])
        return self.admin.call("mail_get", id=letter["id"]), request

    def get(self, letter):
        return self.admin.call("mail_get", id=letter["id"])

    def outbox(self, **fields):
        return self.admin.call("outbox_list", **fields)

    def outbox_is_empty(self):
        """Asks once: between two questions a message can go from one state to the other."""
        sending = self.outbox(state="sending")
        return sending["waiting"] == 0 and not sending["messages"]

    def wait_for_outbox(self):
        """Everything that was to be sent is sent."""
        wait_until(self.outbox_is_empty, "an empty outbox")
