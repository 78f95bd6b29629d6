"""The words of live selling: what orders, refuses, asks, hesitates; how numbers and codes look.

All patterns read text as ``wording`` leaves it: lower case, no marks.
"""

import re
from typing import Final

UNITS: Final = (
    "hu|hop|goi|chai|lo|tui|bich|can|kg|ky|ki|kilo|con|cai|qua|trai|bo|set|combo|phan|cap|bao|"
    "thung|khay|vi|thanh|cuon|binh|suat|mon|sp"
)
WEIGHTS: Final = frozenset({"kg", "ky", "ki", "kilo"})
WORDS: Final = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
COUNT: Final = r"[1-9][0-9]{0,3}"
CODE_AT: Final = r"[a-wyz][.\-]?[1-9](?![a-z0-9])"
CODE: Final = re.compile(
    r"(?<![a-z0-9])(?:([a-wyz])[.\-]?([1-9])|(?<=\bma )([a-wyz]) ([1-9]))(?=$|[^a-z0-9]|x ?[1-9])"
)
AFTER: Final = re.compile(
    rf"[ :,=(\-]*(?:(x|\*|sl|so luong)[ :=]*)?({COUNT})[ ]*({UNITS}|h)?(?![a-z0-9])"
    rf"|[ :,=(\-]*()({'|'.join(WORDS)})[ ]+({UNITS})(?![a-z0-9])"
)
BEFORE: Final = re.compile(
    rf"(?<![a-z0-9.])({COUNT})[ ]*(?:x|({UNITS}))?[ ]*(?:cua )?(?:ma|sp|loai)?[ ]*$"
    rf"|(?<![a-z0-9])({'|'.join(WORDS)})[ ]+({UNITS})[ ]*(?:cua )?(?:ma|sp|loai)?[ ]*$"
)
SPOKEN: Final = re.compile(rf"(?<![a-z0-9])({'|'.join(WORDS)}) $")
ANYWHERE: Final = re.compile(
    rf"(?<![a-z0-9])({COUNT}|{'|'.join(WORDS)})[ ]*({UNITS})(?![a-z0-9])"
    rf"|(?<![a-z0-9])(?:x|sl|so luong)[ :=]*({COUNT})(?![a-z0-9])"
)
EACH: Final = re.compile(
    rf"(?<![a-z])moi (?:ma|thu|loai|cai|mon|sp)? ?({COUNT}|{'|'.join(WORDS)})[ ]*({UNITS})?"
    r"(?![a-z0-9])"
)
DOZENS: Final = re.compile(
    rf"(?<![a-z0-9])(?:[1-9]\d?|nua|{'|'.join(WORDS)}) ?(?:chuc|ta|cap|doi)(?![a-z0-9])"
    rf"|{CODE_AT} chuc\b"
)
VERB: Final = r"(?:lay|mua|dat|chot|order)"
NO: Final = r"(?<![a-z0-9])(?:khong|ko|k|hong|hok|khg|dung|khoi)"
CANCEL: Final = re.compile(
    rf"{NO},? ?(?:muon |can )?(?:lay|mua|dat|chot|can nua|nhan|gui|giao|order|ship)(?![a-z])"
    r"(?! (?:tui|bao|bich|hop qua|hoa don|da|do|nilon|muong|thia|duoc|kip|phi))"
    r"|(?<![a-z0-9])huy(?=$|[ ,]*(?:don|ma|het|giup|gium|dat|nha|nhe|do|luon|[a-z][.\-]?[1-9]))"
    rf"|(?<![a-z0-9])bo (?=don|ma |het|{CODE_AT})|(?<![a-z0-9])(?:thoi|khoi) (?=(?:ma )?{CODE_AT})"
    rf"|(?<![a-z0-9])(?:rut don|tra lai|cancel|doi y)(?![a-z])|don.?t want"
)
ASKING: Final = r"(?:khong|ko|k|hong|hok|hem)"
QUESTION: Final = re.compile(
    r"(?<![a-z0-9])(?:bao (?:nhieu|nhiu|tien|lau|gio)|bnh|nhi?eu (?:tien|vay|the)|nhiu"
    r"|bn(?=$| (?:tien|vay|shop|a|ad|the|1|mot)\b)"
    r"|gia (?:sao|the nao|nhi?eu|bao)|(?:xin|ib|bao|check|inbox|inb|cho|hoi) gia|ib|inbox|inb"
    rf"|may (?:gam|tien|ngay)|con (?:hang |nua |{CODE_AT} ?)?{ASKING}|co [a-z0-9 ]{{0,24}}{ASKING}"
    rf"|(?:khong|ko|hong) (?:a|vay|the|shop|em|ad)|(?:duoc|dc|phai|dung) {ASKING}"
    r"|(?:het|co|da|ve|xong|gui|giao|ship|chot)[a-z0-9 ]{0,12} chua"
    r"|the nao|nhu nao|o dau|khi nao|sao vay|(?:tai|vi) sao|sao (?:chua|lai)|la (?:gi|sao)"
    r"|khac (?:gi|nhau)|(?:cai|loai|ma) nao|(?:ngon|tot|re) hon"
    r"|cho (?:em|minh|chi|anh|toi|c|e|m) hoi|hoi ti"
    r"|chua (?:nhan|thay|giao|gui)|(?:da|moi|vua) nhan|nhan (?:duoc|roi)"
    r"|bi (?:hu|be|vo|loi|moc|thieu|nat|mat)"
    r"|(?:giao|gui) (?:nham|thieu|sai)|hoan tien|tra hang)(?![a-z0-9])"
    rf"|(?<![a-z0-9])(?:khong|ko|gi|gia|(?:vay|dung|phai|la [a-z ]{{1,20}}) ha)"
    rf"(?: (?:a|em|shop|ad|chi|anh|ban))*$"
)
"""A question, or a word about an order of before: both want an answer, neither is an order."""
TALK: Final = re.compile(
    r"(?<![a-z0-9])(?:(?:ngon|mac|dat|re|dep|thich|me) (?:qua|lam|ghe|that|thiet)"
    r"|(?:cho )?(?:xem|coi)"
    r"|gioi thieu|quay (?:gan|lai)|tu van)(?![a-z0-9])"
)
HESITATES: Final = re.compile(
    rf"(?<![a-z0-9])(?:hom (?:qua|truoc|no)|(?:lan|bua) truoc|{VERB}(?: [a-z0-9]+){{0,3}} roi"
    rf"|neu|hoac (?={CODE_AT})"
    rf"|de (?:sau|mai)|(?:mai|toi|lat|chut)(?: nua)? {VERB})(?![a-z0-9])"
)
CHANGES: Final = re.compile(
    r"(?<![a-z0-9])(?:bot|giam con|nham|sua|nhu cu|don cu"
    r"|them [a-z0-9 ]{0,24}(?:nua|vao don))(?![a-z0-9])"
)
WANTS: Final = re.compile(
    rf"(?<![a-z0-9])(?:{VERB}|len don|cho (?:em|minh|chi|anh|co|chu|bac|toi|c|e|a|m))(?![a-z])"
)
WANTS_UNITS: Final = re.compile(
    rf"(?<![a-z0-9])(?:{VERB}|cho)(?: (?:em|minh|chi|anh|toi|c|e|a|m))? ({COUNT})(?![a-z0-9.,/])"
)
CLOSES: Final = re.compile(rf"^(?:chot(?: don)?|dat hang|len don)(?: {COUNT})?[ .!]*$")
RESTATED: Final = (
    (
        rf"(?<![a-z])(?:doi|chuyen) (?:tu )?((?:ma )?{CODE_AT})[^.;!?]{{0,15}}?"
        r" (?:sang|thanh|qua|lay)\b",
        r"; bo \1 ; ",
    ),
    (rf"{NO} phai (?:la )?((?:ma )?{CODE_AT}),?(?: ma| nha| la)*", r"; bo \1 ; "),
    (
        rf"((?:con|co|duoc|dc|dung|phai|ship)(?: (?!nen |thi |vi )[a-z0-9]+){{0,2}} {ASKING}"
        rf"(?: (?:a|em|shop|ad|vay|the|ban))*),? (?=(?:{VERB}|cho)\b(?![^.;!?]* nua)"
        rf"|{CODE_AT} (?:x ?)?[1-9])",
        r"\1? ",
    ),
)
NOW_WANTS: Final = re.compile(
    rf"(?:,|\bnua\b|\bma\b|(?<=[a-z][1-9]) ) ?(?=(?:em |chi |minh )?(?:{VERB}|cho)\b)"
)
