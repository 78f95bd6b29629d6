"""What a code of the readiness report is, and where rules come from.

``why`` and ``fix`` are Vietnamese msgids; their parameters come with the finding. ``place`` names
the form that holds the field (see ``places``).
"""

from dataclasses import dataclass
from typing import Final

from shop.core.text import N_
from shop.marketplaces.rules.places import Place
from shop.marketplaces.rules.standing import Certainty


@dataclass(frozen=True)
class Code:
    """One kind of finding. ``source`` is where the rule comes from when no limit says it."""

    slug: str
    place: Place
    field: str
    why: str
    fix: str
    source: str = ""
    words: tuple[str, ...] = ()
    """Parameters that are words of ours, so that they have a translation too."""

    @property
    def certainty(self) -> Certainty:
        """What people only tell each other on the web is never sure."""
        return "uncertain" if self.source == SELLERS else "certain"


OURS: Final = N_("quy tắc của Chợ Phiên")
SELLERS: Final = N_("kinh nghiệm người bán ghi trên mạng")
EXCEL: Final = N_("giới hạn của tệp Excel: 32.767 ký tự một ô")
LABEL_LAW: Final = N_("quy định về nhãn hàng hóa (Nghị định 37/2026/NĐ-CP)")
OCOP_LAW: Final = N_("Quyết định 148/QĐ-TTg: công nhận OCOP có hạn 36 tháng")
SHEETS: Final = N_("các tệp đăng hàng loạt đã được mô tả công khai")
