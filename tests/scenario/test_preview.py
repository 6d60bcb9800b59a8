# SPDX-License-Identifier: AGPL-3.0-or-later
"""Previews of scans: what the dots show, and what a file that means harm cannot do."""
import os
import time

import pytest
from samples import drawn_pdf, jpeg, netpbm, pdf, png, png_of, slow_pdf
from skrytka import RpcError, wait_until

WIDTH, HEIGHT = 152, 48

# Points from the lower left corner: three lines of an address, then a paragraph below.
LETTER = b"".join(b"%d %d %d 9 re f\n" % (310 + i * 6, y, 3)
                  for y, letters in ((690, 28), (674, 20), (658, 24)) for i in range(letters))
LETTER += b"".join(b"%d %d 3 9 re f\n" % (70 + i * 6, y) for y in range(300, 500, 16)
                   for i in range(75))


def refused(connection, **params):
    with pytest.raises(RpcError) as error:
        connection.call("scan_preview", **params)
    return error.value


def rows_of(preview):
    """The dots as one text a row: # is ink."""
    stride = (preview["width"] + 7) // 8
    assert len(preview["dots"]) == stride * preview["height"]
    return ["".join(f"{byte:08b}" for byte in preview["dots"][at:at + stride])[:preview["width"]]
            .replace("1", "#").replace("0", ".") for at in range(0, len(preview["dots"]), stride)]


def lines_of(rows):
    """Widths of the strips with ink between strips without."""
    widths, before = [], False
    for row in rows:
        if "#" in row:
            if not before:
                widths.append(0)
            widths[-1] = max(widths[-1], row.rindex("#") + 1)
        before = "#" in row
    return widths


def children(office):
    pid = office.process.pid
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


@pytest.fixture
def clerk(office):
    return office.clerk()


def assert_shows_the_address(preview):
    assert preview["width"] <= WIDTH and preview["height"] <= HEIGHT
    longest, shorter, third = lines_of(rows_of(preview))
    assert longest == preview["width"] and longest > WIDTH - 10
    assert abs(shorter / longest - 19.5 / 27.5) < 0.03 and abs(third / longest - 23.5 / 27.5) < 0.03


def test_a_sent_file_and_the_scan_it_becomes(office, clerk):
    """The address alone fills the dots, although most ink is in the paragraph."""
    upload = clerk.upload(drawn_pdf(LETTER))
    sent = clerk.call("scan_preview", upload=upload, width=WIDTH, height=HEIGHT)
    assert_shows_the_address(sent)
    letter = office.letter(office.client())
    [scan] = clerk.call("scan_attach", item_id=letter["id"], uploads=[upload])["scans"]
    assert clerk.call("scan_preview", id=scan["id"], width=WIDTH, height=HEIGHT) == sent
    page = clerk.call("scan_preview", id=scan["id"], width=420, height=2000, part="page")
    assert (page["width"], page["height"]) == (420, 594)
    assert abs(page["left"] - 420 * 310 / 595) < 3 and abs(page["top"] - 594 * 143 / 842) < 3
    assert lines_of(rows_of(page)[:page["top"] + 30])[0] > page["left"] + 100


@pytest.mark.parametrize("name, tool", [
    ("skan.jpg", ["pnmtojpeg", "-quality=60"]), ("skan.png", ["pnmtopng", "-quiet"]),
    ("skan.tif", ["pamtotiff", "-truecolor", "-output=-"]),
    ("fax.tif", ["pamtotiff", "-g4", "-output=-"])])
def test_pictures(office, clerk, tmp_path, name, tool):
    whole = clerk.call("scan_preview", upload=clerk.upload(drawn_pdf(LETTER)), width=1200,
                       height=1700, part="page")
    stride = (whole["width"] + 7) // 8
    picture = b"P4\n%d %d\n" % (stride * 8, whole["height"]) + whole["dots"]
    if tool[0] == "pamtotiff":  # it writes into files only
        (tmp_path / "in").write_bytes(picture)
        tool = [*tool[:-1], f"-output={tmp_path}/out.tif", f"{tmp_path}/in"]
        netpbm(*tool, picture=b"")
        content = (tmp_path / "out.tif").read_bytes()
    else:
        content = netpbm(*tool, picture=picture)
    upload = clerk.upload(content, name)
    assert_shows_the_address(
        clerk.call("scan_preview", upload=upload, width=WIDTH, height=HEIGHT))
    error = refused(clerk, upload=upload, width=WIDTH, height=HEIGHT, page=2)
    assert (error.code, error.field) == ("not_found", "page")


def test_pages(clerk):
    upload = clerk.upload(pdf(pages=3))
    for page in (1, 3):
        shown = clerk.call("scan_preview", upload=upload, width=10, height=10, page=page)
        assert set(shown["dots"]) == {0}
    assert refused(clerk, upload=upload, width=10, height=10, page=4).field == "page"


@pytest.mark.parametrize("params, field", [
    ({}, "id"), ({"id": 1, "upload": 1}, "id"), ({"upload": 1, "width": 0}, "width"),
    ({"upload": 1, "width": 2049}, "width"), ({"upload": 1, "height": 0}, "height"),
    ({"upload": 1, "height": 2049}, "height"), ({"upload": 1, "page": 0}, "page"),
    ({"upload": 1, "page": 10001}, "page"), ({"upload": 1, "part": "back"}, "part")])
def test_bad_fields(clerk, params, field):
    error = refused(clerk, **{"width": WIDTH, "height": HEIGHT, **params})
    assert (error.code, error.field) == ("bad_request", field)


def test_only_what_is_there_and_ones_own(office, clerk):
    upload = clerk.upload(pdf())
    for connection, params in ((office.admin, {"upload": upload}), (clerk, {"upload": upload + 1}),
                               (clerk, {"id": 4711})):
        error = refused(connection, width=WIDTH, height=HEIGHT, **params)
        assert (error.code, error.field) == ("not_found", next(iter(params)))


def test_a_file_given_up(office, clerk):
    """Its place is free again, and it is gone for everything."""
    uploads = [clerk.upload(pdf(padding=size)) for size in range(16)]
    with pytest.raises(RpcError) as error:
        clerk.upload(pdf(padding=16))
    assert error.value.code == "too_large"
    with pytest.raises(RpcError) as error:
        office.admin.call("scan_drop", upload=uploads[0])
    assert (error.value.code, error.value.field) == ("not_found", "upload")
    assert clerk.call("scan_drop", upload=uploads[0], key="k") == {"upload": uploads[0]}
    assert clerk.call("scan_drop", upload=uploads[0], key="k") == {"upload": uploads[0]}
    assert refused(clerk, upload=uploads[0], width=1, height=1).code == "not_found"
    clerk.upload(pdf(padding=16))


@pytest.mark.parametrize("name, content", [
    ("cut.pdf", drawn_pdf(LETTER)[:200]), ("head.jpg", jpeg()), ("cut.png", png(64, 64)[:60])],
    ids=lambda value: value if isinstance(value, str) else "")
def test_unusable(clerk, name, content):
    upload = clerk.upload(content, name)
    error = refused(clerk, upload=upload, width=WIDTH, height=HEIGHT)
    assert (error.code, error.field, error.detail) == ("bad_request", "upload", "unusable")


def test_a_bomb(office, clerk):
    """A small PNG that says it is a picture of 576 MB takes none of that from the daemon."""
    row = bytes(24_000)
    upload = clerk.upload(png_of(row for _ in range(24_000)), "bomba.png")
    before = office.resident_bytes()
    error = refused(clerk, upload=upload, width=WIDTH, height=HEIGHT)
    assert (error.code, error.detail) == ("bad_request", "unusable")
    assert office.resident_bytes() - before < 32 << 20
    assert clerk.call("scan_preview", upload=clerk.upload(pdf()), width=9, height=9)


def test_others_do_not_wait_and_the_line_is_bounded(office, clerk):
    """While pages are drawn for long, everything else answers; a connection waits for four."""
    upload = clerk.upload(slow_pdf(), "wolny.pdf")
    calls = [clerk.send("scan_preview", upload=upload, width=WIDTH, height=HEIGHT)
             for _ in range(5)]
    # Whichever file is found last: two threads look for them.
    clerk.receive_until(lambda: clerk.answers.keys() & set(calls), "the refusal of one")
    (refused,) = clerk.answers.keys() & set(calls)
    with pytest.raises(RpcError) as error:
        clerk.wait(refused)
    assert (error.value.code, error.value.detail) == ("unavailable", "busy")
    wait_until(lambda: len(children(office)) == 2, "two children")
    before = time.monotonic()
    for _ in range(50):
        office.admin.call("client_search", limit=5)
        clerk.call("client_search", limit=5)
    assert time.monotonic() - before < 5
    assert len(children(office)) == 2
    clerk.close()
    wait_until(lambda: not children(office), "the end of the children")


def test_the_end_of_the_daemon_does_not_wait(office, clerk):
    upload = clerk.upload(slow_pdf())
    clerk.send("scan_preview", upload=upload, width=WIDTH, height=HEIGHT)
    wait_until(lambda: children(office), "a child")
    before = time.monotonic()
    office.stop()
    assert time.monotonic() - before < 5


def test_without_the_tools(make_office, tmp_path, monkeypatch):
    """The daemon starts, says what is missing, and takes scans as ever."""
    os.symlink("/usr/bin/prlimit", tmp_path / "prlimit")
    monkeypatch.setenv("PATH", str(tmp_path))
    office = make_office()
    clerk = office.clerk()
    upload = clerk.upload(pdf())
    error = refused(clerk, upload=upload, width=WIDTH, height=HEIGHT)
    assert (error.code, error.detail) == ("unavailable", "no_tool")
    assert "pdftoppm is not installed" in office.log()
    letter = office.letter(office.client())
    assert clerk.call("scan_attach", item_id=letter["id"], uploads=[upload])["scans"]
