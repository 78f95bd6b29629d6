"""Papers behind claims: recorded by the producer, verified by staff, ended by their date."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalogue import rules
from shop.catalogue.models import Certificate, Producer, Product
from shop.catalogue.services.facets import bump_version, refresh_facets, refresh_papers
from shop.catalogue.services.homes import audit
from shop.catalogue.services.messages import tell_producer
from shop.catalogue.services.rights import require_judge, require_maker
from shop.catalogue.services.rows import locked, locked_product, require_reason
from shop.core.clock import today_vn
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_

EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)


class StarsNeeded(Invalid):
    message = N_("Giấy OCOP cần ghi số sao được công nhận: 3, 4 hoặc 5.")


class ProductNeeded(Invalid):
    message = N_("Giấy OCOP thuộc về một sản phẩm cụ thể.")


class WrongIssueDate(Invalid):
    message = N_("Ngày cấp chưa đúng: không thể ở tương lai hoặc trước năm 2000.")


class WrongIssuer(Invalid):
    message = N_("Cấp công nhận không khớp với hạng sao và ngày cấp.")


class WrongPredecessor(Invalid):
    message = N_("Giấy cũ phải là giấy cùng loại của chính sản phẩm này.")


class ScanNeeded(Invalid):
    message = N_("Chưa có bản chụp giấy để đối chiếu. Hãy trả lại để cơ sở bổ sung.")


class ChecksNeeded(Invalid):
    message = N_("Hãy đối chiếu và đánh dấu đủ các mục trước khi xác minh.")


class WrongExpiryDate(Invalid):
    message = N_("Ngày hết hạn phải sau ngày cấp.")


@dataclass(frozen=True)
class CertificateFacts:
    """What stands on the paper, as printed. Without ``expires_on``: 36 months after the issue."""

    kind: str
    issued_on: date
    expires_on: date | None = None
    stars: int | None = None
    score: int | None = None
    product_name_printed: str = ""
    entity_name_printed: str = ""
    address_printed: str = ""
    certificate_no: str = ""
    decision_no: str = ""
    decided_on: date | None = None
    issuer_level: str = "province"
    issuer: str = ""
    criteria_version: str = ""
    """Empty: the one in force on the day of issue."""
    scan_sha: str | None = None
    is_illustration: bool = False
    renews_id: int | None = None
    """The record that this one follows."""


def record_certificate(
    db: Session,
    *,
    producer_id: int,
    product_id: int | None,
    actor_id: int,
    facts: CertificateFacts,
    now: datetime,
) -> Certificate:
    """Write a paper down and hand it to staff. Nothing is shown from it before they verify it.

    The same facts again, as by a second click, give the paper that waits.
    Raises NotFound, NotAllowed, StarsNeeded, ProductNeeded, WrongIssueDate, WrongExpiryDate.
    """
    producer = locked(db, Producer, producer_id)
    require_maker(db, actor_id, producer_id)
    if product_id is not None:
        _check_belongs(db, product_id, producer_id)
    values = _checked(facts, product_id, today_vn(now))
    _check_predecessor(db, facts, producer_id, product_id)
    twin = db.scalars(
        select(Certificate)
        .filter_by(producer_id=producer.id, product_id=product_id, state="submitted", **values)
        .limit(1)
    ).one_or_none()
    if twin is not None:
        return twin
    certificate = Certificate(
        producer_id=producer.id,
        product_id=product_id,
        state="submitted",
        created_at=now,
        **values,
    )
    db.add(certificate)
    db.flush()
    audit(db, certificate, actor_id, "certificate.submitted", now)
    return certificate


def correct_certificate(
    db: Session, *, certificate_id: int, actor_id: int, facts: CertificateFacts, now: datetime
) -> Certificate:
    """Mend a paper that staff sent back, and hand it in again.

    Raises as ``record_certificate``, and WrongStep for one that is not sent back.
    """
    certificate = locked(db, Certificate, certificate_id)
    require_maker(db, actor_id, certificate.producer_id)
    rules.require_step(rules.CERTIFICATE_STEPS, certificate.state, "submitted")
    values = _checked(facts, certificate.product_id, today_vn(now))
    values["scan_sha"] = values["scan_sha"] or certificate.scan_sha
    values["renews_id"] = certificate.renews_id
    for name, value in values.items():
        setattr(certificate, name, value)
    certificate.state = "submitted"
    audit(db, certificate, actor_id, "certificate.submitted", now)
    return certificate


def _check_belongs(db: Session, product_id: int, producer_id: int) -> None:
    owner = db.scalar(select(Product.producer_id).where(Product.id == product_id))
    if owner != producer_id:
        raise NotFound


def _checked(facts: CertificateFacts, product_id: int | None, today: date) -> dict[str, Any]:
    values = dict(vars(facts))
    if facts.kind == "ocop":
        if product_id is None:
            raise ProductNeeded(field="kind")
        if facts.stars not in {3, 4, 5}:
            raise StarsNeeded(field="stars")
    else:
        values["stars"] = values["score"] = None
        values["criteria_version"] = ""
    if not EARLIEST <= facts.issued_on <= today:
        raise WrongIssueDate(field="issued_on")
    expires_on = facts.expires_on or rules.default_expiry(facts.issued_on)
    if not facts.issued_on < expires_on <= LATEST:
        raise WrongExpiryDate(field="expires_on")
    values["expires_on"] = expires_on
    if facts.kind == "ocop":
        values["criteria_version"] = facts.criteria_version or rules.criteria_on(facts.issued_on)
        _check_issuer(values)
    return values


def _check_issuer(values: dict[str, Any]) -> None:
    recognition = rules.Recognition(
        stars=values["stars"],
        issued_on=values["issued_on"],
        expires_on=values["expires_on"],
        issuer_level=values["issuer_level"],
        criteria_version=values["criteria_version"],
    )
    for fault in rules.issuer_faults(recognition):
        if fault.is_blocking:
            raise WrongIssuer(fault.text, field="issuer_level")


def _check_predecessor(
    db: Session, facts: CertificateFacts, producer_id: int, product_id: int | None
) -> None:
    """The paper it follows is one of the same product (or producer) and kind."""
    if facts.renews_id is None:
        return
    old = db.get(Certificate, facts.renews_id)
    wanted = (producer_id, product_id, facts.kind)
    if old is None or (old.producer_id, old.product_id, old.kind) != wanted:
        raise WrongPredecessor(field="kind")


def decide_certificate(
    db: Session,
    *,
    certificate_id: int,
    actor_id: int,
    approve: bool,
    now: datetime,
    note: str = "",
    checked: Collection[str] = (),
) -> Certificate:
    """Staff verify a paper against its scan, or send it back with a reason.

    ``checked`` are the comparisons they made (``rules.needed_checks``); an illustration has no scan
    to compare with. A verified paper replaces older ones.
    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, WrongStep, ScanNeeded, ChecksNeeded.
    """
    certificate = _judged(db, certificate_id, actor_id)
    wanted = "verified" if approve else "rejected"
    rules.require_step(rules.CERTIFICATE_STEPS, certificate.state, wanted)
    if approve:
        _require_compared(certificate, checked)
    certificate.decision_note = note if approve else require_reason(note)
    certificate.state = wanted
    if approve:
        certificate.verified_at, certificate.verified_by = now, actor_id
        db.flush()
        _supersede(db, certificate)
    entry = audit(
        db, certificate, actor_id, f"certificate.{wanted}", now, note=note, checked=sorted(checked)
    )
    _tell(db, certificate, f"catalogue.certificate_{wanted}", f"audit:{entry}", now, note=note)
    _show(db, certificate, now)
    return certificate


def _require_compared(certificate: Certificate, checked: Collection[str]) -> None:
    if certificate.is_illustration:
        return
    if certificate.scan_sha is None:
        raise ScanNeeded(field="checked")
    if set(rules.needed_checks(certificate.kind)) - set(checked):
        raise ChecksNeeded(field="checked")


def revoke_certificate(
    db: Session, *, certificate_id: int, actor_id: int, note: str, now: datetime
) -> Certificate:
    """Staff withdraw trust in a verified paper; stars and claims from it vanish at once.

    Raises NotFound, NotAllowed, OwnWork, ReasonNeeded, WrongStep.
    """
    certificate = _judged(db, certificate_id, actor_id)
    rules.require_step(rules.CERTIFICATE_STEPS, certificate.state, "revoked")
    certificate.decision_note = require_reason(note)
    certificate.state = "revoked"
    entry = audit(db, certificate, actor_id, "certificate.revoked", now, note=note)
    _tell(db, certificate, "catalogue.certificate_revoked", f"audit:{entry}", now, note=note)
    _show(db, certificate, now)
    return certificate


def _judged(db: Session, certificate_id: int, actor_id: int) -> Certificate:
    """The paper held for a decision; product and producer are locked before it, as everywhere."""
    seen = db.get(Certificate, certificate_id)
    if seen is None:
        raise NotFound
    if seen.product_id is not None:
        producer = locked_product(db, seen.product_id)[1]
    else:
        producer = db.get_one(Producer, seen.producer_id)
    certificate = locked(db, Certificate, certificate_id)
    require_judge(db, actor_id, producer_id=producer.id, province_code=producer.province_code)
    return certificate


def _supersede(db: Session, certificate: Certificate) -> None:
    if certificate.product_id is None:
        return
    db.execute(
        update(Certificate)
        .where(
            Certificate.product_id == certificate.product_id,
            Certificate.kind == certificate.kind,
            Certificate.state == "verified",
            Certificate.id != certificate.id,
            Certificate.issued_on <= certificate.issued_on,
            Certificate.superseded_by.is_(None),
        )
        .values(superseded_by=certificate.id)
    )


def expire_certificate(db: Session, *, certificate_id: int, now: datetime) -> bool:
    """Mark a verified paper whose last day is over; says whether it was one."""
    seen = db.get(Certificate, certificate_id)
    if seen is None:
        return False
    if seen.product_id is not None:
        locked_product(db, seen.product_id)
    certificate = locked(db, Certificate, certificate_id)
    if certificate.state != "verified" or certificate.expires_on >= today_vn(now):
        return False
    rules.require_step(rules.CERTIFICATE_STEPS, certificate.state, "expired")
    certificate.state = "expired"
    audit(db, certificate, None, "certificate.expired", now)
    if certificate.superseded_by is None:
        cause = f"certificate:{certificate.id}:expired"
        _tell(db, certificate, "catalogue.certificate_expired", cause, now)
    _show(db, certificate, now)
    return True


def remind_of_certificate(db: Session, *, certificate_id: int, now: datetime) -> bool:
    """Tell the producer once at 90, 60 and 30 days before the end; says whether it was due."""
    certificate = db.get(Certificate, certificate_id)
    if certificate is None or certificate.state != "verified":
        return False
    days = rules.due_reminder(certificate.expires_on, today_vn(now))
    if days is None or certificate.superseded_by is not None:
        return False
    cause = f"certificate:{certificate.id}:{certificate.expires_on.isoformat()}:{days}"
    _tell(db, certificate, "catalogue.certificate_expiring", cause, now, days=days)
    return True


def over_certificates(db: Session, today: date, *, limit: int = 200) -> list[int]:
    """Verified papers whose last day is over."""
    found = (
        select(Certificate.id)
        .where(Certificate.state == "verified", Certificate.expires_on < today)
        .order_by(Certificate.id)
        .limit(limit)
    )
    return list(db.scalars(found))


def ending_certificates(db: Session, today: date) -> list[int]:
    """Verified papers within the longest reminder, without a successor."""
    until = today + timedelta(days=max(rules.REMINDER_DAYS))
    found = select(Certificate.id).where(
        Certificate.state == "verified",
        Certificate.superseded_by.is_(None),
        Certificate.expires_on.between(today, until),
    )
    return list(db.scalars(found.order_by(Certificate.id)))


def _show(db: Session, certificate: Certificate, now: datetime) -> None:
    db.flush()
    if certificate.product_id is not None:
        refresh_facets(db, certificate.product_id, now=now)
    else:
        of_producer = select(Product.id).where(Product.producer_id == certificate.producer_id)
        refresh_papers(db, db.scalars(of_producer))
    bump_version(db)


def _tell(
    db: Session,
    certificate: Certificate,
    kind: str,
    cause: str,
    now: datetime,
    **further: Any,
) -> None:
    product = db.get(Product, certificate.product_id) if certificate.product_id else None
    tell_producer(
        db,
        certificate.producer_id,
        kind=kind,
        cause=cause,
        payload={
            "name": product.name if product else certificate.entity_name_printed,
            "number": certificate.certificate_no,
            "until": certificate.expires_on.strftime("%d/%m/%Y"),
            "product_id": certificate.product_id,
            **further,
        },
        now=now,
        ref=f"certificate:{certificate.id}",
    )
