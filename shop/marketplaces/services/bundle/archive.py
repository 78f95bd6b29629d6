"""A zip that depends on nothing but its contents: sorted members, fixed dates and rights."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_FIXED: Final = (2020, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16
_PACKED_ALREADY: Final = (".jpg", ".xlsx")


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, _FIXED)
            member.create_system = _UNIX
            member.external_attr = _READABLE
            is_packed = name.endswith(_PACKED_ALREADY)
            member.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(member, files[name])
    return buffer.getvalue()


def member(path: Path, name: str) -> bytes | None:
    """One file out of a kept bundle; None when it has no such file. Raises OSError, BadZipFile."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name) if name in archive.namelist() else None
