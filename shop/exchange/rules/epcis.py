"""A lot's journal as an EPCIS 2.0 document in JSON-LD.

Sources: EPCIS 2.0 and CBV 2.0 (GS1 standards, ratified 2022) and their JSON schema. What is not
in those vocabularies stands under our own prefix, declared in ``@context``. Every event carries its
time with the zone people wrote it down in; event ids are made from the journal, so the same entry
has the same id in every document.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from shop.traceability.rules.events import Epcis, EventKind
from shop.traceability.rules.journal import ZONE, stamp

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PREFIX: Final = "chophien"
_IDS: Final = uuid.UUID("6f0c6a5e-7f55-5a0b-9d6a-2f6d1b5f6c1e")
"""Namespace of our event ids (RFC 9562, version 5)."""
UN_UNITS: Final[Mapping[str, str | None]] = {
    "unit": None,
    "kg": "KGM",
    "g": "GRM",
    "l": "LTR",
    "ml": "MLT",
}
"""Our units as UN/CEFACT Recommendation 20 codes; pieces have none."""


@dataclass(frozen=True)
class Part:
    """How much of another lot went into this one, as its journal last said."""

    seq: int
    class_id: str
    quantity: str
    uom: str


@dataclass(frozen=True)
class Word:
    """One entry of a journal: ``facts`` are those that may be told."""

    seq: int
    kind: EventKind
    happened_at: datetime
    recorded_at: datetime
    facts: Mapping[str, Any]
    corrects: int | None = None


@dataclass(frozen=True)
class LotView:
    """What a document says of a lot. ``class_id`` and ``place_id`` are absolute addresses."""

    code: str
    lot_no: str
    product: str
    class_id: str
    place_id: str
    quantity: int
    uom: str
    made_on: date
    best_before: date | None


def document(
    events: Sequence[Mapping[str, Any]], *, address: str, root: str, created: datetime
) -> dict[str, Any]:
    """An EPCISDocument; ``address`` is its own id, ``root`` our origin."""
    return {
        "@context": [CONTEXT, {PREFIX: f"{root}/tu-vung/epcis#"}],
        "id": address,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": stamp(created),
        "epcisBody": {"eventList": list(events)},
    }


def event_id(code: str, seq: int) -> str:
    """The id of a journal's entry, the same for ever: ``urn:uuid:…``."""
    return f"urn:uuid:{uuid.uuid5(_IDS, f'{code}/{seq}')}"


def events_of(lot: LotView, words: Sequence[Word], *, root: str) -> list[dict[str, Any]]:
    """The lot's events in order of its journal.

    What went into the lot is one TransformationEvent with the last word on each parent, at the time
    of the last of them. A corrected entry stays, with an error declaration that names the entry
    that is right (EPCIS 2.0 section 7.4.1.4).
    """
    corrected = {word.corrects: word for word in words if word.corrects is not None}
    by_seq = {word.seq: word for word in words}
    parts = last_parts(words, root=root)
    last_input = max((part.seq for part in parts), default=0)
    made: list[dict[str, Any]] = []
    for word in words:
        if word.kind.slug == "input" and word.seq == last_input:
            made.append(_transformation(lot, word, parts))
            continue
        about = by_seq.get(word.corrects) if word.corrects is not None else word
        if about is None or about.kind.epcis is None:
            continue
        event = _event(lot, word, about, root)
        mistake = corrected.get(word.seq)
        if mistake is not None:
            event["errorDeclaration"] = {
                "declarationTime": stamp(mistake.recorded_at),
                "reason": "incorrect_data",
                "correctiveEventIDs": [event_id(lot.code, mistake.seq)],
            }
        made.append(event)
    return made


def last_parts(words: Sequence[Word], *, root: str) -> list[Part]:
    """What went into the lot: the last word on each parent; one taken back to nothing is none."""
    latest: dict[str, Part] = {}
    for word in words:
        if word.kind.slug == "input":
            facts = word.facts
            latest[facts["parent"]] = Part(
                word.seq, f"{root}/T/{facts['parent']}", facts["quantity"], facts["uom"]
            )
    return [part for part in latest.values() if Decimal(part.quantity) > 0]


def _base(lot: LotView, word: Word, when: datetime) -> dict[str, Any]:
    return {
        "eventID": event_id(lot.code, word.seq),
        "eventTime": stamp(when),
        "recordTime": stamp(word.recorded_at),
        "eventTimeZoneOffset": ZONE,
        "readPoint": {"id": lot.place_id},
    }


def _transformation(lot: LotView, word: Word, parts: Sequence[Part]) -> dict[str, Any]:
    return {
        "type": "TransformationEvent",
        **_base(lot, word, word.happened_at),
        "inputQuantityList": [_amount(part.class_id, part.quantity, part.uom) for part in parts],
        "outputQuantityList": [_amount(lot.class_id, str(lot.quantity), lot.uom)],
        "bizStep": "creating_class_instance",
        "disposition": "in_progress",
        "ilmd": _master(lot),
    }


def _event(lot: LotView, word: Word, about: Word, root: str) -> dict[str, Any]:
    """An entry, or what a correction says is right of the entry ``about``."""
    form = about.kind.epcis
    assert form is not None  # noqa: S101 - the caller asked
    facts = word.facts if word is about else word.facts.get("facts", {})
    box = facts.get(form.box) if form.box else None
    event: dict[str, Any] = {
        "type": "AggregationEvent" if box else "ObjectEvent",
        **_base(lot, word, about.happened_at),
        "action": form.action,
        "bizStep": form.step,
    }
    amount = _amount_of(lot, form, facts)
    if box:
        event["parentID"] = f"{root}/T/{box}"
        event["childQuantityList"] = [amount]
    else:
        event["quantityList"] = [amount]
    if form.disposition:
        is_failed = bool(form.outcome) and facts.get(form.outcome) == "failed"
        event["disposition"] = "non_conformant" if is_failed else form.disposition
    if form.sets:
        event["persistentDisposition"] = {"set": [form.sets]}
    if form.order and facts.get(form.order):
        event["bizTransactionList"] = [
            {"type": "po", "bizTransaction": f"{root}/don-hang/{facts[form.order]}"}
        ]
    if form.action == "ADD" and not box:
        event["ilmd"] = _master(lot)
    return event | {f"{PREFIX}:{name}": value for name, value in sorted(facts.items())}


def _amount_of(lot: LotView, form: Epcis, facts: Mapping[str, Any]) -> dict[str, Any]:
    value = facts.get(form.quantity) if form.quantity else None
    if value is None:
        return {"epcClass": lot.class_id}
    uom = lot.uom if form.unit == "lot" else form.unit
    number = Decimal(str(value)) * int(facts.get(form.times, 1) if form.times else 1)
    return _amount(lot.class_id, str(number), uom)


def _amount(class_id: str, quantity: str, uom: str) -> dict[str, Any]:
    number = Decimal(quantity)
    whole = number == number.to_integral_value()
    amount: dict[str, Any] = {
        "epcClass": class_id,
        "quantity": int(number) if whole else float(number),
    }
    code = UN_UNITS.get(uom)
    return amount | ({"uom": code} if code else {})


def _master(lot: LotView) -> dict[str, Any]:
    known: dict[str, Any] = {
        "cbvmda:lotNumber": lot.lot_no,
        "cbvmda:productionDate": lot.made_on.isoformat(),
        f"{PREFIX}:product": lot.product,
    }
    if lot.best_before:
        known["cbvmda:bestBeforeDate"] = lot.best_before.isoformat()
    return known
