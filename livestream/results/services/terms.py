"""Whose shop sells, who gets the money, at which agreed price: set by the club, agreed by both."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from livestream.results.models import ClubTerms, ItemTerms
from livestream.results.queries.sheets import item_sheets
from livestream.results.rules.settling import Terms, TermsFixed, WrongStep
from livestream.results.services.figures import ensure_terms
from livestream.results.services.parts import audit, open_for_figures, tell_side
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services.changing import lock_session
from shop.core.errors import Invalid, NotFound
from shop.core.text import N_

BEFORE = ("confirmed", "live", "stopped", "ended")


class MoneyNeedsPrice(Invalid):
    message = N_("Câu lạc bộ nhận tiền thì phải ghi giá trả người sản xuất cho mỗi sản phẩm.")


def set_club_fee(db: Session, *, club_id: int, fee_bp: int, actor_id: int, now: datetime) -> None:
    """What the club keeps from now on, unless an item says otherwise."""
    row = db.get(ClubTerms, club_id) or ClubTerms(club_id=club_id)
    row.fee_bp, row.updated_by, row.updated_at = fee_bp, actor_id, now
    db.add(row)
    db.flush()


def set_terms(
    db: Session,
    *,
    live: LiveSession,
    item_id: int,
    terms: Terms,
    actor_id: int,
    now: datetime,
) -> ItemTerms:
    """Set an item's terms; a change asks the producer again.

    Between confirming and closing, and while the producer disputes the statement. Raises
    TermsFixed, AlreadyClosed, NotFound, MoneyNeedsPrice (field ``price_vnd``).
    """
    if terms.money_to == "club" and terms.price_vnd <= 0:
        raise MoneyNeedsPrice(field="price_vnd")
    live = lock_session(db, live.id)
    whose = None
    if live.state not in BEFORE:
        if live.state != "reconciled":
            raise TermsFixed
        live, whose = open_for_figures(db, live)
    row = next((one for one in item_sheets(db, live) if one.item.id == item_id), None)
    if row is None:
        raise NotFound
    if whose is not None and row.item.producer_id not in whose:
        raise TermsFixed
    known = ensure_terms(db, row, actor_id, now)
    if row.has_terms and row.terms == terms:
        return known
    known.seller, known.money_to, known.platform_by = (
        terms.seller,
        terms.money_to,
        terms.platform_by,
    )
    known.price_vnd, known.fee_bp = terms.price_vnd, terms.fee_bp
    known.set_by, known.set_at = actor_id, now
    known.agreed_by, known.agreed_at = None, None
    db.flush()
    audit(
        db,
        live,
        "terms",
        actor_id=actor_id,
        now=now,
        item=item_id,
        seller=terms.seller,
        money_to=terms.money_to,
        price_vnd=terms.price_vnd,
        fee_bp=terms.fee_bp,
    )
    tell_side(
        db,
        live,
        "producer",
        row.item.producer_id,
        "results.terms_asked",
        cause=f"results.terms:{item_id}:{now.isoformat()}",
        now=now,
        page="/ban-hang/quyet-toan",
        code=row.item.short_code,
    )
    return known


def agree_terms(
    db: Session,
    *,
    item: SessionItem,
    live: LiveSession,
    seen_at: datetime,
    actor_id: int,
    now: datetime,
) -> None:
    """The producer agrees to the terms they saw. Raises WrongStep when they changed since."""
    agreed = db.execute(
        update(ItemTerms)
        .where(
            ItemTerms.item_id == item.id,
            ItemTerms.agreed_at.is_(None),
            ItemTerms.set_at == seen_at,
        )
        .values(agreed_by=actor_id, agreed_at=now)
        .returning(ItemTerms.item_id)
    ).one_or_none()
    if agreed is None:
        raise WrongStep
    audit(db, live, "terms_agreed", actor_id=actor_id, now=now, item=item.id)
