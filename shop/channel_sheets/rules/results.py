"""What a channel says of an upload: published, rejected with a reason, or still looked at.

Result files have no fixed layout: Shopee gives back the rejected rows in its own template with a
column ``et_title_reason``, others a list with headings. Columns are found by their words.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from shop.channel_sheets.rules.book import BookSheet, words_at
from shop.channel_sheets.rules.keys import folded_key
from shop.core.errors import Invalid
from shop.core.text import N_, fold

State = Literal["published", "rejected", "reviewing"]

LOOKED_ROWS: Final = 20
STATES: Final[Mapping[State, str]] = {
    "published": N_("Đã lên sàn"),
    "rejected": N_("Bị từ chối"),
    "reviewing": N_("Đang chờ duyệt"),
}
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": (
        *("ps_sku_short", "seller_sku", "sku.sellersku", "sellersku", "seller sku"),
        *("sku phan loai", "sku nguoi ban", "ma hang sku", "ma sku", "sku"),
    ),
    "parent": ("ps_sku_parent_short", "parent sku", "sku san pham"),
    "state": (
        *("product_status", "status", "trang thai", "ket qua", "result", "upload status"),
        *("trang thai san pham", "tinh trang"),
    ),
    "reason": (
        *("et_title_reason", "reason", "fail reason", "failed reason", "error", "error message"),
        *("error reason", "ly do", "ly do that bai", "ly do tu choi", "loi", "thong bao loi"),
    ),
    "id": ("product_id", "product id", "item id", "et_title_product_id", "ma san pham", "item_id"),
    "url": ("product link", "link", "url", "duong dan", "duong dan san pham", "lien ket"),
    "name": ("ps_product_name", "product_name", "product name", "ten san pham"),
}
_SAYS: Final[tuple[tuple[State, re.Pattern[str]], ...]] = (
    (
        "rejected",
        re.compile(
            r"fail|reject|error|\bloi\b|tu choi|that bai|khong (hop le|thanh cong)|banned|bi khoa"
        ),
    ),
    ("reviewing", re.compile(r"pending|review|cho duyet|dang (duyet|xu ly)|draft|nhap|processing")),
    ("published", re.compile(r"success|live|active|thanh cong|dang ban|da len|normal|publish")),
)


class NoResults(Invalid):
    message = N_(
        "Không thấy cột SKU cùng cột trạng thái, lý do hoặc mã sản phẩm trong tệp này. Hãy tải tệp "
        "kết quả mà sàn trả về, hoặc danh sách sản phẩm xuất từ sàn."
    )


@dataclass(frozen=True)
class Told:
    """A row's verdict. ``number`` counts from 1 as spreadsheet programs do."""

    number: int
    sku: str
    name: str
    state: State
    reason: str
    external_id: str
    external_url: str


def read_results(sheets: Sequence[BookSheet]) -> list[Told]:
    """The verdicts of the sheet whose headings say most. Raises NoResults."""
    best: tuple[int, BookSheet, int, dict[str, int]] | None = None
    for sheet in sheets:
        if sheet.is_hidden:
            continue
        for row, cells in enumerate(sheet.rows[:LOOKED_ROWS]):
            columns = _columns(cells)
            is_enough = "sku" in columns and bool({"state", "reason", "id"} & set(columns))
            if is_enough and (best is None or len(columns) > best[0]):
                best = (len(columns), sheet, row, columns)
    if best is None:
        raise NoResults
    _count, sheet, header, columns = best
    found = [
        _told(number, cells, columns)
        for number, cells in enumerate(sheet.rows[header + 1 :], start=header + 2)
    ]
    told = [one for one in found if one is not None]
    if not told:
        raise NoResults
    return told


def _columns(cells: Sequence[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        if not isinstance(cell, str):
            continue
        names = {folded_key(cell), fold(cell[:120]).strip("* ")}
        for field, words in _HEADINGS.items():
            if field not in found and names & set(words):
                found[field] = at
    return found


def _told(number: int, cells: Sequence[Any], columns: Mapping[str, int]) -> Told | None:
    """None for rows that say nothing: explanations below the keys, empty rows."""
    said = {field: words_at(cells, at) for field, at in columns.items()}
    sku = said.get("sku", "") or said.get("parent", "")
    external_id = said.get("id", "")
    url = said.get("url", "")
    state = state_of(said.get("state", ""), said.get("reason", ""), external_id)
    if not sku or state is None:
        return None
    return Told(
        number=number,
        sku=sku[:100],
        name=said.get("name", "")[:200],
        state=state,
        reason=said.get("reason", "")[:2_000] if state == "rejected" else "",
        external_id=external_id[:60] if re.fullmatch(r"[\w.-]{1,60}", external_id) else "",
        external_url=url if re.fullmatch(r"https?://[^\s<>\"']{4,490}", url) else "",
    )


def state_of(words: str, reason: str, external_id: str) -> State | None:
    """The verdict of a row; None when it tells none."""
    plain = fold(words[:120])
    for state, pattern in _SAYS:
        if pattern.search(plain):
            return state
    if reason.strip():
        return "rejected"
    return "published" if re.fullmatch(r"\d{4,30}", external_id) else None
