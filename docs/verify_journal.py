"""Checks a lot's journal without our code: python3 verify_journal.py nhat-ky.json (or its address).

Needs only Python 3.9 or later. The rule is in docs/algorithms/journal-hash-chain.md.
"""

import hashlib
import json
import sys
import urllib.request


def first_fault(journal):
    previous = hashlib.sha256(b"lot:" + journal["lot"].encode()).hexdigest()
    for number, entry in enumerate(journal["entries"], start=1):
        body = entry["body"]
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if body["seq"] != number or body["lot"] != journal["lot"]:
            return f"entry {number} is missing, foreign or out of order"
        if entry["previous"] != previous:
            return f"entry {number} does not follow the one before it"
        if hashlib.sha256((previous + text).encode()).hexdigest() != entry["hash"]:
            return f"entry {number} was changed"
        previous = entry["hash"]
    if journal["head"] != {"seq": len(journal["entries"]), "hash": previous}:
        return "entries are missing at the end"
    return None


if __name__ == "__main__":
    place = sys.argv[1]
    source = urllib.request.urlopen(place) if "://" in place else open(place, "rb")
    with source:
        fault = first_fault(json.load(source))
    print(fault or "the journal is whole")
    sys.exit(1 if fault else 0)
