"""What a producer may say about delivery and vouchers, and what is too much. Plain values."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from shop.checkout.rules.delivery import HOUSE_ZONES, Hand, Home, Reach, Tariff, Terms, Zone
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_

MAX_ZONES: Final = 8
MAX_REMOTE: Final = 400
MAX_FEE_VND: Final = 5_000_000
MAX_GRAMS: Final = 200_000


class TermsChanged(Conflict):
    message = N_(
        "Người khác vừa sửa phần giao hàng này. Bên dưới là điều bạn vừa nhập; "
        "vui lòng mở trang ở thẻ khác để so lại rồi lưu."
    )


class NoWayLeft(Invalid):
    message = N_("Cần bật ít nhất một cách giao hàng.")


class DoubleZone(Invalid):
    message = N_("Mỗi vùng chỉ khai một lần, mỗi tỉnh chỉ nằm trong một danh sách.")


class PickupNeedsPlace(Invalid):
    message = N_("Hãy ghi địa chỉ để khách tới lấy.")


class TooManyRemote(Invalid):
    message = N_("Danh sách vùng xa chỉ chứa được 400 xã, phường.")


@dataclass(frozen=True)
class ZoneDraft:
    """A zone as typed: grams and đồng."""

    reach: Reach
    first_g: int
    first_vnd: int
    step_g: int
    step_vnd: int
    provinces: tuple[str, ...] = ()
    is_free: bool = True

    def zone(self) -> Zone:
        """What follows from it for buyers."""
        tariff = Tariff(((self.first_g, self.first_vnd),), self.step_g, self.step_vnd)
        return Zone(self.reach, tariff, frozenset(self.provinces), self.is_free)


@dataclass(frozen=True)
class TermsDraft:
    """Everything the page about delivery holds but the remote communes."""

    has_post: bool = True
    zones: tuple[ZoneDraft, ...] = ()
    """None: the house's rates."""
    free_from_vnd: int | None = None
    free_max_weight_g: int | None = None
    remote_vnd: int = 0
    has_pickup: bool = False
    pickup_place: str = ""
    pickup_hours: str = ""
    has_hand: bool = False
    hand_area: str = "commune"
    hand_vnd: int = 0
    hand_free_from_vnd: int | None = None

    def terms(self, home: Home, remote: Collection[str] = ()) -> Terms:
        """What follows from it for buyers."""
        place = " · ".join(filter(None, (self.pickup_place, self.pickup_hours)))
        hand = Hand(self.hand_area, self.hand_vnd, self.hand_free_from_vnd)
        return Terms(
            home=home,
            zones=tuple(zone.zone() for zone in self.zones) or HOUSE_ZONES,
            has_post=self.has_post,
            free_from_vnd=self.free_from_vnd,
            free_max_weight_g=self.free_max_weight_g,
            remote_vnd=self.remote_vnd,
            remote_communes=frozenset(remote),
            pickup_place=place if self.has_pickup else None,
            hand=hand if self.has_hand else None,
        )


def check_terms(draft: TermsDraft) -> None:
    """Raises NoWayLeft, PickupNeedsPlace, DoubleZone when it makes no sense."""
    if not (draft.has_post or draft.has_pickup or draft.has_hand):
        raise NoWayLeft
    if draft.has_pickup and len(draft.pickup_place) < 5:
        raise PickupNeedsPlace(field="pickup_place")
    near = [zone.reach for zone in draft.zones if zone.reach != "list"]
    listed = [code for zone in draft.zones for code in zone.provinces]
    is_empty = any(zone.reach == "list" and not zone.provinces for zone in draft.zones)
    if len(near) != len(set(near)) or len(listed) != len(set(listed)) or is_empty:
        raise DoubleZone
