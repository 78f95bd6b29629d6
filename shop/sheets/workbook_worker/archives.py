"""The zip around a workbook, judged before any parser sees it.

All of it is judged: its entries and their real sizes (counted while unpacking, not as declared),
ratio, macros, passwords, links to other files, DTDs. Only XML that passed is packed into the
archive that the parser gets. Entries that nobody reads must be whole too: they are copied when a
template is filled.
"""

import io
import zipfile
import zlib
from typing import Final
from xml.etree import ElementTree as ET

from shop.sheets.workbook_worker.limits import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED, Refused

_NS: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CHUNK: Final = 256 * 1024
_KINDS: Final = (
    (b"macroenabled", "macros"),
    (b"vbaproject", "macros"),
    (b"externallink", "external_links"),
    (b"connections+xml", "external_links"),
)
"""What no part may be, whatever its name."""


def unpack(raw: bytes) -> dict[str, bytes]:
    """The entries that a reader needs, unpacked within bounds and fit to be parsed.

    Raises Refused.
    """
    entries = _unpacked(raw)
    _refuse_contents(entries)
    return entries


def _unpacked(raw: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = archive.infolist()
            _refuse_entries(infos)
            left = MAX_UNPACKED
            found = {}
            for info in infos:
                is_needed = info.filename.endswith((".xml", ".rels"))
                content, size = _read(archive, info, left, is_needed)
                left -= size
                if is_needed:
                    found[info.filename.lstrip("/")] = content
            return found
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError):
        raise Refused("damaged") from None


def _read(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, is_needed: bool
) -> tuple[bytes, int]:
    """The content, empty when it is not needed, and its size. Raises Refused."""
    kept, size = [], 0
    with archive.open(info) as handle:
        while chunk := handle.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise Refused("bomb")
            if is_needed:
                kept.append(chunk)
    return b"".join(kept), size


def _refuse_entries(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > MAX_ENTRIES:
        raise Refused("bomb")
    names = [info.filename.lower().lstrip("/") for info in infos]
    if any(info.flag_bits & 1 for info in infos):
        raise Refused("encrypted")
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise Refused("macros")
    if any("externallinks/" in name or name.endswith("connections.xml") for name in names):
        raise Refused("external_links")
    if len(set(names)) != len(names) or any(".." in name or "\\" in name for name in names):
        raise Refused("damaged")
    if any(
        info.file_size > 1024 * 1024 and info.file_size > MAX_RATIO * max(1, info.compress_size)
        for info in infos
    ):
        raise Refused("bomb")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        # a million honest rows are no bomb, only too many
        is_long = any("worksheets/" in i.filename and i.file_size > 10 * 1024**2 for i in infos)
        raise Refused("too_many_rows" if is_long else "bomb")


def _refuse_contents(entries: dict[str, bytes]) -> None:
    for needed in ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if needed not in entries:
            raise Refused("not_xlsx")
    for content in entries.values():
        _refuse_markup(content)
    told = entries["[Content_Types].xml"].lower()
    for kind, code in _KINDS:
        if kind in told:
            raise Refused(code)
    for name, content in entries.items():
        if name.endswith(".rels"):
            _refuse_links(content)


def _refuse_markup(content: bytes) -> None:
    """XML in UTF-8 without a document type, so that no entity can be declared."""
    head = content[:200].lower()
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in content[:400]:
        raise Refused("entities")
    if b"encoding" in head and b"utf-8" not in head and b"us-ascii" not in head:
        raise Refused("entities")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"<!doctype" in content:
        raise Refused("entities")


def _refuse_links(rels: bytes) -> None:
    """A workbook may point outside with links that people press, and with nothing else."""
    for rel in _parsed(rels):
        kind = rel.get("Type", "").rpartition("/")[2]
        if rel.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            raise Refused("external_links")


def _parsed(content: bytes) -> ET.Element:
    """XML of an entry that holds no DTD, so no entities. Raises Refused."""
    try:
        return ET.fromstring(content)  # noqa: S314 - _refuse_contents came before
    except ET.ParseError:
        raise Refused("damaged") from None


def sheets_of(entries: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Name, state and place of every sheet with cells, in the workbook's order. Raises Refused."""
    book = _parsed(entries["xl/workbook.xml"])
    rels = _parsed(entries["xl/_rels/workbook.xml.rels"])
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    found = []
    for sheet in book.iter(f"{_NS}sheet"):
        target = targets.get(sheet.get(_REL), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in entries and "worksheets/" in path:
            found.append((sheet.get("name", ""), sheet.get("state", "visible"), path))
    if len({path for _name, _state, path in found}) < len(found):
        raise Refused("damaged")
    return found


def defined_names(entries: dict[str, bytes], most: int) -> dict[str, str]:
    """Name -> what it stands for, of the workbook's names."""
    book = _parsed(entries["xl/workbook.xml"])
    names = [(one.get("name", ""), one.text or "") for one in book.iter(f"{_NS}definedName")]
    return dict(names[:most])


def repacked(entries: dict[str, bytes]) -> bytes:
    """The archive that a parser gets."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()
