"""Hands in archives whose files are called as others' files are, and links and devices among them.

tries: path traversal in names, exchange-folder tricks
outcome: failed
"""

# %% 99-weigh
def weigh(values):
    return values

# %% hand-in
import io
import json
import tarfile
import zipfile

evil = ["../../../gradebook.db", "/etc/cron.d/x", "@COURSE@/nbgrader_config.py", "a/../../b.py", "..\\..\\c.py"]
with zipfile.ZipFile(folder / "work.zip", "w") as archive:
    archive.writestr("../../00_honest/99_target/99_target.ipynb", json.dumps(notebook))
    for path in evil:
        archive.writestr(path, "raise SystemExit")
with tarfile.open(folder / "more.tgz", "w:gz") as archive:
    for path in evil:
        archive.addfile(tarfile.TarInfo(path), io.BytesIO(b""))
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        info = tarfile.TarInfo(f"link{kind.decode()}.ipynb")
        info.type, info.linkname = kind, "@COURSE@/gradebook.db"
        archive.addfile(info)
name = None
