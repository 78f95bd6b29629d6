"""Versions of the OCOP criteria, and which bodies recognise how many stars.

Decision 148/QĐ-TTg (2023-02-24), amended by 1489/QĐ-TTg (2025-07-06): since then the province
awards 3 and 4 stars and the national council 5. Before, districts (abolished on 2025-07-01)
awarded 3 stars; their certificates stay valid for their 36 months, with the issuer as printed. Who
awarded 4 stars before is from memory, so it only warns.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from shop.catalogue.rules.findings import Finding
from shop.catalogue.rules.reference import Entry, Live, add_seed
from shop.core.text import N_

TWO_LEVELS_FROM: Final = date(2025, 7, 6)
"""Decision 1489/QĐ-TTg: province and national level only."""

ISSUER_LEVELS: Final = {
    "district": N_("Cấp huyện (trước 07/2025)"),
    "province": N_("Cấp tỉnh"),
    "national": N_("Cấp quốc gia"),
    "other": N_("Tổ chức chứng nhận"),
}


@dataclass(frozen=True)
class Criteria:
    """One version of the criteria; chosen by the day of recognition."""

    code: str
    label: str
    valid_from: date | None
    valid_until: date | None


def _criteria(entry: Entry) -> Criteria:
    return Criteria(entry.code, str(entry.data["label"]), entry.valid_from, entry.valid_until)


add_seed(
    Entry("criteria", code, {"label": label, "label_en": en}, valid_from=since, valid_until=until)
    for code, label, en, since, until in (
        (
            "148/QĐ-TTg",
            N_("Quyết định 148/QĐ-TTg (2023)"),
            "Decision 148/QĐ-TTg (2023)",
            date(2023, 2, 24),
            date(2025, 7, 5),
        ),
        (
            "148/QĐ-TTg + 1489/QĐ-TTg",
            N_("Quyết định 148/QĐ-TTg, sửa bởi 1489/QĐ-TTg (2025)"),
            "Decision 148/QĐ-TTg as amended by 1489/QĐ-TTg (2025)",
            TWO_LEVELS_FROM,
            None,
        ),
        (
            "1048/QĐ-TTg",
            N_("Quyết định 1048/QĐ-TTg (2019, đã thay)"),
            "Decision 1048/QĐ-TTg (2019, replaced)",
            date(2019, 8, 21),
            date(2023, 2, 23),
        ),
    )
)

CRITERIA: Final = Live("criteria", _criteria)


def criteria_on(issued_on: date) -> str:
    """The version in force on the day of recognition; the newest known when none is said to be."""
    for one in CRITERIA.values():
        begun = one.valid_from is None or one.valid_from <= issued_on
        if begun and (one.valid_until is None or issued_on <= one.valid_until):
            return one.code
    return next(iter(CRITERIA))


@dataclass(frozen=True)
class Recognition:
    """What the paper says of who recognised how many stars, when, by which criteria."""

    stars: int | None
    issued_on: date
    expires_on: date
    issuer_level: str
    criteria_version: str
    score: int | None = None
    decided_on: date | None = None


_BANDS: Final = {3: (50, 70), 4: (70, 90), 5: (90, 101)}
"""Points of each class: from, below."""


def issuer_faults(paper: Recognition) -> list[Finding]:
    """What cannot be or is unusual about the issuer.

    Codes: district_abolished, province_gave_five, wrong_level (blocking, only for papers of the two
    levels, whose rule is sure); unusual_level (a warning for older papers).
    """
    if paper.stars is None:
        return []
    if paper.issuer_level == "other":
        return [_fault("wrong_level", N_("Công nhận OCOP do cấp tỉnh hoặc cấp quốc gia cấp."))]
    if paper.issued_on >= TWO_LEVELS_FROM:
        return _faults_of_two_levels(paper.stars, paper.issuer_level)
    usual = {3: {"district", "province"}, 4: {"province"}, 5: {"national"}}[paper.stars]
    if paper.issuer_level in usual:
        return []
    text = N_("Trước 07/2025 cấp này thường không công nhận hạng sao này. Hãy đối chiếu bản chụp.")
    return [_fault("unusual_level", text, is_blocking=False)]


def _faults_of_two_levels(stars: int, level: str) -> list[Finding]:
    if level == "district":
        text = N_("Từ 06/07/2025 không còn cấp huyện; giấy cấp sau ngày này là của tỉnh.")
        return [_fault("district_abolished", text)]
    if stars == 5 and level != "national":
        return [_fault("province_gave_five", N_("Hạng 5 sao do cấp quốc gia công nhận."))]
    if stars < 5 and level == "national":
        text = N_("Cấp quốc gia công nhận hạng 5 sao; 3 và 4 sao là của tỉnh.")
        return [_fault("unusual_level", text, is_blocking=False)]
    return []


def _fault(code: str, text: str, *, is_blocking: bool = True) -> Finding:
    return Finding(code, text, "certificates", "issuer_level", is_blocking=is_blocking)


def recognition_findings(paper: Recognition, *, usual_end: date) -> list[Finding]:
    """All that staff should look at on an OCOP record: its issuer, points, dates and criteria.

    ``usual_end`` is 36 months after the issue. Codes besides those of ``issuer_faults``:
    points_of_other_class, other_length, decided_after, other_criteria; all warnings.
    """
    found = issuer_faults(paper)
    if paper.stars is not None and paper.score is not None:
        low, high = _BANDS[paper.stars]
        if not low <= paper.score < high:
            text = N_("Điểm không thuộc khoảng của hạng sao này.")
            found.append(_look("points_of_other_class", text, "score"))
    if paper.expires_on != usual_end:
        text = N_("Thời hạn khác 36 tháng kể từ ngày cấp. Hãy xem kỹ ngày trên giấy.")
        found.append(_look("other_length", text, "expires_on"))
    if paper.decided_on is not None and paper.decided_on > paper.issued_on:
        text = N_("Ngày quyết định sau ngày cấp.")
        found.append(_look("decided_after", text, "decided_on"))
    if paper.criteria_version != criteria_on(paper.issued_on):
        text = N_("Bộ tiêu chí này không có hiệu lực vào ngày cấp.")
        found.append(_look("other_criteria", text, "criteria_version"))
    return found


def _look(code: str, text: str, field: str) -> Finding:
    return Finding(code, text, "certificates", field, is_blocking=False)
