"""The real OCOP products, clubs and campaigns of ``data/*.csv`` as typed rows.

Facts only; an empty cell means that the source does not say. What the demo has to make up (prices,
weights, label texts) is in ``shop.demo.figures`` and ``shop.demo.labels``.
"""

import calendar
import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

DATA: Final = Path(__file__).resolve().parent / "data"

VALIDITY_MONTHS: Final = 36
"""An OCOP certificate lasts 36 months from its issue (Decision 148/QĐ-TTg of 2023-02-24)."""

ROUND_SLACK_MONTHS: Final = 12
"""A source that names the scoring round or a council's meeting leaves the decision itself open; it
followed within about a year. Our assumption, used only to call a certificate lapsed."""

Group = Literal["food", "beverage", "medicinal", "handicraft", "ornamental", "tourism"]
ProducerKind = Literal[
    "cooperative", "cooperative_group", "company", "household", "youth_union", "unknown"
]
RegulatedClass = Literal["none", "alcohol", "supplement", "herbal_check", "essential_oil"]
RecognitionState = Literal["valid", "lapsed", "unknown"]
Operator = Literal["=", ">", "~"]

_MEETING: Final = re.compile(r"\bcouncil (?:scoring|meeting|date)")
_WORKING_FILE: Final = re.compile(r"\bseed \d+_[0-9a-f]+\.txt")
_ROUND: Final = re.compile(r"\bround (?:\d )?of (\d{4})")
_YOUNG: Final = re.compile(r"youth cooperative|young (?:producer|maker)|youth union project")
_FIGURE: Final = re.compile(r"^([a-z_]+)([=>~])(\d+)(?:-(\d+))?$")
_SEASON: Final = re.compile(r"^(\d{1,2})-(\d{1,2})$")


def _readable(source: str) -> str:
    """The source without the names of our working files, which say nothing to a reader."""
    named = _WORKING_FILE.sub("", source).strip()
    if named.startswith("("):
        named = named[1:].replace(")", "", 1)
    return named or "tư liệu của dự án"


Source = Annotated[str, BeforeValidator(_readable)]


class _Row(BaseModel):
    """A row is checked once and never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PartialDate(_Row):
    """A date known to the year, the month or the day: its first and last possible day."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2021``, ``2021-09`` or ``2021-09-30``. Raises ValueError on anything else."""
        parts = [int(part) for part in text.split("-")]
        if not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
            raise ValueError(f"not a date: {text}")
        year, month, day = (*parts, 0, 0)[:3]
        last_month = month or 12
        last_day = day or calendar.monthrange(year, last_month)[1]
        return cls(first=date(year, month or 1, day or 1), last=date(year, last_month, last_day))

    @property
    def is_exact(self) -> bool:
        """Known to the day."""
        return self.first == self.last


class Figure(_Row):
    """A published figure: exact, "more than" or "about"; ``high`` differs for a range."""

    operator: Operator
    low: int
    high: int


class Validity(_Row):
    """The first and the last day on which a certificate may have ended."""

    first_end: date
    last_end: date

    def state(self, on: date) -> RecognitionState:
        """Judged conservatively: "valid" only while no possible end has come."""
        if on < self.first_end:
            return "valid"
        return "lapsed" if on > self.last_end else "unknown"


def _partial_date(value: object) -> object:
    return PartialDate.parse(value) if isinstance(value, str) and value else value or None


def _empty(value: object) -> object:
    return None if value == "" else value


def _season(value: object) -> object:
    """``11-2`` as the months November to February; empty text as no months."""
    if not isinstance(value, str):
        return value
    if not value:
        return ()
    found = _SEASON.match(value)
    if found is None:
        raise ValueError(f"not a season: {value}")
    first, last = int(found[1]), int(found[2])
    if not (1 <= first <= 12 and 1 <= last <= 12):
        raise ValueError(f"no such month: {value}")
    return tuple((first - 1 + step) % 12 + 1 for step in range((last - first) % 12 + 1))


def _platforms(value: object) -> object:
    return tuple(filter(None, value.split(";"))) if isinstance(value, str) else value


def _figures(value: object) -> object:
    """``days=3; revenue_vnd>200000000`` as figures by key."""
    if not isinstance(value, str):
        return value
    figures = {}
    for part in filter(None, (piece.strip() for piece in value.split(";"))):
        found = _FIGURE.match(part)
        if found is None:
            raise ValueError(f"not a figure: {part}")
        low = int(found[3])
        figures[found[1]] = {"operator": found[2], "low": low, "high": int(found[4] or low)}
    return figures


MaybeDate = Annotated[PartialDate | None, BeforeValidator(_partial_date)]
MaybeInt = Annotated[int | None, BeforeValidator(_empty)]


class SeedProduct(_Row):
    """One real product. Group and subgroup are our assignment; stars are those of the source."""

    sku_hint: Annotated[str, Field(pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)*$")]
    name_vi: Annotated[str, Field(min_length=1)]
    name_en: str
    producer_name: str
    producer_kind: ProducerKind
    place_as_printed: str
    commune_name: str
    commune_code: Annotated[str, Field(pattern=r"^(\d{5})?$")]
    province_name: str
    province_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    ocop_group: Group
    ocop_subgroup: str
    stars: Annotated[Literal[3, 4, 5] | None, BeforeValidator(lambda v: int(v) if v else None)]
    recognised_on: MaybeDate
    price_min_vnd: MaybeInt
    price_max_vnd: MaybeInt
    price_unit: str
    price_source_note: str
    net_content: str
    regulated_class: RegulatedClass
    season_months: Annotated[tuple[int, ...], BeforeValidator(_season)]
    season_basis: Literal["source", "general", ""]
    icon_hint: str
    source: Source
    source_date: str
    note: str

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if bool(self.commune_code) != bool(self.commune_name):
            raise ValueError("commune code and name belong together")
        if (self.price_min_vnd or 0) > (self.price_max_vnd or 0):
            raise ValueError("the lowest price is above the highest")
        return self

    @property
    def is_alcohol(self) -> bool:
        """Off by default in every demo shop."""
        return self.regulated_class == "alcohol"

    @property
    def is_service(self) -> bool:
        """A visit, not a parcel: no stock, no weight, no lot."""
        return self.ocop_group == "tourism"

    @property
    def is_youth_led(self) -> bool:
        """Whether the source says that young people make it."""
        return self.producer_kind == "youth_union" or bool(_YOUNG.search(self.note))

    @property
    def season_mask(self) -> int:
        """Bit ``m-1`` set when month ``m`` is in season; 0 when nothing is known."""
        return sum(1 << (month - 1) for month in self.season_months)

    @property
    def place(self) -> str:
        """``Xã Côn Minh, Tỉnh Thái Nguyên``, units in force."""
        return ", ".join(filter(None, (self.commune_name, self.province_name)))

    @property
    def validity(self) -> Validity | None:
        """When the recognition the source tells of ends; None when it gives no date.

        A date known to the year only may end on any day of that year, three years later. Where the
        source names a scoring round or a council's meeting, the decision came later.
        """
        if self.recognised_on is None:
            return None
        year_of_round = _ROUND.search(self.note)
        is_decision_open = bool(_MEETING.search(self.note)) or (
            year_of_round is not None and int(year_of_round[1]) == self.recognised_on.first.year
        )
        slack = ROUND_SLACK_MONTHS if is_decision_open else 0
        return Validity(
            first_end=add_months(self.recognised_on.first, VALIDITY_MONTHS),
            last_end=add_months(self.recognised_on.last, VALIDITY_MONTHS + slack),
        )

    def recognition(self, on: date) -> RecognitionState:
        """State of the stars on a day; "unknown" without a date or without stars, never "valid"."""
        if self.stars is None or self.validity is None:
            return "unknown"
        return self.validity.state(on)


class SeedClub(_Row):
    """A club, youth union or creator that sells live. Names of old units stay as printed."""

    name: Annotated[str, Field(min_length=1)]
    kind: Literal["club", "youth_union", "creator"]
    place: str
    province_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    platforms: Annotated[tuple[str, ...], BeforeValidator(_platforms)]
    source: Source
    note: str


class SeedCampaign(_Row):
    """A real selling campaign and its published figures, to test planner and reports against."""

    name: Annotated[str, Field(min_length=1)]
    starts_on: MaybeDate
    ends_on: MaybeDate
    place: str
    province_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    products: str
    channel: str
    result_figures: Annotated[dict[str, Figure], BeforeValidator(_figures)]
    source: Source
    note: str


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def load_products(*, with_alcohol: bool = False) -> list[SeedProduct]:
    """All products in the order of the file; alcohol only when asked for."""
    found = [SeedProduct.model_validate(row) for row in _read("ocop_products.csv")]
    return [product for product in found if with_alcohol or not product.is_alcohol]


def load_clubs() -> list[SeedClub]:
    """All clubs in the order of the file."""
    return [SeedClub.model_validate(row) for row in _read("streamer_clubs.csv")]


def load_campaigns() -> list[SeedCampaign]:
    """All campaigns in the order of the file."""
    return [SeedCampaign.model_validate(row) for row in _read("campaigns.csv")]


def _read(name: str) -> Iterator[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
