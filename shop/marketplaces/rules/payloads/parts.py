"""What every payload is made of: where the values come from, the calls, their types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shop.marketplaces.rules.facts import Choice, VariantFacts
from shop.marketplaces.rules.listing import Listing
from shop.marketplaces.rules.profile import Profile

ResultT = TypeVar("ResultT")

UPLOAD: Final = "upload:"
"""Stands before the name of a photo in the bundle: its id or address at the channel goes here."""

PhotoRef = Annotated[str, Field(pattern=r"^(https://|upload:)\S+$", max_length=2_000)]
Sku = Annotated[str, Field(min_length=1, max_length=100)]
Gtin = Annotated[str, Field(pattern=r"^([0-9]{8,14}|00)$")]
Whole = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(gt=0)]
Kilograms = Annotated[float, Field(gt=0)]


class Strict(BaseModel):
    """A part of a payload: nothing unknown, nothing silently changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True)
class Material:
    """A listing on its way into a payload.

    ``photos``: names in the bundle; ``addresses``: where they open from the Internet, or none.
    """

    listing: Listing
    choice: Choice
    profile: Profile
    photos: tuple[str, ...]
    addresses: tuple[str, ...] = ()

    @property
    def uploads(self) -> list[str]:
        """Photos that the operator has to upload first."""
        return [f"{UPLOAD}{name}" for name in self.photos]

    @property
    def pictures(self) -> list[str]:
        """Addresses that open from the Internet, else photos to upload."""
        return list(self.addresses) or self.uploads

    @property
    def has_options(self) -> bool:
        return len(self.listing.variants) > 1

    @property
    def category(self) -> int:
        """The category's id as a number; 0 when none was chosen, which no payload takes."""
        chosen = self.choice.category_id
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 16 else 0


@dataclass(frozen=True)
class Call:
    """One call of an open API: its address, the body, and what the operator must fill in."""

    name: str
    address: str
    ending: Literal["json", "xml"]
    body: Mapping[str, Any] | str
    fill_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """A value that the typed model of the call refuses."""

    path: str
    why: str


class PayloadRefused(ValueError):
    """The listing does not fit the model of the call; ``faults`` say where."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.why}" for fault in faults))
        self.faults = tuple(faults)


_WHY: Final = {
    "string_too_short": "để trống hoặc quá ngắn",
    "string_too_long": "quá dài",
    "too_short": "còn thiếu",
    "too_long": "quá nhiều",
    "greater_than": "phải lớn hơn 0",
    "greater_than_equal": "nhỏ hơn mức kênh nhận",
    "less_than_equal": "lớn hơn mức kênh nhận",
    "string_pattern_mismatch": "chưa đúng dạng",
    "missing": "còn thiếu",
}


def checked(make: Callable[[], ResultT]) -> ResultT:
    """What ``make`` builds. Raises PayloadRefused when its model does not take the values."""
    try:
        return make()
    except ValidationError as error:
        raise PayloadRefused(
            [
                Fault(".".join(map(str, one["loc"])), _WHY.get(one["type"], one["type"]))
                for one in error.errors(include_url=False, include_input=False)
            ]
        ) from None


def dumped(model: BaseModel) -> dict[str, Any]:
    """The model as plain data without what was not given."""
    return model.model_dump(mode="json", exclude_none=True)


def kilograms(grams: int) -> float:
    """Grams as the APIs want them: 550 becomes 0.55."""
    return grams / 1000


def centimetres(millimetres: int | None) -> int | None:
    """Rounded up; None when not measured."""
    return -(-millimetres // 10) if millimetres else None


def sides_cm(facts: VariantFacts) -> tuple[int, int, int] | None:
    """Length, width, height; None unless all three were measured."""
    sides = [centimetres(side) for side in (facts.length_mm, facts.width_mm, facts.height_mm)]
    return (sides[0] or 0, sides[1] or 0, sides[2] or 0) if all(sides) else None
