"""Telling a producer's people what was decided about their things."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.catalogue.models import Certificate
from shop.core.text import N_
from shop.notifications.services import notify, register_message

_PRODUCT_URL: Final = "/ban-hang/san-pham/%(product_id)s"
_PRODUCER_URL: Final = "/ban-hang/co-so"

_TITLES: Final = {
    "catalogue.producer_verified": N_("%(name)s đã được xác minh. Có thể đăng sản phẩm."),
    "catalogue.producer_rejected": N_("Hồ sơ %(name)s cần bổ sung: %(note)s"),
    "catalogue.producer_suspended": N_("%(name)s bị tạm dừng bán: %(note)s"),
    "catalogue.product_approved": N_("%(name)s đã được duyệt và đang bán."),
    "catalogue.product_rejected": N_("%(name)s cần sửa: %(note)s"),
    "catalogue.certificate_verified": N_("Giấy chứng nhận của %(name)s đã được xác minh."),
    "catalogue.certificate_rejected": N_("Giấy chứng nhận của %(name)s cần bổ sung: %(note)s"),
    "catalogue.certificate_revoked": N_("Giấy chứng nhận của %(name)s bị thu hồi: %(note)s"),
    "catalogue.endorsement_confirmed": N_("%(unit)s đã nhận bảo trợ %(name)s."),
    "catalogue.endorsement_refused": N_("Lời xin bảo trợ của %(name)s chưa được nhận: %(note)s"),
    "catalogue.endorsement_revoked": N_("%(unit)s thôi bảo trợ %(name)s: %(note)s"),
    "catalogue.certificate_expiring": N_(
        "Giấy chứng nhận của %(name)s hết hạn ngày %(until)s. Nên làm hồ sơ đánh giá lại."
    ),
    "catalogue.certificate_expired": N_(
        "Giấy chứng nhận của %(name)s đã hết hạn ngày %(until)s. Sao không còn hiện trên trang bán."
    ),
}


_STEP_PATHS: Final = {
    "facts": "thong-tin",
    "label": "nhan",
    "story": "chuyen-va-mua",
    "variants": "quy-cach",
    "photos": "anh",
    "sections": "cau-chuyen",
    "certificates": "chung-nhan",
}


def _url(payload: Mapping[str, Any]) -> str:
    """The product, at the editor's step that a refusal is about; else the producer's page."""
    if not payload.get("product_id"):
        return _PRODUCER_URL
    step = _STEP_PATHS.get(str(payload.get("step") or ""))
    product = _PRODUCT_URL % payload
    return f"{product}/{step}" if step else product


def _is_still_ending(db: Session, ref: str | None, _payload: Mapping[str, Any]) -> bool:
    """A reminder is pointless once the paper has ended, was revoked or has a successor."""
    number = (ref or "").removeprefix("certificate:")
    paper = db.get(Certificate, int(number)) if number.isdigit() else None
    return paper is not None and paper.state == "verified" and paper.superseded_by is None


for _kind, _title in _TITLES.items():
    register_message(
        _kind,
        title=_title,
        url=_url,
        importance="important",
        still_due=_is_still_ending if _kind == "catalogue.certificate_expiring" else None,
    )


def tell_producer(
    db: Session,
    producer_id: int,
    *,
    kind: str,
    cause: str,
    payload: Mapping[str, Any],
    now: datetime,
    ref: str | None = None,
) -> None:
    """Send a message of ``kind`` once per ``cause`` to everyone who belongs to the producer."""
    notify(
        db,
        person_ids=[member.person_id for member in members_of(db, "producer", producer_id)],
        kind=kind,
        cause=cause,
        payload=dict(payload),
        now=now,
        ref=ref,
    )
