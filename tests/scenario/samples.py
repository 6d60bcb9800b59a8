# SPDX-License-Identifier: AGPL-3.0-or-later
"""Small files that are what they say."""
import struct
import subprocess
import zlib


def pdf(pages=1, padding=0):
    """A PDF of empty pages (ISO 32000-1, 7.5), `padding` bytes longer than it must be."""
    kids = " ".join(f"{3 + page} 0 R" for page in range(pages))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>",
               f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    objects += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"%" + b"x" * padding + b"\n"
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode()
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    return out + (f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n"
                  f"startxref\n{table}\n%%EOF\n").encode()


def png(width=4, height=4):
    return png_of([b"\xff" * width] * height)


def jpeg():
    """The head of a JPEG (ITU-T T.81, JFIF), enough for who looks at the content."""
    return (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00" +
            b"\xff\xdb\x00\x43\x00" + bytes(range(1, 65)) + b"\xff\xd9")


def tiff():
    """One white pixel (TIFF 6.0), little-endian."""
    entries = [(256, 3, 1, 1), (257, 3, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
               (273, 4, 1, 8), (278, 3, 1, 1), (279, 4, 1, 1)]
    out = b"II*\0" + struct.pack("<I", 10) + b"\xff\0" + struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        out += struct.pack("<HHII", tag, kind, count, value)
    return out + struct.pack("<I", 0)


def drawn_pdf(content):
    """A PDF of one page with this content stream (ISO 32000-1, 8)."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)]
    out, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table


def slow_pdf():
    """Small to send, and drawing it takes more time than anybody has."""
    shapes = (f"{i % 595} 0 m 595 {i % 842} l 0 842 l {i % 300} 400 l f*" for i in range(200_000))
    return drawn_pdf("\n".join(shapes).encode())


def png_of(rows):
    """A grey picture (PNG 1.2) of rows of bytes."""
    def chunk(kind, data):
        return (struct.pack(">I", len(data)) + kind + data +
                struct.pack(">I", zlib.crc32(kind + data)))
    packer, height, data = zlib.compressobj(1), 0, b""
    for row in rows:
        width, height = len(row), height + 1
        data += packer.compress(b"\0" + row)
    data += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) +
            chunk(b"IEND", b""))


def netpbm(tool, *arguments, picture):
    """The picture (bytes of PNM) as one of Netpbm's tools writes it."""
    return subprocess.run([tool, *arguments], input=picture, capture_output=True, check=True,
                          timeout=60).stdout
