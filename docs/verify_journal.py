"""Checks a lot's journal without our code, and against daily roots that anybody may have kept.

    python3 verify_journal.py nhat-ky.json [moc-2026-11-02.json …]     (files or addresses)

Needs only Python 3.9 or later. The rules are in docs/algorithms/journal-hash-chain.md.
"""

import json
import sys
from hashlib import sha256
from urllib.request import urlopen


def first_fault(journal):
    head = sha256(f"lot:{journal['lot']}".encode()).hexdigest()
    for seq, entry in enumerate(journal["entries"], start=1):
        body = entry["body"]
        if (body["seq"], body["lot"], entry["previous"]) != (seq, journal["lot"], head):
            return f"entry {seq} is missing, foreign or does not follow the one before it"
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        head = sha256((head + text).encode()).hexdigest()
        if head != entry["hash"]:
            return f"entry {seq} was changed"
    is_whole = journal["head"] == {"seq": len(journal["entries"]), "hash": head}
    return None if is_whole else "entries are missing at the end"


def anchor_fault(journal, anchor):
    level = [sha256(b"\0" + leaf.encode()).digest() for leaf in anchor["leaves"]]
    while len(level) > 1:
        pairs = [sha256(b"\1" + a + b).digest() for a, b in zip(level[::2], level[1::2])]
        level = pairs + level[len(level) - len(level) % 2 :]
    if (level or [sha256().digest()])[0].hex() != anchor["merkle_root"]:
        return f"the root of {anchor['day']} does not cover its leaves"
    known = {f"{journal['lot']}:{e['body']['seq']}:{e['hash']}" for e in journal["entries"]}
    for leaf in anchor["leaves"]:
        if leaf.startswith(journal["lot"] + ":") and leaf not in known:
            return f"entry {leaf.split(':')[1]} differs from the root of {anchor['day']}"
    return None


def read(place):
    with urlopen(place) if "://" in place else open(place, "rb") as source:
        return json.load(source)


if __name__ == "__main__":
    lot, *roots = map(read, sys.argv[1:])
    faults = [first_fault(lot), *(anchor_fault(lot, root) for root in roots)]
    print(next(filter(None, faults), f"the journal is whole, checked against {len(roots)} roots"))
    sys.exit(any(faults))
