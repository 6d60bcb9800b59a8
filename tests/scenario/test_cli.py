# SPDX-License-Identifier: AGPL-3.0-or-later
"""The programs as scripts use them: skrytka call, watch, attach; skrytkad --check, user add."""
import getpass
import json
import os
import subprocess

import pytest
from samples import pdf, png
from skrytka import PASSWORD, PATIENCE, Office, wait_until


@pytest.fixture
def tcp(office):
    """Arguments and environment for the clerk over TCP."""
    return {"connect": f"tcp:127.0.0.1:{office.staff_port}",
            "env": {"SKRYTKA_LOGIN": "jan", "SKRYTKA_PASSWORD": PASSWORD}}


HELLO = '{"protocol": 1}'


def result(run):
    assert (run.returncode, run.stderr) == (0, ""), run
    return json.loads(run.stdout)


def error(run, code, field=None):
    assert run.returncode == 1 and run.stdout == "", run
    told = json.loads(run.stderr)
    assert (told["code"], told["field"]) == (code, field), told
    return told


# ---- call ----

def test_call_over_the_unix_socket(office):
    assert result(office.skrytka("call", "hello", HELLO))["user"] == "anna"
    client = office.client("Łódź Meble")
    assert result(office.skrytka("call", "client_get", '{"id": 1}')) == client


def test_call_over_tcp(office, tcp):
    office.client("Łódź Meble")
    assert result(office.skrytka("call", "hello", HELLO, **tcp))["user"] == "jan"
    letter = result(office.skrytka("call", "mail_register", json.dumps(
        {"direction": "incoming", "client_id": 1, "counterparty": "Urząd “X”\u00a0"}), **tcp))
    assert letter["registered_by"] == "jan"
    found = result(office.skrytka("call", "mail_list", '{"text": "urzad"}', **tcp))
    assert found["items"] == [letter] and found["next"] is None


def test_call_with_parameters_from_standard_input(office):
    package = result(office.skrytka("call", "package_save", "-",
                                    input='{"name": "Złoty", "default_scan_cost": 250}'))
    assert (package["name"], package["default_scan_cost"]) == ("Złoty", 250)


def test_call_with_a_key(office):
    arguments = ("call", "package_save", '{"name": "Złoty", "key": "skrypt-1"}')
    assert result(office.skrytka(*arguments)) == result(office.skrytka(*arguments))


@pytest.mark.parametrize("arguments, code, field", [
    (("no_such",), "bad_request", "method"),
    (("client_get",), "bad_request", "id"),
    (("client_get", '{"id": "1"}'), "bad_request", "id"),
    (("client_get", '{"id": 1.5}'), "bad_request", "id"),
    (("client_get", '{"id": 99}'), "not_found", "id"),
    (("mail_register", '{"direction": "sideways"}'), "bad_request", "direction"),
    (("package_save", '{"name": "a\\u001b[2J"}'), "bad_request", "name"),
    (("package_save", '{"name": ""}'), "bad_request", "name"),
])
def test_errors_of_a_call(shared_office, arguments, code, field):
    error(shared_office.skrytka("call", *arguments), code, field)


@pytest.mark.parametrize("text", ["{", "[]", "1", '{"id": 1', "null", '"x"', "{} {}",
                                  '{"id": 1, "id": 2, }', "[" * 3000])
def test_bad_json(shared_office, text):
    told = shared_office.skrytka("call", "client_get", text)
    assert told.returncode == 1 and json.loads(told.stderr)["code"] == "bad_request"


def test_refusal_of_a_rule(office):
    letter = office.letter(office.client())
    told = error(office.skrytka("call", "scan_request_create",
                                json.dumps({"item_id": letter["id"]})), "refused")
    assert told["detail"] == "office_off"


def test_wrong_password(office, tcp):
    tcp["env"]["SKRYTKA_PASSWORD"] = "zgadywane-haslo"
    error(office.skrytka("call", "mail_list", **tcp), "unauthenticated", "password")


def test_forbidden_for_a_clerk(office, tcp):
    error(office.skrytka("call", "user_list", **tcp), "forbidden")


@pytest.mark.parametrize("connect", ["tcp:127.0.0.1:1", "unix:/nowhere/skrytka.sock"])
def test_nobody_there(shared_office, connect):
    error(shared_office.skrytka("call", "hello", HELLO, connect=connect), "unavailable")


def test_password_from_a_file_and_from_standard_input(office, tcp, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\ndruga linia\n")
    del tcp["env"]["SKRYTKA_PASSWORD"]
    assert result(office.skrytka("--password-file", str(file), "call", "hello", HELLO, **tcp))["user"] == "jan"
    assert result(office.skrytka("--login", "jan", "--password-file", "-", "call", "hello", HELLO,
                                 input=f"{PASSWORD}\n", **tcp))["user"] == "jan"


@pytest.mark.parametrize("arguments", [("call",), ("nothing",), ("call", "a", "b", "c"),
                                       ("--colour", "call", "hello", HELLO), ("attach",), ("attach", "1"),
                                       ("attach", "x", "f"), ("watch", "--after"),
                                       ("watch", "--after", "x"), ("watch", "more"),
                                       ("--language", "de", "call", "hello", HELLO)])
def test_wrong_use(shared_office, arguments):
    told = shared_office.skrytka(*arguments)
    assert told.returncode == 2 and told.stdout == "" and "skrytka" in told.stderr


def test_bad_address(shared_office):
    assert shared_office.skrytka("call", "hello", HELLO, connect="http://x").returncode == 2


def test_help_and_version(shared_office):
    for option in ("--help", "--version"):
        told = shared_office.skrytka(option)
        assert told.returncode == 0 and told.stdout and told.stderr == ""
        told = shared_office.command(option)
        assert told.returncode == 0 and told.stdout and told.stderr == ""


# ---- watch ----

class Watch:
    def __init__(self, office, *arguments):
        self.process = subprocess.Popen(
            [f"{office.build}/skrytka", "--connect", f"unix:{office.socket_path}", "watch",
             *arguments], env=office.environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def next(self):
        """The next event; the test's own time limit ends a wait in vain."""
        return json.loads(self.process.stdout.readline())

    def interrupt(self):
        self.process.send_signal(subprocess.signal.SIGINT)
        status = self.process.wait(PATIENCE)
        rest = self.process.communicate()
        return status, rest


@pytest.fixture
def watch(office):
    watches = []

    def start(*arguments):
        watches.append(Watch(office, *arguments))
        return watches[-1]
    yield start
    for one in watches:
        if one.process.poll() is None:
            one.process.kill()
        one.process.communicate()


def test_watch_from_an_event_on(office, watch):
    office.client()
    events = office.admin.call("event_list")["events"]
    watcher = watch("--after", str(events[1]["id"]))
    for event in events[2:]:
        assert watcher.next() == event
    office.package("Nowy")
    assert watcher.next()["kind"] == "package_changed"
    watcher.interrupt()


def test_watch_goes_on_after_the_daemon_came_back(office, watch):
    last = office.admin.call("event_list", newest_first=True, limit=1)["events"][0]["id"]
    watcher = watch("--after", str(last))
    office.package("Pierwszy")
    assert watcher.next()["detail"] == "Pierwszy"
    office.stop()
    office.start()
    office.package("Drugi")
    assert watcher.next()["detail"] == "Drugi"
    watcher.interrupt()


# ---- attach ----

def test_attach(office, tmp_path):
    letter = office.letter(office.client())
    files = {"pismo ż.pdf": pdf(padding=700_000), "zdjęcie.png": png()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    item = result(office.skrytka("attach", str(letter["id"]),
                                 *(str(tmp_path / name) for name in files)))
    assert [scan["name"] for scan in item["scans"]] == list(files)
    assert [office.admin.read_scan(scan) for scan in item["scans"]] == list(files.values())


def test_attach_over_tcp(office, tcp, tmp_path):
    letter = office.letter(office.client())
    (tmp_path / "a.pdf").write_bytes(pdf())
    item = result(office.skrytka("attach", str(letter["id"]), str(tmp_path / "a.pdf"), **tcp))
    assert item["scans"][0]["attached_by"] == "jan"


def test_attach_what_is_no_scan(office, tmp_path):
    letter = office.letter(office.client())
    (tmp_path / "a.pdf").write_bytes(b"not a scan at all")
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "good.pdf").write_bytes(pdf())
    for names in (["a.pdf"], ["good.pdf", "a.pdf"], ["empty.pdf"], ["missing.pdf"], ["."]):
        told = office.skrytka("attach", str(letter["id"]), *(str(tmp_path / name) for name in names))
        assert told.returncode == 1 and json.loads(told.stderr)["code"] == "bad_request", told
    assert office.get(letter)["scans"] == []
    error(office.skrytka("attach", "99", str(tmp_path / "good.pdf")), "not_found", "item_id")


# ---- skrytkad --check ----

@pytest.fixture
def check(tmp_path):
    """check(configuration): how `skrytkad --check` ends."""
    desk = Office(tmp_path)

    def run(text, **env):
        with open(desk.config_path, "w", encoding="utf-8") as file:
            file.write(text.format(folder=tmp_path))
        desk.environment = lambda: dict(Office.environment(desk), LANGUAGE="en", **env)
        return desk.command("--check")
    return run


GOOD = "[storage]\ndirectory = {folder}/data\n"


def test_check_of_a_good_configuration(check, tmp_path):
    told = check(GOOD)
    assert (told.returncode, told.stderr) == (0, "") and told.stdout
    assert not os.path.exists(tmp_path / "data")


@pytest.mark.parametrize("text, line, word", [
    (GOOD + "colour = green\n", 3, "colour"),
    (GOOD + "directory = {folder}/other\n", 3, "directory"),
    (GOOD + "[storage]\ndirectory = {folder}/other\n", 4, "directory"),
    (GOOD + "[kitchen]\nsink = 1\n", 4, "kitchen"),
    (GOOD + "max_scan_bytes = many\n", 3, "max_scan_bytes"),
    (GOOD + "max_scan_bytes = 0\n", 3, "max_scan_bytes"),
    (GOOD + "max_scan_bytes = -5\n", 3, "max_scan_bytes"),
    (GOOD + "[mail]\nhold_seconds = 3601\n", 4, "hold_seconds"),
    (GOOD + "[mail]\nstarttls = maybe\n", 4, "starttls"),
    (GOOD + "[sms]\nprovider = pigeon\n", 4, "provider"),
    (GOOD + "[staff]\nlisten = nowhere\n", 4, "listen"),
    (GOOD + "[staff]\nlisten = 127.0.0.1:99999\n", 4, "listen"),
    (GOOD + "[staff]\nallow_plaintext = perhaps\n", 4, "allow_plaintext"),
    (GOOD + "no equals sign\n", 3, ""),
    ("directory = x\n", 1, "directory"),
])
def test_check_names_the_line(check, text, line, word):
    told = check(text)
    assert told.returncode == 1 and told.stdout == ""
    assert f":{line}:" in told.stderr and word in told.stderr, told.stderr


def test_check_tells_all_errors(check):
    told = check(GOOD + "colour = green\nmax_scan_bytes = 0\n[mail]\nhold_seconds = x\n")
    assert [f":{line}:" in told.stderr for line in (3, 4, 6)] == [True] * 3


@pytest.mark.parametrize("section", ["staff", "web"])
@pytest.mark.parametrize("address", ["0.0.0.0:7460", "192.0.2.1:7460", "[::]:7460"])
def test_plaintext_beyond_this_machine(check, section, address):
    base = "base_url = https://poczta.example.com\n" if section == "web" else ""
    told = check(f"{GOOD}[{section}]\nlisten = {address}\n{base}")
    assert told.returncode == 1 and "listen" in told.stderr and "tls_certificate" in told.stderr
    told = check(f"{GOOD}[{section}]\nlisten = {address}\n{base}allow_plaintext = yes\n")
    assert told.returncode == 0, told.stderr


def test_plaintext_beyond_this_machine_does_not_start(check, tmp_path):
    check(GOOD + "[staff]\nlisten = 0.0.0.0:0\n")
    desk = Office(tmp_path)
    told = desk.command()
    assert told.returncode == 1 and "listen" in told.stderr
    assert not os.path.exists(f"{desk.data}/skrytka.db")


def test_environment_wins_over_the_file(check):
    assert check(GOOD, SKRYTKA_MAIL_HOLD_SECONDS="99999").returncode == 1
    assert check(GOOD + "[mail]\nhold_seconds = 99999\n",
                 SKRYTKA_MAIL_HOLD_SECONDS="5").returncode == 0


def test_one_daemon_for_one_folder(office, tmp_path):
    second = Office(office.folder)
    second.config_path = f"{tmp_path}/second.conf"
    second.write_config()
    told = second.command()
    assert told.returncode == 1 and told.stderr
    assert office.admin.call("client_search")["clients"] == []


# ---- skrytkad user add ----

@pytest.fixture
def stopped(tmp_path):
    """A configured desk whose daemon was never started."""
    desk = Office(tmp_path)
    desk.write_config()
    return desk


def add(desk, login, *more, **options):
    return desk.command("user", "add", login, *more, **options)


def test_user_add_before_the_first_start(stopped):
    told = add(stopped, "ewa", "--role", "administrator", "--name", "Ewa Żak",
               "--password-file", "-", input=f"{PASSWORD}\n")
    assert (told.returncode, told.stderr) == (0, "")
    super(Office, stopped).start()
    ewa = stopped.connect_tcp().sign_in("ewa", PASSWORD)
    assert (ewa.hello["name"], ewa.hello["role"]) == ("Ewa Żak", "administrator")
    stopped.stop()


def test_user_add_while_the_daemon_runs(office, tmp_path):
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    told = add(office, "ewa", "--role", "clerk", "--password-file", str(file))
    assert (told.returncode, told.stderr) == (0, "")
    assert office.connect_tcp().sign_in("ewa", PASSWORD).hello["role"] == "clerk"
    assert [user["login"] for user in office.admin.call("user_list")["users"]] == \
        ["anna", "ewa", "jan"]


def test_user_add_for_an_os_user(stopped):
    assert add(stopped, "ewa", "--role", "clerk", "--os-user", getpass.getuser()).returncode == 0
    super(Office, stopped).start()
    assert stopped.connect().sign_in().hello["user"] == "ewa"
    stopped.stop()


@pytest.mark.parametrize("arguments", [
    ("jan", "--role", "clerk"), ("ewa żak", "--role", "clerk"), ("@local", "--role", "clerk"),
])
def test_user_that_cannot_be(shared_office, arguments):
    told = add(shared_office, *arguments)
    assert told.returncode == 1 and told.stderr and told.stdout == ""
    assert len(shared_office.admin.call("user_list")["users"]) == 2


def test_user_add_refuses_the_same_when_stopped(office):
    office.stop()
    told = add(office, "jan", "--role", "clerk")
    assert told.returncode == 1 and told.stderr.startswith("skrytkad: jan: ")
    office.start()
    assert len(office.admin.call("user_list")["users"]) == 2


@pytest.mark.parametrize("arguments", [
    (), ("ewa",), ("ewa", "--role"), ("ewa", "--role", "boss"), ("ewa", "--role", "clerk", "x"),
    ("ewa", "--role", "clerk", "--colour", "x"),
])
def test_wrong_use_of_user_add(stopped, arguments):
    assert stopped.command("user", "add", *arguments).returncode == 2


def test_short_password(stopped):
    told = add(stopped, "ewa", "--role", "clerk", "--password-file", "-", input="krotkie\n")
    assert told.returncode == 1
    assert told.stderr == "skrytkad: ewa: hasło musi mieć co najmniej 8 znaków\n"


def test_nothing_for_others_to_read(office, tmp_path):
    """The data are the daemon's user's alone."""
    letter = office.letter(office.client())
    office.admin.call("scan_attach", item_id=letter["id"], uploads=[office.admin.upload(pdf())])
    wait_until(lambda: office.outbox()["waiting"] == 0, "the mail")
    for folder, _, names in os.walk(office.data):
        assert os.stat(folder).st_mode & 0o077 == 0, folder
        for name in names:
            path = f"{folder}/{name}"
            if path != office.socket_path:
                assert os.stat(path).st_mode & 0o077 == 0, path
