"""Sessions of the main club around today, brought to their state through the services."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club
from livestream.demo.clubs import (
    HOST,
    MAIN_CLUB,
    MANAGERS,
    NEW_HOST,
    facebook_channel,
    find_club,
    host_id,
    ids_of,
)
from livestream.demo.on_air import has_no_show, is_over, is_under_way
from livestream.reminders.services import ask_to_be_reminded
from livestream.runsheets.queries import parts_of
from livestream.runsheets.services import fit_sheet, save_sheet, save_words
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services.booking import propose_session
from livestream.sessions.services.deciding import (
    answer_item,
    confirm_session,
    open_warning_slugs,
    override_warning,
)
from livestream.sessions.services.drafting import ItemWish, create_session
from shop.accounts.models import Person
from shop.catalogue.models import Producer, Product, Variant
from shop.core.clock import VN, today_vn
from shop.demo.people import person_id
from shop.stock.models import StockLevel

HOLD_HOURS: Final = 48
AIRING: Final = {"live": is_under_way, "ended": is_over, "no_show": has_no_show}
"""What is done to a confirmed session for each ending beyond it."""
ON_AIR_FOR: Final = timedelta(minutes=25)
"""How long the session that is on now has been on."""


@dataclass(frozen=True)
class Plan:
    """A demo session: days from today, hour in Vietnam, what happens to it."""

    key: str
    title: str
    title_en: str
    days: int
    hour: int
    ending: str
    """proposed, confirmed, live (since a while, whatever the hour), ended or no_show."""
    host: str = HOST

    def starts_at(self, now: datetime) -> datetime:
        """When it begins."""
        if self.ending == "live":
            since = now.astimezone(VN) - ON_AIR_FOR
            return since.replace(minute=since.minute // 5 * 5, second=0, microsecond=0)
        day = today_vn(now) + timedelta(days=self.days)
        return datetime.combine(day, time(self.hour), tzinfo=VN)


PLANS: Final = (
    Plan("past", "Phiên chợ sáng thứ Bảy", "Saturday morning market", -3, 9, "ended"),
    Plan(
        "missed", "Sương sớm trên đồi chè", "Mist on the tea hills", -8, 6, "no_show", host=NEW_HOST
    ),
    Plan("now", "Đang mở gói miến mới", "Opening the new vermicelli", 0, 0, "live", host=NEW_HOST),
    Plan(
        "soon",
        "Miến, trà và tỏi đen lên sóng",
        "Vermicelli, tea and black garlic",
        1,
        20,
        "confirmed",
    ),
    Plan("weekend", "Hàng vùng cao cuối tuần", "Highland goods at the weekend", 3, 19, "confirmed"),
    Plan("asked", "Đặc sản cho mùa Tết sớm", "Early New Year specialities", 5, 20, "proposed"),
)


_ON_FACEBOOK: Final = frozenset({"live", "ended"})
"""Endings of sessions that are held where comments may be orders."""

_WATCH: Final = {
    "facebook": "https://www.facebook.com/demo.clb.streamer.mong.cai/live",
    "tiktok": "https://www.tiktok.com/@demo.clb-streamer-mong-cai/live",
}


def load_demo_sessions(db: Session, *, now: datetime) -> int:
    """Sessions of the main club around today; says how many are new."""
    club = find_club(db, MAIN_CLUB)
    keys = db.scalars(select(LiveSession.submit_key).where(LiveSession.is_demo))
    known = {key.split("-")[1] for key in keys}
    new = [plan for plan in PLANS if plan.key not in known]
    for plan in new:
        live = load_session(db, club, plan, now)
        if plan.key == "soon":
            buyer = person_id(db, "buyer@demo.test")
            ask_to_be_reminded(
                db, slug=live.slug, person_id=buyer, email=None, language="vi", now=now
            )
    return len(new)


def load_session(db: Session, club: Club, plan: Plan, now: datetime) -> LiveSession:
    """One session of the plan, brought to its ending."""
    starts_at = plan.starts_at(now)
    asked_at = min(now, starts_at - timedelta(days=1))
    manager = person_id(db, MANAGERS[MAIN_CLUB])
    live = create_session(
        db,
        club_id=club.id,
        title=plan.title,
        title_en=plan.title_en,
        starts_at=starts_at,
        minutes=90,
        host_ids=[host_id(db, plan.host)],
        channel_ids=_channels(db, club, plan, manager, asked_at),
        studio_ids=ids_of(db, club, "studio") if plan.host == HOST else [],
        items=_wishes(db),
        watch_url=_WATCH["facebook" if plan.ending in _ON_FACEBOOK else "tiktok"],
        submit_key=f"demo-{plan.key}-{today_vn(now)}",
        actor_id=manager,
        is_demo=True,
        now=asked_at,
    )
    propose_session(
        db,
        public_id=live.public_id,
        actor_id=manager,
        hold_hours=HOLD_HOURS,
        now=asked_at,
        viewer_clubs=[club.id],
    )
    if plan.ending == "proposed":
        return live
    _confirm(db, live, asked_at)
    _write_sheet(db, live, manager, asked_at)
    if plan.ending in AIRING:
        AIRING[plan.ending](db, live, actor_id=manager, now=now)
    return live


def _channels(db: Session, club: Club, plan: Plan, manager: int, now: datetime) -> list[int]:
    """Comments may be orders on the channel of sessions that are or were on air."""
    if plan.ending in _ON_FACEBOOK:
        return [facebook_channel(db, club, actor_id=manager, now=now)]
    return ids_of(db, club, "channel")[:1]


def _confirm(db: Session, live: LiveSession, now: datetime) -> None:
    """Producers agree, staff let the warnings pass and confirm."""
    _agree(db, live, now)
    admin = person_id(db, "admin@demo.test")
    for rule in open_warning_slugs(db, live, now=now):
        override_warning(
            db,
            public_id=live.public_id,
            rule=rule,
            reason="Đã xem bản giấy tại cơ sở (minh họa)",
            actor_id=admin,
            now=now,
        )
    confirm_session(db, public_id=live.public_id, actor_id=admin, capacity="staff", now=now)


def _write_sheet(db: Session, live: LiveSession, actor_id: int, now: datetime) -> None:
    """A sheet with a round of questions that fills the session, and words for the first product."""
    parts = parts_of(db, live)
    save_sheet(
        db,
        public_id=live.public_id,
        wished=parts,
        add=("questions", 10, None),
        actor_id=actor_id,
        now=now,
    )
    fit_sheet(db, public_id=live.public_id, actor_id=actor_id, now=now)
    shown = [part.item_id for part in parts if part.item_id is not None]
    for item_id in shown[:1]:
        save_words(
            db,
            public_id=live.public_id,
            item_id=item_id,
            words="Chào cả nhà, đây là hàng của chính người làm ra gửi lên. Mọi người xem kỹ nhãn, "
            "quét mã trên gói để thấy nhật ký của lô rồi hãy đặt.",
            left_out=[],
            actor_id=actor_id,
            now=now,
        )


def _wishes(db: Session) -> list[ItemWish]:
    """One pack each of three goods from the two demo producers, a tenth off while on air."""
    rows = db.execute(
        select(Variant.id, Variant.price_vnd, StockLevel.on_hand - StockLevel.reserved)
        .join(Product, Product.id == Variant.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .join(StockLevel, StockLevel.variant_id == Variant.id)
        .where(
            Producer.name.in_(("HTX Tài Hoan", "HTX Tây Bắc")),
            Product.state == "published",
            Variant.position == 0,
        )
        .order_by(Variant.id)
        .limit(3)
    ).all()
    return [
        ItemWish(
            variant_id=variant_id,
            minutes=20,
            live_price_vnd=max(1000, price * 9 // 10 // 1000 * 1000),
            set_aside=min(3, available),
            price_cap=min(3, available) or None,
            per_buyer=2,
        )
        for variant_id, price, available in rows
    ]


def _agree(db: Session, live: LiveSession, now: datetime) -> None:
    owners = {row.email: row.id for row in db.execute(select(Person.email, Person.id))}
    for item in db.scalars(select(SessionItem).where(SessionItem.session_id == live.id)):
        answer_item(
            db,
            item_id=item.id,
            producer_ids=[item.producer_id],
            is_agreed=True,
            actor_id=owners["producer@demo.test"],
            now=now,
            floor_price_vnd=item.live_price_vnd and item.live_price_vnd * 9 // 10,
        )
