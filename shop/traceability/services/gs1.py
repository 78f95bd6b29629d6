"""GS1 numbers: declared by the producer, verified, refused or ended by staff."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.queries import members_of
from shop.accounts.services import record_audit, register_subject
from shop.catalogue.models import Producer, Variant
from shop.catalogue.rules import gtin14
from shop.catalogue.services import decide_gtin, home_by
from shop.catalogue.services.rights import require_judge, require_maker
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_, clean
from shop.notifications.services import notify, register_message
from shop.traceability.models import Gs1Key
from shop.traceability.rules import digital_link
from shop.traceability.services.codes import ensure_product_code

MOST_DECLARED = 20
"""Location numbers of one producer that may wait at once."""

register_message(
    "traceability.gs1_verified",
    title=N_("Mã GS1 %(value)s đã được xác minh."),
    url="/ban-hang/ma-gs1",
)
register_message(
    "traceability.gs1_refused",
    title=N_("Mã GS1 %(value)s chưa được nhận: %(note)s"),
    url="/ban-hang/ma-gs1",
)


register_subject("gs1_key", home_by(Gs1Key))


class UnknownKey(NotFound):
    message = N_("Không tìm thấy mã GS1 này.")


class WrongLocation(Invalid):
    message = N_("GLN gồm 13 chữ số, số cuối là số kiểm tra. Hãy nhập lại từ giấy của GS1.")


class KeyTaken(Conflict):
    message = N_("Mã này đã được xác minh cho hàng hoặc cơ sở khác.")


class TooManyKeys(Conflict):
    message = N_("Đã có nhiều mã đang chờ cán bộ xem.")


def verify_gtin(db: Session, *, variant_id: int, gtin: str, actor_id: int, now: datetime) -> Gs1Key:
    """Staff saw that the declared number is registered for this size: from now on it resolves.

    The product gets its product-level code, which an address without lot leads to.
    Raises NotFound, NotAllowed, OwnWork, GtinChanged, WrongGtin, KeyTaken.
    """
    variant = decide_gtin(
        db, variant_id=variant_id, gtin=gtin, is_verified=True, actor_id=actor_id, now=now
    )
    ensure_product_code(db, product_id=variant.product_id, now=now)
    return _add(
        db,
        Gs1Key(
            ai=digital_link.GTIN,
            value=gtin14(variant.gtin or ""),
            producer_id=variant.producer_id,
            variant_id=variant.id,
            state="verified",
            created_at=now,
            decided_by=actor_id,
            decided_at=now,
        ),
    )


def _add(db: Session, key: Gs1Key) -> Gs1Key:
    """Keep a verified number; it may be somebody's already. Tells its producer."""
    known = db.scalar(
        select(Gs1Key).where(
            Gs1Key.ai == key.ai, Gs1Key.value == key.value, Gs1Key.state == "verified"
        )
    )
    if known is not None:
        if (known.producer_id, known.variant_id) != (key.producer_id, key.variant_id):
            raise KeyTaken
        return known
    try:
        with db.begin_nested():
            db.add(key)
    except IntegrityError:
        raise KeyTaken from None
    _tell(db, key)
    return key


def refuse_gtin(
    db: Session, *, variant_id: int, gtin: str, note: str, actor_id: int, now: datetime
) -> None:
    """Staff could not verify the declared number: it is taken out, with the reason.

    Raises NotFound, NotAllowed, OwnWork, GtinChanged, Invalid (field ``note``).
    """
    said = _reason(note)
    variant = decide_gtin(
        db, variant_id=variant_id, gtin=gtin, is_verified=False, actor_id=actor_id, now=now
    )
    key = Gs1Key(
        ai=digital_link.GTIN,
        value=gtin14(gtin),
        producer_id=variant.producer_id,
        variant_id=variant.id,
        state="refused",
        note=said,
        created_at=now,
        decided_by=actor_id,
        decided_at=now,
    )
    db.add(key)
    db.flush()
    _tell(db, key)


def declare_location(
    db: Session, *, producer_id: int, gln: str, actor_id: int, now: datetime
) -> Gs1Key:
    """A producer names its GLN; the same number again changes nothing.

    Raises NotFound, NotAllowed, WrongLocation (field ``gln``), KeyTaken, TooManyKeys.
    """
    require_maker(db, actor_id, producer_id)
    if not digital_link.is_checked(gln, 13) or not int(gln):
        raise WrongLocation(field="gln")
    db.scalar(select(Producer.id).where(Producer.id == producer_id).with_for_update())
    waiting = list(
        db.scalars(
            select(Gs1Key).where(
                Gs1Key.ai == digital_link.LOCATION,
                Gs1Key.producer_id == producer_id,
                Gs1Key.state.in_(("declared", "verified")),
            )
        )
    )
    for key in waiting:
        if key.value == gln:
            return key
    if len(waiting) >= MOST_DECLARED:
        raise TooManyKeys(field="gln")
    key = Gs1Key(
        ai=digital_link.LOCATION,
        value=gln,
        producer_id=producer_id,
        state="declared",
        created_at=now,
    )
    db.add(key)
    db.flush()
    return key


def decide_location(
    db: Session, *, key_id: int, is_verified: bool, note: str, actor_id: int, now: datetime
) -> Gs1Key:
    """Staff verify or refuse a declared GLN; a decided one stays as it is.

    Raises UnknownKey, NotAllowed, OwnWork, KeyTaken, Invalid (field ``note``).
    """
    key = _judged(db, key_id, actor_id)
    if key.ai != digital_link.LOCATION or key.state != "declared":
        raise UnknownKey
    key.note = "" if is_verified else _reason(note)
    key.decided_by, key.decided_at = actor_id, now
    try:
        with db.begin_nested():
            key.state = "verified" if is_verified else "refused"
    except IntegrityError:
        raise KeyTaken from None
    _audit(db, key, actor_id, now)
    _tell(db, key)
    return key


def end_key(db: Session, *, key_id: int, note: str, actor_id: int, now: datetime) -> Gs1Key:
    """Staff end a number that was verified by mistake: it resolves no more.

    Raises UnknownKey, NotAllowed, OwnWork, Invalid (field ``note``).
    """
    said = _reason(note)
    key = _judged(db, key_id, actor_id)
    if key.state != "verified":
        raise UnknownKey
    variant = db.get(Variant, key.variant_id) if key.variant_id else None
    if variant is not None and variant.gtin and gtin14(variant.gtin) == key.value:
        decide_gtin(
            db,
            variant_id=variant.id,
            gtin=variant.gtin,
            is_verified=False,
            actor_id=actor_id,
            now=now,
        )
    key.state, key.note, key.decided_by, key.decided_at = "ended", said, actor_id, now
    _audit(db, key, actor_id, now)
    _tell(db, key)
    return key


def _judged(db: Session, key_id: int, actor_id: int) -> Gs1Key:
    """The number, held, once it is sure that this person may judge it."""
    found = db.execute(
        select(Gs1Key.producer_id, Producer.province_code)
        .join(Producer, Producer.id == Gs1Key.producer_id)
        .where(Gs1Key.id == key_id)
    ).one_or_none()
    if found is None:
        raise UnknownKey
    require_judge(db, actor_id, producer_id=found.producer_id, province_code=found.province_code)
    key = db.scalar(
        select(Gs1Key)
        .where(Gs1Key.id == key_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if key is None:
        raise UnknownKey
    return key


def _reason(note: str) -> str:
    said = clean(note)[:300]
    if len(said) < 3:
        raise Invalid(N_("Vui lòng ghi lý do để cơ sở biết cần sửa gì."), field="note")
    return said


def _audit(db: Session, key: Gs1Key, actor_id: int, now: datetime) -> None:
    db.flush()
    record_audit(
        db,
        actor_id=actor_id,
        action=f"gs1.{key.state}",
        subject_kind="gs1_key",
        subject_id=key.id,
        now=now,
        detail={"ai": key.ai, "value": key.value},
        note=key.note,
    )


def _tell(db: Session, key: Gs1Key) -> None:
    is_good = key.state == "verified"
    notify(
        db,
        person_ids=[member.person_id for member in members_of(db, "producer", key.producer_id)],
        kind="traceability.gs1_verified" if is_good else "traceability.gs1_refused",
        cause=f"gs1:{key.id}:{key.state}",
        payload={"value": key.value, "note": key.note},
        now=key.decided_at or key.created_at,
    )
