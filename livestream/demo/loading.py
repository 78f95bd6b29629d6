"""Demo clubs from the sources, what they keep, and sessions around today, through the services.

Names and places are real; channel handles, hosts and sessions are made up and marked as demo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import PLATFORMS, Club, ClubResource, Resource
from livestream.clubs.services import (
    add_host,
    add_resource,
    answer_share,
    ask_to_share,
    confirm_identity,
    decide_club,
    register_club,
    set_weekly_hours,
)
from livestream.complaints.services import complain
from livestream.demo.on_air import facebook_channel, tell_on_air
from livestream.reminders.services import ask_to_be_reminded
from livestream.runsheets.queries import parts_of
from livestream.runsheets.services import fit_sheet, save_sheet, save_words
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services.airing import end_session, go_live
from livestream.sessions.services.booking import propose_session
from livestream.sessions.services.deciding import (
    answer_item,
    confirm_session,
    open_warning_slugs,
    override_warning,
)
from livestream.sessions.services.drafting import ItemWish, create_session
from shop.accounts.models import Person
from shop.accounts.services import add_member
from shop.catalogue.models import Producer, Product, Variant
from shop.core.clock import VN, today_vn
from shop.demo.people import person_id
from shop.demo.seed_rows import SeedClub, load_clubs
from shop.stock.models import StockLevel

MAIN_CLUB: Final = "CLB Streamer Móng Cái"
SECOND_CLUB: Final = "Huyện đoàn Thanh Oai - Phiên chợ điện tử"
MANAGERS: Final = {MAIN_CLUB: "club@demo.test", SECOND_CLUB: "club2@demo.test"}
ALL_WEEK: Final = [(day, 7 * 60, 23 * 60) for day in range(7)]
HOLD_HOURS: Final = 48


def load_demo_clubs(db: Session, *, now: datetime) -> int:
    """Every club of the sources, verified; says how many are new."""
    rows = load_clubs()
    third = next(row for row in rows if row.name not in MANAGERS and row.kind != "creator")
    managers = {**MANAGERS, third.name: "club2@demo.test"}
    known = set(db.scalars(select(Club.name).where(Club.is_demo)))
    new = [row for row in rows if row.name not in known]
    for row in new:
        _load_club(db, row, managers.get(row.name, "ocop@demo.test"), now)
    if new:
        _share(db, (MAIN_CLUB, SECOND_CLUB, third.name), now)
    return len(new)


def _load_club(db: Session, row: SeedClub, manager: str, now: datetime) -> None:
    club = register_club(
        db,
        person_id=person_id(db, manager),
        name=row.name,
        kind=row.kind,
        province_code=row.province_code,
        place=row.place[:160],
        is_demo=True,
        now=now,
    )
    club.source_note = row.source
    admin = person_id(db, "admin@demo.test")
    decide_club(db, club_id=club.id, is_verified=True, actor_id=admin, now=now)
    named = [name.lower() for name in row.platforms if name.lower() in PLATFORMS]
    for platform in named or ["tiktok"]:
        add_resource(
            db,
            club_id=club.id,
            kind="channel",
            name=f"Kênh {platform.capitalize()} (minh họa)",
            platform=platform,
            handle=f"@demo.{club.slug}"[:120],
            province_code=row.province_code,
            actor_id=admin,
            now=now,
        )


def find_club(db: Session, name: str) -> Club:
    return db.scalars(select(Club).where(Club.name == name)).one()


def _share(db: Session, names: Sequence[str], now: datetime) -> None:
    """One host serves the first two clubs, one studio the first and the third."""
    first, second, third = (find_club(db, name) for name in names)
    admin = person_id(db, "admin@demo.test")
    host_person = person_id(db, "host@demo.test")
    for club in (first, second):
        add_member(
            db, person_id=host_person, unit_kind="club", unit_id=club.id, role="host", now=now
        )
        host = add_host(db, club_id=club.id, person_id=host_person, actor_id=admin, now=now)
    confirm_identity(db, resource_id=host.id, actor_id=admin, now=now)
    set_weekly_hours(db, resource_id=host.id, hours=ALL_WEEK, now=now, actor_id=admin)
    _add_own_host(db, third, "club2@demo.test", now)
    studio = add_resource(
        db,
        club_id=first.id,
        kind="studio",
        name="Phòng live Nhà văn hóa (minh họa)",
        actor_id=admin,
        now=now,
    )
    link = ask_to_share(
        db,
        club_id=third.id,
        code=studio.code,
        actor_id=person_id(db, "club2@demo.test"),
        now=now,
    )
    answer_share(db, link_id=link.id, club_id=first.id, is_agreed=True, actor_id=admin, now=now)


def _add_own_host(db: Session, club: Club, email: str, now: datetime) -> None:
    admin, person = person_id(db, "admin@demo.test"), person_id(db, email)
    host = add_host(db, club_id=club.id, person_id=person, actor_id=admin, now=now)
    confirm_identity(db, resource_id=host.id, actor_id=admin, now=now)
    set_weekly_hours(db, resource_id=host.id, hours=ALL_WEEK, now=now, actor_id=admin)


@dataclass(frozen=True)
class Plan:
    """A demo session: days from today, hour in Vietnam, what happens to it."""

    key: str
    title: str
    title_en: str
    days: int
    hour: int
    ending: str
    """proposed, confirmed, live or ended."""


PLANS: Final = (
    Plan("past", "Phiên chợ sáng thứ Bảy", "Saturday morning market", -3, 9, "ended"),
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


def load_demo_sessions(db: Session, *, now: datetime) -> int:
    """Sessions of the main club around today; says how many are new."""
    club = find_club(db, MAIN_CLUB)
    known = set(db.scalars(select(LiveSession.submit_key).where(LiveSession.is_demo)))
    count = 0
    for plan in PLANS:
        if f"demo-{plan.key}-{today_vn(now)}" not in known and not (
            known and plan.key in {key.split("-")[1] for key in known}
        ):
            load_session(db, club, plan, now)
            count += 1
    return count


def _start(day: date, plan: Plan) -> datetime:
    at = day + timedelta(days=plan.days)
    return datetime(at.year, at.month, at.day, plan.hour, tzinfo=VN)


def load_session(db: Session, club: Club, plan: Plan, now: datetime) -> LiveSession:
    """One session of the plan, brought to its ending."""
    starts_at = _start(today_vn(now), plan)
    asked_at = min(now, starts_at - timedelta(days=1))
    manager = person_id(db, MANAGERS[MAIN_CLUB])
    channels = _ids(db, club, "channel")[:1]
    if plan.ending == "ended":
        channels = [facebook_channel(db, club, actor_id=manager, now=asked_at)]
    live = create_session(
        db,
        club_id=club.id,
        title=plan.title,
        title_en=plan.title_en,
        starts_at=starts_at,
        minutes=90,
        host_ids=_ids(db, club, "host"),
        channel_ids=channels,
        studio_ids=_ids(db, club, "studio"),
        items=_wishes(db),
        watch_url="https://www.tiktok.com/@demo.clb-streamer-mong-cai/live",
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
    _agree(db, live, asked_at)
    admin = person_id(db, "admin@demo.test")
    for rule in open_warning_slugs(db, live, now=asked_at):
        override_warning(
            db,
            public_id=live.public_id,
            rule=rule,
            reason="Đã xem bản giấy tại cơ sở (minh họa)",
            actor_id=admin,
            now=asked_at,
        )
    confirm_session(db, public_id=live.public_id, actor_id=admin, capacity="staff", now=asked_at)
    _write_sheet(db, live, manager, asked_at)
    if plan.ending == "ended":
        go_live(db, public_id=live.public_id, actor_id=manager, now=starts_at)
        tell_on_air(db, live, actor_id=manager)
        end_session(db, public_id=live.public_id, actor_id=manager, now=live.ends_at)
        complain(
            db,
            slug=live.slug,
            kind="price",
            words="Giá người dẫn đọc thấp hơn giá ở trang đặt hàng (khiếu nại minh họa).",
            contact="",
            short_code="A1",
            submit_key=f"demo-complaint-{plan.key}",
            now=now,
        )
    elif plan.key == "soon":
        buyer = person_id(db, "buyer@demo.test")
        ask_to_be_reminded(
            db, slug=live.slug, person_id=buyer, email=None, language="vi", now=asked_at
        )
    return live


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


def _ids(db: Session, club: Club, kind: str) -> list[int]:
    return list(
        db.scalars(
            select(Resource.id)
            .join(ClubResource, ClubResource.resource_id == Resource.id)
            .where(
                ClubResource.club_id == club.id,
                ClubResource.state == "active",
                Resource.kind == kind,
            )
            .order_by(Resource.id)
        )
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
        )
