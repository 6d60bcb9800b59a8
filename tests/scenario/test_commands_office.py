# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands of skrytka and the real daemon: over every kind of address, through a restart."""
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading

import pytest
from samples import pdf
from skrytka import CHUNK, PASSWORD, wait_until


def result(done):
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def make_certificate(folder):
    files = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


@pytest.fixture
def certificate(tmp_path):
    """(certificate, key) for localhost, which signs itself."""
    return make_certificate(tmp_path)


def test_over_tcp(office):
    address = f"tcp:127.0.0.1:{office.staff_port}"
    refused = office.skrytka("call", "mail_list", connect=address)
    assert refused.returncode == 1 and json.loads(refused.stderr)["code"] == "unauthenticated"
    done = office.skrytka("--login", "jan", "--password-file", "-", "call", "mail_list",
                          connect=address, input=PASSWORD + "\n")
    assert result(done) == {"items": [], "next": None}


def test_over_tls(make_office, certificate):
    office = make_office({"staff": {"tls_certificate": certificate[0], "tls_key": certificate[1]}})
    address = f"tls:localhost:{office.staff_port}"
    who = {"env": {"SKRYTKA_LOGIN": "jan", "SKRYTKA_PASSWORD": PASSWORD}}
    call = ("call", "hello", '{"protocol": 1}')
    trusted = ("--ca-file", certificate[0])
    assert result(office.skrytka(*trusted, *call, connect=address, **who))["user"] == "jan"
    stranger = office.skrytka(*call, connect=address, **who)
    assert stranger.returncode == 1 and "NOT trusted" in json.loads(stranger.stderr)["detail"]
    other_name = office.skrytka(*trusted, *call, connect=f"tls:127.0.0.1:{office.staff_port}", **who)
    assert "does not match" in json.loads(other_name.stderr)["detail"]
    plain = office.skrytka(*call, connect=f"tcp:localhost:{office.staff_port}", **who)
    assert plain.returncode == 1


def test_a_new_certificate_of_the_staff_port(make_office, certificate, tmp_path):
    """Taken on SIGHUP for connections to come; those that stand go on; a bad one changes nothing."""
    office = make_office({"staff": {"tls_certificate": certificate[0], "tls_key": certificate[1]}})
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(certificate[0], old)
    standing = office.keep(ssl.create_default_context(cafile=certificate[0]).wrap_socket(
        socket.create_connection(("127.0.0.1", office.staff_port)), server_hostname="localhost"))
    standing.sign_in("jan", PASSWORD)

    def user(ca_file):
        return office.skrytka("--ca-file", ca_file, "call", "hello", '{"protocol": 1}',
                              connect=f"tls:localhost:{office.staff_port}",
                              env={"SKRYTKA_LOGIN": "jan", "SKRYTKA_PASSWORD": PASSWORD})
    make_certificate(tmp_path)
    office.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "staff: the certificate was read anew" in office.log(), "the certificate")
    assert result(user(certificate[0]))["user"] == "jan"
    assert user(old / "certificate.pem").returncode == 1
    assert standing.call("mail_list")["items"] == []

    (tmp_path / "key.pem").write_text("-----BEGIN NONSENSE-----\n")
    office.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "staff: the old certificate stays in use" in office.log(), "the complaint")
    assert result(user(certificate[0]))["user"] == "jan"


def test_attach_closes_the_open_request(open_office, tmp_path):
    letter, request = open_office.asked_letter()
    files = [tmp_path / "skan jeden.pdf", tmp_path / "b.pdf"]
    files[0].write_bytes(pdf(padding=2 * CHUNK + 5))
    files[1].write_bytes(pdf(pages=2))
    item = result(open_office.skrytka("attach", str(letter["id"]), *map(str, files)))
    assert [scan["name"] for scan in item["scans"]] == ["skan jeden.pdf", "b.pdf"]
    assert item["request"]["id"] == request["id"] and item["request"]["status"] == "fulfilled"
    for scan, file in zip(item["scans"], files):
        assert open_office.admin.read_scan(scan) == file.read_bytes()


def test_attach_what_the_office_does_not_take(open_office, tmp_path):
    letter = open_office.letter(open_office.client())
    (tmp_path / "a.pdf").write_bytes(b"MZ not a scan")
    done = open_office.skrytka("attach", str(letter["id"]), str(tmp_path / "a.pdf"))
    assert done.returncode == 1 and json.loads(done.stderr)["code"] in ("bad_request", "refused")
    assert open_office.get(letter)["scans"] == []


def test_watch_through_a_restart(office):
    """Every event once and in order, also those of the time without a connection."""
    client = office.client()
    start = office.admin.sign_in().hello["last_event"]
    process = subprocess.Popen([f"{office.build}/skrytka", "--connect",
                                f"unix:{office.socket_path}", "watch", "--after", str(start)],
                               env=office.environment(), stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    seen = []
    reader = threading.Thread(
        target=lambda: seen.extend(json.loads(line) for line in process.stdout), daemon=True)
    reader.start()

    def letters():
        return [event["item_id"] for event in list(seen) if event["kind"] == "mail_registered"]
    expected = []
    for _ in range(3):
        expected += [office.letter(client)["id"], office.letter(client)["id"]]
        wait_until(lambda: len(letters()) >= len(expected), "the events of the letters")
        office.kill()
        office.start()
        expected.append(office.letter(client)["id"])
    wait_until(lambda: len(letters()) >= len(expected), "the events after the last start")
    process.terminate()
    process.wait(timeout=10)
    reader.join(timeout=10)
    assert letters() == expected
    assert [event["id"] for event in seen] == sorted({event["id"] for event in seen})


def test_a_change_through_a_restart(office):
    """The daemon dies again and again while a script registers letters: each is there once."""
    client = office.client()
    params = {"direction": "incoming", "client_id": client["id"]}
    for number in range(3):
        call = json.dumps(dict(params, counterparty=f"Nadawca {number}"))
        running = subprocess.Popen([f"{office.build}/skrytka", "--connect",
                                    f"unix:{office.socket_path}", "call", "mail_register", call],
                                   env=office.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        office.kill()
        office.start()
        out, err = running.communicate(timeout=30)
        # It may not have been connected yet when the daemon died: then it says so.
        assert running.returncode == 0 or json.loads(err)["code"] == "unavailable", err
        found = office.admin.call("mail_list", text=f"Nadawca {number}")["items"]
        if running.returncode == 0:
            assert [item["id"] for item in found] == [json.loads(out)["id"]]
        else:
            assert len(found) <= 1


def test_default_address_is_the_socket_of_this_folder(office):
    os.makedirs(f"{office.folder}/elsewhere")
    done = subprocess.run([f"{office.build}/skrytka", "call", "mail_list"], cwd=office.folder,
                          env=office.environment(), capture_output=True, text=True, timeout=30,
                          check=False)
    assert result(done)["items"] == []
    done = subprocess.run([f"{office.build}/skrytka", "call", "mail_list"],
                          cwd=f"{office.folder}/elsewhere",
                          env=dict(office.environment(),
                                   SKRYTKA_CONNECT=f"unix:{office.socket_path}"),
                          capture_output=True, text=True, timeout=30, check=False)
    assert result(done)["items"] == []
