"""What a run sheet shows: parts with their products, prices as they are now, what may be said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.clubs.models import Resource
from livestream.clubs.policies import Policy, policy_of
from livestream.runsheets.models import ItemScript, RunBlock
from livestream.runsheets.rules import points as facts
from livestream.runsheets.rules.points import Point
from livestream.runsheets.rules.sheet import Part, Timed, arrange, over_minutes, timed
from livestream.runsheets.rules.words import Remark, remarks
from livestream.sessions.models import LiveSession, ResourceHold, SessionItem
from livestream.sessions.queries import ItemRow, item_rows
from livestream.sessions.timing import epoch
from livestream.sessions.vouchers import voucher_key
from shop.catalogue.models import Certificate, Producer, Product
from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.checkout.models import Voucher
from shop.core.clock import today_vn
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.traceability.models import Lot, LotEvent
from shop.traceability.queries.journals import kinds

TOLD_KINDS = ("harvest", "receipt", "processing", "test", "packing")
"""Journal entries a viewer likes to hear of."""
MOST_ENTRIES = 8
"""Of one product; a page holds up to sixty products."""


def stored_parts(db: Session, session_id: int) -> list[Part]:
    """The sheet as it was saved last; empty before the first time."""
    rows = db.scalars(
        select(RunBlock)
        .where(RunBlock.session_id == session_id)
        .order_by(RunBlock.position, RunBlock.id)
    )
    return [
        Part(f"b{row.id}", row.kind, row.minutes, row.item_id, row.title, row.note) for row in rows
    ]


def parts_of(db: Session, live: LiveSession) -> list[Part]:
    """The sheet as it stands, fitted to the line-up; two statements."""
    items = db.execute(
        select(SessionItem.id, SessionItem.minutes)
        .where(SessionItem.session_id == live.id, SessionItem.withdrawn_at.is_(None))
        .order_by(SessionItem.position, SessionItem.id)
    )
    return arrange(stored_parts(db, live.id), {row.id: row.minutes for row in items})


@dataclass(frozen=True)
class Line:
    """A part of the sheet as a page shows it."""

    timed: Timed
    row: ItemRow | None = None
    points: tuple[Point, ...] = ()
    gone: tuple[Point, ...] = ()
    """Points whose source ends before the session."""
    words: str = ""

    @property
    def part(self) -> Part:
        return self.timed.part


@dataclass(frozen=True)
class Sheet:
    """A run sheet whole."""

    lines: list[Line]
    over_minutes: int
    """By how many minutes it runs past the session; negative: to spare."""
    vouchers: list[Voucher]
    policies: list[Policy]

    @property
    def has_gone_points(self) -> bool:
        """Whether something may no longer be said when the session is on."""
        return any(line.gone for line in self.lines)


def load_sheet(db: Session, live: LiveSession, *, now: datetime) -> Sheet:
    """Everything about a session's sheet, in a fixed number of statements."""
    parts = parts_of(db, live)
    rows = {row.item.id: row for row in item_rows(db, live.id, now=now)}
    said = points_of(db, [row.item for row in rows.values()], on=today_vn(live.ends_at), now=now)
    words = scripts_of(db, rows)
    lines = []
    for one in timed(parts, live.starts_at):
        item_id = one.part.item_id
        if item_id is None:
            lines.append(Line(one))
            continue
        script = words.get(item_id)
        good, gone = said[item_id]
        lines.append(
            Line(
                one,
                row=rows[item_id],
                points=tuple(facts.chosen(good, script.left_out if script else ())),
                gone=tuple(gone),
                words=script.words if script else "",
            )
        )
    length = (epoch(live.ends_at) - epoch(live.starts_at)) // 60
    return Sheet(lines, over_minutes(parts, length), vouchers_of(db, live), policies_of(db, live))


def scripts_of(db: Session, item_ids: Collection[int]) -> dict[int, ItemScript]:
    """Words by item."""
    rows = db.scalars(select(ItemScript).where(ItemScript.item_id.in_(item_ids)))
    return {row.item_id: row for row in rows}


def vouchers_of(db: Session, live: LiveSession) -> list[Voucher]:
    """Vouchers made for this session, stopped ones left out."""
    return list(
        db.scalars(
            select(Voucher)
            .where(Voucher.session_key == voucher_key(live.id), Voucher.stopped_at.is_(None))
            .order_by(Voucher.code)
        )
    )


def policies_of(db: Session, live: LiveSession) -> list[Policy]:
    """What the platforms of the session's channels let one do."""
    platforms = db.scalars(
        select(Resource.platform)
        .join(ResourceHold, ResourceHold.resource_id == Resource.id)
        .where(ResourceHold.session_id == live.id, Resource.kind == "channel")
        .order_by(Resource.id)
    )
    return [policy_of(platform) for platform in dict.fromkeys(platforms)]


def get_item(db: Session, live: LiveSession, item_id: int) -> SessionItem:
    """A product of this session that is still in its line-up. Raises NotFound."""
    item = db.scalars(
        select(SessionItem).where(
            SessionItem.id == item_id,
            SessionItem.session_id == live.id,
            SessionItem.withdrawn_at.is_(None),
        )
    ).one_or_none()
    if item is None:
        raise NotFound
    return item


def words_to_reconsider(
    db: Session, live: LiveSession, *, words: str, stars: int | None
) -> list[Remark]:
    """Remarks on a script for the channels of this session."""
    return remarks(words, valid_stars=stars, policies=policies_of(db, live)) if words else []


def points_of(
    db: Session, items: Sequence[SessionItem], *, on: date, now: datetime
) -> dict[int, tuple[list[Point], list[Point]]]:
    """By item: what may be said on the day ``on``, and what no longer may by then."""
    product_ids = {item.product_id for item in items}
    labels = _labels(db, product_ids)
    papers = _papers(db, product_ids, today_vn(now))
    entries = _entries(db, product_ids, today_vn(now))
    found = {}
    for item in items:
        points = [
            *labels.get(item.product_id, []),
            *papers.get(item.product_id, []),
            *entries.get(item.product_id, []),
        ]
        found[item.id] = facts.sayable(points, on)
    return found


@dataclass(frozen=True)
class Spoken:
    """What a host says of a product."""

    points: tuple[Point, ...]
    """Those chosen for the sheet that hold on the session's day."""
    words: str


def spoken_of(
    db: Session, live: LiveSession, items: Sequence[SessionItem], *, now: datetime
) -> dict[int, Spoken]:
    """By item: points and words, as the sheet has them; four statements."""
    said = points_of(db, items, on=today_vn(live.ends_at), now=now)
    scripts = scripts_of(db, said)
    return {
        item_id: Spoken(
            tuple(facts.chosen(good, scripts[item_id].left_out if item_id in scripts else ())),
            scripts[item_id].words if item_id in scripts else "",
        )
        for item_id, (good, _gone) in said.items()
    }


def _labels(db: Session, product_ids: Collection[int]) -> dict[int, list[Point]]:
    rows = db.execute(
        select(Product, Producer.name)
        .join(Producer, Producer.id == Product.producer_id)
        .where(Product.id.in_(product_ids))
    )
    return {
        product.id: facts.label_points(
            {
                "maker": maker,
                "origin": product.origin,
                "ingredients": product.ingredients,
                "net_content": product.net_content,
                "usage": product.usage,
                "storage": product.storage,
                "shelf_life_days": product.shelf_life_days,
                "warnings": product.warnings,
            }
        )
        for product, maker in rows
    }


def _papers(db: Session, product_ids: Collection[int], today: date) -> dict[int, list[Point]]:
    """Verified papers of the products that count today."""
    rows = db.scalars(
        select(Certificate)
        .where(
            Certificate.product_id.in_(product_ids),
            Certificate.state == "verified",
            Certificate.issued_on <= today,
            Certificate.expires_on >= today,
        )
        .order_by(Certificate.kind, Certificate.id)
    )
    found: dict[int, list[Point]] = {}
    for paper in rows:
        fact = facts.PaperFact(
            id=paper.id,
            kind=paper.kind,
            label=CERTIFICATE_KINDS[paper.kind],
            stars=paper.stars if paper.kind == "ocop" else None,
            number=N_("Hồ sơ minh họa")
            if paper.is_illustration
            else paper.certificate_no or paper.decision_no,
            issuer=paper.issuer,
            expires_on=paper.expires_on,
        )
        found.setdefault(paper.product_id or 0, []).extend(facts.paper_points([fact]))
    return found


def _entries(db: Session, product_ids: Collection[int], today: date) -> dict[int, list[Point]]:
    """Public journal entries of released lots that may still be sold, newest first."""
    rows = db.execute(
        select(LotEvent, Lot)
        .join(Lot, Lot.id == LotEvent.lot_id)
        .where(
            Lot.product_id.in_(product_ids),
            Lot.state == "released",
            Lot.best_before.is_(None) | (Lot.best_before >= today),
            LotEvent.kind.in_(TOLD_KINDS),
        )
        .order_by(LotEvent.happened_at.desc(), LotEvent.id.desc())
        .limit(MOST_ENTRIES * max(len(product_ids), 1) * 2)
    )
    found: dict[int, list[Point]] = {}
    for event, lot in rows:
        points = found.setdefault(lot.product_id, [])
        if len(points) < MOST_ENTRIES:
            points += facts.journal_points([_entry(event, lot)])
    return found


def _entry(event: LotEvent, lot: Lot) -> facts.JournalFact:
    kind = kinds()[event.kind]
    told = [
        str(event.facts[item.name])
        for item in kind.fields
        if item.type == "text" and event.facts.get(item.name)
    ]
    return facts.JournalFact(
        id=event.id,
        kind=event.kind,
        label=kind.label,
        lot_no=lot.lot_no,
        lot_code=lot.code,
        on=today_vn(event.happened_at),
        words=", ".join(told[:3]),
        best_before=lot.best_before,
    )
