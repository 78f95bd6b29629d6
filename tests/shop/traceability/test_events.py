"""Every event kind, found by listing the folder, keeps the contract."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from shop.traceability import queries
from shop.traceability.forms import RESERVED, correction_form, event_form
from shop.traceability.rules import journal
from shop.traceability.rules.events import BadFact, EventKind, MissingFact, read_facts
from tests.conftest import NOW

TODAY = date(2026, 11, 22)
KINDS = list(queries.kinds().values())

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.slug)
every_recorded = pytest.mark.parametrize(
    "kind", [k for k in KINDS if k.recorder == "producer"], ids=lambda kind: kind.slug
)


def samples(kind: EventKind) -> dict[str, Any]:
    return {item.name: item.sample for item in kind.fields}


def test_the_kinds_the_main_job_needs_are_there() -> None:
    wanted = {"harvest", "receipt", "processing", "test", "packing", "correction", "note"}
    assert wanted <= set(queries.kinds())


@every_kind
def test_its_fields_are_complete(kind: EventKind) -> None:
    assert kind.label
    assert kind.icon
    assert kind.lots
    names = [item.name for item in kind.fields]
    assert len(set(names)) == len(names)
    for item in kind.fields:
        assert item.label
        assert item.name.isidentifier()
        assert (item.type == "choice") == bool(item.choices)
        if kind.recorder == "producer":
            assert item.name not in RESERVED


@every_kind
def test_its_icon_is_in_the_sprite(kind: EventKind) -> None:
    from pathlib import Path

    import shop

    sprite = (Path(shop.__file__).parent / "static/icons.svg").read_text("utf-8")
    assert f'id="{kind.icon}"' in sprite


@every_kind
def test_its_samples_round_trip(kind: EventKind) -> None:
    facts = read_facts(kind, samples(kind), today=TODAY)
    told = {**facts.public, **facts.inner}
    assert set(told) == {item.name for item in kind.fields}
    assert read_facts(kind, told, today=TODAY) == facts
    assert journal.plain(told) == told
    if not kind.is_public:
        assert facts.public == {}
    for item in kind.fields:
        assert (item.name in facts.public) == (kind.is_public and item.is_public)


@every_kind
def test_what_it_needs_is_asked_for(kind: EventKind) -> None:
    for item in kind.fields:
        if item.is_required:
            with pytest.raises(MissingFact) as refused:
                read_facts(kind, {**samples(kind), item.name: None}, today=TODAY)
            assert refused.value.field == item.name
        else:
            read_facts(kind, {**samples(kind), item.name: ""}, today=TODAY)


HOSTILE = [object(), [], {"a": 1}, "x" * 1_000_001, b"bytes", 2**63, -1, float("nan"), True]


@every_kind
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: type(value).__name__)
def test_no_value_of_a_wrong_type_breaks_it(kind: EventKind, value: Any) -> None:
    for item in kind.fields:
        with suppress(BadFact):
            read_facts(kind, {**samples(kind), item.name: value}, today=TODAY)


@every_recorded
def test_its_form_takes_the_samples_as_people_type_them(kind: EventKind) -> None:
    form_class = event_form(kind)
    typed = {name: str(value) for name, value in samples(kind).items()}
    form = form_class(
        MultiDict({**typed, "happened_at": "2026-11-20T07:30", "submit_key": "a" * 22})
    )
    assert form.validate(), form.errors
    facts = read_facts(kind, form.facts(), today=TODAY)
    assert facts == read_facts(kind, samples(kind), today=TODAY)
    again = form_class(submit_key="b" * 22)
    again.fill({**facts.public, **facts.inner})
    assert read_facts(kind, again.facts(), today=TODAY) == facts


@every_recorded
def test_its_form_says_what_is_missing(kind: EventKind) -> None:
    form = event_form(kind)(MultiDict())
    assert not form.validate()
    needed = {item.name for item in kind.fields if item.is_required}
    assert needed | {"happened_at", "submit_key"} == set(form.errors)
    fix = correction_form(kind)(MultiDict())
    assert not fix.validate()
    assert "reason" in fix.errors
    assert "happened_at" not in fix.errors


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1250,5", "1250.5"),
        ("1.250,5", "1250.5"),
        ("1.250", "1250"),
        ("0.125", "0.125"),
        ("12.5", "12.5"),
        (" 300 ", "300"),
        ("300.00", "300"),
        (12, "12"),
    ],
)
def test_weights_are_read_as_people_here_write_them(typed: Any, kept: str) -> None:
    kind = queries.kinds()["receipt"]
    facts = read_facts(kind, {**samples(kind), "quantity_kg": typed}, today=TODAY)
    assert facts.public["quantity_kg"] == kept


@pytest.mark.parametrize("day", ["2026-11-23", "1900-01-01", "32/13/2026", "x", 5])
def test_impossible_days_are_refused(day: Any) -> None:
    kind = queries.kinds()["test"]
    with pytest.raises(BadFact) as refused:
        read_facts(kind, {**samples(kind), "reported_on": day}, today=NOW.date())
    assert refused.value.field == "reported_on"
