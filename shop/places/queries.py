"""Reading places: pick lists, the check of a chosen pair, and candidates for a typed name."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.core.text import fold
from shop.places import rules
from shop.places.models import Commune, OldPlace, Province
from shop.places.rules import Candidate, Level, Reason, Unit, UnknownCommune, UnknownProvince

MAX_CANDIDATES: Final = 40
"""A district became 30 communes at most; more candidates than this help nobody choose."""

_MAX_PREFIXED: Final = 60

Options = tuple[tuple[str, str], ...]
"""(code, name) of each place of a pick list."""

_OPTIONS: Final[dict[str, Options]] = {}
"""Pick lists of the provinces ("") and of each one's communes, kept for the life of the process:
migrations alone write them, so they change only together with the program."""


@dataclass(frozen=True)
class PlaceMatch:
    """A place in force offered for a typed name. Without a commune only the province is known."""

    province_code: str
    province_name: str
    commune_code: str | None
    commune_name: str | None
    reason: Reason
    old_name: str
    """Full name of the old unit the reason speaks of; empty for a name in force."""

    @property
    def label(self) -> str:
        """``Xã Côn Minh, Tỉnh Thái Nguyên``."""
        return ", ".join(filter(None, (self.commune_name, self.province_name)))


def list_provinces(db: Session) -> list[Province]:
    """All provinces in the order people look them up: by name without "tỉnh" or "thành phố"."""
    return sorted(db.scalars(select(Province)), key=_by_name)


def list_communes(db: Session, province_code: str) -> list[Commune]:
    """The communes of a province by name; empty for a code that does not exist."""
    found = db.scalars(select(Commune).where(Commune.province_code == province_code))
    return sorted(found, key=_by_name)


def province_options(db: Session) -> Options:
    """(code, name) of all provinces for a pick list, in the order of ``list_provinces``."""
    return _options(db, "", select(Province.code, Province.name))


def commune_options(db: Session, province_code: str) -> Options:
    """(code, name) of a province's communes for a pick list, in the order of ``list_communes``."""
    found = select(Commune.code, Commune.name).where(Commune.province_code == province_code)
    return _options(db, province_code, found)


def _options(db: Session, key: str, places: Select[str, str]) -> Options:
    known = _OPTIONS.get(key)
    if known is None:
        rows = [(code, name) for code, name in db.execute(places)]
        known = tuple(sorted(rows, key=lambda row: (_sorted_by(row[1]), row[0])))
        if known:
            _OPTIONS[key] = known
    return known


@lru_cache(maxsize=4096)
def _sorted_by(official: str) -> str:
    """There are 3,355 names, and a pick list asks for the same ones again and again."""
    return fold(rules.short_name(official))


def _by_name(place: Province | Commune) -> tuple[str, str]:
    return _sorted_by(place.name), place.code


def province_by_slug(db: Session, slug: str) -> Province | None:
    """The province of ``/tinh/<slug>``."""
    return db.scalar(select(Province).where(Province.slug == slug))


def old_provinces_of(db: Session, province_code: str) -> list[str]:
    """Names of the provinces before July 2025 that went into this one, its own included."""
    labels = db.scalars(
        select(OldPlace.label)
        .where(OldPlace.province_code == province_code, OldPlace.level == Level.PROVINCE)
        .order_by(OldPlace.id)
    )
    return list(dict.fromkeys(labels))


def get_province(db: Session, code: str) -> Province:
    """Raises UnknownProvince (field ``province_code``)."""
    found = db.get(Province, code) if rules.is_code(code, 2) else None
    if found is None:
        raise UnknownProvince(field="province_code")
    return found


def get_commune(db: Session, province_code: str, commune_code: str) -> Commune:
    """The commune, checked to lie in the province.

    Raises UnknownProvince (field ``province_code``), UnknownCommune (field ``commune_code``).
    """
    get_province(db, province_code)
    found = db.get(Commune, commune_code) if rules.is_code(commune_code, 5) else None
    if found is None or found.province_code != province_code:
        raise UnknownCommune(field="commune_code")
    return found


def full_name(db: Session, province_code: str, commune_code: str) -> str:
    """``Xã Côn Minh, Tỉnh Thái Nguyên``, checked to be in force and to belong together.

    Raises UnknownProvince (field ``province_code``), UnknownCommune (field ``commune_code``).
    """
    province = dict(province_options(db)).get(province_code)
    if province is None:
        raise UnknownProvince(field="province_code")
    commune = dict(commune_options(db, province_code)).get(commune_code)
    if commune is None:
        raise UnknownCommune(field="commune_code")
    return f"{commune}, {province}"


def known_communes(db: Session, codes: Collection[str]) -> set[str]:
    """Those of the codes that are communes in force."""
    return set(db.scalars(select(Commune.code).where(Commune.code.in_(codes)))) if codes else set()


def island_codes(db: Session) -> set[str]:
    """The special zones: the islands that are communes of their own."""
    return set(db.scalars(select(Commune.code).where(Commune.kind == rules.Kind.ZONE)))


def place_names(
    db: Session, pairs: Sequence[tuple[str, str | None]]
) -> dict[tuple[str, str | None], str]:
    """``(province code, commune code)`` -> ``Xã Côn Minh, Tỉnh Thái Nguyên``, in two statements.

    Unknown codes are left out of the name; they cannot occur behind a foreign key.
    """
    provinces, communes = _names(db, {commune for _province, commune in pairs if commune})
    return {
        (province, commune): ", ".join(
            filter(None, (communes.get(commune or ""), provinces.get(province)))
        )
        for province, commune in pairs
    }


def _names(db: Session, commune_codes: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Names of all provinces and of the communes asked for, by code."""
    provinces = {province.code: province.name for province in db.scalars(select(Province))}
    rows = db.execute(select(Commune.code, Commune.name).where(Commune.code.in_(commune_codes)))
    return provinces, {row.code: row.name for row in rows}


def searched_names(db: Session, province_code: str, commune_code: str | None) -> str:
    """Every name people may look for a place by, in force and old, each once.

    For a commune: its own and its province's, and those of the units it was made of
    (``Xã Côn Minh Tỉnh Thái Nguyên Huyện Na Rì Tỉnh Bắc Kạn …``). For a province alone: its own
    and those of the provinces that were joined into it.
    """
    pair = (province_code, commune_code)
    old = select(OldPlace.label).order_by(OldPlace.id)
    if commune_code is None:
        old = old.where(OldPlace.province_code == province_code, OldPlace.level == Level.PROVINCE)
    else:
        old = old.where(OldPlace.commune_code == commune_code)
    labels = [place_names(db, [pair])[pair], *db.scalars(old)]
    return " ".join(dict.fromkeys(name for label in labels for name in label.split(", ") if name))


def find_places(db: Session, text: str) -> list[PlaceMatch]:
    """Places in force that ``text`` may mean, best first, for a person to confirm.

    Understands names in force and the three old levels, with or without unit words, accents and
    commas ("xã Côn Minh, huyện Na Rì, tỉnh Bắc Kạn", "na ri bac kan"). Text that may be the
    beginning of a name brings the names that begin so first.
    """
    typed = rules.read_text(text)
    units = _named(db, typed.keys) if typed.keys else []
    is_whole_name = any(unit.key in (typed.prefix, typed.whole) for unit in units)
    begun = [] if is_whole_name or not typed.prefix else _beginning(db, typed.prefix)
    candidates = rules.complete(typed, begun) + rules.rank(typed, units)
    return _matches(db, candidates[:MAX_CANDIDATES])


def _named(db: Session, keys: frozenset[str]) -> list[Unit]:
    """Every unit, old or in force, that carries one of the names."""
    provinces = db.scalars(select(Province).where(Province.folded.in_(keys)))
    communes = db.execute(
        select(Commune, Province.name)
        .join(Province, Province.code == Commune.province_code)
        .where(Commune.folded.in_(keys))
        .order_by(Commune.code)
    )
    olds = db.scalars(select(OldPlace).where(OldPlace.folded.in_(keys)).order_by(OldPlace.id))
    return [
        *(Unit(p.folded, Level.PROVINCE, p.name, p.code, None, True) for p in provinces),
        *(_current(commune, name) for commune, name in communes),
        *(_old(old) for old in olds),
    ]


def _beginning(db: Session, prefix: str) -> list[Unit]:
    """Units whose name begins with ``prefix``, shortest names first."""
    communes = db.execute(
        select(Commune, Province.name)
        .join(Province, Province.code == Commune.province_code)
        .where(Commune.folded.startswith(prefix, autoescape=True))
        .order_by(Commune.folded, Commune.code)
        .limit(_MAX_PREFIXED)
    )
    olds = db.scalars(
        select(OldPlace)
        .where(OldPlace.folded.startswith(prefix, autoescape=True))
        .order_by(OldPlace.folded, OldPlace.id)
        .limit(_MAX_PREFIXED)
    )
    provinces = db.scalars(
        select(Province).where(Province.folded.startswith(prefix, autoescape=True))
    )
    return [
        *(Unit(p.folded, Level.PROVINCE, p.name, p.code, None, True) for p in provinces),
        *(_current(commune, name) for commune, name in communes),
        *(_old(old) for old in olds),
    ]


def _current(commune: Commune, province_name: str) -> Unit:
    label = f"{commune.name}, {province_name}"
    return Unit(commune.folded, Level.COMMUNE, label, commune.province_code, commune.code, True)


def _old(old: OldPlace) -> Unit:
    return Unit(old.folded, Level(old.level), old.label, old.province_code, old.commune_code, False)


def _matches(db: Session, candidates: Sequence[Candidate]) -> list[PlaceMatch]:
    if not candidates:
        return []
    provinces, communes = _names(
        db, {found.commune_code for found in candidates if found.commune_code}
    )
    return [
        PlaceMatch(
            province_code=candidate.province_code,
            province_name=provinces[candidate.province_code],
            commune_code=candidate.commune_code,
            commune_name=communes.get(candidate.commune_code or ""),
            reason=candidate.reason,
            old_name=candidate.old_name,
        )
        for candidate in candidates
    ]
