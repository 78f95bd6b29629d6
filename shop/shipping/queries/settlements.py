"""Reading settlements: files, lines, open differences, and what a file's rows would do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.orders.models import Order, Shipment
from shop.shipping.models import CodSettlement, CodSettlementLine, CodSettlementStep
from shop.shipping.queries.cod import expected_cod
from shop.shipping.rules.settlement import Row, parcel_code, plain_number

STANDS = ("new", "difference", "unmatched", "several", "known", "changed", "problem")
"""What a row of a file would do when booked."""


@dataclass(frozen=True)
class Figures:
    """Sums over settled parcels, in đồng: expected = remitted + fee + written off + open."""

    expected_vnd: int = 0
    remitted_vnd: int = 0
    fee_vnd: int = 0
    written_off_vnd: int = 0
    open_vnd: int = 0
    open_lines: int = 0


def figures(db: Session, producer_id: int) -> Figures:
    """All of a producer's settlements together."""
    line = CodSettlementLine
    row = db.execute(
        select(
            func.coalesce(func.sum(line.expected_vnd), 0),
            func.coalesce(func.sum(line.remitted_vnd), 0),
            func.coalesce(func.sum(line.fee_vnd), 0),
            func.coalesce(func.sum(line.written_off_vnd), 0),
            func.coalesce(func.sum(line.difference_vnd), 0),
            func.count().filter(line.difference_vnd != 0),
        ).where(line.producer_id == producer_id)
    ).one()
    return Figures(*(int(value) for value in row))


def open_differences(db: Session, producer_ids: Collection[int]) -> int:
    """How many lines of the producers have an open difference."""
    return (
        db.scalar(
            select(func.count())
            .select_from(CodSettlementLine)
            .where(
                CodSettlementLine.producer_id.in_(producer_ids),
                CodSettlementLine.difference_vnd != 0,
            )
        )
        or 0
    )


def settlements_of(
    db: Session, producer_id: int, *, offset: int, limit: int
) -> tuple[list[CodSettlement], int]:
    """A page of a producer's files, newest first; and how many there are."""
    own = CodSettlement.producer_id == producer_id
    total = db.scalar(select(func.count()).select_from(CodSettlement).where(own)) or 0
    rows = db.scalars(
        select(CodSettlement)
        .where(own)
        .order_by(CodSettlement.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return list(rows), total


def settlement_called(
    db: Session, public_id: str, producer_ids: Collection[int]
) -> CodSettlement | None:
    """The file, if it is one of the producers'."""
    return db.scalar(
        select(CodSettlement).where(
            CodSettlement.public_id == public_id, CodSettlement.producer_id.in_(producer_ids)
        )
    )


@dataclass(frozen=True)
class LineView:
    """A settled line with its order."""

    line: CodSettlementLine
    order_code: str


def open_lines(
    db: Session, producer_id: int, *, offset: int, limit: int
) -> tuple[list[LineView], int]:
    """Lines with an open difference, oldest first; and how many there are."""
    condition = (CodSettlementLine.producer_id == producer_id) & (
        CodSettlementLine.difference_vnd != 0
    )
    total = db.scalar(select(func.count()).select_from(CodSettlementLine).where(condition)) or 0
    return _views(db, condition, offset, limit), total


def lines_of(
    db: Session, settlement_id: int, *, offset: int, limit: int
) -> tuple[list[LineView], int]:
    """A page of what a file booked."""
    condition = CodSettlementLine.settlement_id == settlement_id
    total = db.scalar(select(func.count()).select_from(CodSettlementLine).where(condition)) or 0
    return _views(db, condition, offset, limit), total


def _views(db: Session, condition: object, offset: int, limit: int) -> list[LineView]:
    rows = db.execute(
        select(CodSettlementLine, Order.code)
        .outerjoin(Order, Order.id == CodSettlementLine.order_id)
        .where(condition)  # type: ignore[arg-type]
        .order_by(CodSettlementLine.id)
        .offset(offset)
        .limit(limit)
    )
    return [LineView(line, code or "") for line, code in rows]


def own_line(db: Session, line_id: int, producer_ids: Collection[int]) -> CodSettlementLine | None:
    """The line, if it is one of the producers'."""
    return db.scalar(
        select(CodSettlementLine).where(
            CodSettlementLine.id == line_id, CodSettlementLine.producer_id.in_(producer_ids)
        )
    )


def steps_of(db: Session, line_ids: Collection[int]) -> dict[int, list[CodSettlementStep]]:
    """Line id -> how its figures came about."""
    found: dict[int, list[CodSettlementStep]] = {}
    for step in db.scalars(
        select(CodSettlementStep)
        .where(CodSettlementStep.line_id.in_(line_ids))
        .order_by(CodSettlementStep.id)
    ):
        found.setdefault(step.line_id, []).append(step)
    return found


@dataclass(frozen=True)
class Match:
    """The parcel that a row speaks of."""

    shipment_id: int
    order_id: int
    order_code: str
    expected_vnd: int


@dataclass(frozen=True)
class Judged:
    """A row of the file, and what booking it would do."""

    row: Row
    stand: str
    match: Match | None = None

    @property
    def difference_vnd(self) -> int:
        expected = self.match.expected_vnd if self.match else 0
        return expected - self.row.collected_vnd


class Parcels:
    """The producer's parcels that rows speak of, by tracking number and by order code."""

    def __init__(self, db: Session, producer_id: int, rows: Sequence[Row]) -> None:
        numbers = {row.tracking_no for row in rows if row.tracking_no}
        codes = {row.code.partition("-")[0] for row in rows if row.code}
        found = [
            row
            for row in db.execute(
                select(Shipment.id, Shipment.tracking_no, Order.id, Order.code)
                .join(Order, Order.id == Shipment.order_id)
                .where(Order.producer_id == producer_id, Shipment.state != "cancelled")
                .order_by(Shipment.id)
            )
            if plain_number(row[1]) in numbers or row[3] in codes
        ]
        expected = expected_cod(db, {row[2] for row in found})
        self._by_number: dict[str, list[Match]] = {}
        self._by_code: dict[str, list[Match]] = {}
        for shipment_id, number, order_id, code in found:
            match = Match(shipment_id, order_id, code, expected.get(shipment_id, 0))
            if number:
                self._by_number.setdefault(plain_number(number), []).append(match)
            named = self._by_code.setdefault(code, [])
            named.append(match)
            self._by_code[parcel_code(code, len(named))] = [match]

    def of(self, row: Row) -> list[Match]:
        """The parcels that a row may mean: by its number first, then by our code."""
        found = self._by_number.get(row.tracking_no, []) if row.tracking_no else []
        return found or (self._by_code.get(row.code, []) if row.code else [])


def judge_rows(db: Session, *, producer_id: int, carrier: str, rows: Sequence[Row]) -> list[Judged]:
    """What each row would do now, in a fixed number of statements."""
    parcels = Parcels(db, producer_id, rows)
    booked: Mapping[str, CodSettlementLine] = {
        line.tracking_no: line
        for line in db.scalars(
            select(CodSettlementLine).where(
                CodSettlementLine.producer_id == producer_id, CodSettlementLine.carrier == carrier
            )
        )
    }
    taken = set(
        db.scalars(
            select(CodSettlementLine.shipment_id).where(
                CodSettlementLine.producer_id == producer_id,
                CodSettlementLine.shipment_id.is_not(None),
            )
        )
    )
    return [_judge(row, parcels, booked, taken) for row in rows]


def _judge(
    row: Row,
    parcels: Parcels,
    booked: Mapping[str, CodSettlementLine],
    taken: Collection[int | None],
) -> Judged:
    if row.problem:
        return Judged(row, "problem")
    matches = parcels.of(row)
    match = matches[0] if len(matches) == 1 else None
    line = booked.get(name_of(row))
    if line is not None:
        is_same = (line.remitted_vnd, line.fee_vnd) == (row.remitted_vnd, row.fee_vnd)
        return Judged(row, "known" if is_same else "changed", match)
    if len(matches) > 1:
        return Judged(row, "several")
    if match is None:
        return Judged(row, "unmatched")
    if match.shipment_id in taken:
        return Judged(row, "changed", match)
    is_even = match.expected_vnd == row.collected_vnd
    return Judged(row, "new" if is_even else "difference", match)


def name_of(row: Row) -> str:
    """What a line is called: its tracking number, or our code where the file has none."""
    return row.tracking_no or row.code
