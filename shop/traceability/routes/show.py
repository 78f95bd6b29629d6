"""Journal entries as pages show them: translated labels, values with units, photos, corrections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shop.traceability import queries
from shop.traceability.models import LotEvent
from shop.traceability.rules.events import EventKind, Field
from shop.web.assets import media_url
from shop.web.i18n import gettext, show_date, show_datetime


@dataclass(frozen=True)
class Shown:
    """One entry of the timeline."""

    seq: int
    kind: str
    title: str
    icon: str
    at: datetime
    at_text: str
    facts: tuple[tuple[str, str], ...]
    photos: tuple[str, ...]
    is_public: bool
    is_warning: bool
    is_recordable: bool
    corrects: int | None
    corrected_by: int | None
    hash: str


def shown_events(
    journal_events: Sequence[LotEvent], *, with_inner: bool = False, with_sealed: bool = False
) -> list[Shown]:
    """The entries of a journal in order; inner ones and inner facts only for the producer.

    ``with_sealed`` keeps inner entries in their place, saying no more than that they exist.
    """
    kinds = queries.kinds()
    corrected = {e.corrects_seq: e.seq for e in journal_events if e.corrects_seq is not None}
    by_seq = {event.seq: event for event in journal_events}
    shown = []
    for event in journal_events:
        kind = kinds[event.kind]
        about = by_seq[event.corrects_seq] if event.corrects_seq else event
        is_open = kind.is_public and kinds[about.kind].is_public
        if not (is_open or with_inner or with_sealed):
            continue
        shown.append(_show(event, kind, kinds[about.kind], corrected.get(event.seq), with_inner))
    return shown


def _show(
    event: LotEvent, kind: EventKind, about: EventKind, corrected_by: int | None, with_inner: bool
) -> Shown:
    told = {**event.facts, **(event.inner_facts if with_inner else {})}
    pairs = _pairs(kind.fields, told)
    if event.corrects_seq is not None:
        right = dict(event.facts.get("facts", {}))
        right |= event.inner_facts.get("facts", {}) if with_inner else {}
        pairs += _pairs(about.fields, right)
    is_failed = event.kind in {"hold", "recall"} or told.get("outcome") == "failed"
    return Shown(
        seq=event.seq,
        kind=event.kind,
        title=gettext(kind.label),
        icon=kind.icon,
        at=event.happened_at,
        at_text=show_datetime(event.happened_at),
        facts=pairs,
        photos=tuple(media_url(f"{sha}-640.webp") for sha in event.attachments)
        if kind.is_public or with_inner
        else (),
        is_public=kind.is_public,
        is_warning=is_failed,
        is_recordable=kind.recorder == "producer",
        corrects=event.corrects_seq,
        corrected_by=corrected_by,
        hash=event.hash,
    )


def _pairs(fields: Sequence[Field], facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (gettext(item.label), _value(item, facts[item.name]))
        for item in fields
        if item.name in facts
    )


def _value(item: Field, value: Any) -> str:
    if item.type == "choice":
        return gettext(dict(item.choices).get(value, value))
    if item.type == "day":
        return show_date(date.fromisoformat(value))
    text = str(value)
    if item.type == "decimal":
        text = text.replace(".", ",")
    return f"{text} {gettext(item.unit)}" if item.unit else text
