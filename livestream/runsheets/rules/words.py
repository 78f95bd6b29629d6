"""Words of a script to reconsider before they are said on air.

They are pointed out with the reason and judged by people, never refused: healing, stars without a
paper, "the best", absolute promises (the catalogue's own judgement of claims), and what the
platforms of this session do not want to hear.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from livestream.clubs.policies import Policy
from shop.catalogue.rules import claim_warnings
from shop.core.text import N_

_I: Final = re.IGNORECASE
_SURE: Final = re.compile(
    r"(?<!\w)(?:100\s{0,2}%|cam kết|bảo đảm khỏi|chắc chắn khỏi|không tác dụng phụ|"
    r"tuyệt đối|vĩnh viễn|duy nhất|rẻ nhất)(?!\w)",
    _I,
)
_CONTACT: Final = re.compile(
    r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)|https?://\S{1,200}|www\.\S{1,200}", _I
)
_OTHERS: Final = re.compile(
    r"(?<!\w)(?:shopee|lazada|tiktok|tik tok|zalo|facebook|sendo|tiki|postmart|voso)(?!\w)", _I
)
_COMMENT_ORDER: Final = re.compile(
    r"(?<!\w)(?:để lại|comment|bình luận|nhắn)\s{1,3}(?:số điện thoại|sđt|số)(?!\w)", _I
)
_OWN_CODE: Final = re.compile(r"(?<!\w)(?:quét (?:mã|qr)|(?:mã )?qr|mã truy xuất)(?!\w)", _I)
PROMISE_RULE: Final = N_(
    "Luật Thương mại điện tử 122/2025, điều 24 (theo báo chí): không nói sai về công dụng, chất "
    "lượng, giá, khuyến mại."
)


@dataclass(frozen=True)
class Remark:
    """Words to reconsider: ``words`` as written, why, and the rule behind it."""

    code: str
    text: str
    words: str
    source: str

    @property
    def params(self) -> dict[str, Any]:
        """What the sentence names."""
        return {"words": self.words}


def remarks(words: str, *, valid_stars: int | None, policies: Sequence[Policy]) -> list[Remark]:
    """What to reconsider in a script, in the order: claims, promises, platforms."""
    found = [
        Remark(one.code, one.text, str((one.params or {}).get("words", "")), one.source)
        for one in claim_warnings({"story": words}, valid_stars=valid_stars)
    ]
    promises = _hits(_SURE, words)
    if promises:
        text = N_("“%(words)s” là lời hứa chắc chắn. Chỉ giữ khi có bằng chứng.")
        found.append(Remark("promise", text, promises, PROMISE_RULE))
    for policy in policies:
        found += _platform_remarks(words, policy)
    return found


def _platform_remarks(words: str, policy: Policy) -> list[Remark]:
    found = []
    if not policy.may_say_contacts:
        contacts = _hits(_CONTACT, words)
        others = _hits(_OTHERS, words, but=policy)
        if contacts:
            text = N_("“%(words)s”: kênh này không cho nói số điện thoại hay đường dẫn ra ngoài.")
            found.append(Remark("contact", text, contacts, _source(policy)))
        if others:
            text = N_("“%(words)s”: kênh này không cho nhắc tên sàn khác.")
            found.append(Remark("other_platform", text, others, _source(policy)))
    if not policy.may_show_own_codes and _hits(_OWN_CODE, words):
        text = N_("“%(words)s”: kênh này không cho đưa mã QR dẫn ra ngoài lên hình.")
        found.append(Remark("own_code", text, _hits(_OWN_CODE, words), _source(policy)))
    if not policy.takes_comment_orders and _hits(_COMMENT_ORDER, words):
        text = N_("“%(words)s”: kênh này không cho chốt đơn bằng bình luận.")
        found.append(Remark("comment_order", text, _hits(_COMMENT_ORDER, words), _source(policy)))
    return found


def _source(policy: Policy) -> str:
    return f"{policy.name}: {policy.source}"


def _hits(pattern: re.Pattern[str], words: str, *, but: Policy | None = None) -> str:
    """The first three different hits as written, without the platform's own name."""
    own = {but.slug, but.name.lower(), "tik tok" if but.slug == "tiktok" else ""} if but else set()
    found: dict[str, None] = {}
    for match in pattern.finditer(words):
        if match[0].lower() not in own:
            found.setdefault(match[0])
        if len(found) == 3:
            break
    return ", ".join(found)
