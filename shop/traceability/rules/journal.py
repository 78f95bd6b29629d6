"""The chain of a journal: canonical JSON, the hash of an entry, checking a chain, daily roots.

    hash(n)  = SHA-256( hash(n-1) as 64 hex digits + canonical JSON of the entry's body )
    hash(0)  = SHA-256( "lot:" + code )

A body holds what everybody may read, and ``sealed``: the SHA-256 of what only the producer may
(who recorded it, inner facts, a random salt). So anybody can check the whole chain without being
shown what is not public. See docs/algorithms/journal-hash-chain.md.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

Fault = Literal["content", "previous", "sequence", "head", "anchor"]

ZONE = "+07:00"
"""The zone in which people wrote the times down."""


def stamp(instant: datetime) -> str:
    """``2026-11-22T03:00:00Z``. Raises ValueError for a naive datetime."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no place in a journal")
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: Any) -> Any:
    """``value`` as JSON's own types: NFC text, decimals as strings, times in UTC.

    Raises TypeError for floats (they have no one spelling) and everything else.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("keys must be text")
    return unicodedata.normalize("NFC", key)


def canonical(value: Any) -> bytes:
    """The one spelling of ``value``: UTF-8, NFC, keys sorted, no spaces. Raises TypeError."""
    return json.dumps(
        plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def genesis(code: str) -> str:
    """The hash before a lot's first entry."""
    return hashlib.sha256(f"lot:{code}".encode()).hexdigest()


def seal(*, actor_id: int, facts: Mapping[str, Any], attachments: Sequence[str], salt: str) -> str:
    """The digest of an entry's inner part. The random salt keeps it from being guessed."""
    inner = {"actor": actor_id, "attachments": list(attachments), "facts": facts, "salt": salt}
    return hashlib.sha256(canonical(inner)).hexdigest()


def chain(previous: str, body: Mapping[str, Any]) -> str:
    """The hash of an entry whose predecessor's hash is ``previous``."""
    return hashlib.sha256(previous.encode("ascii") + canonical(body)).hexdigest()


@dataclass(frozen=True)
class Entry:
    """One entry as it is checked: its public body, and the two hashes stored beside it."""

    body: Mapping[str, Any]
    previous: str
    hash: str
    is_seal_right: bool = True


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold: entry ``seq`` and what is wrong with it."""

    seq: int
    fault: Fault


def first_break(
    code: str, entries: Sequence[Entry], *, head_seq: int, head_hash: str
) -> Break | None:
    """The first entry at which the chain fails, in order of seq; None when all of it holds.

    ``sequence``: an entry is missing or out of place; ``previous``: it does not follow the one
    before; ``content``: what it says was changed; ``head``: entries are missing at the end.
    """
    previous = genesis(code)
    for expected, entry in enumerate(entries, start=1):
        fault = _fault(code, entry, expected, previous)
        if fault is not None:
            return Break(expected, fault)
        previous = entry.hash
    if (len(entries), previous) != (head_seq, head_hash):
        return Break(len(entries) + 1 if head_seq > len(entries) else len(entries), "head")
    return None


def _fault(code: str, entry: Entry, expected: int, previous: str) -> Fault | None:
    if entry.body["seq"] != expected:
        return "sequence"
    if entry.previous != previous:
        return "previous"
    is_whole = chain(previous, entry.body) == entry.hash and entry.is_seal_right
    return None if is_whole and entry.body["lot"] == code else "content"


def merkle_root(leaves: Sequence[str]) -> str:
    """The root over text leaves: leaf = H(00 + text), node = H(01 + left + right).

    An odd node moves up unchanged; no leaves give H of nothing. Prefixes keep a node from passing
    as a leaf (as in RFC 6962).
    """
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = [hashlib.sha256(b"\x00" + leaf.encode()).digest() for leaf in leaves]
    while len(level) > 1:
        paired = [
            hashlib.sha256(b"\x01" + level[i] + level[i + 1]).digest()
            for i in range(0, len(level) - 1, 2)
        ]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0].hex()


def leaf(code: str, seq: int, entry_hash: str) -> str:
    """How a journal's head stands in a daily root."""
    return f"{code}:{seq}:{entry_hash}"


def make_body(
    *,
    code: str,
    seq: int,
    kind: str,
    happened_at: datetime,
    recorded_at: datetime,
    facts: Mapping[str, Any],
    attachments: Sequence[str],
    corrects: int | None,
    sealed: str,
) -> dict[str, Any]:
    """The public part of an entry, as it is hashed and as ``nhat-ky.json`` shows it."""
    return {
        "attachments": list(attachments),
        "corrects": corrects,
        "facts": dict(facts),
        "happened_at": stamp(happened_at),
        "kind": kind,
        "lot": code,
        "recorded_at": stamp(recorded_at),
        "sealed": sealed,
        "seq": seq,
        "zone": ZONE,
    }
