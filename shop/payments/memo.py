"""The code a bank transfer carries: short, random, and recoverable from what banks make of it.

``OC`` + eight symbols + one check symbol. Banks upper-case, fold, strip punctuation, glue their own
text before and after, and people retype by eye. So the 23 symbols leave out every pair that is
read as another (0/O, 1/I/L, 5/S, 8/B, 2/Z, 6/G, U/V/W, Q): a confusable always has one meaning.
23 is prime, so the weighted check symbol catches every single wrong symbol and every swap of two.
See docs/algorithms/transfer-memo.md.
"""

import secrets
import unicodedata

PREFIX = "OC"
ALPHABET = "23456789ACDEFHJKMNPRTXY"
BODY = 8
LENGTH = len(PREFIX) + BODY + 1

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_CONFUSABLES = str.maketrans({"0": "O", "S": "5", "B": "8", "Z": "2", "G": "6", "Đ": "D"})


def new_memo_code() -> str:
    """A random code of LENGTH symbols from the system's secure source."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(BODY))
    return PREFIX + body + check_symbol(body)


def check_symbol(body: str) -> str:
    """The symbol that makes ``body`` whole. Raises KeyError for symbols outside ALPHABET."""
    total = sum(weight * _VALUE[symbol] for weight, symbol in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def is_memo_code(code: str) -> bool:
    """Whether ``code`` is exactly a code with its right check symbol."""
    body = code[len(PREFIX) : -1]
    return (
        len(code) == LENGTH
        and code.startswith(PREFIX)
        and all(symbol in _VALUE for symbol in body)
        and check_symbol(body) == code[-1]
    )


def find_memo_codes(text: str) -> list[str]:
    """Every different valid code in a bank's text, in order of appearance.

    Looks at every window, so codes that were split by blanks or glued to other words are found.
    """
    seen: dict[str, None] = {}
    flat = _flatten(text)
    for start in range(len(flat) - LENGTH + 1):
        window = flat[start : start + LENGTH]
        if window.startswith(PREFIX) and is_memo_code(window):
            seen[window] = None
    return list(seen)


def is_nearly_in(code: str, text: str) -> bool:
    """Whether a bank's text holds ``code`` but for one or two wrong symbols: a hint for people.

    The check symbol refuses such a text, so nothing is ever assigned by it.
    """
    flat = _flatten(text)
    for start in range(len(flat) - LENGTH + 1):
        window = flat[start : start + LENGTH]
        if sum(given != right for given, right in zip(window, code, strict=True)) <= 2:
            return True
    return False


def _flatten(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).upper().translate(_CONFUSABLES)
    return "".join(char for char in decomposed if char.isascii() and char.isalnum())
