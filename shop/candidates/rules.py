"""The way to an OCOP recognition, a GTIN, a registration of traceability: steps and papers.

Steps of the OCOP way: since Decision 1489/QĐ-TTg (2025-07-06) the commune checks part of the
dossier, the province awards 3 and 4 stars, the national council 5. The other ways are general
knowledge; nothing here refuses anybody anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

KINDS: Final = {
    "ocop": N_("Công nhận OCOP"),
    "gtin": N_("Mã GTIN"),
    "trace": N_("Truy xuất nguồn gốc"),
}

STAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "ocop": {
        "preparing": N_("Chuẩn bị hồ sơ"),
        "commune": N_("Xã kiểm tra"),
        "submitted": N_("Đã nộp tỉnh"),
        "assessed": N_("Hội đồng đánh giá"),
        "recognised": N_("Được công nhận"),
    },
    "gtin": {
        "preparing": N_("Chuẩn bị hồ sơ"),
        "submitted": N_("Đã nộp GS1 Việt Nam"),
        "prefix": N_("Đã có mã doanh nghiệp"),
        "declared": N_("Đã khai mã trên hệ thống"),
        "verified": N_("Cán bộ đã xác minh"),
    },
    "trace": {
        "preparing": N_("Chuẩn bị dữ liệu"),
        "labels": N_("Đã in tem, quét thử"),
        "submitted": N_("Đã đăng ký trên cổng"),
        "connected": N_("Cổng đã nhận dữ liệu"),
    },
}
"""Steps of each way in order; the first is where one begins, the last is the goal."""

PAPER_LABELS: Final = {
    "missing": N_("Chưa có"),
    "ready": N_("Đã có"),
    "handed_in": N_("Đã nộp"),
    "accepted": N_("Được nhận"),
    "returned": N_("Bị trả lại"),
    "waived": N_("Không cần"),
}
MAKER_STATES: Final = ("missing", "ready", "handed_in")
STAFF_STATES: Final = ("accepted", "returned", "waived", "missing", "ready", "handed_in")
"""What each side may say of a paper; only staff accept, return or waive."""

SETTLED: Final = frozenset({"ready", "handed_in", "accepted", "waived"})
SOON_DAYS: Final = 14


class UnknownStage(Invalid):
    message = N_("Bước này không có trong hồ sơ. Vui lòng tải lại trang.")


class UnknownPaper(Invalid):
    message = N_("Giấy này không nằm trong hồ sơ. Vui lòng tải lại trang.")


class NotYours(Conflict):
    message = N_("Chỉ cán bộ ghi được giấy đã được nhận, bị trả lại hoặc không cần.")


class OpenAlready(Conflict):
    message = N_("Sản phẩm này đã có hồ sơ đang theo dõi. Hãy mở hồ sơ đó.")


class ClosedAlready(Conflict):
    message = N_("Hồ sơ này đã đóng. Vui lòng tải lại trang.")


class WrongDeadline(Invalid):
    message = N_("Hạn phải từ hôm nay và trong vòng năm năm.")


@dataclass(frozen=True)
class PaperLine:
    """One paper of a candidate as a page shows it."""

    code: str
    label: str
    label_en: str
    is_required: bool
    is_checked: bool
    """Whether the demand was compared with the law; if not it is only a reminder."""
    basis: str
    state: str
    note: str
    has_certificate: bool
    """A verified certificate in the catalogue is this paper: nothing more to do."""

    @property
    def is_settled(self) -> bool:
        return self.has_certificate or self.state in SETTLED


@dataclass(frozen=True)
class Progress:
    """How far a candidate is."""

    settled: int
    required: int
    missing: tuple[PaperLine, ...]
    """Required papers that are not there."""
    urgency: str
    """``late``, ``soon`` or ``calm``, by the deadline."""
    days_left: int | None


def progress(papers: Iterable[PaperLine], *, deadline: date | None, today: date) -> Progress:
    """Count the required papers and look at the deadline."""
    required = [paper for paper in papers if paper.is_required]
    missing = tuple(paper for paper in required if not paper.is_settled)
    left = (deadline - today).days if deadline is not None else None
    urgency = "calm"
    if left is not None:
        urgency = "late" if left < 0 else "soon" if left <= SOON_DAYS else "calm"
    return Progress(len(required) - len(missing), len(required), missing, urgency, left)


def first_stage(kind: str) -> str:
    """Where this way begins."""
    return next(iter(STAGES[kind]))


def last_stage(kind: str) -> str:
    """The goal."""
    return list(STAGES[kind])[-1]


def stage_places(kind: str, stage: str) -> tuple[int, int]:
    """The step's place, counted from 1, and how many there are."""
    steps = list(STAGES[kind])
    return steps.index(stage) + 1, len(steps)
