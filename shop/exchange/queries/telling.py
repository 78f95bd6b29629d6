"""Lots with everything that is told of them, for one lot or for a period, in a fixed number of
statements."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Certificate, Producer, Product, ProductPhoto
from shop.catalogue.rules import CERTIFICATE_KINDS
from shop.exchange.rules.epcis import LotView, Word
from shop.exchange.rules.portal import PortalLot, Stage
from shop.places.models import Commune, Province
from shop.traceability import queries as trace
from shop.traceability.models import Gs1Key, Lot, LotEvent
from shop.traceability.rules.lots import UnknownLot

MAX_LOTS = 2000
"""Lots in one answer; a longer period is asked for in parts."""
GS1_ROOT = "https://id.gs1.org"


@dataclass(frozen=True)
class Told:
    """A lot, how partners name it, and the words of its journal that may be told."""

    lot: Lot
    product: Product
    producer: Producer
    view: LotView
    words: tuple[Word, ...]
    place: str
    """Commune and province where it was made."""
    gln: str


def lots_between(db: Session, producer_ids: Collection[int], since: date, until: date) -> list[int]:
    """Ids of lots made on these days, both included, oldest first; one more than MAX_LOTS at
    most, so that the caller sees when there are too many."""
    return list(
        db.scalars(
            select(Lot.id)
            .where(Lot.producer_id.in_(producer_ids), Lot.made_on.between(since, until))
            .order_by(Lot.made_on, Lot.id)
            .limit(MAX_LOTS + 1)
        )
    )


def told_lots(
    db: Session, lot_ids: Sequence[int], *, root: str, with_inner: bool = False
) -> list[Told]:
    """The lots in the order asked for, in four statements. ``root`` is our origin.

    ``with_inner`` adds what only the producer (or an inspector) may read: deliveries, sales, inner
    facts. Raises UnknownLot when one is missing.
    """
    rows = {
        row[0].id: row
        for row in db.execute(
            select(Lot, Product, Producer, Commune.name, Province.name)
            .join(Product, Product.id == Lot.product_id)
            .join(Producer, Producer.id == Lot.producer_id)
            .outerjoin(
                Commune,
                Commune.code == func.coalesce(Lot.commune_code, Producer.commune_code),
            )
            .join(
                Province,
                Province.code == func.coalesce(Commune.province_code, Producer.province_code),
            )
            .where(Lot.id.in_(lot_ids))
        )
    }
    if len(rows) < len(set(lot_ids)):
        raise UnknownLot
    gtins, glns = _numbers(db, rows.values())
    words = _words(db, lot_ids, with_inner=with_inner)
    told = []
    for lot_id in lot_ids:
        lot, product, producer, commune, province = rows[lot_id]
        gln = glns.get(producer.id, "")
        view = LotView(
            code=lot.code,
            lot_no=lot.lot_no,
            product=product.name,
            class_id=_class_id(lot, gtins, root),
            place_id=f"{GS1_ROOT}/414/{gln}" if gln else f"{root}/nha-san-xuat/{producer.slug}",
            quantity=lot.quantity,
            uom=lot.uom,
            made_on=lot.made_on,
            best_before=lot.best_before,
        )
        place = ", ".join(filter(None, (lot.site, commune, province)))
        told.append(Told(lot, product, producer, view, tuple(words[lot_id]), place, gln))
    return told


def _class_id(lot: Lot, gtins: Mapping[int, str], root: str) -> str:
    gtin = gtins.get(lot.variant_id or 0)
    if gtin:
        return f"{GS1_ROOT}/01/{gtin}/10/{quote(lot.lot_no, safe='-')}"
    return f"{root}/T/{lot.code}"


def _numbers(
    db: Session, rows: Iterable[Sequence[object]]
) -> tuple[dict[int, str], dict[int, str]]:
    """Verified GTINs by variant, verified GLNs by producer."""
    lots = [row[0] for row in rows]
    variants = {lot.variant_id for lot in lots if isinstance(lot, Lot) and lot.variant_id}
    producers = {lot.producer_id for lot in lots if isinstance(lot, Lot)}
    keys = db.scalars(
        select(Gs1Key)
        .where(
            Gs1Key.state == "verified",
            or_(
                and_(Gs1Key.ai == "01", Gs1Key.variant_id.in_(variants)),
                and_(Gs1Key.ai == "414", Gs1Key.producer_id.in_(producers)),
            ),
        )
        .order_by(Gs1Key.id.desc())
    ).all()
    gtins = {key.variant_id: key.value for key in keys if key.ai == "01" and key.variant_id}
    return gtins, {key.producer_id: key.value for key in keys if key.ai == "414"}


def _words(
    db: Session, lot_ids: Sequence[int], *, with_inner: bool
) -> defaultdict[int, list[Word]]:
    kinds = trace.kinds()
    events = db.scalars(
        select(LotEvent).where(LotEvent.lot_id.in_(lot_ids)).order_by(LotEvent.lot_id, LotEvent.seq)
    ).all()
    kind_at = {(event.lot_id, event.seq): event.kind for event in events}
    words: defaultdict[int, list[Word]] = defaultdict(list)
    for event in events:
        kind = kinds[event.kind]
        about = kinds[kind_at.get((event.lot_id, event.corrects_seq or 0), event.kind)]
        if not with_inner and not (kind.is_public and about.is_public):
            continue
        facts = dict(event.facts)
        if with_inner:
            inner = dict(event.inner_facts)
            if event.corrects_seq is not None:
                right = {**facts.get("facts", {}), **inner.pop("facts", {})}
                facts = {**facts, "facts": right}
            facts |= inner
        words[event.lot_id].append(
            Word(
                seq=event.seq,
                kind=kind,
                happened_at=event.happened_at,
                recorded_at=event.recorded_at,
                facts=facts,
                corrects=event.corrects_seq,
            )
        )
    return words


def portal_lots(
    db: Session, lot_ids: Sequence[int], *, root: str, media: str, today: date
) -> list[PortalLot]:
    """What a portal is told of the lots; ``media`` makes a photo's address from its name."""
    told = told_lots(db, lot_ids, root=root)
    products = {one.product.id for one in told}
    photos = _photos(db, products)
    papers = _papers(db, products, {one.producer.id for one in told}, today)
    found = []
    for one in told:
        photo = photos.get(one.product.id)
        standards = papers[one.product.id] + papers[-one.producer.id]
        found.append(
            PortalLot(
                code=one.lot.code,
                address=f"{root}/T/{one.lot.code}",
                lot_no=one.lot.lot_no,
                product_id=one.product.id,
                product=one.product.name,
                image=media % photo if photo else "",
                producer=one.producer.name,
                producer_address=one.producer.address,
                origin=one.place or one.product.origin,
                place_code=one.gln,
                best_before=one.lot.best_before,
                standard="; ".join(dict.fromkeys(standards)),
                stages=tuple(
                    Stage(word.kind.label, word.happened_at, str(word.facts.get("place", "")))
                    for word in one.words
                    if word.kind.epcis is not None
                ),
            )
        )
    return found


def _photos(db: Session, product_ids: Collection[int]) -> dict[int, str]:
    """The first photo of each product."""
    rows = db.execute(
        select(ProductPhoto.product_id, ProductPhoto.sha)
        .where(ProductPhoto.product_id.in_(product_ids))
        .order_by(ProductPhoto.position.desc(), ProductPhoto.id.desc())
    )
    return {row.product_id: row.sha for row in rows}


def _papers(
    db: Session, product_ids: Collection[int], producer_ids: Collection[int], today: date
) -> defaultdict[int, list[str]]:
    """Valid papers as "kind number", by product id; those of a whole producer by ``-id``."""
    rows = db.scalars(
        select(Certificate)
        .where(
            or_(
                Certificate.product_id.in_(product_ids),
                and_(Certificate.product_id.is_(None), Certificate.producer_id.in_(producer_ids)),
            ),
            Certificate.state == "verified",
            Certificate.issued_on <= today,
            Certificate.expires_on >= today,
        )
        .order_by(Certificate.kind, Certificate.id)
    )
    papers: defaultdict[int, list[str]] = defaultdict(list)
    for paper in rows:
        owner = paper.product_id if paper.product_id is not None else -paper.producer_id
        papers[owner].append(f"{CERTIFICATE_KINDS[paper.kind]} {paper.certificate_no}".strip())
    return papers
