"""Parcels turned into what stands on their papers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shop.core.clock import today_vn
from shop.orders.models import OrderLine
from shop.orders.services import propose_picks
from shop.shipping.queries import Sending
from shop.shipping.rules.papers import Goods, Paper
from shop.traceability.queries import LotName, code_url, lot_names, product_code


def papers_for(
    db: Session, parcels: Sequence[Sending], *, public_url: str, now: datetime
) -> list[Paper]:
    """What is printed for each parcel; of one not packed yet, the lots that packing proposes."""
    packed = {
        one.lot_id
        for sending in parcels
        for _line, one, _units in sending.lines
        if one is not None and one.lot_id is not None
    }
    proposals = {
        sending.order.id: propose_picks(db, sending.order.lines, today_vn(now))
        for sending in parcels
        if sending.shipment is None
    }
    proposed = {
        lot_id
        for picks in proposals.values()
        for chosen in picks.values()
        for lot_id, _units in chosen
        if lot_id is not None
    }
    scribe = _Scribe(db, public_url, lot_names(db, packed | proposed))
    return [scribe.paper(sending, proposals.get(sending.order.id)) for sending in parcels]


class _Scribe:
    """Writes papers; keeps what several of them say."""

    def __init__(self, db: Session, public_url: str, lots: dict[int, LotName]) -> None:
        self._db, self._public_url, self._lots = db, public_url, lots
        self._product_codes: dict[int, str] = {}

    def paper(
        self, sending: Sending, picks: dict[int, list[tuple[int | None, int]]] | None
    ) -> Paper:
        order, contact, shipment = sending.order, sending.order.contact, sending.shipment
        return Paper(
            code=order.code,
            qr=f"{self._public_url}/D/{order.code}".upper(),
            sender=order.producer_name,
            sender_place=sending.sender_place,
            sender_phone=sending.producer.public_phone or "",
            recipient=contact.full_name,
            recipient_phone=contact.phone,
            street=contact.street,
            place=contact.place,
            cod_vnd=sending.cod_vnd,
            weight_g=sending.weight_g,
            goods=tuple(self._goods(sending, picks)),
            number=sending.number,
            of=sending.of,
            note=contact.note,
            carrier=shipment.carrier if shipment else "",
            tracking_no=shipment.tracking_no if shipment else "",
            is_proposal=shipment is None,
        )

    def _goods(
        self, sending: Sending, picks: dict[int, list[tuple[int | None, int]]] | None
    ) -> list[Goods]:
        found = []
        for line, packed, units in sending.lines:
            if packed is not None:
                found.append(self._one(line, packed.lot_id, units))
                continue
            chosen = (picks or {}).get(line.id, [])
            found += [self._one(line, lot_id, taken) for lot_id, taken in chosen]
            rest = units - sum(taken for _lot, taken in chosen)
            if rest > 0:
                found.append(Goods(_name(line), rest))
        return found

    def _one(self, line: OrderLine, lot_id: int | None, units: int) -> Goods:
        lot = self._lots.get(lot_id or 0)
        path = lot.url if lot else self._product_path(line.product_id)
        trace = f"{self._public_url}{path}".upper() if path else ""
        return Goods(_name(line), units, lot.lot_no if lot else "", trace)

    def _product_path(self, product_id: int) -> str:
        if product_id not in self._product_codes:
            code = product_code(self._db, product_id)
            self._product_codes[product_id] = code_url(code) if code else ""
        return self._product_codes[product_id]


def _name(line: OrderLine) -> str:
    return (
        f"{line.product_name} · {line.variant_label}" if line.variant_label else line.product_name
    )
