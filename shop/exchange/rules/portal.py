"""The minimum data elements of a trace code, and what of them a lot lacks.

Source: Law 78/2025/QH15 on product quality and the draft of its Decree 37 as listed in the facts
(section 1); the final text is open, so a missing element is told and never refuses anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shop.core.text import N_

ELEMENTS: Final[Mapping[str, str]] = {
    "name": N_("Tên sản phẩm"),
    "image": N_("Hình ảnh sản phẩm"),
    "producer": N_("Tên đơn vị sản xuất, kinh doanh"),
    "address": N_("Địa chỉ đơn vị"),
    "origin": N_("Nơi sản xuất, xuất xứ"),
    "stages": N_("Công đoạn sản xuất, kinh doanh kèm thời gian"),
    "place_codes": N_("Mã truy vết địa điểm của từng công đoạn"),
    "lot": N_("Số lô"),
    "shelf_life": N_("Hạn sử dụng"),
    "standard": N_("Tiêu chuẩn, quy chuẩn áp dụng"),
}
"""In the order of the list, a to i."""

COLUMNS: Final = (
    "ten_san_pham",
    "hinh_anh",
    "don_vi",
    "dia_chi",
    "xuat_xu",
    "ma_truy_vet_san_pham",
    "ma_truy_vet_dia_diem",
    "cong_doan",
    "thoi_gian",
    "so_lo",
    "han_su_dung",
    "tieu_chuan",
    "ma_truy_xuat_nguon_goc",
)


@dataclass(frozen=True)
class Stage:
    """A stage that is told: what was done, when, where."""

    label: str
    """Msgid."""
    at: datetime
    place: str


@dataclass(frozen=True)
class PortalLot:
    """What a portal is told of a lot."""

    code: str
    address: str
    """Where the code leads: the trace code in its carrier."""
    lot_no: str
    product_id: int
    product: str
    image: str
    producer: str
    producer_address: str
    origin: str
    place_code: str
    """The producer's verified GLN, else empty."""
    best_before: date | None
    standard: str
    stages: tuple[Stage, ...]


def missing(lot: PortalLot) -> list[str]:
    """The elements a lot lacks, by their keys in ELEMENTS, in that order."""
    has = {
        "name": lot.product,
        "image": lot.image,
        "producer": lot.producer,
        "address": lot.producer_address,
        "origin": lot.origin,
        "stages": lot.stages,
        "place_codes": lot.place_code,
        "lot": lot.lot_no,
        "shelf_life": lot.best_before,
        "standard": lot.standard,
    }
    return [key for key in ELEMENTS if not has[key]]


def rows(lot: PortalLot, *, stage_names: Mapping[str, str]) -> list[Sequence[str]]:
    """One row a stage, in COLUMNS' order; a lot without stages has one row without them."""
    stages: Sequence[Stage | None] = lot.stages or (None,)
    return [
        (
            lot.product,
            lot.image,
            lot.producer,
            lot.producer_address,
            lot.origin,
            lot.code,
            lot.place_code or (stage.place if stage else ""),
            stage_names.get(stage.label, stage.label) if stage else "",
            stage.at.isoformat(timespec="minutes") if stage else "",
            lot.lot_no,
            lot.best_before.isoformat() if lot.best_before else "",
            lot.standard,
            lot.address,
        )
        for stage in stages
    ]
