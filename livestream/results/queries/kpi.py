"""Figures of many sessions at once: six statements whatever their number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Club, Resource
from livestream.results.models import ResultLine, SessionResult, ShareCode
from livestream.results.queries.sheets import COUNTED
from livestream.results.rules.figures import Outcome, pooled, summed
from livestream.sessions.models import LiveSession, ResourceHold
from shop.core.clock import VN
from shop.core.text import N_
from shop.orders.models import Order
from shop.orders.queries import goods_vnd

PARTS = (
    (5, N_("Sáng sớm (trước 9 giờ)")),
    (9, N_("Buổi sáng (9–12 giờ)")),
    (12, N_("Buổi trưa (12–14 giờ)")),
    (14, N_("Buổi chiều (14–18 giờ)")),
    (18, N_("Buổi tối (18–21 giờ)")),
    (21, N_("Tối muộn (sau 21 giờ)")),
)


@dataclass(frozen=True)
class Took:
    """What one closed session brought."""

    live: LiveSession
    club: Club
    hosts: tuple[Resource, ...]
    platforms: tuple[str, ...]
    viewers: int | None
    peak_viewers: int | None
    clicks: int | None
    orders: int | None
    units: int
    returned: int
    gross_vnd: int
    returned_vnd: int

    @property
    def seconds(self) -> int:
        """On air."""
        if self.live.went_live_at is None or self.live.ended_at is None:
            return 0
        return max(int((self.live.ended_at - self.live.went_live_at).total_seconds()), 0)

    @property
    def net_vnd(self) -> int:
        """Takings without what was returned."""
        return self.gross_vnd - self.returned_vnd

    @property
    def delay_seconds(self) -> int:
        """How late it started; early is none."""
        if self.live.went_live_at is None:
            return 0
        return max(int((self.live.went_live_at - self.live.starts_at).total_seconds()), 0)


@dataclass(frozen=True)
class Kpi:
    """The figures of a period; unknown ones are None."""

    sessions: int
    no_shows: int
    seconds: int
    gross_vnd: int
    net_vnd: int
    units: int
    viewers: int | None
    orders: int | None
    per_hour_vnd: int | None
    click_rate: float | None
    """Orders per product click, over sessions that know both."""
    viewer_rate: float | None
    return_rate: float | None
    delay_seconds: int | None


def took(
    db: Session,
    *,
    club_ids: Collection[int] | None = None,
    provinces: Collection[str] | None = None,
    since: datetime,
    limit: int = 500,
) -> list[Took]:
    """Closed sessions that began since, the newest first; None: everyone's."""
    statement = (
        select(LiveSession, Club, SessionResult)
        .join(Club, Club.id == LiveSession.club_id)
        .outerjoin(SessionResult, SessionResult.session_id == LiveSession.id)
        .where(LiveSession.state == "reconciled", LiveSession.starts_at >= since)
        .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
        .limit(limit)
    )
    if club_ids is not None:
        statement = statement.where(LiveSession.club_id.in_(club_ids))
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    rows = db.execute(statement).all()
    ids = [live.id for live, _club, _result in rows]
    used: dict[int, list[Resource]] = {}
    for session_id, resource in db.execute(
        select(ResourceHold.session_id, Resource)
        .join(Resource, Resource.id == ResourceHold.resource_id)
        .where(ResourceHold.session_id.in_(ids))
        .order_by(Resource.name, Resource.id)
    ):
        used.setdefault(session_id, []).append(resource)
    lines = _lines(db, ids)
    return [
        _took(live, club, result, used.get(live.id, []), lines.get(live.id, []))
        for live, club, result in rows
    ]


def _lines(db: Session, session_ids: Sequence[int]) -> dict[int, list[ResultLine]]:
    """The lines that count: typed ones stand instead of files' lines of the same item."""
    found: dict[int, list[ResultLine]] = {}
    rows = db.scalars(select(ResultLine).where(ResultLine.session_id.in_(session_ids))).all()
    typed = {row.item_id for row in rows if row.source == "typed"}
    for row in rows:
        if row.source == "file" and row.item_id in typed:
            continue
        found.setdefault(row.session_id, []).append(row)
    return found


def _took(
    live: LiveSession,
    club: Club,
    result: SessionResult | None,
    used: Sequence[Resource],
    lines: Sequence[ResultLine],
) -> Took:
    return Took(
        live=live,
        club=club,
        hosts=tuple(one for one in used if one.kind == "host"),
        platforms=tuple(sorted({one.platform for one in used if one.platform})),
        viewers=result.viewers if result else None,
        peak_viewers=result.peak_viewers if result else None,
        clicks=summed(line.clicks for line in lines),
        orders=summed(line.orders for line in lines),
        units=sum(line.units for line in lines),
        returned=sum(line.returned for line in lines),
        gross_vnd=sum(line.gross_vnd for line in lines),
        returned_vnd=sum(line.returned_vnd for line in lines),
    )


def count_no_shows(
    db: Session,
    *,
    club_ids: Collection[int] | None = None,
    provinces: Collection[str] | None = None,
    since: datetime,
) -> int:
    """Sessions that never went on air."""
    statement = (
        select(func.count())
        .select_from(LiveSession)
        .join(Club, Club.id == LiveSession.club_id)
        .where(LiveSession.state == "no_show", LiveSession.starts_at >= since)
    )
    if club_ids is not None:
        statement = statement.where(LiveSession.club_id.in_(club_ids))
    if provinces is not None:
        statement = statement.where(Club.province_code.in_(provinces))
    return db.scalar(statement) or 0


def kpi(rows: Sequence[Took], no_shows: int) -> Kpi:
    """Sums over the sessions, ratios as sum over sum."""
    seconds = sum(row.seconds for row in rows)
    net = sum(row.net_vnd for row in rows)
    return Kpi(
        sessions=len(rows),
        no_shows=no_shows,
        seconds=seconds,
        gross_vnd=sum(row.gross_vnd for row in rows),
        net_vnd=net,
        units=sum(row.units - row.returned for row in rows),
        viewers=summed(row.viewers for row in rows),
        orders=summed(row.orders for row in rows),
        per_hour_vnd=round(net * 3600 / seconds) if seconds else None,
        click_rate=pooled((row.orders, row.clicks) for row in rows),
        viewer_rate=pooled((row.orders, row.viewers) for row in rows),
        return_rate=pooled((row.returned, row.units) for row in rows),
        delay_seconds=round(sum(row.delay_seconds for row in rows) / len(rows)) if rows else None,
    )


def host_outcomes(rows: Sequence[Took]) -> list[Outcome]:
    """One outcome per host and session; a session of several hosts counts in equal parts."""
    return [
        Outcome(str(host.id), host.name, row.net_vnd // len(row.hosts), row.seconds)
        for row in rows
        for host in row.hosts
    ]


def slot_outcomes(rows: Sequence[Took]) -> list[Outcome]:
    """One outcome per session, by the part of the day it began in (a msgid)."""
    return [Outcome(part, part, row.net_vnd, row.seconds) for row in rows for part in [_part(row)]]


def club_outcomes(rows: Sequence[Took]) -> list[Outcome]:
    """One outcome per session, by club."""
    return [Outcome(str(row.club.id), row.club.name, row.net_vnd, row.seconds) for row in rows]


def _part(row: Took) -> str:
    hour = row.live.starts_at.astimezone(VN).hour
    return next((name for start, name in reversed(PARTS) if hour >= start), PARTS[-1][1])


@dataclass(frozen=True)
class Credit:
    """Orders that a host's code led to."""

    host: str
    title: str
    title_en: str | None
    code: str
    orders: int
    goods_vnd: int


def credited(db: Session, *, club_ids: Collection[int], limit: int = 30) -> list[Credit]:
    """Confirmed orders by code, the most first."""
    rows = db.execute(
        select(
            Resource.name,
            *(LiveSession.title, LiveSession.title_en),
            ShareCode.code,
            func.count(Order.id),
            func.coalesce(func.sum(goods_vnd()), 0),
        )
        .select_from(ShareCode)
        .join(LiveSession, LiveSession.id == ShareCode.session_id)
        .join(Resource, Resource.id == ShareCode.host_id)
        .join(Order, Order.origin_code == ShareCode.code)
        .where(LiveSession.club_id.in_(club_ids), Order.state.in_(COUNTED))
        .group_by(
            *(ShareCode.id, Resource.name, ShareCode.code),
            *(LiveSession.title, LiveSession.title_en),
        )
        .order_by(func.count(Order.id).desc(), ShareCode.id)
        .limit(limit)
    )
    return [
        Credit(host, title, title_en, code, count, int(goods))
        for host, title, title_en, code, count, goods in rows
    ]
