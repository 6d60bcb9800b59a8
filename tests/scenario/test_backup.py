# SPDX-License-Identifier: AGPL-3.0-or-later
"""backup, restore and verify of skrytkad, with the daemon running and stopped."""
import glob
import os
import shutil
import subprocess

import pytest
from samples import pdf, png


def command(office, *arguments):
    """skrytkad with these arguments, in English."""
    return subprocess.run([f"{office.build}/skrytkad", "--config", office.config_path, *arguments],
                          env=dict(office.environment(), LANG="en_GB.UTF-8"), text=True,
                          capture_output=True, timeout=60, check=False)


@pytest.fixture
def filled(office):
    """An office with one letter and two scans."""
    letter = office.letter(office.client())
    uploads = [office.admin.upload(pdf(), "list.pdf"), office.admin.upload(png(), "koperta.png")]
    office.admin.call("scan_attach", item_id=letter["id"], uploads=uploads)
    office.wait_for_outbox()
    return office


@pytest.fixture
def backup(filled, tmp_path):
    done = command(filled, "backup", str(tmp_path / "backup"))
    assert done.returncode == 0, done.stderr
    return str(tmp_path / "backup")


def stored(folder):
    return sorted(glob.glob(f"{folder}/scans/??/*"))


def flip_a_bit(path, at):
    """Damages a file, but not the one that shares its bytes with it."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    content[at] ^= 1
    os.unlink(path)
    with open(path, "wb") as file:
        file.write(content)


def content_of(folder):
    """Every file but what a running database keeps beside it."""
    found = {}
    for path in sorted(glob.glob(f"{folder}/**", recursive=True)):
        if os.path.isfile(path) and not path.endswith(("-wal", "-shm", "lock")):
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def refused(done, *words):
    assert done.returncode == 1, (done.stdout, done.stderr)
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.mark.parametrize("running", [True, False])
def test_verify_finds_nothing_wrong(filled, running):
    if not running:
        filled.stop()
    done = command(filled, "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Scans: 2." in done.stdout and "Faults: 0." in done.stdout


@pytest.mark.parametrize("running", [True, False])
def test_a_backup_checks_without_us(filled, tmp_path, running):
    if not running:
        filled.stop()
    folder = tmp_path / "kopia zapasowa"
    done = command(filled, "backup", str(folder))
    assert done.returncode == 0, done.stderr
    checked = subprocess.run(["sha256sum", "--strict", "-c", "manifest"], cwd=folder, text=True,
                             capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == 3
    assert os.stat(folder).st_mode & 0o777 == 0o700
    for path in [folder / "skrytka.db", folder / "manifest", *stored(folder)]:
        assert os.stat(path).st_mode & 0o077 == 0


def test_a_backup_needs_an_empty_folder(filled, backup):
    before = content_of(backup)
    refused(command(filled, "backup", backup), "is not empty")
    assert content_of(backup) == before


def test_a_backup_of_nothing(filled, tmp_path):
    filled.stop()
    shutil.rmtree(filled.data)
    refused(command(filled, "backup", str(tmp_path / "backup")), "no usable backup")
    assert not os.path.exists(tmp_path / "backup" / "manifest")
    assert not os.path.exists(filled.data)


def test_backup_while_people_work(filled, tmp_path):
    """What the copied database names is in the copy, whatever is added meanwhile."""
    client = filled.client("Beta S.A.")
    process = subprocess.Popen([f"{filled.build}/skrytkad", "--config", filled.config_path,
                                "backup", str(tmp_path / "backup")], env=filled.environment(),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    number = 0
    while process.poll() is None or number == 0:
        number += 1
        letter = filled.letter(client, notify=False)
        filled.admin.call("scan_attach", item_id=letter["id"], notify=False,
                          uploads=[filled.admin.upload(pdf(padding=number))])
    assert process.returncode == 0, process.communicate()
    process.communicate()
    filled.stop()
    shutil.rmtree(filled.data)
    assert command(filled, "restore", str(tmp_path / "backup")).returncode == 0
    assert command(filled, "verify").returncode == 0


def test_restore_brings_back_what_was(filled, backup):
    letter = filled.admin.call("mail_list")["items"][0]
    filled.letter(filled.client("Nowa S.A."))
    filled.stop()
    before = content_of(filled.data)
    done = command(filled, "restore", backup)
    assert done.returncode == 0, done.stderr
    aside = glob.glob(f"{filled.data}.before-restore-*")
    assert len(aside) == 1 and content_of(aside[0]) == before
    assert not glob.glob(f"{filled.data}.restoring-*")

    filled.start()
    items = filled.admin.call("mail_list")["items"]
    assert [item["id"] for item in items] == [letter["id"]]
    scans = filled.get(letter)["scans"]
    assert [filled.admin.read_scan(scan) for scan in scans] == [pdf(), png()]
    assert command(filled, "verify").returncode == 0


def test_restore_on_a_new_machine(filled, backup):
    filled.stop()
    shutil.rmtree(filled.data)
    assert command(filled, "restore", backup).returncode == 0
    assert not glob.glob(f"{filled.data}.*")
    filled.start()
    assert len(filled.admin.call("mail_list")["items"]) == 1


def test_restore_needs_the_daemon_stopped(filled, backup):
    refused(command(filled, "restore", backup), "another skrytkad")
    assert len(filled.admin.call("mail_list")["items"]) == 1


def damage_database(folder):
    flip_a_bit(f"{folder}/skrytka.db", 5000)


def damage_scan(folder):
    flip_a_bit(stored(folder)[0], 10)


def lose_scan(folder):
    os.unlink(stored(folder)[0])


def lose_manifest(folder):
    os.unlink(f"{folder}/manifest")


def forget_scan(folder):
    """A whole manifest, but of fewer scans than the database names."""
    with open(f"{folder}/manifest", encoding="utf-8") as file:
        lines = file.readlines()
    with open(f"{folder}/manifest", "w", encoding="utf-8") as file:
        file.writelines(lines[:-1])


def name_a_stranger(folder):
    with open(f"{folder}/manifest", "a", encoding="utf-8") as file:
        file.write("0" * 64 + "  ../../../../etc/passwd\n")


def cut_manifest(folder):
    with open(f"{folder}/manifest", "r+", encoding="utf-8") as file:
        file.truncate(40)


@pytest.mark.parametrize("damage", [damage_database, damage_scan, lose_scan, lose_manifest,
                                    forget_scan, name_a_stranger, cut_manifest])
def test_a_damaged_backup_changes_nothing(filled, backup, damage):
    filled.stop()
    before = content_of(filled.data)
    damage(backup)
    refused(command(filled, "restore", backup), "nothing was restored")
    assert content_of(filled.data) == before
    assert os.listdir(filled.folder).count("data") == 1
    assert not glob.glob(f"{filled.data}.*")


@pytest.mark.parametrize("damage, word", [(damage_scan, "another SHA-256"),
                                          (lose_scan, "is missing")])
def test_verify_finds_damaged_scans(filled, damage, word):
    damage(filled.data)
    done = command(filled, "verify")
    refused(done, word)
    assert "Faults: 1." in done.stdout


def test_verify_finds_a_damaged_database(filled):
    filled.stop()
    with open(f"{filled.data}/skrytka.db", "r+b") as file:
        file.seek(8192)
        file.write(b"\0" * 4096)
    refused(command(filled, "verify"), "damaged")


@pytest.mark.parametrize("damage", [damage_scan, lose_scan])
def test_a_lost_scan_takes_no_other_with_it(filled, tmp_path, damage):
    """The backup tells what it lacks, and can be restored all the same."""
    damage(filled.data)
    kept = stored(filled.data)[-1]
    refused(command(filled, "backup", str(tmp_path / "backup")), "can be used, but lacks 1 scans")
    filled.stop()
    shutil.rmtree(filled.data)
    done = command(filled, "restore", str(tmp_path / "backup"))
    assert done.returncode == 0 and "is missing" in done.stderr
    assert stored(filled.data) == [kept]
    # One more than the backup admits to is one too many.
    os.unlink(stored(tmp_path / "backup")[0])
    refused(command(filled, "restore", str(tmp_path / "backup")), "nothing was restored")


@pytest.mark.parametrize("arguments", [("backup",), ("backup", "a", "b"), ("restore",),
                                       ("verify", "x"), ("bakcup", "x")])
def test_wrong_use(filled, arguments):
    assert command(filled, *arguments).returncode == 2
