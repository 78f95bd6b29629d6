"""Words that promise too much: stars and OCOP without a paper, healing, "the best".

They are pointed out beside the text with the rule behind them; people judge. Only one thing is
certain enough to refuse: an OCOP rank in a name or introduction that no verified, unexpired
certificate of the product backs.

Compared with accents: "chữa" (heal) is not "chưa" (not yet) nor "chứa" (contain). Every repetition
is bounded, so that a megabyte of one letter costs no more than a pass over it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from shop.catalogue.rules.findings import FACT_LABELS, STORY_FIELDS, Finding
from shop.core.text import N_

CLAIM_FIELDS: Final = (
    *("name", "name_en", "summary", "summary_en", "story", "story_en"),
    *("ingredients", "net_content", "usage", "storage", "warnings"),
)
"""What is read for claims, in the order of the forms."""

HINTED_FIELDS: Final = (*CLAIM_FIELDS, "regulated_class")
"""Beside these fields of the forms something may be remarked."""

_SHOWN_IN_LISTS: Final = frozenset({"name", "name_en", "summary", "summary_en"})
_I: Final = re.IGNORECASE
_COUNT: Final = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5}

_STARS: Final = re.compile(
    r"(?<!\w)(?P<count>[1-5]|một|hai|ba|bốn|năm)(?:\s{0,3}(?:sao(?!\w)|[*★⭐])"
    r"|\s{0,3}-?\s{0,3}stars?(?!\w))|(?P<signs>[★⭐]{2,5})",
    _I,
)
_OCOP: Final = re.compile(r"(?<!\w)OCOP(?!\w)", _I)
_NEAR: Final = 24
"""Characters between "OCOP" and a number of stars that make them one claim."""
_HEALING: Final = re.compile(
    r"(?<!\w)(?:chữa|điều trị|đặc trị|trị bệnh|trị dứt|khỏi bệnh|khỏi hẳn|thần dược|bài thuốc|"
    r"vị thuốc|thuốc|chống ung thư|ngừa ung thư|phòng bệnh|giảm cân cấp tốc|thay thế thuốc|"
    r"cures?|heals?|treats? disease|medicines?)(?!\w)",
    _I,
)
_NO_HEALING: Final = re.compile(
    r"không phải (?:là )?thuốc|không (?:có tác dụng )?thay (?:thế )?thuốc(?: chữa bệnh)?|"
    r"không (?:dùng|phun|sử dụng)(?: \w{1,8}){0,3} thuốc(?: (?:trừ sâu|bảo vệ thực vật|diệt cỏ))?|"
    r"thuốc (?:trừ sâu|bảo vệ thực vật|diệt cỏ|nhuộm|lào|súng)|not (?:a )?medicine",
    _I,
)
"""What a label has to say, and other things called "thuốc"."""
_BEST: Final = re.compile(
    r"(?<!\w)(?:(?:số|no\.?|number)\s{0,3}(?:1|một|one)(?!\w)|hàng đầu|đệ nhất|"
    r"top\s{0,3}\d{1,2}(?!\d)|"
    r"(?!(?:thứ|thống|hợp|đồng|ít|gần|mới|sớm|muộn|chậm|tối|bậc|nhất)\s)\w{2,12}\s{1,3}nhất"
    r"(?!\s{1,3}(?:là|định|thiết|quán|trí|thời|thể))|the best)(?!\w)",
    _I,
)

OCOP_RULE: Final = N_(
    "Quyết định 148/QĐ-TTg và quy chế dùng nhãn OCOP (1162/QĐ-VPĐP-OCOP): chỉ sản phẩm có giấy "
    "công nhận còn hạn, từ 3 sao."
)
HEALING_RULE: Final = N_(
    "Luật Thương mại điện tử 122/2025, điều 24 và Luật Quảng cáo: không nói sai công dụng; "
    "thực phẩm không được giới thiệu như thuốc."
)
BEST_RULE: Final = N_(
    "Luật Quảng cáo (chưa đối chiếu bản gốc): từ so sánh nhất phải có tài liệu chứng minh."
)


@dataclass(frozen=True)
class _Claim:
    code: str
    words: Callable[[str], list[str]]
    text: str
    source: str


def claim_warnings(
    facts: Mapping[str, str | int | None], *, valid_stars: int | None = None
) -> list[Finding]:
    """Claims in the texts of a product. ``valid_stars``: what its certificate shows today.

    Codes: claims_ocop_rank (blocking); claims_stars, claims_ocop, claims_healing, claims_best.
    """
    found = []
    for name in CLAIM_FIELDS:
        text = facts.get(name)
        if isinstance(text, str) and text:
            found += _in_field(name, text, valid_stars)
    return found


def _in_field(name: str, text: str, valid_stars: int | None) -> list[Finding]:
    found = []
    ranks = [] if name not in _SHOWN_IN_LISTS else unproven_ranks(text, valid_stars)
    if ranks:
        found.append(
            _finding(
                "claims_ocop_rank",
                N_("“%(words)s”: chưa có giấy OCOP còn hạn ứng với hạng này. Hãy bỏ khỏi đây."),
                name,
                ranks,
                OCOP_RULE,
                is_blocking=True,
            )
        )
    for claim in _CLAIMS:
        words = claim.words(text)
        is_said = bool(ranks) and claim.code in {"claims_stars", "claims_ocop"}
        is_proven = claim.code == "claims_ocop" and valid_stars is not None
        if words and not is_said and not is_proven:
            found.append(_finding(claim.code, claim.text, name, words, claim.source))
    return found


def _finding(
    code: str, text: str, name: str, words: list[str], source: str, *, is_blocking: bool = False
) -> Finding:
    step = "label" if name in FACT_LABELS else "story" if name in STORY_FIELDS else "facts"
    params = {"words": ", ".join(words)}
    return Finding(code, text, step, name, is_blocking=is_blocking, params=params, source=source)


def unproven_ranks(text: str, valid_stars: int | None) -> list[str]:
    """Words such as "OCOP 5 sao" or "4 sao OCOP" whose number is not ``valid_stars``."""
    found = []
    for rank in _STARS.finditer(text):
        near = text[max(0, rank.start() - _NEAR) : rank.end() + _NEAR]
        if _OCOP.search(near) and _count(rank) != valid_stars:
            found.append(rank[0])
    return list(dict.fromkeys(found))[:3]


def _count(rank: re.Match[str]) -> int:
    if rank["signs"]:
        return len(rank["signs"])
    return _COUNT.get(rank["count"].lower()) or int(rank["count"])


def _hits(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    """The first three different words that the pattern finds, as written."""

    def words(text: str) -> list[str]:
        found: dict[str, None] = {}
        for match in pattern.finditer(text):
            found.setdefault(match[0])
            if len(found) == 3:
                break
        return list(found)

    return words


def _healing(text: str) -> list[str]:
    return _hits(_HEALING)(_NO_HEALING.sub("", text))


_CLAIMS: Final = (
    _Claim(
        "claims_stars",
        _hits(_STARS),
        N_("Lời viết nhắc đến số sao (“%(words)s”). Sao tự hiện từ giấy còn hạn; nên bỏ ở đây."),
        OCOP_RULE,
    ),
    _Claim(
        "claims_ocop",
        _hits(_OCOP),
        N_("Lời viết nhắc “%(words)s” mà sản phẩm chưa có giấy công nhận còn hạn được xác minh."),
        OCOP_RULE,
    ),
    _Claim(
        "claims_healing",
        _healing,
        N_("Lời viết có thể bị hiểu là chữa bệnh (“%(words)s”). Nên bỏ."),
        HEALING_RULE,
    ),
    _Claim(
        "claims_best",
        _hits(_BEST),
        N_("“%(words)s” là lời so sánh nhất. Chỉ giữ khi có tài liệu chứng minh."),
        BEST_RULE,
    ),
)
