"""Reading harvests, windows and places."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from shop.catalogue.models import Producer, Product, ProductFacets, Variant
from shop.catalogue.queries import SaleRow, variants_for_sale
from shop.checkout.queries import delivery_terms
from shop.checkout.rules import NoDelivery, Target, ways
from shop.core.clock import today_vn
from shop.orders.models import Order, OrderContact
from shop.preorders import rules
from shop.preorders.models import Harvest, Preorder, ShipWindow, WindowMove
from shop.preorders.rules import Terms

LISTED_AT_ONCE = 60


@dataclass(frozen=True)
class WindowView:
    """A window with the harvest it sends and what it asks for."""

    window: ShipWindow
    harvest: Harvest
    today: date

    @property
    def left(self) -> int:
        """Places that can still be taken."""
        return self.window.capacity - self.window.taken

    @property
    def phase(self) -> str:
        """How it stands today."""
        return rules.phase(self.window.state, self.window.closes_on, self.left, self.today)

    @property
    def terms(self) -> Terms:
        """Price and deposit."""
        window = self.window
        return Terms(window.price_vnd, window.deposit_kind, window.deposit_amount)

    @property
    def unit_deposit_vnd(self) -> int:
        """The deposit for one piece."""
        return rules.deposit_vnd(self.terms, 1)


def _views(rows: Any, now: datetime) -> list[WindowView]:
    return [WindowView(window, harvest, today_vn(now)) for window, harvest in rows]


def _whole() -> Any:
    return select(ShipWindow, Harvest).join(Harvest, Harvest.id == ShipWindow.harvest_id)


def window_called(db: Session, code: str, now: datetime) -> WindowView | None:
    """The window of this code."""
    return next(iter(_views(db.execute(_whole().where(ShipWindow.code == code)), now)), None)


def own_window(
    db: Session, code: str, producer_ids: Collection[int], now: datetime
) -> WindowView | None:
    """The window if it is one of the producers'."""
    rows = db.execute(
        _whole().where(ShipWindow.code == code, Harvest.producer_id.in_(producer_ids))
    )
    return next(iter(_views(rows, now)), None)


def windows_of_product(db: Session, product_id: int, now: datetime) -> list[WindowView]:
    """What of the product's harvests can be ordered or is waited for, the earliest first."""
    rows = db.execute(
        _whole()
        .join(Variant, Variant.id == Harvest.variant_id)
        .where(
            Variant.product_id == product_id,
            Variant.is_active,
            ShipWindow.state == "open",
            ShipWindow.to_on >= today_vn(now),
        )
        .order_by(ShipWindow.from_on, ShipWindow.id)
        .limit(LISTED_AT_ONCE)
    )
    return _views(rows, now)


@dataclass(frozen=True)
class Size:
    """What a harvest grows: one size of a product."""

    sku: str
    label: str


def sizes_of(db: Session, views: Collection[WindowView]) -> dict[int, Size]:
    """Variant id -> its size, of all these windows."""
    rows = db.execute(
        select(Variant.id, Variant.sku, Variant.label).where(
            Variant.id.in_({view.harvest.variant_id for view in views})
        )
    )
    return {number: Size(sku, label) for number, sku, label in rows}


@dataclass(frozen=True)
class Offered:
    """A window on the public list, with its product."""

    view: WindowView
    product: Any

    @property
    def label(self) -> str:
        """The size."""
        return str(self.product.label)


def offered_windows(db: Session, now: datetime) -> list[Offered]:
    """Everything that can be ordered ahead today, what closes first first."""
    today = today_vn(now)
    rows = db.execute(
        select(
            ShipWindow,
            Harvest,
            ProductFacets.slug,
            ProductFacets.name,
            ProductFacets.name_en,
            ProductFacets.producer_name,
            ProductFacets.place,
            ProductFacets.photo_sha,
            Variant.label,
            Variant.label_en,
        )
        .join(Harvest, Harvest.id == ShipWindow.harvest_id)
        .join(Variant, Variant.id == Harvest.variant_id)
        .join(ProductFacets, ProductFacets.product_id == Variant.product_id)
        .where(
            ShipWindow.state == "open",
            ShipWindow.closes_on >= today,
            ShipWindow.taken < ShipWindow.capacity,
            Variant.is_active,
            ProductFacets.is_listed,
        )
        .order_by(ShipWindow.closes_on, ShipWindow.id)
        .limit(LISTED_AT_ONCE)
    )
    return [Offered(WindowView(row[0], row[1], today), row) for row in rows]


def sale_of(db: Session, harvest: Harvest, now: datetime) -> SaleRow | None:
    """The size that is harvested, as orders show it; None when it is not on sale."""
    row = variants_for_sale(db, [harvest.variant_id], today=today_vn(now)).get(harvest.variant_id)
    return row if row is not None and row.is_for_sale and not row.is_service else None


def shipping_vnd(db: Session, sale: SaleRow, *, quantity: int, price: int, province: str) -> int:
    """What having so many pieces sent costs: as checkout asks for a basket of them.

    Raises NoDelivery (field ``province_code``) where the producer sends nothing to.
    """
    terms = delivery_terms(db, {sale.producer_id: sale.province_code})[sale.producer_id]
    weight_g = sale.packed_weight_g * quantity
    for way in ways(terms, Target(province), weight_g=weight_g, goods_vnd=price * quantity):
        if way.method == "ship":
            return way.fee_vnd
    raise NoDelivery(field="province_code", producer=sale.producer_name)


def taken_by_buyer(db: Session, window_id: int, *, phone: str, buyer_id: int | None) -> int:
    """Units this telephone number, or this person, has in the window."""
    is_theirs = OrderContact.phone == phone
    if buyer_id is not None:
        is_theirs = is_theirs | (Order.buyer_id == buyer_id)
    units = db.scalar(
        select(func.sum(Preorder.quantity))
        .join(Order, Order.id == Preorder.order_id)
        .join(OrderContact, OrderContact.order_id == Order.id)
        .where(Preorder.window_id == window_id, Preorder.state != "ended", is_theirs)
    )
    return int(units or 0)


# The producer


def own_harvest(db: Session, harvest_id: int, producer_ids: Collection[int]) -> Harvest | None:
    """The harvest if it is one of the producers'."""
    return db.scalar(
        select(Harvest).where(Harvest.id == harvest_id, Harvest.producer_id.in_(producer_ids))
    )


def harvestable(db: Session, producer_ids: Collection[int]) -> list[tuple[int, str, str]]:
    """Sizes of goods the producers sell: (variant id, product name, label)."""
    rows = db.execute(
        select(Variant.id, Product.name, Variant.label)
        .join(Product, Product.id == Variant.product_id)
        .join(ProductFacets, ProductFacets.product_id == Product.id)
        .where(
            Product.producer_id.in_(producer_ids),
            Variant.is_active,
            ProductFacets.is_listed,
            Product.is_service.is_(False),
        )
        .order_by(Product.name, Variant.position, Variant.id)
        .limit(300)
    )
    return [(variant_id, name, label) for variant_id, name, label in rows]


@dataclass(frozen=True)
class Season:
    """A harvest with its windows."""

    harvest: Harvest
    product_name: str
    label: str
    producer_name: str
    windows: list[WindowView]

    @property
    def promised(self) -> int:
        """Room of all windows that were not cancelled."""
        return sum(one.window.capacity for one in self.windows if one.window.state != "cancelled")

    @property
    def taken(self) -> int:
        """Places taken in them."""
        return sum(one.window.taken for one in self.windows)

    @property
    def promisable(self) -> int:
        """How many may be promised in all."""
        return rules.promisable(self.harvest.expected_units, self.harvest.held_back_percent)


def seasons(
    db: Session,
    producer_ids: Collection[int],
    now: datetime,
    *,
    harvest_id: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Season]:
    """Harvests of the producers with their windows, the newest first; or the one asked for."""
    wanted = (
        select(Harvest, Product.name, Variant.label, Producer.name)
        .join(Variant, Variant.id == Harvest.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Producer, Producer.id == Harvest.producer_id)
        .where(Harvest.producer_id.in_(producer_ids))
        .order_by(Harvest.id.desc())
        .limit(limit)
        .offset(offset)
    )
    if harvest_id is not None:
        wanted = wanted.where(Harvest.id == harvest_id)
    found = db.execute(wanted).all()
    windows: dict[int, list[WindowView]] = {}
    rows = db.execute(
        _whole()
        .where(ShipWindow.harvest_id.in_([row[0].id for row in found]))
        .order_by(ShipWindow.from_on, ShipWindow.id)
    )
    for view in _views(rows, now):
        windows.setdefault(view.harvest.id, []).append(view)
    return [
        Season(harvest, product, label, producer, windows.get(harvest.id, []))
        for harvest, product, label, producer in found
    ]


def count_harvests(db: Session, producer_ids: Collection[int]) -> int:
    """How many harvests the producers ever planned."""
    return (
        db.scalar(
            select(func.count()).select_from(Harvest).where(Harvest.producer_id.in_(producer_ids))
        )
        or 0
    )


@dataclass(frozen=True)
class Place:
    """A buyer in a window."""

    preorder: Preorder
    order: Order


def places_of(db: Session, window_id: int, *, limit: int = 500) -> list[Place]:
    """The window's buyers, in the order of placing; ended ones last."""
    rows = db.execute(
        select(Preorder, Order)
        .join(Order, Order.id == Preorder.order_id)
        .options(joinedload(Order.contact))
        .where(Preorder.window_id == window_id)
        .order_by(Preorder.state == "ended", Order.placed_at, Order.id)
        .limit(limit)
    )
    return [Place(preorder, order) for preorder, order in rows]


def live_orders(db: Session, window_id: int) -> Any:
    """Select of the orders that hold a place and wait for their goods, in the order of placing."""
    return (
        select(Order)
        .join(Preorder, Preorder.order_id == Order.id)
        .where(Preorder.window_id == window_id, Preorder.state == "held")
        .order_by(Order.id)
    )


def moves_of(db: Session, window_id: int) -> list[WindowMove]:
    """How the days were changed, oldest first."""
    return list(
        db.scalars(
            select(WindowMove).where(WindowMove.window_id == window_id).order_by(WindowMove.seq)
        )
    )


@dataclass(frozen=True)
class OrderView:
    """What an order's page shows of its place."""

    preorder: Preorder
    order: Order
    view: WindowView
    moves: list[WindowMove]
    deposit_vnd: int
    """What was agreed as the deposit; 0 without one."""

    @property
    def left_vnd(self) -> int:
        """What is still to be paid in all."""
        return max(0, self.order.due_vnd - self.order.received_vnd)

    @property
    def is_asked(self) -> bool:
        """Whether new dates wait for the buyer's word."""
        return self.preorder.answer == "asked" and self.preorder.state == "held"


_OF_ORDER: Final = select(Preorder).where(Preorder.order_id == bindparam("order"))
"""Built once: every order's page asks."""


def place_of_order(db: Session, order_id: int, now: datetime) -> OrderView | None:
    """The order's place; None for an order of goods in stock."""
    preorder = db.scalar(_OF_ORDER, {"order": order_id})
    if preorder is None:
        return None
    order = db.get_one(Order, order_id)
    window = db.get_one(ShipWindow, preorder.window_id)
    harvest = db.get_one(Harvest, window.harvest_id)
    return OrderView(
        preorder,
        order,
        WindowView(window, harvest, today_vn(now)),
        moves_of(db, window.id) if window.moves else [],
        preorder.deposit_vnd,
    )


def unfinished_windows(db: Session) -> list[int]:
    """Windows that ended or came in while one of their orders was being changed by someone else,
    or whose goods were too few at first."""
    return list(
        db.scalars(
            select(ShipWindow.id)
            .join(Preorder, Preorder.window_id == ShipWindow.id)
            .join(Order, Order.id == Preorder.order_id)
            .where(
                Preorder.state == "held",
                (ShipWindow.state == "cancelled")
                | ((ShipWindow.state == "arrived") & (Order.state == "confirmed")),
            )
            .distinct()
            .order_by(ShipWindow.id)
        )
    )


def waiting_for_goods(db: Session, producer_ids: Collection[int], today: date) -> int:
    """Windows whose first day of sending has come and that still wait for the harvest."""
    return (
        db.scalar(
            select(func.count())
            .select_from(ShipWindow)
            .join(Harvest, Harvest.id == ShipWindow.harvest_id)
            .where(
                Harvest.producer_id.in_(producer_ids),
                ShipWindow.state == "open",
                ShipWindow.from_on <= today,
                ShipWindow.taken > 0,
            )
        )
        or 0
    )
