"""Hands in an archive of some kilobytes that names one file of 50 MB a thousand times.

tries: decompression bombs, floods of time
outcome: could not be read
earns: 0
"""

# %% hand-in
import io
import struct
import zipfile

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
    archive.writestr("a.ipynb", b"{" + bytes(50_000_000))
raw = buffer.getvalue()
begin, end = raw.rindex(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
central = raw[begin:end] * 1000
numbers = (0, 0, 1000, 1000, len(central), begin, 0)
(folder / "work.zip").write_bytes(raw[:begin] + central + struct.pack("<4s4H2LH", b"PK\x05\x06", *numbers))
name = None
