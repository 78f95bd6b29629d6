"""Drafts: what a club would like to do. A draft takes nothing from anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from livestream.campaigns.queries import require_open_campaign
from livestream.clubs.queries import usable_ids
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.services.asking import ask_again
from livestream.sessions.services.changing import open_for_change, record, reopen_warnings, touch
from livestream.sessions.states import STATE_LABELS, WrongState, next_short_code
from livestream.sessions.timing import check_times, epoch, price_span
from shop.catalogue.queries import SaleRow, variants_for_sale
from shop.core.clock import today_vn
from shop.core.errors import Conflict, Invalid, NotFound
from shop.core.text import N_, random_code, slugify

MAX_ITEMS = 60
MIN_PRICE_VND = 1000
EDITABLE = ("draft", "proposed")


class KeyUsed(Conflict):
    message = N_("Biểu mẫu này đã được gửi rồi. Hãy mở một biểu mẫu mới.")


class NotOnSale(Invalid):
    message = N_("“%(product)s” không còn bán. Hãy chọn sản phẩm khác.")


class BelowFloor(Invalid):
    message = N_("Người sản xuất đặt giá sàn %(floor)s ₫. Hãy chọn giá từ mức này.")


@dataclass(frozen=True)
class ItemWish:
    """A product for the line-up. Price in đồng for one unit; None: the usual price."""

    variant_id: int
    minutes: int = 10
    live_price_vnd: int | None = None
    set_aside: int = 0
    price_from_minute: int = 0
    """When the live price begins, in minutes after the start."""
    price_minutes: int | None = None
    """How long it holds; None: to the end."""
    price_cap: int | None = None
    per_buyer: int | None = None

    @property
    def deal(self) -> tuple[int | None, ...]:
        """What a producer agrees to, beyond the product itself."""
        return (
            self.live_price_vnd,
            self.set_aside,
            self.price_from_minute,
            self.price_minutes,
            self.price_cap,
            self.per_buyer,
        )


def create_session(
    db: Session,
    *,
    club_id: int,
    title: str,
    starts_at: datetime,
    minutes: int,
    host_ids: Sequence[int],
    channel_ids: Sequence[int],
    submit_key: str,
    actor_id: int,
    now: datetime,
    studio_ids: Sequence[int] = (),
    kit_ids: Sequence[int] = (),
    items: Sequence[ItemWish] = (),
    title_en: str | None = None,
    about: str = "",
    watch_url: str | None = None,
    campaign_id: int | None = None,
    is_demo: bool = False,
) -> LiveSession:
    """A draft with its line-up. The same ``submit_key`` again returns the first one.

    Raises BadTime, Invalid (field of the wrong choice), NotOnSale, KeyUsed.
    """
    known = _known(db, submit_key, club_id)
    if known is not None:
        return known
    ends_at = check_times(starts_at, minutes, now=now)
    wanted = {"host": host_ids, "channel": channel_ids, "studio": studio_ids, "kit": kit_ids}
    resource_ids = choose_resources(db, club_id, wanted)
    if campaign_id is not None:
        require_open_campaign(db, campaign_id, starts_at=starts_at, ends_at=ends_at)
    live = LiveSession(
        public_id=random_code(16),
        slug=f"{slugify(title)}-{random_code(6).lower()}",
        submit_key=submit_key,
        club_id=club_id,
        campaign_id=campaign_id,
        title=title,
        title_en=title_en,
        about=about,
        starts_at=starts_at,
        ends_at=ends_at,
        watch_url=watch_url,
        is_demo=is_demo,
        created_by=actor_id,
        created_at=now,
        updated_at=now,
    )
    try:
        with db.begin_nested():
            db.add(live)
    except IntegrityError:
        known = _known(db, submit_key, club_id)
        if known is None:
            raise
        return known
    _want(db, live, resource_ids)
    record(db, live, "drafted", actor_id=actor_id, now=now, detail=times(live))
    for wish in items:
        _add(db, live, wish, now=now)
    return live


def times(live: LiveSession) -> dict[str, int]:
    """When the session is, for its story."""
    return {"starts_at": epoch(live.starts_at), "ends_at": epoch(live.ends_at)}


def _known(db: Session, submit_key: str, club_id: int) -> LiveSession | None:
    known = db.scalars(
        select(LiveSession).where(LiveSession.submit_key == submit_key)
    ).one_or_none()
    if known is not None and known.club_id != club_id:
        raise KeyUsed
    return known


def choose_resources(db: Session, club_id: int, wanted: dict[str, Sequence[int]]) -> list[int]:
    """The ids chosen (kind -> ids), each usable by the club; at least a host and a channel.

    Raises Invalid on field ``<kind>_id``.
    """
    all_ids = [resource_id for ids in wanted.values() for resource_id in ids]
    usable = usable_ids(db, club_id, all_ids)
    for kind, ids in wanted.items():
        if kind in {"host", "channel"} and not ids:
            raise Invalid(N_("Vui lòng điền ô này."), field=f"{kind}_id")
        if any(usable.get(resource_id) != kind for resource_id in ids):
            raise Invalid(
                N_("Câu lạc bộ không dùng được mục này. Hãy chọn lại."), field=f"{kind}_id"
            )
    return sorted(set(all_ids))


def _want(db: Session, live: LiveSession, resource_ids: Sequence[int]) -> None:
    """Write which resources the session wants; buffers are added when they are taken."""
    db.add_all(
        ResourceHold(
            session_id=live.id,
            resource_id=resource_id,
            hold_start=epoch(live.starts_at),
            hold_end=epoch(live.ends_at),
            is_active=False,
        )
        for resource_id in resource_ids
    )
    db.flush()


def change_session(
    db: Session,
    *,
    public_id: str,
    title: str,
    title_en: str | None,
    about: str,
    watch_url: str | None,
    actor_id: int,
    now: datetime,
    version: int | None = None,
) -> LiveSession:
    """Change words and link; allowed until the session is over. Raises WrongState, Outdated."""
    live = open_for_change(db, public_id, version=version)
    if live.state not in {*EDITABLE, "confirmed", "live"}:
        raise WrongState(state=STATE_LABELS[live.state])
    live.title, live.title_en, live.about, live.watch_url = title, title_en, about, watch_url
    touch(db, live, now=now)
    record(db, live, "changed", actor_id=actor_id, now=now)
    return live


def _open_draft(db: Session, public_id: str, version: int | None) -> LiveSession:
    live = open_for_change(db, public_id, version=version)
    if live.state not in EDITABLE:
        raise WrongState(state=STATE_LABELS[live.state])
    return live


def add_item(
    db: Session,
    *,
    public_id: str,
    wish: ItemWish,
    actor_id: int,
    now: datetime,
    version: int | None = None,
) -> SessionItem:
    """Put a product into the line-up; its producer is asked. Raises NotOnSale, Invalid."""
    live = _open_draft(db, public_id, version)
    item = _add(db, live, wish, now=now)
    reopen_warnings(db, live, now=now)
    touch(db, live, now=now, is_schedule=False)
    event = record(db, live, "item_added", actor_id=actor_id, now=now, detail={"item_id": item.id})
    ask_again(db, live, [item], about=event, now=now)
    return item


def _add(db: Session, live: LiveSession, wish: ItemWish, *, now: datetime) -> SessionItem:
    row = _on_sale(db, wish, now)
    existing = db.scalars(select(SessionItem).where(SessionItem.session_id == live.id)).all()
    again = next((item for item in existing if item.variant_id == wish.variant_id), None)
    if again is not None:
        if again.withdrawn_at is None:
            raise Invalid(N_("Sản phẩm này đã có trong phiên."), field="variant_id")
        _check_floor(again, wish)
        _check_window(live, wish)
        again.withdrawn_at = None
        _fill(again, wish)
        db.flush()
        return again
    if len(existing) >= MAX_ITEMS:
        raise Invalid(N_("Một phiên có tối đa %(n)s sản phẩm."), field="variant_id", n=MAX_ITEMS)
    item = SessionItem(
        session_id=live.id,
        product_id=row.product_id,
        variant_id=row.variant_id,
        producer_id=row.producer_id,
        position=max((item.position for item in existing), default=0) + 1,
        short_code=next_short_code({item.short_code for item in existing}),
    )
    _check_window(live, wish)
    _fill(item, wish)
    db.add(item)
    db.flush()
    return item


def _on_sale(db: Session, wish: ItemWish, now: datetime) -> SaleRow:
    row = variants_for_sale(db, [wish.variant_id], today=today_vn(now)).get(wish.variant_id)
    if row is None:
        raise NotOnSale(field="variant_id", product="?")
    if not row.is_for_sale:
        raise NotOnSale(field="variant_id", product=row.product_name)
    price = wish.live_price_vnd
    if price is not None and not MIN_PRICE_VND <= price <= row.price_vnd:
        raise Invalid(
            N_("Giá live từ 1.000 ₫ đến giá thường %(price)s ₫."),
            field="live_price_vnd",
            price=f"{row.price_vnd:,}".replace(",", "."),
        )
    return row


def _check_floor(item: SessionItem, wish: ItemWish) -> None:
    if wish.live_price_vnd is not None and wish.live_price_vnd < item.floor_price_vnd:
        raise BelowFloor(
            field="live_price_vnd", floor=f"{item.floor_price_vnd:,}".replace(",", ".")
        )


def _check_window(live: LiveSession, wish: ItemWish) -> None:
    if wish.live_price_vnd is not None:
        price_span(live.starts_at, live.ends_at, wish.price_from_minute, wish.price_minutes)


def wish_of(item: SessionItem) -> ItemWish:
    """The item's terms as they stand."""
    return ItemWish(
        variant_id=item.variant_id,
        minutes=item.minutes,
        live_price_vnd=item.live_price_vnd,
        set_aside=item.set_aside,
        price_from_minute=item.price_from_minute,
        price_minutes=item.price_minutes,
        price_cap=item.price_cap,
        per_buyer=item.per_buyer,
    )


def _fill(item: SessionItem, wish: ItemWish) -> None:
    item.minutes = wish.minutes
    item.live_price_vnd = wish.live_price_vnd
    item.set_aside = wish.set_aside
    item.price_from_minute = wish.price_from_minute
    item.price_minutes = wish.price_minutes
    item.price_cap = wish.price_cap
    item.per_buyer = wish.per_buyer
    item.consent, item.consent_by, item.consent_at, item.consent_note = "asked", None, None, ""


def change_item(
    db: Session,
    *,
    public_id: str,
    item_id: int,
    wish: ItemWish,
    actor_id: int,
    now: datetime,
    version: int | None = None,
) -> SessionItem:
    """Change minutes, live price and set-aside; what the producer agreed to is asked anew."""
    live = _open_draft(db, public_id, version)
    item = _item(db, live, item_id)
    _on_sale(db, ItemWish(item.variant_id, live_price_vnd=wish.live_price_vnd), now)
    _check_floor(item, wish)
    _check_window(live, wish)
    if wish_of(item) != wish:
        reopen_warnings(db, live, now=now)
    is_same_deal = wish_of(item).deal == wish.deal
    if is_same_deal:
        item.minutes = wish.minutes
    else:
        _fill(item, wish)
    touch(db, live, now=now, is_schedule=False)
    detail = {"item_id": item.id}
    event = record(db, live, "item_changed", actor_id=actor_id, now=now, detail=detail)
    if not is_same_deal:
        ask_again(db, live, [item], about=event, now=now)
    return item


def remove_item(
    db: Session,
    *,
    public_id: str,
    item_id: int,
    actor_id: int,
    now: datetime,
    version: int | None = None,
) -> None:
    """Take a product out of the line-up."""
    live = _open_draft(db, public_id, version)
    item = _item(db, live, item_id)
    db.execute(delete(SessionItem).where(SessionItem.id == item.id))
    touch(db, live, now=now, is_schedule=False)
    record(db, live, "item_removed", actor_id=actor_id, now=now, detail={"item_id": item_id})


def _item(db: Session, live: LiveSession, item_id: int) -> SessionItem:
    item = db.scalars(
        select(SessionItem).where(SessionItem.id == item_id, SessionItem.session_id == live.id)
    ).one_or_none()
    if item is None:
        raise NotFound
    return item
