"""Sessions of the past weeks with their results, and statements in every state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.demo.clubs import HOST, MAIN_CLUB, MANAGERS, NEW_HOST, find_club
from livestream.demo.sessions import Plan, load_session
from livestream.results import services
from livestream.results.models import Settlement
from livestream.results.queries.settlements import payments_of
from livestream.results.queries.sheets import item_sheets
from livestream.results.rules.columns import Row
from livestream.results.rules.settling import Terms
from livestream.results.services import Figures, ItemFigures
from livestream.sessions.models import LiveSession
from shop.accounts.queries import members_of
from shop.core.clock import today_vn
from shop.demo.people import person_id
from shop.sheets.rules.mapping import Layout
from shop.sheets.services.previews import digest_of


@dataclass(frozen=True)
class Past:
    """A session that is over, how many of each product it sold, and what became of the money."""

    plan: Plan
    sold: int
    viewers: int | None
    clicks: int
    money: str
    """issued, disputed, agreed, sent, settled; ``even`` sold in the producers' own shops."""


def _plan(key: str, title: str, title_en: str, days: int, hour: int, host: str = HOST) -> Plan:
    return Plan(key, title, title_en, days, hour, "ended", host)


OTHER_HOST: Final = MANAGERS[MAIN_CLUB]


PASTS: Final = (
    Past(_plan("p1", "Chợ phiên cuối tháng", "Month-end fair", -34, 20), 9, 1840, 260, "settled"),
    Past(_plan("p2", "Trà sớm cùng bản Mây", "Early tea", -27, 9, OTHER_HOST), 4, 520, 70, "even"),
    Past(_plan("p3", "Miến dong mới về", "New vermicelli", -20, 20), 12, 2310, 340, "sent"),
    Past(
        _plan("p4", "Giữa trưa ghé xưởng", "A midday visit", -14, 12, OTHER_HOST),
        3,
        None,
        48,
        "agreed",
    ),
    Past(_plan("p5", "Tỏi đen kể chuyện", "Black garlic tells", -10, 20), 7, 1560, 190, "disputed"),
    Past(
        _plan("p6", "Đặc sản lên đèn", "Evening specialities", -6, 20, OTHER_HOST),
        8,
        1720,
        230,
        "issued",
    ),
    Past(_plan("p7", "Hỏi nhanh đáp gọn", "Quick answers", -5, 15, NEW_HOST), 2, 310, 40, "agreed"),
)
CLUB_SELLS: Final = ("club", "club", "producer")


def load_demo_results(db: Session, *, now: datetime) -> int:
    """Settled sessions of the main club; says how many are new."""
    if db.scalar(select(Settlement.id).limit(1)) is not None:
        return 0
    club = find_club(db, MAIN_CLUB)
    manager = person_id(db, MANAGERS[MAIN_CLUB])
    for past in PASTS:
        live = load_session(db, club, past.plan, now)
        _settle(db, live, past, manager, live.ends_at + timedelta(hours=1))
    open_one = db.scalars(
        select(LiveSession).where(LiveSession.state == "ended", LiveSession.is_demo).limit(1)
    ).one_or_none()
    if open_one is not None:
        _hand_over(db, open_one, manager, open_one.ends_at)
    coming = db.scalars(
        select(LiveSession)
        .where(LiveSession.state == "confirmed", LiveSession.is_demo)
        .order_by(LiveSession.starts_at)
        .limit(1)
    ).one_or_none()
    if coming is not None:
        _ask(db, coming, manager, now)
        services.share_codes(db, live=coming, now=now)
    return len(PASTS)


def _ask(db: Session, live: LiveSession, manager: int, now: datetime, fee_bp: int = 0) -> None:
    """The club sells in its own shop and pays the producers."""
    for row in item_sheets(db, live):
        terms = Terms("club", "club", row.terms.price_vnd, fee_bp, "producer")
        services.set_terms(
            db, live=live, item_id=row.item.id, terms=terms, actor_id=manager, now=now
        )


def _owner(db: Session, producer_id: int) -> int:
    return members_of(db, "producer", producer_id)[0].person_id


def _hand_over(db: Session, live: LiveSession, manager: int, now: datetime) -> None:
    """Goods that were given and wait to be brought back: one note signed, one waiting."""
    _ask(db, live, manager, now)
    rows = item_sheets(db, live)[:1]
    for row in rows:
        common: dict[str, Any] = {"live": live, "producer_id": row.item.producer_id, "remark": ""}
        given = services.write_note(
            db,
            kind="given",
            units={row.item.id: 3},
            side="club",
            submit_key=f"demo-given-{live.id}",
            actor_id=manager,
            now=now,
            **common,
        )
        services.answer_note(
            db,
            note=given,
            live=live,
            side="producer",
            is_right=True,
            reason="",
            actor_id=_owner(db, row.item.producer_id),
            now=now,
        )
        services.write_note(
            db,
            kind="returned",
            units={row.item.id: 1},
            side="club",
            submit_key=f"demo-back-{live.id}",
            actor_id=manager,
            now=now,
            **common,
        )


def _settle(db: Session, live: LiveSession, past: Past, manager: int, now: datetime) -> None:
    if past.money != "even":
        _ask(db, live, manager, now, fee_bp=0 if past.money != "agreed" else 250)
    typed = {}
    for place, row in enumerate(item_sheets(db, live)):
        units = max(past.sold - 2 * place, 1)
        typed[row.item.id] = ItemFigures(
            clicks=past.clicks // (place + 1),
            orders=units,
            units=units,
            returned=1 if place == 0 and past.sold > 6 else 0,
            gross_vnd=units * row.terms.price_vnd,
            platform_vnd=units * row.terms.price_vnd * 4 // 100,
        )
    if past.money == "issued":
        _import(db, live, manager, now)
    services.save_figures(
        db,
        live=live,
        figures=Figures(past.viewers, past.viewers and past.viewers // 6, 74, 120, ""),
        items=typed,
        actor_id=manager,
        now=now,
    )
    services.close_result(
        db, public_id=live.public_id, takes_stock=False, actor_id=manager, now=now
    )
    for settlement in db.scalars(
        select(Settlement).where(Settlement.session_id == live.id).order_by(Settlement.id)
    ).all():
        _go_on(db, settlement, live, past.money, manager, now)


def _import(db: Session, live: LiveSession, manager: int, now: datetime) -> None:
    """A platform's file that was recorded; what was typed later stands instead of it."""
    file = services.take_file(
        db,
        live=live,
        file_name="tiktok-live-minh-hoa.xlsx",
        content=f"demo {live.id}".encode(),
        cells_name="",
        layout=Layout(0, {"product": 0, "units": 1, "gross": 2}),
        actor_id=manager,
        now=now,
    )
    row = item_sheets(db, live)[0]
    figures = {"clicks": 200, "orders": 7, "units": 7, "returned": 0, "platform": 0}
    services.record_import(
        db,
        live=live,
        row=file,
        rows=[Row(2, row.name, f"demo-{live.id}", {**figures, "gross": 7 * row.list_price_vnd})],
        items={2: row.item.id},
        digest=digest_of(file),
        actor_id=manager,
        now=now,
    )


def _go_on(
    db: Session, settlement: Settlement, live: LiveSession, money: str, manager: int, now: datetime
) -> None:
    owner = _owner(db, settlement.producer_id)
    about: dict[str, Any] = {"settlement": settlement, "live": live, "now": now}
    if money == "issued":
        return
    if money == "disputed":
        reason = "Hôm ấy bán thêm 1 gói ngoài danh sách, xin xem lại."
        services.dispute_settlement(db, reason=reason, actor_id=owner, **about)
        return
    services.agree_settlement(db, actor_id=owner, **about)
    if money not in {"sent", "settled"} or settlement.owed_vnd <= 0:
        return
    services.send_payment(
        db,
        side="club",
        amount_vnd=settlement.owed_vnd,
        paid_on=today_vn(now),
        reference=f"MINHHOA{settlement.id}",
        submit_key=f"demo-pay-{settlement.id}",
        actor_id=manager,
        **about,
    )
    if money == "settled":
        services.answer_payment(
            db,
            payment=payments_of(db, settlement.id)[0].payment,
            has_come=True,
            reason="",
            actor_id=owner,
            **about,
        )
