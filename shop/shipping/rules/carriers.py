"""What a carrier's order file looks like: a declarative profile with sources and certainty.

A number whose source was read is *certain*; what is from memory or one web page is *uncertain*.
Either only ever warns: carriers change their files, and the person at the desk sees their page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from shop.core.text import N_, fold

Certainty = Literal["certain", "uncertain"]
Value = str | int | Decimal

OTHER: Final = "other"
"""The carrier of a settlement that no profile describes."""


class ProfileFault(ValueError):
    """A profile that contradicts itself; raised when it is imported."""


@dataclass(frozen=True)
class Area:
    """What the carrier calls where the parcel goes. Empty: not known."""

    province: str = ""
    district: str = ""
    ward: str = ""

    @property
    def is_whole(self) -> bool:
        return bool(self.province and self.district and self.ward)


@dataclass(frozen=True)
class Package:
    """A parcel as a carrier's file wants it."""

    client_code: str
    """Ours; the same parcel always has the same, so that a second upload is seen as one."""
    recipient: str
    phone: str
    street: str
    commune: str
    province: str
    """The two levels in force since July 2025, in words."""
    area: Area
    """The carrier's own words for them."""
    weight_g: int
    cod_vnd: int
    value_vnd: int
    content: str
    units: int
    note: str
    sender: str
    sender_phone: str
    sender_address: str
    sender_province: str

    @property
    def address(self) -> str:
        """Everything in free text: what a courier reads when the lists do not fit."""
        return ", ".join(filter(None, (self.street, self.commune, self.province)))

    @property
    def weight_kg(self) -> Decimal:
        """Kilograms with three digits at most, without zeros at the end."""
        return (Decimal(self.weight_g) / 1000).quantize(Decimal("0.001")).normalize()


@dataclass(frozen=True)
class Column:
    """A column of the file: the carrier's field name and what stands in it."""

    name: str
    value: Callable[[Package], Value]
    help: str = ""
    certainty: Certainty = "certain"


@dataclass(frozen=True)
class Cap:
    """The most đồng that the carrier takes in a field."""

    vnd: int
    certainty: Certainty
    source: str


@dataclass(frozen=True)
class Carrier:
    """One carrier: how its file is written, where that is known from."""

    slug: str
    label: str
    names: tuple[str, ...]
    """How people write it in the carrier's field, folded."""
    columns: tuple[Column, ...]
    checked_on: date
    source: str
    certainty: Certainty
    needs_district: bool = True
    cod_cap: Cap | None = None
    value_cap: Cap | None = None
    max_weight_g: int | None = None
    notes: Sequence[str] = ()
    order: int = 50

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names) or not self.source or not names:
            raise ProfileFault(f"{self.slug}: columns named twice, or no source")
        if any(fold(name) != name for name in self.names):
            raise ProfileFault(f"{self.slug}: names are written folded")

    def row(self, package: Package) -> list[Value]:
        """The parcel as a line of the file."""
        return [column.value(package) for column in self.columns]


@dataclass(frozen=True)
class Remark:
    """Why a line needs a look before it is uploaded: a msgid with its parameters."""

    text: str
    params: Mapping[str, object]


NO_DISTRICT: Final = N_(
    "Chưa có tên huyện, xã theo cách gọi của %(carrier)s cho nơi nhận này. Hãy điền bên dưới."
)
GUESSED_DISTRICT: Final = N_("Tên huyện, xã suy ra từ địa giới trước 07/2025, cần xem lại.")
OVER_COD: Final = N_("Tiền thu hộ vượt mức %(cap)s ghi trong tài liệu của hãng.")
OVER_VALUE: Final = N_("Giá trị khai vượt mức %(cap)s ghi trong tài liệu của hãng.")
TOO_HEAVY: Final = N_("Kiện nặng hơn %(cap)s g, hãng có thể không nhận theo đơn thường.")
NO_SENDER: Final = N_("Cơ sở chưa có số điện thoại công khai để ghi người gửi.")


def warnings_of(carrier: Carrier, package: Package, *, is_guessed: bool) -> list[Remark]:
    """What a person should look at; nothing here refuses the export."""
    found = []
    if carrier.needs_district and not package.area.is_whole:
        found.append(Remark(NO_DISTRICT, {"carrier": carrier.label}))
    elif carrier.needs_district and is_guessed:
        found.append(Remark(GUESSED_DISTRICT, {}))
    for cap, amount, text in (
        (carrier.cod_cap, package.cod_vnd, OVER_COD),
        (carrier.value_cap, package.value_vnd, OVER_VALUE),
    ):
        if cap is not None and amount > cap.vnd:
            found.append(Remark(text, {"cap": f"{cap.vnd:,} ₫".replace(",", ".")}))
    if carrier.max_weight_g is not None and package.weight_g > carrier.max_weight_g:
        found.append(Remark(TOO_HEAVY, {"cap": carrier.max_weight_g}))
    if not package.sender_phone:
        found.append(Remark(NO_SENDER, {}))
    return found


def always(value: Value) -> Callable[[Package], Value]:
    """A column that says the same for every parcel."""
    return lambda _package: value
