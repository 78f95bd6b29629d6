"""What a passed-on trace link shows: the verdict first, as on the page."""

from typing import Final

from shop.core.text import N_
from shop.traceability.queries import Target
from shop.traceability.rules.lots import Judged
from shop.web.i18n import gettext, pick
from shop.web.share_pictures import ShareCard

_WARNINGS: Final = {
    "recalled": N_("Lô này bị thu hồi"),
    "on_hold": N_("Lô này đang tạm giữ"),
    "expired": N_("Lô này đã quá hạn dùng"),
    "void": N_("Mã này đã bị hủy"),
    "unprinted": N_("Mã này chưa in trên nhãn nào"),
}


def trace_card(target: Target, judged: Judged, *, stars: int | None) -> ShareCard:
    """The share picture of a code's page."""
    photo = target.photo
    warning = _WARNINGS.get(judged.verdict)
    return ShareCard(
        title=pick(target.product.name, target.product.name_en),
        by=target.producer.name,
        place=target.made_in,
        figure=gettext("Lô %(lot)s", lot=target.lot.lot_no) if target.lot else "",
        stars=None if warning else stars,
        label=gettext(warning or N_("Tra nguồn gốc")),
        is_urgent=warning is not None,
        photo_sha=photo.sha if photo else None,
        photo_note=gettext("Hình minh họa") if photo and photo.is_illustration else "",
    )
