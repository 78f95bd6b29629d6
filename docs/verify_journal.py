"""Checks a lot's journal without our code, and against daily roots that anybody may have kept.

    python3 verify_journal.py nhat-ky.json [moc-2026-11-02.json …]     (files or addresses)

Needs only Python 3.9 or later. The rules are in docs/algorithms/journal-hash-chain.md.
"""

import hashlib
import json
import sys
import urllib.request


def h(*parts):
    return hashlib.sha256(b"".join(parts))


def first_fault(journal):
    previous = h(b"lot:" + journal["lot"].encode()).hexdigest()
    for number, entry in enumerate(journal["entries"], start=1):
        body = entry["body"]
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if body["seq"] != number or body["lot"] != journal["lot"]:
            return f"entry {number} is missing, foreign or out of order"
        if entry["previous"] != previous:
            return f"entry {number} does not follow the one before it"
        if h((previous + text).encode()).hexdigest() != entry["hash"]:
            return f"entry {number} was changed"
        previous = entry["hash"]
    if journal["head"] != {"seq": len(journal["entries"]), "hash": previous}:
        return "entries are missing at the end"
    return None


def anchor_fault(journal, anchor):
    level = [h(b"\0", leaf.encode()).digest() for leaf in anchor["leaves"]] or [h().digest()]
    while len(level) > 1:
        pairs = [h(b"\1", *level[i : i + 2]).digest() for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    if level[0].hex() != anchor["merkle_root"]:
        return f"the root of {anchor['day']} does not cover its leaves"
    known = {f"{journal['lot']}:{e['body']['seq']}:{e['hash']}" for e in journal["entries"]}
    for leaf in anchor["leaves"]:
        if leaf.startswith(journal["lot"] + ":") and leaf not in known:
            return f"entry {leaf.split(':')[1]} differs from the root of {anchor['day']}"
    return None


def read(place):
    with urllib.request.urlopen(place) if "://" in place else open(place, "rb") as source:
        return json.load(source)


if __name__ == "__main__":
    journal, *anchors = map(read, sys.argv[1:])
    faults = [first_fault(journal), *(anchor_fault(journal, anchor) for anchor in anchors)]
    print(next(filter(None, faults), f"the journal is whole, checked against {len(anchors)} roots"))
    sys.exit(any(faults))
