"""The chain: one spelling for everything, and the exact entry named when it breaks."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.traceability.rules import journal

DOC = Path(__file__).resolve().parents[3] / "docs/algorithms/journal-hash-chain.md"

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_json_is_json_and_stable(value: Any) -> None:
    spelled = journal.canonical(value)
    assert journal.canonical(json.loads(spelled)) == spelled
    assert json.loads(spelled) == journal.plain(value)


@given(st.dictionaries(words, st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))
    normal = {unicodedata.normalize("NFC", key) for key in value}
    if len(normal) == len(value):
        assert journal.canonical(value) == journal.canonical(turned)


@given(words)
def test_decomposed_text_is_spelled_like_composed(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert journal.canonical(decomposed) == journal.canonical(text)


def test_decimals_times_and_days_have_one_spelling() -> None:
    local = datetime(2026, 11, 2, 7, 30, 5, 999, timezone(timedelta(hours=7)))
    value = {"b": Decimal("1250.50"), "a": [local, date(2026, 11, 2), None, True]}
    assert journal.canonical(value) == (
        b'{"a":["2026-11-02T00:30:05Z","2026-11-02",null,true],"b":"1250.50"}'
    )


@pytest.mark.parametrize("value", [1.5, float("nan"), {1: "a"}, b"x", object(), {"a": {2.0}}])
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        journal.canonical(value)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        journal.stamp(datetime(2026, 11, 2))  # noqa: DTZ001 - that is the point


def chain_of(count: int, code: str = "8CKTBHPVAG") -> list[journal.Entry]:
    entries, previous = [], journal.genesis(code)
    for seq in range(1, count + 1):
        body = journal.make_body(
            code=code,
            seq=seq,
            kind="harvest",
            happened_at=datetime(2026, 11, 2, tzinfo=UTC),
            recorded_at=datetime(2026, 11, 2, tzinfo=UTC),
            facts={"crop": f"Củ {seq}"},
            attachments=[],
            corrects=None,
            sealed="0" * 64,
        )
        entries.append(journal.Entry(body, previous, journal.chain(previous, body)))
        previous = entries[-1].hash
    return entries


def broken(entries: list[journal.Entry], **over: Any) -> journal.Break | None:
    head = chain_of(5)[-1]
    values = {"head_seq": 5, "head_hash": head.hash} | over
    return journal.first_break("8CKTBHPVAG", entries, **values)


def test_a_whole_chain_holds() -> None:
    assert broken(chain_of(5)) is None
    assert journal.first_break("X", [], head_seq=0, head_hash=journal.genesis("X")) is None


@given(st.integers(0, 4), st.sampled_from(["facts", "kind", "happened_at", "sealed", "corrects"]))
def test_a_changed_entry_is_named(place: int, key: str) -> None:
    entries = chain_of(5)
    body = {**entries[place].body, key: "khác"}
    entries[place] = replace(entries[place], body=body)
    assert broken(entries) == journal.Break(place + 1, "content")


@given(st.integers(0, 4))
def test_a_changed_entry_with_its_hash_made_anew_breaks_the_next(place: int) -> None:
    entries = chain_of(5)
    body = {**entries[place].body, "facts": {}}
    forged = journal.chain(entries[place].previous, body)
    entries[place] = replace(entries[place], body=body, hash=forged)
    wanted = journal.Break(5, "head") if place == 4 else journal.Break(place + 2, "previous")
    assert broken(entries) == wanted


@given(st.integers(0, 3))
def test_a_dropped_entry_is_named(place: int) -> None:
    entries = chain_of(5)
    del entries[place]
    assert broken(entries) == journal.Break(place + 1, "sequence")


def test_dropped_last_entries_are_noticed() -> None:
    assert broken(chain_of(5)[:3]) == journal.Break(4, "head")
    assert broken(chain_of(5), head_seq=4) == journal.Break(5, "head")


def test_swapped_entries_and_foreign_lots_are_noticed() -> None:
    entries = chain_of(5)
    entries[1], entries[2] = entries[2], entries[1]
    assert broken(entries) == journal.Break(2, "sequence")
    foreign = chain_of(5, code="0000000000")
    assert broken(foreign) == journal.Break(1, "previous")


def test_a_broken_seal_is_noticed() -> None:
    entries = chain_of(5)
    entries[2] = replace(entries[2], is_seal_right=False)
    assert broken(entries) == journal.Break(3, "content")


def test_ten_thousand_entries_are_checked_in_under_a_second() -> None:
    from time import process_time

    entries = chain_of(10_000)
    start = process_time()
    fault = journal.first_break("8CKTBHPVAG", entries, head_seq=10_000, head_hash=entries[-1].hash)
    assert fault is None
    assert process_time() - start < 1.0


def test_the_worked_example_of_the_docs_is_right() -> None:
    rows = re.findall(
        r"^\| (\d) \| `(.+)` \| `([0-9a-f]{64})` \|$", DOC.read_text("utf-8"), re.MULTILINE
    )
    assert [row[0] for row in rows] == ["0", "1", "2"]
    previous = rows[0][2]
    assert previous == journal.genesis(rows[0][1].removeprefix("lot:"))
    for number, spelled, wanted in rows[1:]:
        body = json.loads(spelled)
        assert journal.canonical(body).decode() == spelled
        salt = str(int(number) - 1) * 26
        assert body["sealed"] == journal.seal(actor_id=7, facts={}, attachments=[], salt=salt)
        previous = journal.chain(previous, body)
        assert previous == wanted


@given(st.lists(st.text(max_size=5), min_size=1, max_size=20, unique=True), st.data())
def test_a_root_changes_with_every_leaf_and_their_order(
    leaves: list[str], data: st.DataObject
) -> None:
    root = journal.merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:place], leaves[place] + "x", *leaves[place + 1 :]]
    assert journal.merkle_root(changed) != root
    assert journal.merkle_root([*leaves, "x" * 9]) != root
    if len(leaves) > 1:
        assert journal.merkle_root(leaves[::-1]) != root


def test_a_root_by_hand() -> None:
    import hashlib

    def h(content: bytes) -> bytes:
        return hashlib.sha256(content).digest()

    a, b, c = (h(b"\0" + leaf) for leaf in (b"a", b"b", b"c"))
    assert journal.merkle_root(["a", "b", "c"]) == h(b"\1" + h(b"\1" + a + b) + c).hex()
    assert journal.merkle_root([]) == h(b"").hex()
