"""Which lots a lot was made from, and which were made from it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    func,
    literal,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, Variant
from shop.traceability.models import Lot, LotLink
from shop.traceability.rules import balance

Direction = Literal["back", "forward"]


_LOT: Final = Lot.__table__
_LINK: Final = LotLink.__table__
_PRODUCT: Final = Product.__table__


def _relatives_of(is_first: ColumnElement[bool], direction: Direction) -> CTE:
    """The ids of all ancestors or descendants, each once, found by walking the links."""
    near, far = _LINK.c.child_id, _LINK.c.parent_id
    if direction == "forward":
        near, far = far, near
    first = select(far.label("id")).where(is_first).cte(f"lots_{direction}", recursive=True)
    return first.union(select(far).join_from(first, _LINK, near == first.c.id))


def relatives(db: Session, lot_ids: Collection[int], direction: Direction) -> set[int]:
    """All ancestors (``back``) or descendants (``forward``) of the lots, themselves left out."""
    near = LotLink.child_id if direction == "back" else LotLink.parent_id
    return set(db.scalars(select(_relatives_of(near.in_(lot_ids), direction).c.id)))


def with_descendants(lot_ids: Collection[int]) -> Select[int]:
    """The ids of the lots and of all that was made from them: for ``IN``, however many."""
    made = _relatives_of(LotLink.parent_id.in_(lot_ids), "forward")
    all_of_them = union(select(Lot.id).where(Lot.id.in_(lot_ids)), select(made.c.id)).subquery()
    return select(all_of_them.c.id)


class Node(NamedTuple):
    """A lot in the picture and the table."""

    lot_id: int
    code: str
    lot_no: str
    name: str
    kind: str
    state: str
    quantity: int
    uom: str


class Edge(NamedTuple):
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


_FOCUS: Final = bindparam("focus", type_=BigInteger)
_STEPS: Final[tuple[tuple[ColumnElement[bool], Direction], ...]] = (
    (_LINK.c.child_id == _FOCUS, "back"),
    (_LINK.c.parent_id == _FOCUS, "forward"),
)
_KIN: Final = union_all(
    *(
        select(_relatives_of(is_next, way).c.id, literal(way).label("way"))
        for is_next, way in _STEPS
    ),
    select(_FOCUS.label("id"), literal("focus").label("way")),
).cte("kin")
_NODES: Final = (
    select(
        *(_KIN.c.way, _LOT.c.id, _LOT.c.code, _LOT.c.lot_no),
        func.coalesce(func.nullif(_LOT.c.material, ""), _PRODUCT.c.name),
        *(_LOT.c.kind, _LOT.c.state, _LOT.c.quantity, _LOT.c.uom),
    )
    .join_from(_KIN, _LOT, _LOT.c.id == _KIN.c.id)
    .join(_PRODUCT, _PRODUCT.c.id == _LOT.c.product_id)
    .order_by(_LOT.c.made_on, _LOT.c.id)
)
_EDGES: Final = (
    select(_LINK.c.parent_id, _LINK.c.child_id, _LINK.c.quantity)
    .join_from(_KIN, _LINK, _LINK.c.child_id == _KIN.c.id)
    .order_by(_LINK.c.id)
)
"""Links into the relatives; those from outside of them are left out afterwards, in memory."""


def genealogy(db: Session, lot_id: int) -> Genealogy:
    """The lot's relatives in both directions, in two statements.

    Plain rows and named tuples: a lot may have thousands of relatives
    (``benchmarks/genealogy.py``).
    """
    connection, bound = db.connection(), {"focus": lot_id}
    nodes: dict[int, Node] = {}
    ways: dict[str, list[int]] = {"back": [], "forward": [], "focus": []}
    for row in connection.execute(_NODES, bound).all():
        nodes[row[1]] = Node._make(row[1:])
        ways[row[0]].append(row[1])
    links = connection.execute(_EDGES, bound).all()
    edges = tuple(Edge._make(row) for row in links if row[0] in nodes)
    back, forward = frozenset(ways["back"]), frozenset(ways["forward"])
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
