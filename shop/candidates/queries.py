"""Reading candidates: with their papers by the matrix and what the catalogue already proves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.candidates import rules
from shop.candidates.models import Candidate, CandidatePaper
from shop.catalogue.models import Certificate, Producer, Product, Variant
from shop.catalogue.rules import documents_for
from shop.core.errors import NotFound

Scope = frozenset[str] | None


@dataclass(frozen=True)
class CandidateView:
    """A candidate as pages show it."""

    candidate: Candidate
    producer: Producer
    product: Product | None
    papers: tuple[rules.PaperLine, ...]
    progress: rules.Progress
    gtin_status: str
    """For a GTIN: how far the best of the product's sizes is (none, declared, verified)."""

    @property
    def title(self) -> str:
        return self.product.name if self.product else self.producer.name


def candidates_of(
    db: Session, producer_ids: Collection[int], *, today: date, state: str = "open"
) -> list[CandidateView]:
    """The producers' candidates in one state, the nearest deadline first."""
    return _views(db, [Candidate.producer_id.in_(producer_ids)], today=today, state=state)


def candidates_in(
    db: Session,
    provinces: Scope,
    *,
    today: date,
    kind: str = "",
    limit: int,
    offset: int = 0,
) -> tuple[list[CandidateView], int]:
    """A page of the scope's open candidates, and how many there are."""
    asked: list[ColumnElement[bool]] = []
    if provinces is not None:
        asked.append(Producer.province_code.in_(provinces))
    if kind:
        asked.append(Candidate.kind == kind)
    total = db.scalar(
        select(func.count())
        .select_from(Candidate)
        .join(Producer, Producer.id == Candidate.producer_id)
        .where(Candidate.state == "open", *asked)
    )
    found = _views(db, asked, today=today, state="open", limit=limit, offset=offset)
    return found, total or 0


def candidate_view(db: Session, candidate_id: int, *, today: date) -> CandidateView:
    """One candidate, whatever its state. Raises NotFound."""
    found = _views(db, [Candidate.id == candidate_id], today=today, state="")
    if not found:
        raise NotFound
    return found[0]


def _views(
    db: Session,
    conditions: Iterable[ColumnElement[bool]],
    *,
    today: date,
    state: str,
    limit: int = 200,
    offset: int = 0,
) -> list[CandidateView]:
    """Four statements, however many there are."""
    statement = (
        select(Candidate, Producer, Product)
        .join(Producer, Producer.id == Candidate.producer_id)
        .outerjoin(Product, Product.id == Candidate.product_id)
        .where(*conditions)
        .order_by(Candidate.deadline.is_(None), Candidate.deadline, Candidate.id)
        .limit(limit)
        .offset(offset)
    )
    if state:
        statement = statement.where(Candidate.state == state)
    rows = db.execute(statement).all()
    papers: dict[int, dict[str, CandidatePaper]] = {}
    for paper in db.scalars(
        select(CandidatePaper).where(CandidatePaper.candidate_id.in_([row[0].id for row in rows]))
    ):
        papers.setdefault(paper.candidate_id, {})[paper.code] = paper
    proven = _proven(db, {row[1].id for row in rows}, today)
    gtins = _gtins(db, {row[2].id for row in rows if row[2] is not None})
    return [_view(*row, papers.get(row[0].id, {}), proven, gtins, today) for row in rows]


def _view(
    candidate: Candidate,
    producer: Producer,
    product: Product | None,
    known: dict[str, CandidatePaper],
    proven: dict[tuple[int, int | None], set[str]],
    gtins: dict[int, str],
    today: date,
) -> CandidateView:
    kinds = proven.get((producer.id, None), set())
    if product is not None:
        kinds = kinds | proven.get((producer.id, product.id), set())
    lines = tuple(
        rules.PaperLine(
            code=one.code,
            label=one.label,
            label_en=one.label_en,
            is_required=one.is_required,
            is_checked=one.is_checked,
            basis=one.basis,
            state=known[one.code].state if one.code in known else "missing",
            note=known[one.code].note if one.code in known else "",
            has_certificate=one.certificate_kind in kinds,
        )
        for one in documents_for(
            candidate.kind,
            subgroup=product.subgroup if product else "",
            regulated_class=product.regulated_class if product else "none",
            stars=candidate.target_stars,
            today=today,
        )
    )
    return CandidateView(
        candidate=candidate,
        producer=producer,
        product=product,
        papers=lines,
        progress=rules.progress(lines, deadline=candidate.deadline, today=today),
        gtin_status=gtins.get(product.id, "none") if product else "none",
    )


def _proven(
    db: Session, producer_ids: Collection[int], today: date
) -> dict[tuple[int, int | None], set[str]]:
    """Kinds of verified, unexpired certificates by (producer, product or None)."""
    found: dict[tuple[int, int | None], set[str]] = {}
    rows = db.execute(
        select(Certificate.producer_id, Certificate.product_id, Certificate.kind).where(
            Certificate.producer_id.in_(producer_ids),
            Certificate.state == "verified",
            Certificate.expires_on >= today,
        )
    )
    for producer_id, product_id, kind in rows:
        found.setdefault((producer_id, product_id), set()).add(kind)
    return found


def _gtins(db: Session, product_ids: Collection[int]) -> dict[int, str]:
    """The best GTIN status of each product's sizes on offer."""
    ranks = ("none", "declared", "verified")
    found: dict[int, str] = {}
    rows = db.execute(
        select(Variant.product_id, Variant.gtin_status).where(
            Variant.product_id.in_(product_ids), Variant.is_active
        )
    )
    for product_id, status in rows:
        best = max(found.get(product_id, "none"), status, key=ranks.index)
        found[product_id] = best
    return found


@dataclass(frozen=True)
class Counts:
    """Open candidates, and those of them whose deadline is near or over."""

    open: int
    pressing: int


def count_open(
    db: Session,
    *,
    until: date,
    producer_ids: Collection[int] | None = None,
    provinces: Scope = None,
) -> Counts:
    """How many are open (of these producers, or of a scope), and how many end by ``until``."""
    asked: list[ColumnElement[bool]] = [Candidate.state == "open"]
    if producer_ids is not None:
        asked.append(Candidate.producer_id.in_(producer_ids))
    if provinces is not None:
        asked.append(Producer.province_code.in_(provinces))
    row = db.execute(
        select(func.count(), func.count().filter(Candidate.deadline <= until))
        .select_from(Candidate)
        .join(Producer, Producer.id == Candidate.producer_id)
        .where(*asked)
    ).one()
    return Counts(*row)


def products_to_choose(db: Session, producer_ids: Collection[int]) -> list[tuple[str, str]]:
    """The producers' products that are not put away, as a pick list."""
    rows = db.execute(
        select(Product.id, Product.name)
        .where(
            Product.producer_id.in_(producer_ids),
            Product.state != "archived",
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Product.id)
    )
    return [(str(row.id), row.name) for row in rows]


def person_name(db: Session, person_id: int) -> str:
    """What a person is called."""
    return db.scalar(select(Person.name).where(Person.id == person_id)) or ""
