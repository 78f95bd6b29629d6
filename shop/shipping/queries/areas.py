"""What a carrier calls the communes that parcels go to: kept by people, else guessed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue.models import Producer
from shop.places.models import Commune, OldPlace, Province
from shop.places.rules import Level
from shop.shipping.models import CarrierArea
from shop.shipping.rules.carriers import Area


@dataclass(frozen=True)
class KnownArea:
    """The carrier's words for a commune, and how sure they are."""

    area: Area
    is_guessed: bool
    """From the borders before July 2025, not said by a person."""
    districts: tuple[str, ...] = ()
    """Old districts that went into the commune, to choose from."""
    wards: tuple[str, ...] = ()


def areas_for(
    db: Session, *, carrier: str, producer_id: int, commune_codes: Collection[str]
) -> Mapping[str, KnownArea]:
    """Commune code -> what is known, in two statements. A producer's own words come first."""
    kept: dict[str, CarrierArea] = {}
    rows = db.scalars(
        select(CarrierArea)
        .where(
            CarrierArea.carrier == carrier,
            CarrierArea.commune_code.in_(commune_codes),
            or_(CarrierArea.producer_id.is_(None), CarrierArea.producer_id == producer_id),
        )
        .order_by(CarrierArea.producer_id.is_not(None), CarrierArea.id)
    )
    for row in rows:
        kept[row.commune_code] = row
    old = _old_names(db, commune_codes)
    return {code: _known(kept.get(code), old.get(code, [])) for code in commune_codes}


def _old_names(db: Session, codes: Collection[str]) -> dict[str, list[tuple[str, str, str]]]:
    """Commune code -> (old ward, district, province) of every unit that went into it."""
    rows = db.execute(
        select(OldPlace.commune_code, OldPlace.label)
        .where(OldPlace.commune_code.in_(codes), OldPlace.level == Level.COMMUNE)
        .order_by(OldPlace.id)
    )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for code, label in rows:
        parts = [part.strip() for part in label.split(",")]
        if len(parts) == 3:
            found.setdefault(code or "", []).append((parts[0], parts[1], parts[2]))
    return found


def _known(row: CarrierArea | None, old: Sequence[tuple[str, str, str]]) -> KnownArea:
    wards = tuple(dict.fromkeys(ward for ward, _district, _province in old))
    districts = tuple(dict.fromkeys(district for _ward, district, _province in old))
    if row is not None:
        return KnownArea(Area(row.province, row.district, row.ward), False, districts, wards)
    provinces = {province for _ward, _district, province in old}
    is_clear = len(districts) == 1 and len(provinces) == 1
    area = (
        Area(next(iter(provinces)), districts[0], wards[0] if len(wards) == 1 else "")
        if is_clear
        else Area()
    )
    return KnownArea(area, True, districts, wards)


@dataclass(frozen=True)
class AreaRow:
    """A carrier's name of a place as kept, with who said so."""

    row: CarrierArea
    place: str
    province_code: str
    producer: str
    """Empty: kept by staff, for everybody."""
    who: str


def newest_areas(
    db: Session, carrier: str, *, offset: int, limit: int
) -> tuple[list[AreaRow], int]:
    """The names in force, newest first: of staff and of producers, one row each; and how many."""
    newest = (
        select(func.max(CarrierArea.id))
        .where(CarrierArea.carrier == carrier)
        .group_by(CarrierArea.commune_code, CarrierArea.producer_id)
    )
    total = db.scalar(select(func.count()).select_from(newest.subquery())) or 0
    rows = db.execute(
        select(CarrierArea, Commune.name, Province.name, Province.code, Producer.name, Person.name)
        .join(Commune, Commune.code == CarrierArea.commune_code)
        .join(Province, Province.code == Commune.province_code)
        .join(Person, Person.id == CarrierArea.changed_by)
        .outerjoin(Producer, Producer.id == CarrierArea.producer_id)
        .where(CarrierArea.id.in_(newest))
        .order_by(CarrierArea.id.desc())
        .offset(offset)
        .limit(limit)
    )
    found = [
        AreaRow(row, f"{commune}, {province}", code, producer or "", who)
        for row, commune, province, code, producer, who in rows
    ]
    return found, total
