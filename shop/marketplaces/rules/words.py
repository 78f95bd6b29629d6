"""Words that a listing should not hold, found with their exact spelling.

Compared with accents (``giảm`` is no ``giấm``). Every repetition is bounded, so that a megabyte of
one letter costs no more than a pass over it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from shop.core.text import fold

_I = re.IGNORECASE

PROMO: Final = re.compile(
    r"(?<!\w)(?:giảm giá|giảm\s{0,3}\d{1,3}\s{0,3}%|khuyến m[ãạ]i|flash sale|sale off|sale|"
    r"free\s?ship|miễn phí vận chuyển|mua \d{1,3} tặng \d{1,3}|tặng kèm|quà tặng kèm|giá sốc|"
    r"siêu rẻ|giá rẻ|rẻ nhất|xả kho|thanh lý|ưu đãi|siêu ưu đãi|voucher|deal|hot)(?!\w)",
    _I,
)
SUPERLATIVE: Final = re.compile(
    r"(?<!\w)(?:tốt nhất|ngon nhất|rẻ nhất|số (?:1|một)|hàng đầu|duy nhất|đệ nhất|top \d{1,2}|"
    r"nhất (?:việt nam|thế giới|thị trường)|chất lượng nhất)(?!\w)",
    _I,
)
HEALTH: Final = re.compile(
    r"(?<!\w)(?:chữa|điều trị|đặc trị|trị bệnh|trị dứt|khỏi bệnh|khỏi hẳn|thần dược|"
    r"chống ung thư|ngừa ung thư|giảm cân cấp tốc|thay thế thuốc)(?!\w)",
    _I,
)
STARS: Final = re.compile(
    r"(?<!\w)(?:OCOP\s{0,3})?(?:hạng\s{0,3})?(?P<count>[1-5]|một|hai|ba|bốn|năm)"
    r"\s{0,3}(?:sao(?!\w)|[*★⭐])|(?:OCOP\s{0,3})?(?P<signs>[★⭐]{2,5})",
    _I,
)
CONTACT: Final = re.compile(
    r"(?<![\d.])(?:\+?84|0)(?:[ .\-]?\d){9}(?!\d)"
    r"|[\w.+-]{1,64}@[\w-]{1,63}\.\w{2,10}"
    r"|(?<!\w)(?:zalo|facebook|fanpage|messenger|hotline)(?!\w)"
    r"|(?<!\w)(?:địa chỉ|đ/c|số nhà)\s{0,2}:[^\n]{0,60}",
    _I,
)
URL: Final = re.compile(
    r"https?://[^\s<>\"]{1,200}|(?<![\w@.-])(?:www\.)?[a-z0-9][a-z0-9-]{1,62}"
    r"\.(?:vn|com|net|org|info|shop|asia|me)(?![\w-])",
    _I,
)
HTML: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|&(?:nbsp|amp|lt|gt|quot);")
HASHTAG: Final = re.compile(r"(?<!\w)#\w{1,60}")
AMOUNT: Final = re.compile(
    r"(?<![\w.,])\d{1,6}(?:[.,]\d{1,3})?\s{0,2}(?:g|gr|gram|gam|kg|mg|ml|l|lít|lit|cc|"
    r"gói|túi|hộp|chai|lọ|hũ|quả|trái|cái|chiếc|bộ|cặp|bó|con|cây|bánh|viên|miếng|tấm|mét|m|cm)(?!\w)",
    _I,
)

_NUMBER_WORDS: Final = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5}
_TITLE_SIGNS: Final = frozenset(" -–—,.()/%&+:'’\"“”×~°")


def hits(pattern: re.Pattern[str], text: str, *, most: int = 3) -> list[str]:
    """The first different words of ``text`` that the pattern finds, as written."""
    found: dict[str, None] = {}
    for match in pattern.finditer(text):
        found.setdefault(match[0].strip())
        if len(found) == most:
            break
    return list(found)


def star_claims(text: str) -> list[tuple[str, int]]:
    """Words that claim stars and how many."""
    return [(match[0].strip(), _count(match)) for match in STARS.finditer(text)]


def _count(match: re.Match[str]) -> int:
    if match["signs"]:
        return len(match["signs"])
    word = match["count"].lower()
    return _NUMBER_WORDS.get(word) or int(word)


def unproven_stars(text: str, valid: int | None) -> list[str]:
    """Star claims that no valid certificate backs: other than ``valid`` stars."""
    return list(dict.fromkeys(words for words, count in star_claims(text) if count != valid))


def other_markets(text: str, names: Iterable[str]) -> list[str]:
    """Which of the folded ``names`` stand in the text as whole words."""
    padded = f" {fold(text)} "
    return sorted({name for name in names if f" {name} " in padded})


def phrases(text: str, wanted: Iterable[str]) -> list[str]:
    """Which of the ``wanted`` phrases stand in the text as whole words, accents included."""
    lower = text.lower()
    return [
        one
        for one in dict.fromkeys(wanted)
        if one and re.search(rf"(?<!\w){re.escape(one.lower())}(?!\w)", lower)
    ]


def emojis(text: str) -> list[str]:
    """Emoji and pictograms of the text: two counters disagree on their length."""
    return sorted({char for char in text if _is_emoji(char)})


def _is_emoji(char: str) -> bool:
    point = ord(char)
    return 0x1F000 <= point < 0x20000 or 0x2600 <= point <= 0x27BF or point == 0x2B50


def odd_signs(text: str) -> list[str]:
    """Signs a title should not hold: anything but letters, digits and plain punctuation."""
    return sorted(
        {
            char
            for char in text
            if char not in _TITLE_SIGNS
            and unicodedata.category(char)[0] not in "LNM"
            and not _is_emoji(char)
        }
    )


def is_shouted(text: str) -> bool:
    """Whether most of a longer text is in capitals."""
    letters = [char for char in text if char.isalpha()]
    return len(letters) >= 10 and sum(char.isupper() for char in letters) > 0.7 * len(letters)


def repeated_words(text: str) -> list[str]:
    """Words that stand three times or more."""
    counted = Counter(word for word in fold(text[:5000]).split() if len(word) > 1)
    return sorted(word for word, count in counted.items() if count >= 3)
