"""Which lots a lot was made from, and which were made from it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import CTE, func, literal, select, union
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.traceability.models import Lot, LotLink
from shop.traceability.rules import balance

Direction = Literal["back", "forward"]


def _relatives(lot_ids: Collection[int], direction: Direction) -> CTE:
    """The ids of all ancestors or descendants, each once, found by walking the links."""
    near, far = LotLink.child_id, LotLink.parent_id
    if direction == "forward":
        near, far = far, near
    name = f"lots_{direction}"
    first = select(far.label("id")).where(near.in_(lot_ids)).cte(name, recursive=True)
    return first.union(select(far).join_from(first, LotLink, near == first.c.id))


def relatives(db: Session, lot_ids: Collection[int], direction: Direction) -> set[int]:
    """All ancestors (``back``) or descendants (``forward``) of the lots, themselves left out."""
    return set(db.scalars(select(_relatives(lot_ids, direction).c.id)))


@dataclass(frozen=True)
class Node:
    """A lot in the picture and the table."""

    lot_id: int
    code: str
    lot_no: str
    name: str
    kind: str
    state: str
    quantity: int
    uom: str


@dataclass(frozen=True)
class Edge:
    """How much of ``parent`` went into ``child``, in the parent's unit."""

    parent: int
    child: int
    quantity: int


@dataclass(frozen=True)
class Genealogy:
    """A lot with all that it came from and all that came from it."""

    focus: int
    nodes: dict[int, Node]
    edges: tuple[Edge, ...]
    ancestors: frozenset[int]
    descendants: frozenset[int]


def genealogy(db: Session, lot_id: int) -> Genealogy:
    """The lot's relatives in both directions, in two statements."""
    parts = [select(_relatives([lot_id], way).c.id) for way in ("back", "forward")]
    kin = union(*parts, select(literal(lot_id))).cte("kin")
    lots = (
        select(
            *(Lot.id, Lot.code, Lot.lot_no, Lot.material, Product.name, Lot.kind),
            *(Lot.state, Lot.quantity, Lot.uom),
        )
        .join_from(kin, Lot, Lot.id == kin.c.id)
        .join(Product, Product.id == Lot.product_id)
        .order_by(Lot.made_on, Lot.id)
    )
    nodes = {
        row.id: Node(
            *(row.id, row.code, row.lot_no, row.material or row.name, row.kind),
            *(row.state, row.quantity, row.uom),
        )
        for row in db.execute(lots)
    }
    links = (
        select(LotLink.parent_id, LotLink.child_id, LotLink.quantity)
        .join_from(kin, LotLink, LotLink.child_id == kin.c.id)
        .where(LotLink.parent_id.in_(select(kin.c.id)))
        .order_by(LotLink.id)
    )
    edges = tuple(Edge(*row) for row in db.execute(links))
    back = balance.reached(lot_id, ((edge.child, edge.parent) for edge in edges))
    forward = balance.reached(lot_id, ((edge.parent, edge.child) for edge in edges))
    return Genealogy(lot_id, nodes, edges, back, forward)


@dataclass(frozen=True)
class Input:
    """A parent of a lot, with what was taken of it."""

    lot: Lot
    name: str
    quantity: int


def inputs_of(db: Session, lot_id: int) -> list[Input]:
    """The lots that went straight into this one."""
    rows = db.execute(
        select(Lot, Product.name, LotLink.quantity)
        .join(LotLink, LotLink.parent_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .where(LotLink.child_id == lot_id)
        .order_by(LotLink.id)
    )
    return [Input(lot, lot.material or name, quantity) for lot, name, quantity in rows]


def used_of(db: Session, lot_id: int) -> int:
    """How much of a lot went into others, in its unit."""
    used = select(func.sum(LotLink.quantity)).where(LotLink.parent_id == lot_id)
    return int(db.scalar(used) or 0)


def balance_of(db: Session, lot: Lot, inputs: Collection[Input]) -> balance.Balance:
    """Grams that went into a lot against grams that came out."""
    variant = db.get(Variant, lot.variant_id) if lot.variant_id else None
    weight = variant.net_weight_g if variant else None
    return balance.balance_of(
        [balance.grams(one.quantity, one.lot.uom) for one in inputs],
        balance.grams(lot.quantity, lot.uom, weight),
    )


def usable_parents(db: Session, lot: Lot) -> list[Input]:
    """Raw and semi-finished lots that something may still be taken of, newest first.

    ``quantity`` is what is left of each, in its unit.
    """
    used = (
        select(LotLink.parent_id, func.sum(LotLink.quantity).label("used"))
        .group_by(LotLink.parent_id)
        .subquery()
    )
    rows = db.execute(
        select(Lot, Product.name, func.coalesce(used.c.used, 0))
        .join(Product, Product.id == Lot.product_id)
        .outerjoin(used, used.c.parent_id == Lot.id)
        .where(
            Lot.producer_id == lot.producer_id,
            Lot.id != lot.id,
            Lot.kind.in_(("raw", "semi")),
            Lot.state == "open",
        )
        .order_by(Lot.id.desc())
        .limit(100)
    )
    return [
        Input(parent, parent.material or name, parent.quantity - parent.lost - int(taken))
        for parent, name, taken in rows
    ]
