"""Verbs of wish lists and of "tell me when it is back"."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Product, ProductFacets, Variant
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.notifications.services import following, tell
from shop.wishes import queries, rules
from shop.wishes.models import StockAlert, Wish, WishList

ASK = "wishes.confirm_alert"
BACK = "wishes.back_in_stock"


# Wish lists


def open_list(
    db: Session, *, token_hash: str, new_token_hash: str, person_id: int | None, now: datetime
) -> WishList:
    """The visitor's list, made if there is none; a guest's becomes the person's at sign-in.

    What the person had in other lists moves into this one. Their own row is locked, so that two
    first clicks at once open one list.
    """
    if person_id is not None:
        db.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    found = queries.find_list(db, token_hash=token_hash, person_id=person_id)
    if found is None:
        found = WishList(token_hash=new_token_hash, person_id=person_id, updated_at=now)
        db.add(found)
    found.updated_at = now
    db.flush()
    if person_id is not None and found.person_id is None:
        _claim(db, found, person_id, now)
    return found


def claim_list(db: Session, *, token_hash: str, person_id: int, now: datetime) -> None:
    """A guest signed in: what they saved becomes the person's, together with what was there."""
    found = queries.find_list(db, token_hash=token_hash, person_id=None) if token_hash else None
    if found is not None:
        _claim(db, found, person_id, now)


def _claim(db: Session, found: WishList, person_id: int, now: datetime) -> None:
    found.person_id, found.updated_at = person_id, now
    db.flush()
    _merge_others(db, found, person_id, now)


def _merge_others(db: Session, kept: WishList, person_id: int, now: datetime) -> None:
    others = select(WishList.id).where(WishList.person_id == person_id, WishList.id != kept.id)
    moved = db.scalars(
        delete(Wish).where(Wish.list_id.in_(others)).returning(Wish.product_id)
    ).all()
    room = rules.MAX_WISHES - queries.wish_count(db, kept.id)
    for product_id in sorted(set(moved))[: max(room, 0)]:
        _add(db, kept.id, product_id, now)


def add_wish(db: Session, *, wish_list: WishList, product_id: int, now: datetime) -> None:
    """Put a listed product on the list; it is there once. Raises NotFound, ListFull."""
    if queries.listed_slug(db, product_id) is None:
        raise NotFound
    if queries.wish_count(db, wish_list.id) >= rules.MAX_WISHES:
        raise rules.ListFull
    _add(db, wish_list.id, product_id, now)


def _add(db: Session, list_id: int, product_id: int, now: datetime) -> None:
    db.execute(
        insert_into(db, Wish)
        .values(list_id=list_id, product_id=product_id, added_at=now)
        .on_conflict_do_nothing(index_elements=["list_id", "product_id"])
    )


def remove_wish(db: Session, *, wish_list: WishList, product_id: int, now: datetime) -> None:
    """Take a product off the list; taking it off twice changes nothing."""
    db.execute(delete(Wish).where(Wish.list_id == wish_list.id, Wish.product_id == product_id))
    wish_list.updated_at = now
    db.flush()


def drop_old_lists(db: Session, *, now: datetime, limit: int = 500) -> int:
    """Forget guests' lists that nobody touched for long; says how many."""
    old = queries.old_lists(db, now - rules.LISTS_FOR, limit=limit)
    if old:
        db.execute(delete(Wish).where(Wish.list_id.in_(old)))
        db.execute(delete(WishList).where(WishList.id.in_(old)))
    return len(old)


# Told when it is back


def ask_to_be_told(
    db: Session,
    *,
    variant_id: int,
    person_id: int | None,
    email: str | None,
    language: str,
    now: datetime,
) -> StockAlert:
    """Wait for a size that is sold out. A person waits at once; a guest's e-mail address gets a
    link to confirm first. Asking again changes nothing and gives the same alert.

    Raises NotFound, StillInStock, AddressNeeded (field ``email``), NoMail, TooManyAlerts.
    """
    size = queries.asked_size(db, variant_id)
    if size is None or not size.is_for_sale:
        raise NotFound
    if size.available > 0:
        raise rules.StillInStock
    recipient = following.follower(db, person_id=person_id, email=email, language=language, now=now)
    known = following.open_wish(db, StockAlert, recipient, variant_id=variant_id)
    if known is not None:
        return known
    if queries.count_open(db, recipient) >= rules.MAX_ALERTS:
        raise rules.TooManyAlerts
    alert = following.add_wish(db, StockAlert, recipient, now=now, about={"variant_id": variant_id})
    if person_id is None:
        _send(db, alert, size, kind=ASK, now=now)
    return alert


def _send(
    db: Session, alert: StockAlert, size: queries.AskedSize, *, kind: str, now: datetime
) -> None:
    tell(
        db,
        recipients=[alert.recipient],
        kind=kind,
        cause=f"stock_alert:{alert.id}",
        payload={
            "code": alert.code,
            "product": size.name,
            "size": size.label,
            "slug": size.slug,
        },
        ref=f"stock_alert:{alert.id}",
        now=now,
    )


def confirm_alert(db: Session, *, code: str, now: datetime) -> None:
    """A guest opened the link: what came in meanwhile is told. Raises NotFound when over."""
    alert = following.confirm_wish(db, StockAlert, code)
    tell_waiting(db, variant_ids=[alert.variant_id], now=now)


def tell_waiting(db: Session, *, variant_ids: Collection[int], now: datetime) -> int:
    """Units came in: whoever waits for a size that can be bought is told, each once.

    The alert leaves ``waiting`` by one conditional UPDATE in the transaction that brought the
    units, and the outbox row stands beside it. Returns how many were told.
    """
    told = 0
    for variant_id in queries.back_in_stock(db, variant_ids):
        alerts = db.scalars(
            update(StockAlert)
            .where(StockAlert.variant_id == variant_id, StockAlert.state == "waiting")
            .values(state="told", ended_at=now)
            .returning(StockAlert)
        ).all()
        size = queries.asked_size(db, variant_id)
        for alert in alerts:
            if size is not None:
                _send(db, alert, size, kind=BACK, now=now)
        told += len(alerts)
    return told


def expire_alerts(db: Session, *, now: datetime) -> None:
    """Drop what nobody confirmed; end what has waited for a year."""
    following.drop_unconfirmed(db, StockAlert, now)
    db.execute(
        update(StockAlert)
        .where(StockAlert.state == "waiting", StockAlert.asked_at < now - rules.WAITING_FOR)
        .values(state="ended", ended_at=now)
    )


def is_worth_telling(db: Session, ref: str) -> bool:
    """Whether the product of this alert is still sold, whatever is left of it by now."""
    return bool(
        db.scalar(
            select(ProductFacets.is_listed)
            .join(Product, Product.id == ProductFacets.product_id)
            .join(Variant, Variant.product_id == Product.id)
            .join(StockAlert, StockAlert.variant_id == Variant.id)
            .where(
                StockAlert.id == int(ref.removeprefix("stock_alert:")), StockAlert.state == "told"
            )
        )
    )
