"""What one slip of the finger, or of the ear, makes of a folded word.

One slip: a letter wrong, missing, too many, two neighbours swapped, or one of the sounds that
Vietnamese writers mix up (``trà`` and ``chà``, ``sả`` and ``xả``): two letters, but one mistake.
"""

from collections.abc import Iterable, Iterator
from typing import Final

MIN_SLIP_LENGTH: Final = 3
"""Shorter words are all near to each other."""

_ONSETS: Final = (
    ("ch", "tr"),
    ("gi", "d"),
    ("gi", "r"),
    ("gi", "v"),
    ("ngh", "ng"),
    ("gh", "g"),
    ("ph", "f"),
    ("qu", "w"),
)
"""Beginnings that sound alike somewhere in the country; one-letter pairs are near anyway."""


def distance(one: str, other: str, most: int) -> int:
    """Letters changed, added, left out or swapped with their neighbour; ``most + 1`` when more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i, *[0] * len(other)]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            is_swap = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against
            row[j] = min(cost, earlier[j - 2] + 1) if is_swap else cost
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def sound_alikes(word: str) -> Iterator[str]:
    """The word with a beginning that sounds like its own."""
    for pair in _ONSETS:
        for said, written in (pair, pair[::-1]):
            if word.startswith(said) and len(word) > len(said):
                yield written + word[len(said) :]


def is_one_slip(typed: str, word: str) -> bool:
    """Whether ``typed`` may be ``word`` with one slip; a word is no slip of itself."""
    if typed == word:
        return False
    return word in set(sound_alikes(typed)) or distance(typed, word, 1) == 1


def nearest(typed: str, words: Iterable[str], *, most: int = 2) -> list[str]:
    """The words within ``most`` slips, the nearest first, then by the alphabet."""
    judged = sorted((distance(typed, word, most), word) for word in words)
    return [word for steps, word in judged if 0 < steps <= most]
