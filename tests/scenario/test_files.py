# SPDX-License-Identifier: AGPL-3.0-or-later
"""Scans: sent in pieces, judged by their content, kept byte for byte, attached once."""
import hashlib
import os
import random

import pytest
from postbox import Maildir
from samples import jpeg, pdf, png, tiff
from skrytka import CHUNK, RpcError

MAX = 2_000_000


def refused(connection, method, **params):
    with pytest.raises(RpcError) as error:
        connection.call(method, **params)
    return error.value


@pytest.fixture
def office(make_office):
    office = make_office({"storage": {"max_scan_bytes": MAX}})
    office.allow_requests()
    return office


@pytest.fixture
def clerk(office):
    return office.clerk()


@pytest.fixture
def letter(office):
    return office.letter(office.client())


def digest(content):
    return hashlib.sha256(content).hexdigest()


def begin(connection, content, name="skan.pdf"):
    return connection.call("scan_begin", name=name, size=len(content))["upload"]


def send(connection, upload, content):
    for at in range(0, len(content), CHUNK):
        connection.call("scan_data", upload=upload, offset=at, data=content[at:at + CHUNK])


def attach(connection, letter, *uploads, **fields):
    return connection.call("scan_attach", item_id=letter["id"], uploads=list(uploads), **fields)


def files_kept(office):
    """Sizes of the files in the data folder that are not the daemon's own."""
    sizes = []
    for folder, _, names in os.walk(office.data):
        if folder != office.data and not folder.startswith(office.maildir):
            sizes += [os.path.getsize(f"{folder}/{name}") for name in names]
    return sorted(sizes)


@pytest.mark.parametrize("content, name, media", [
    (pdf(), "skan.pdf", "application/pdf"), (png(), "skan.png", "image/png"),
    (jpeg(), "skan.jpg", "image/jpeg"), (jpeg(), "SKAN.JPEG", "image/jpeg"),
    (tiff(), "skan.tif", "image/tiff"), (pdf(padding=700_000), "duży.PDF", "application/pdf"),
    (pdf(padding=CHUNK), "większy.pdf", "application/pdf"),
], ids=lambda value: value if isinstance(value, str) else len(value))
def test_sending_and_reading_back(clerk, letter, content, name, media):
    item = attach(clerk, letter, clerk.upload(content, name))
    [scan] = item["scans"]
    assert (scan["name"], scan["type"], scan["size"], scan["sha256"]) == \
        (name, media, len(content), digest(content))
    assert scan["attached_by"] == "jan"
    assert clerk.read_scan(scan) == content


def test_reading_pieces(clerk, letter):
    content = pdf(padding=400_000)
    [scan] = attach(clerk, letter, clerk.upload(content))["scans"]
    def piece(offset, length):
        return clerk.call("scan_read", id=scan["id"], offset=offset, length=length)["data"]
    assert piece(0, 1) == content[:1]
    assert piece(1000, CHUNK) == content[1000:1000 + CHUNK]
    assert piece(len(content) - 3, 100) == content[-3:]
    assert piece(len(content), 100) == b"" == piece(2**40, 100)
    for offset, length, field in ((-1, 1, "offset"), (0, 0, "length"), (0, CHUNK + 1, "length"),
                                  (0, -1, "length"), (0, 2**62, "length")):
        error = refused(clerk, "scan_read", id=scan["id"], offset=offset, length=length)
        assert (error.code, error.field) == ("bad_request", field)
    assert refused(clerk, "scan_read", id=99, offset=0, length=1).code == "not_found"


@pytest.mark.parametrize("content, name", [
    (b"<html><script>alert(1)</script></html>", "skan.html"),
    (b"<html><script>alert(1)</script></html>", "skan.pdf"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "skan.svg"),
    (b"MZ\x90\0" + b"\0" * 100, "skan.pdf"), (b"#!/bin/sh\nrm -rf /\n", "skan.png"),
    (b"PK\x03\x04" + b"\0" * 100, "skan.pdf"), (b"x", "skan.pdf"), (b"\0" * 1000, "skan.tif"),
    (b"GIF89a" + b"\0" * 100, "skan.gif"), (pdf(), "skan.png"), (png(), "skan.pdf"),
    (jpeg(), "skan.tiff"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_scan(office, clerk, letter, content, name):
    upload = begin(clerk, content, name)
    send(clerk, upload, content)
    error = refused(clerk, "scan_end", upload=upload, sha256=digest(content))
    assert error.code == "bad_request"
    error = refused(clerk, "scan_attach", item_id=letter["id"], uploads=[upload])
    assert (error.code, error.field) == ("not_found", "uploads")
    assert office.get(letter)["scans"] == []


@pytest.mark.parametrize("name", ["", "/", "..", "a/..", "x" * 250, "a\nb.pdf", "a\x1b[2J.pdf",
                                  "a\0.pdf"], ids=ascii)
def test_names_that_cannot_be(clerk, name):
    error = refused(clerk, "scan_begin", name=name, size=10)
    assert (error.code, error.field) == ("bad_request", "name")


@pytest.mark.parametrize("name, kept", [
    ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\skany\\pismo.pdf", "pismo.pdf"),
    ("/etc/x.pdf", "x.pdf"), ("pismo", "pismo.pdf"), ("żółć \u202e.pdf", "żółć \u202e.pdf"),
])
def test_a_name_is_never_a_path(office, clerk, letter, name, kept):
    [scan] = attach(clerk, letter, clerk.upload(pdf(), name))["scans"]
    assert scan["name"] == kept
    assert not os.path.exists(f"{office.data}/../passwd.pdf")


@pytest.mark.parametrize("size, code", [(0, "bad_request"), (-1, "bad_request"),
                                        (MAX + 1, "too_large"), (2**62, "too_large")])
def test_sizes_that_cannot_be(clerk, size, code):
    error = refused(clerk, "scan_begin", name="a.pdf", size=size)
    assert (error.code, error.field) == (code, "size")


def test_the_largest_scan(clerk, letter):
    longer = pdf(padding=MAX)
    content = pdf(padding=2 * MAX - len(longer))
    assert len(content) == MAX
    [scan] = attach(clerk, letter, clerk.upload(content))["scans"]
    assert scan["size"] == MAX and clerk.read_scan(scan) == content


def test_wrong_hash(clerk, letter):
    upload = begin(clerk, pdf())
    send(clerk, upload, pdf())
    error = refused(clerk, "scan_end", upload=upload, sha256=digest(b"other"))
    assert (error.code, error.field) == ("bad_request", "sha256")
    assert refused(clerk, "scan_attach", item_id=letter["id"], uploads=[upload]).code == "not_found"


@pytest.mark.parametrize("sha256", ["", "x" * 64, "A" * 64, "0" * 63, "0" * 65])
def test_what_is_no_hash(clerk, sha256):
    upload = begin(clerk, pdf())
    send(clerk, upload, pdf())
    error = refused(clerk, "scan_end", upload=upload, sha256=sha256)
    assert (error.code, error.field) == ("bad_request", "sha256")


@pytest.mark.parametrize("offset", [1, 50, -1, 2**62])
def test_pieces_out_of_place(clerk, offset):
    upload = begin(clerk, pdf())
    error = refused(clerk, "scan_data", upload=upload, offset=offset, data=pdf()[:10])
    assert (error.code, error.field) == ("bad_request", "offset")


def test_more_bytes_than_announced(clerk):
    upload = begin(clerk, pdf()[:100])
    clerk.call("scan_data", upload=upload, offset=0, data=pdf()[:100])
    error = refused(clerk, "scan_data", upload=upload, offset=100, data=b"x")
    assert error.code in ("bad_request", "too_large")


def test_fewer_bytes_than_announced(clerk):
    content = pdf()
    upload = clerk.call("scan_begin", name="a.pdf", size=len(content) + 1)["upload"]
    send(clerk, upload, content)
    assert refused(clerk, "scan_end", upload=upload, sha256=digest(content)).code == "bad_request"


def test_a_piece_that_is_too_long(clerk):
    content = pdf(padding=2 * CHUNK)
    upload = begin(clerk, content)
    error = refused(clerk, "scan_data", upload=upload, offset=0, data=content[:CHUNK + 1])
    assert (error.code, error.field) == ("bad_request", "data")
    error = refused(clerk, "scan_data", upload=upload, offset=0, data="text")
    assert (error.code, error.field) == ("bad_request", "data")


def test_uploads_that_there_are_not(clerk, letter):
    for method, params in (("scan_data", {"offset": 0, "data": b"x"}), ("scan_end", {"sha256": "0" * 64})):
        error = refused(clerk, method, upload=12345, **params)
        assert (error.code, error.field) == ("not_found", "upload")
    error = refused(clerk, "scan_attach", item_id=letter["id"], uploads=[12345])
    assert (error.code, error.field) == ("not_found", "uploads")
    error = refused(clerk, "scan_attach", item_id=letter["id"], uploads=[])
    assert (error.code, error.field) == ("bad_request", "uploads")


def test_uploads_of_another_user(office, clerk, letter):
    admin = office.admin
    mine = begin(clerk, pdf())
    for method, params in (("scan_data", {"offset": 0, "data": b"x"}), ("scan_end", {"sha256": digest(pdf())})):
        assert refused(admin, method, upload=mine, **params).code == "not_found"
    send(clerk, mine, pdf())
    clerk.call("scan_end", upload=mine, sha256=digest(pdf()))
    error = refused(admin, "scan_attach", item_id=letter["id"], uploads=[mine])
    assert (error.code, error.field) == ("not_found", "uploads")
    attach(clerk, letter, mine)


def test_an_upload_outlives_its_connection(office, letter):
    """A terminal that lost the line goes on where it was."""
    content = pdf(padding=300_000)
    first = office.clerk()
    upload = begin(first, content)
    first.call("scan_data", upload=upload, offset=0, data=content[:CHUNK])
    first.close()
    second = office.clerk()
    second.call("scan_data", upload=upload, offset=CHUNK, data=content[CHUNK:])
    second.call("scan_end", upload=upload, sha256=digest(content))
    [scan] = attach(second, letter, upload)["scans"]
    assert second.read_scan(scan) == content


def test_a_finished_upload_outlives_the_daemon(office, letter):
    upload = office.clerk().upload(pdf())
    office.stop()
    office.start()
    [scan] = attach(office.clerk(), letter, upload)["scans"]
    assert scan["sha256"] == digest(pdf())


def test_ending_twice_is_ending_once(clerk, letter):
    upload = clerk.upload(pdf())
    assert clerk.call("scan_end", upload=upload, sha256=digest(pdf()))["upload"] == upload
    assert len(attach(clerk, letter, upload)["scans"]) == 1


def test_an_upload_is_used_once(clerk, office, letter):
    upload = clerk.upload(pdf())
    attach(clerk, letter, upload)
    error = refused(clerk, "scan_attach", item_id=letter["id"], uploads=[upload])
    assert (error.code, error.field) == ("not_found", "uploads")
    second = clerk.upload(pdf())
    error = refused(clerk, "scan_attach", item_id=letter["id"], uploads=[second, second])
    assert (error.code, error.field) == ("not_found", "uploads")
    assert len(office.get(letter)["scans"]) == 1


def test_an_upload_is_forgotten_after_an_hour(office, clerk, letter):
    upload = clerk.upload(pdf())
    office.pass_time(3601)
    error = refused(clerk, "scan_attach", item_id=letter["id"], uploads=[upload])
    assert (error.code, error.field) == ("not_found", "uploads")


def test_several_at_once(clerk, letter):
    """Sixteen files at a time, their pieces mixed, as fast as the line takes them."""
    contents = [pdf(padding=300_000 + 1000 * number) for number in range(16)]
    uploads = [begin(clerk, content, f"{number}.pdf") for number, content in enumerate(contents)]
    error = refused(clerk, "scan_begin", name="17.pdf", size=10)
    assert error.code == "too_large"
    calls = []
    for at in range(0, 600_000, CHUNK):
        calls += [clerk.send("scan_data", upload=upload, offset=at, data=content[at:at + CHUNK])
                  for upload, content in zip(uploads, contents) if at < len(content)]
    calls += [clerk.send("scan_end", upload=upload, sha256=digest(content))
              for upload, content in zip(uploads, contents)]
    for call in calls:
        clerk.wait(call)
    item = attach(clerk, letter, *uploads)
    assert [clerk.read_scan(scan) for scan in item["scans"]] == contents


def test_the_same_content_twice(office, clerk, letter):
    other = office.letter(office.client("Beta", ["beta@example.pl"]))
    content = pdf(padding=100_000)
    first = attach(clerk, letter, clerk.upload(content, "a.pdf"))["scans"][0]
    second = attach(clerk, other, clerk.upload(content, "b.pdf"))["scans"][0]
    assert first["sha256"] == second["sha256"] and first["id"] != second["id"]
    assert clerk.read_scan(first) == clerk.read_scan(second) == content
    assert files_kept(office).count(len(content)) == 1


@pytest.mark.parametrize("seed", range(5))
def test_any_cut_of_the_pieces(clerk, letter, seed):
    noise = random.Random(seed)
    content = pdf(padding=noise.randrange(200_000))
    upload = begin(clerk, content)
    at, calls = 0, []
    while at < len(content):
        length = noise.randrange(1, 40_000)
        calls.append(clerk.send("scan_data", upload=upload, offset=at,
                                data=content[at:at + length]))
        at += length
    for call in calls:
        clerk.wait(call)
    clerk.call("scan_end", upload=upload, sha256=digest(content))
    assert clerk.read_scan(attach(clerk, letter, upload)["scans"][0]) == content


# ---- attaching ----

def test_attaching_closes_an_open_request(office, clerk):
    letter, request = office.asked_letter(office.client(
        package=office.package("P", default_scan_cost=500)))
    item = attach(clerk, letter, clerk.upload(pdf()), information="Proszę")
    assert item["request"]["status"] == "fulfilled" and item["request"]["id"] == request["id"]
    assert [(one["amount"], one["request_id"], one["information"]) for one in item["charges"]] == \
        [(500, request["id"], "Proszę")]
    assert "scan_request_create" not in item["can"]
    error = refused(clerk, "scan_request_create", item_id=letter["id"])
    assert (error.code, error.detail) == ("refused", "has_scan")


@pytest.mark.parametrize("cost, charges", [(None, []), (0, []), (300, [300])])
def test_attaching_without_a_request(clerk, letter, cost, charges):
    item = attach(clerk, letter, clerk.upload(pdf()), cost=cost)
    assert [one["amount"] for one in item["charges"]] == charges


@pytest.mark.parametrize("cost, charges", [(None, [500]), (0, []), (300, [300])])
def test_cost_of_a_request(office, clerk, cost, charges):
    _, request = office.asked_letter(office.client(
        package=office.package("P", default_scan_cost=500)))
    done = clerk.call("scan_request_fulfil", id=request["id"], uploads=[clerk.upload(pdf())],
                      cost=cost)
    assert done["cost"] == sum(charges)
    item = clerk.call("mail_get", id=request["item_id"])
    assert [one["amount"] for one in item["charges"]] == charges


def test_negative_cost(office, clerk, letter):
    upload = clerk.upload(pdf())
    for method, params in (
            ("scan_attach", {"item_id": letter["id"], "uploads": [upload]}),
            ("mail_register", {"direction": "incoming", "client_id": letter["client_id"],
                               "counterparty": "Sąd", "uploads": [upload]})):
        error = refused(clerk, method, cost=-1, **params)
        assert (error.code, error.field) == ("bad_request", "cost"), method
    assert office.get(letter)["charges"] == []


def test_fulfilling_needs_a_file(office, clerk):
    _, request = office.asked_letter()
    error = refused(clerk, "scan_request_fulfil", id=request["id"], uploads=[])
    assert (error.code, error.field) == ("bad_request", "uploads")
    error = refused(clerk, "scan_request_fulfil", id=request["id"], uploads=[5])
    assert (error.code, error.field) == ("not_found", "uploads")
    assert clerk.call("scan_request_get", id=request["id"]) == request


def test_letter_registered_with_its_scan(office, clerk):
    client = office.client(package=office.package("P", default_scan_cost=500))
    letter = clerk.call("mail_register", direction="incoming", client_id=client["id"],
                        counterparty="Sąd", uploads=[clerk.upload(pdf(), "wezwanie.pdf")],
                        information="Termin 7 dni", cost=250)
    assert len(letter["scans"]) == 1 and letter["cost"] == 250
    assert "scan_request_create" not in letter["can"]
    mail = Maildir(office).wait(to="alfa@example.pl")
    assert mail.subject.startswith("Nowa poczta ze skanem")
    assert mail.attachments() == [("wezwanie.pdf", "application/pdf", pdf())]
    assert mail.links() == [] and "Termin 7 dni" in mail.text and "2,50" in mail.text


def test_scans_too_large_for_an_e_mail(make_office):
    office = make_office({"mail": {"attachment_bytes": 1000}})
    office.allow_requests()
    letter, request = office.asked_letter()
    office.admin.call("scan_request_fulfil", id=request["id"],
                      uploads=[office.admin.upload(pdf(padding=2000))])
    mail = Maildir(office).wait(to="alfa@example.pl", subject="Skan gotowy")
    assert mail.attachments() == []
    assert f"http://127.0.0.1:{office.web_port}" in mail.text


def test_undoing_an_attachment(make_office):
    office = make_office({"mail": {"hold_seconds": 30}})
    office.allow_requests()
    letter, request = office.asked_letter(office.client(
        package=office.package("P", default_scan_cost=500)))
    office.admin.call("scan_request_fulfil", id=request["id"],
                      uploads=[office.admin.upload(pdf())])
    event = office.admin.call("event_list", newest_first=True,
                              kind="scan_request_fulfilled")["events"][0]
    office.admin.call("undo", event_id=event["id"])
    item = office.get(letter)
    assert (item["scans"], item["charges"], item["cost"]) == ([], [], 0)
    assert item["request"]["status"] == "new"
    dropped = office.outbox(state="dropped")["messages"]
    assert any("Skan gotowy" in message["subject"] for message in dropped)
    office.admin.call("scan_request_fulfil", id=request["id"],
                      uploads=[office.admin.upload(png(), "a.png")])
    assert [scan["type"] for scan in office.get(letter)["scans"]] == ["image/png"]


def test_no_rubbish_is_left(office, clerk):
    """Uploads that were begun, refused or forgotten leave no file when the daemon starts anew."""
    content = pdf(padding=50_000)
    upload = begin(clerk, content)
    clerk.call("scan_data", upload=upload, offset=0, data=content[:10_000])
    bad = begin(clerk, b"x" * 5000)
    send(clerk, bad, b"x" * 5000)
    refused(clerk, "scan_end", upload=bad, sha256=digest(b"x" * 5000))
    clerk.upload(content)  # never attached
    office.kill()
    office.pass_time(2 * 24 * 3600)
    office.start()
    assert files_kept(office) == []
