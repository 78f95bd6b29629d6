"""What changed in a text, word by word, for people who judge it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_WORDS: Final = re.compile(r"\s+|[^\s]+")
MOST_WORDS: Final = 1_500
"""Beyond this the comparison of words costs too much: the whole text is shown as replaced."""


@dataclass(frozen=True)
class Piece:
    """A run of words: ``same``, ``gone`` or ``new``."""

    kind: str
    text: str


def word_changes(before: str, after: str) -> list[Piece]:
    """Both texts as one run of pieces: ``after`` without the gone, ``before`` without the new."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return [piece for piece in (Piece("gone", before), Piece("new", after)) if piece.text]
    pieces: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece("gone", "".join(old[i:j])))
        if k < m:
            pieces.append(Piece("new", "".join(new[k:m])))
    return pieces
