"""Reading a partner's EPCIS 2.0 document (JSON-LD): what was sent to us, checked, nothing fetched.

The document is foreign input: size, depth, number of events and every value have limits, contexts
are compared and never loaded, and what is not understood is named. Only the parts that a receipt
of raw material needs are read; the schema's rules on them are kept (EPCIS 2.0 JSON schema).
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from shop.core.errors import Invalid
from shop.core.text import N_, clean

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 24
MAX_EVENTS: Final = 1000
MAX_ITEMS: Final = 200
"""Different lots in one document."""
MAX_TEXT: Final = 300
CONTEXTS: Final = (
    "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
)
TYPES: Final = (
    "ObjectEvent",
    "AggregationEvent",
    "TransactionEvent",
    "TransformationEvent",
    "AssociationEvent",
)
OUR_UNITS: Final[Mapping[str, tuple[str, Decimal]]] = {
    "KGM": ("kg", Decimal(1)),
    "GRM": ("g", Decimal(1)),
    "TNE": ("kg", Decimal(1000)),
    "LTR": ("l", Decimal(1)),
    "MLT": ("ml", Decimal(1)),
    "": ("unit", Decimal(1)),
    "EA": ("unit", Decimal(1)),
    "H87": ("unit", Decimal(1)),
}
"""UN/CEFACT Recommendation 20 codes as our units, with what to multiply by."""

_MUST_BE = N_("%(where)s phải là %(what)s.")
_WRONG_VALUE = N_("%(where)s có giá trị không dùng được.")
_JSON_TEXT = re.compile(rb'"(?:[^"\\]|\\.)*"')
_ZONE = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_ACTIONS = frozenset({"ADD", "OBSERVE", "DELETE"})
_STEP = re.compile(r"(?:https://ref\.gs1\.org/cbv/BizStep-)?([a-z_]+)")
_LOT_PATH = re.compile(r"/10/([^/?#]{1,60})")


class TooBig(Invalid):
    message = N_("Tệp EPCIS tối đa 1 MB.")


class NotEpcis(Invalid):
    message = N_("Đây không phải tài liệu EPCIS 2.0 dạng JSON.")


@dataclass(frozen=True)
class Item:
    """A lot that the document tells of, as it stands after its last event there."""

    class_id: str
    """The partner's name of the lot: a GS1 Digital Link or another URI."""
    event_id: str
    """The last event that carries it: taken once."""
    lot_no: str
    quantity: Decimal | None
    """In ``uom``; None when the document does not say."""
    uom: str
    step: str
    at: datetime
    product: str = ""
    history: tuple[str, ...] = ()
    """Steps in order, in CBV's words."""


@dataclass(frozen=True)
class Captured:
    """A document that was understood."""

    events: int
    sender: str
    """Who gave the goods, where the document names an owning party or place."""
    items: tuple[Item, ...] = field(default_factory=tuple)


def read(raw: bytes) -> Captured:
    """What a document says of lots that may have come to us, the latest first.

    Raises TooBig and NotEpcis with the place of the fault.
    """
    if len(raw) > MAX_BYTES:
        raise TooBig(field="file")
    document = _parse(raw)
    events = _event_list(document)
    state: dict[str, Item] = {}
    sender = ""
    for number, event in enumerate(events, start=1):
        sender = _sender(event) or sender
        for item in _items(event, f"eventList[{number}]"):
            before = state.get(item.class_id)
            state[item.class_id] = _joined(before, item)
            if len(state) > MAX_ITEMS:
                raise _wrong(N_("Tài liệu EPCIS có hơn %(n)s lô; hãy chia nhỏ."), n=MAX_ITEMS)
    found = sorted(state.values(), key=lambda item: (item.at, item.class_id), reverse=True)
    return Captured(len(events), sender, tuple(found))


def _wrong(message: str, **named: str | int) -> NotEpcis:
    return NotEpcis(message, field="file", **named)


def _parse(raw: bytes) -> Mapping[str, Any]:
    depth = deepest = 0
    for bracket in re.findall(rb"[\[\]{}]", _JSON_TEXT.sub(b"", raw)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise _wrong(N_("Tài liệu lồng nhau quá %(n)s tầng."), n=MAX_DEPTH)
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotEpcis(field="file") from None
    if not isinstance(document, dict):
        raise NotEpcis(field="file")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _event_list(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if document.get("type") != "EPCISDocument":
        raise _wrong(_MUST_BE, where="type", what="EPCISDocument")
    if document.get("schemaVersion") not in ("2.0", 2.0):
        raise _wrong(_MUST_BE, where="schemaVersion", what="2.0")
    contexts = document.get("@context")
    listed = contexts if isinstance(contexts, list) else [contexts]
    if not any(one in CONTEXTS for one in listed if isinstance(one, str)):
        raise _wrong(_MUST_BE, where="@context", what=CONTEXTS[0])
    body = document.get("epcisBody")
    events = body.get("eventList") if isinstance(body, dict) else None
    if not isinstance(events, list) or not events:
        raise _wrong(N_("Tài liệu EPCIS không có sự kiện nào."))
    if len(events) > MAX_EVENTS:
        raise _wrong(N_("Tài liệu có hơn %(n)s sự kiện; hãy chia nhỏ."), n=MAX_EVENTS)
    for number, event in enumerate(events, start=1):
        _check(event, f"eventList[{number}]")
    return sorted(events, key=lambda event: _instant(event["eventTime"], "eventTime"))


def _check(event: Any, where: str) -> None:
    if not isinstance(event, dict) or event.get("type") not in TYPES:
        raise _wrong(_MUST_BE, where=f"{where}.type", what=", ".join(TYPES))
    _instant(event.get("eventTime"), f"{where}.eventTime")
    zone = event.get("eventTimeZoneOffset")
    if not isinstance(zone, str) or not _ZONE.fullmatch(zone):
        raise _wrong(_MUST_BE, where=f"{where}.eventTimeZoneOffset", what="+07:00")
    if event["type"] != "TransformationEvent" and event.get("action") not in _ACTIONS:
        raise _wrong(_MUST_BE, where=f"{where}.action", what=", ".join(sorted(_ACTIONS)))
    if not isinstance(event.get("eventID", ""), str):
        raise _wrong(_WRONG_VALUE, where=f"{where}.eventID")


def _instant(value: Any, where: str) -> datetime:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong(_WRONG_VALUE, where=where) from None
    if instant.tzinfo is None or not 2000 <= instant.year <= 2100:
        raise _wrong(N_("%(where)s phải là thời điểm có múi giờ."), where=where)
    return instant


def _joined(before: Item | None, item: Item) -> Item:
    if before is None:
        return item
    return Item(
        class_id=item.class_id,
        event_id=item.event_id,
        lot_no=item.lot_no or before.lot_no,
        quantity=item.quantity if item.quantity is not None else before.quantity,
        uom=item.uom if item.quantity is not None else before.uom,
        step=item.step,
        at=item.at,
        product=item.product or before.product,
        history=(*before.history, item.step)[-20:],
    )


def _items(event: Mapping[str, Any], where: str) -> list[Item]:
    """The lots an event leaves behind: those it made, moved or packed; not those it used up."""
    if event.get("action") == "DELETE":
        return []
    keys = {"TransformationEvent": "outputQuantityList", "AggregationEvent": "childQuantityList"}
    key = keys.get(event["type"], "quantityList")
    listed = event.get(key, [])
    if not isinstance(listed, list):
        raise _wrong(_WRONG_VALUE, where=f"{where}.{key}")
    step = _STEP.fullmatch(str(event.get("bizStep", "")))
    made = []
    for number, one in enumerate(listed, start=1):
        place = f"{where}.{key}[{number}]"
        class_id = one.get("epcClass") if isinstance(one, dict) else None
        if not isinstance(class_id, str) or not 0 < len(class_id) <= MAX_TEXT:
            raise _wrong(_WRONG_VALUE, where=f"{place}.epcClass")
        quantity, uom = _quantity(one, place)
        made.append(
            Item(
                class_id=class_id,
                event_id=_name(event, class_id),
                lot_no=_lot_no(event, class_id),
                quantity=quantity,
                uom=uom,
                step=step.group(1) if step else "",
                at=_instant(event["eventTime"], where),
                product=_product(event),
                history=(step.group(1),) if step else (),
            )
        )
    return made


def _name(event: Mapping[str, Any], class_id: str) -> str:
    """The event's id; one without is named by when it happened and to what."""
    return str(event.get("eventID") or f"{event['eventTime']}|{class_id}")[:MAX_TEXT]


def _quantity(one: Mapping[str, Any], where: str) -> tuple[Decimal | None, str]:
    value, code = one.get("quantity"), one.get("uom", "")
    if value is None:
        return None, "unit"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(_WRONG_VALUE, where=f"{where}.quantity")
    if not isinstance(code, str) or code not in OUR_UNITS:
        raise _wrong(_WRONG_VALUE, where=f"{where}.uom")
    unit, factor = OUR_UNITS[code]
    try:
        number = Decimal(str(value)) * factor
    except InvalidOperation:
        raise _wrong(_WRONG_VALUE, where=f"{where}.quantity") from None
    if not 0 < number <= 1_000_000_000:
        raise _wrong(_WRONG_VALUE, where=f"{where}.quantity")
    return number, unit


def _lot_no(event: Mapping[str, Any], class_id: str) -> str:
    ilmd = event.get("ilmd")
    said = ilmd.get("cbvmda:lotNumber") if isinstance(ilmd, dict) else None
    if isinstance(said, str) and clean(said):
        return clean(said)[:60]
    in_path = _LOT_PATH.search(class_id)
    return clean(in_path.group(1))[:60] if in_path else ""


def _product(event: Mapping[str, Any]) -> str:
    """A name in the master data, whatever prefix its author chose."""
    ilmd = event.get("ilmd")
    if not isinstance(ilmd, dict):
        return ""
    for key, value in ilmd.items():
        if key.rpartition(":")[2] in {"product", "productName", "descriptionShort"}:
            return clean(value)[:120] if isinstance(value, str) else ""
    return ""


def _sender(event: Mapping[str, Any]) -> str:
    sources = event.get("sourceList")
    for one in sources if isinstance(sources, Sequence) else ():
        if isinstance(one, dict) and isinstance(one.get("source"), str):
            return clean(one["source"])[:MAX_TEXT]
    return ""
