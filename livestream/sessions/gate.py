"""The document gate as a table: which papers each product needs on each channel, and who acts.

The rules (papers, quality_papers, regulated, host_identity) refuse or warn; this says the same by
product and channel, with what is there already. E-commerce Law 122/2025/QH15 art. 23-24 and the
Advertising Law are known to us from the press, so only what the house itself has checked (a
verified seller, a published product) refuses; the rest waits for staff with a name and a reason.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from livestream.clubs.policies import policy_of
from livestream.sessions.rules import Plan, PlanItem, PlanResource
from shop.core.text import N_

State = Literal["found", "missing", "ask", "passed", "unknown"]

STATE_LABELS: Final[dict[State, str]] = {
    "found": N_("Có"),
    "missing": N_("Thiếu"),
    "ask": N_("Cần cán bộ xem"),
    "passed": N_("Cán bộ đã xem"),
    "unknown": N_("Chưa ghi nhận"),
}
PRODUCER: Final = N_("người sản xuất")
STAFF: Final = N_("cán bộ")
CLUB: Final = N_("câu lạc bộ")


@dataclass(frozen=True)
class Need:
    """One paper: where it stands and who can bring it."""

    code: str
    label: str
    state: State
    fixed_by: str

    @property
    def is_open(self) -> bool:
        """Whether it still stands in the way of a confirmed session."""
        return self.state in {"missing", "ask"}


@dataclass(frozen=True)
class GateCell:
    """A product on a channel."""

    channel: PlanResource
    needs: tuple[Need, ...]

    @property
    def open(self) -> list[Need]:
        return [need for need in self.needs if need.is_open]


@dataclass(frozen=True)
class GateRow:
    """A product on every channel of the session."""

    item: PlanItem
    cells: tuple[GateCell, ...]


@dataclass(frozen=True)
class Gate:
    """The whole table, and the hosts."""

    rows: tuple[GateRow, ...]
    hosts: tuple[tuple[PlanResource, Need], ...]

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way any more."""
        cells = [cell for row in self.rows for cell in row.cells]
        return not any(cell.open for cell in cells) and not any(
            need.is_open for _host, need in self.hosts
        )


def gate_of(plan: Plan, passed: Collection[str]) -> Gate:
    """What each product needs on each channel; ``passed``: rules that staff let pass by name."""
    channels = plan.of_kind("channel")
    rows = tuple(
        GateRow(
            item,
            tuple(GateCell(channel, _needs(plan, item, channel, passed)) for channel in channels),
        )
        for item in plan.items
    )
    hosts = tuple((host, _identity(host, passed)) for host in plan.of_kind("host"))
    return Gate(rows, hosts)


def _needs(
    plan: Plan, item: PlanItem, channel: PlanResource, passed: Collection[str]
) -> tuple[Need, ...]:
    seller: State = "found" if item.is_producer_verified else "missing"
    published: State = "found" if item.is_published and item.is_for_sale else "missing"
    needs = [
        Need("seller", N_("Giấy tờ người bán"), seller, PRODUCER),
        Need("product", N_("Sản phẩm được duyệt"), published, PRODUCER),
    ]
    if item.needs_quality_paper:
        is_there = item.has_quality_paper_until(plan.ends_at)
        state = _asked(is_there, "quality_papers", passed)
        needs.append(Need("quality", N_("Giấy chất lượng, an toàn"), state, PRODUCER))
    if item.is_regulated:
        state = _asked(item.has_advert_paper_until(plan.ends_at), "regulated", passed)
        needs.append(Need("advert", N_("Xác nhận nội dung quảng cáo"), state, PRODUCER))
    if not policy_of(channel.platform).takes_comment_orders:
        listed: State = "found" if channel.platform in item.listed_on else "unknown"
        needs.append(Need("listed", N_("Sản phẩm đã có trên kênh"), listed, PRODUCER))
    return tuple(needs)


def _asked(is_there: bool, rule: str, passed: Collection[str]) -> State:
    if is_there:
        return "found"
    return "passed" if rule in passed else "ask"


def _identity(host: PlanResource, passed: Collection[str]) -> Need:
    state = _asked(host.is_identity_checked, "host_identity", passed)
    return Need("identity", N_("Danh tính người dẫn đã được xác nhận"), state, STAFF)
