"""How viewers write: marks or none, phones in every shape, sizes, prices, dates, glued codes.

What this leaves of a comment is plain enough for ``comments`` to find codes and counts in.
"""

import re
import unicodedata
from typing import Final

_DASHES: Final = str.maketrans({"đ": "d", "–": "-", "—": "-", "−": "-", "~": " ", "\n": "."})
SIZE: Final = "~"
"""Stands where a weight or volume was that is no number of packs: ``500g``, ``0,5kg``."""

_PHONE: Final = re.compile(
    r"(?<![0-9a-z])(?:\(?\+?84\)?(?:[ .]?\(?0\)?)?|\(?0|o(?=[35789]))"
    r"(?:[ .()\-]{0,2}[0-9]){9}(?![0-9])",
    re.IGNORECASE,
)
_ODD_PHONE: Final = re.compile(
    r"(?<![0-9a-z])(?:\+?84|0|o(?=[35789]))(?:[ .\-]{0,2}[0-9]){7,12}(?![0-9])", re.IGNORECASE
)
_MONEY: Final = re.compile(
    r"(?<![a-z0-9])\d[\d.,]*(?:k|d|tr| ?(?:vnd|dong|nghin|ngan|trieu))(?![a-z0-9])"
    r"|(?<![a-z0-9])\d{1,3}(?:[.,]\d{3})+(?![a-z0-9])"
)
_SIZE: Final = re.compile(
    r"(?<![a-z0-9])(?:\d+(?:[.,]\d+)? ?(?:g|gr|gam|gram|ml|l|lit|lang)"
    r"|\d+[.,]\d+ ?(?:kg|ky|ki|kilo)"
    r"|\d+ ?(?:kg|ky|ki|kilo) ?(?:\d|ruoi)|nua (?:kg|ky|ki|kilo|can|lang))(?![a-z0-9])"
)
_ELSEWHERE: Final = re.compile(
    r"(?<![a-z0-9])(?:(?:vitamin|vit|phong|lop|toa|block|can ho) ?\d{0,2}[a-z][1-9]"
    r"|(?:ngay|luc|tang|so(?: nha)?|ngo|ngach|hem|phong|lop|khu|xom|ap|thon|quan|phuong|km) ?"
    r"\d+[a-z]?(?:[/\-]\d+)*|(?<!moi )thu [2-7]|\d{1,2}/\d{1,2}(?:/\d{2,4})?"
    r"|\d{1,2} ?(?:h|gio)(?:\d\d)?(?= ?(?:sang|trua|chieu|toi|dem))"
    r"|(?:truoc|sau|khoang|toi) \d{1,2} ?(?:h|gio))(?![a-z0-9])"
)
_GLUED_COUNT: Final = re.compile(r"(?<![a-z0-9.,])(\d{1,2})(?=[a-wyz][.\-]?[1-9](?:$|[^a-wyz0-9]))")
_GLUED_CODES: Final = re.compile(r"(?<![a-z0-9])(?:[a-wyz][1-9]){2,6}(?![a-z0-9])")
_NAMED_HUY: Final = re.compile(
    r"(?<!\w)(cho|tên|chị|anh|em|bạn|cô|chú|bác|bé|mr|ms)"
    r"((?: (?:chị|anh|em|bạn|cô|chú|bác|bé))?) huy(?!\w)"
)


def plain(text: str) -> str:
    """Lower-case ASCII-like text: NFC or NFD, with or without marks, become the same.

    Unlike ``core.text.fold`` punctuation stays, because a question mark says something; wide
    digits and letters (NFKD) become plain ones, breaks in lines full stops, every dash a hyphen.
    """
    wide = unicodedata.normalize("NFKD", text.replace("\n", ".\n").lower().translate(_DASHES))
    bare = "".join(
        char for char in wide if unicodedata.category(char) not in ("Mn", "Me", "Mc", "Cf")
    )
    return " ".join(bare.replace(".. ", ". ").split())


def without_names(text: str) -> str:
    """The words without a person called Huy, which "hủy" (call off) becomes without its mark.

    Only where the writer uses marks: "chị Huy" is a person, "chi huy" may be either.
    """
    small = unicodedata.normalize("NFC", text).lower()
    return _NAMED_HUY.sub(r"\1\2", small) if not small.isascii() else text


def phones_of(text: str) -> tuple[list[str], bool, str]:
    """Ten-digit numbers in the order of the comment, whether one has digits too many or too few,
    and the text without them."""
    found: list[str] = []
    for match in _PHONE.finditer(text):
        number = _digits(match[0])
        if len(number) == 10 and number not in found:
            found.append(number)
    rest, odd = _ODD_PHONE.subn(" , ", _PHONE.sub(" , ", text))
    return found, odd > 0, rest


def _digits(typed: str) -> str:
    """``+84 (0)912…``, ``84912…``, ``O912…`` as ``0912…``."""
    digits = re.sub(r"\D", "", typed.lower().replace("o", "0"))
    return "0" + digits[2:].lstrip("0") if digits.startswith("84") else digits


def mask_number(number: str) -> str:
    """``0912 ••• 678``: enough to tell people apart on a screen that others may see."""
    return f"{number[:4]} ••• {number[-3:]}" if len(number) == 10 else number


def mask_phones(text: str) -> str:
    """The words with their phone numbers masked, mistyped ones too."""
    masked = _PHONE.sub(lambda match: mask_number(_digits(match[0])), text)
    return _ODD_PHONE.sub(lambda match: f"{match[0][:4]} •••", masked)


def tidied(text: str) -> str:
    """Plain text without prices, sizes, dates and addresses; counts and codes parted."""
    text = _ELSEWHERE.sub(" ", _MONEY.sub(" ", text))
    text = _SIZE.sub(f" {SIZE} ", text)
    text = _GLUED_COUNT.sub(r"\1 ", text)
    parted = _GLUED_CODES.sub(lambda match: re.sub(r"(?<=\d)", " ", match[0]), text)
    return " ".join(parted.split())
