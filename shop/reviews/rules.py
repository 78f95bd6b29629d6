"""What may be said in public, by whom and for how long, without a database."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shop.core.errors import Conflict, Invalid, NotAllowed
from shop.core.text import N_

STARS: Final = (5, 4, 3, 2, 1)
MAX_PHOTOS: Final = 3
MAX_TEXT: Final = 2000
MAX_QUESTION: Final = 500
MIN_QUESTION: Final = 8
MAX_REPLY: Final = 1000
EDIT_WINDOW: Final = timedelta(days=30)
"""How long after writing it an author may change a review."""
LOW_RATING: Final = 3
"""A review of so many stars or fewer waits for an answer in the producer's to-do list."""
QUESTIONS_A_DAY: Final = 10
OPEN_REPORTS: Final = 20
"""Open cases about one thing; more say nothing new."""

SORTS: Final = {
    "moi": N_("Mới nhất"),
    "huu-ich": N_("Hữu ích nhất"),
    "cao": N_("Sao cao trước"),
    "thap": N_("Sao thấp trước"),
}

HIDE_REASONS: Final = {
    "rude": N_("Lời lẽ thô tục, xúc phạm"),
    "personal": N_("Lộ thông tin cá nhân"),
    "spam": N_("Quảng cáo, nội dung rác"),
    "off_topic": N_("Không nói về sản phẩm này"),
    "false_claim": N_("Nói sai về công dụng chữa bệnh hoặc chứng nhận"),
    "picture": N_("Ảnh không phù hợp hoặc không có quyền dùng"),
    "other": N_("Lý do khác"),
}

REPORT_REASONS: Final = {
    "fake": N_("Hàng giả, hàng nhái hoặc sai nguồn gốc"),
    "wrong_facts": N_("Thông tin, giấy chứng nhận hoặc sao không đúng"),
    "unsafe": N_("Không an toàn, hết hạn hoặc kém chất lượng"),
    "banned": N_("Hàng cấm hoặc bán không đúng quy định"),
    "healing": N_("Quảng cáo như thuốc chữa bệnh"),
    "rude": N_("Lời lẽ thô tục, xúc phạm"),
    "personal": N_("Lộ thông tin cá nhân"),
    "spam": N_("Quảng cáo, nội dung rác"),
    "rights": N_("Dùng ảnh hoặc bài viết của người khác"),
    "other": N_("Lý do khác"),
}
_OF_THINGS: Final = ("fake", "wrong_facts", "unsafe", "banned", "healing", "rights", "other")
_OF_WORDS: Final = ("rude", "personal", "spam", "fake", "healing", "rights", "other")
REASONS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "product": _OF_THINGS,
    "producer": _OF_THINGS,
    "review": _OF_WORDS,
    "question": _OF_WORDS,
}
"""Kind of thing -> the reasons offered for reporting it."""

REPORT_STATES: Final = {
    "open": N_("Đang xem xét"),
    "upheld": N_("Có vi phạm"),
    "dismissed": N_("Không vi phạm"),
}

KIND_SLUGS: Final = {
    "san-pham": "product",
    "danh-gia": "review",
    "cau-hoi": "question",
    "co-so": "producer",
}
"""As addresses name the things that can be reported."""
SLUG_OF: Final = {kind: slug for slug, kind in KIND_SLUGS.items()}
KIND_WORDS: Final = {
    "product": N_("Về sản phẩm"),
    "review": N_("Về đánh giá"),
    "question": N_("Về câu hỏi"),
    "producer": N_("Về cơ sở"),
}


class NotDelivered(Conflict):
    message = N_("Chỉ đánh giá được khi đơn đã giao tới nơi.")


class AlreadyReviewed(Conflict):
    message = N_("Món hàng này đã được đánh giá rồi. Bạn có thể sửa lời đánh giá đó.")


class OwnGoods(NotAllowed):
    message = N_("Người của chính cơ sở không đánh giá hàng của mình.")


class OwnReview(Conflict):
    message = N_("Bạn không tự bình chọn cho đánh giá của mình.")


class TooLateToEdit(Conflict):
    message = N_("Đã quá 30 ngày nên không sửa được nữa. Bạn vẫn có thể gỡ đánh giá.")


class NotPublic(Conflict):
    message = N_("Nội dung này không còn hiển thị nên không làm được việc này.")


class TooManyPhotos(Invalid):
    message = N_("Một đánh giá có tối đa 3 ảnh.")


class NoRightToUse(Invalid):
    message = N_("Vui lòng xác nhận ảnh do bạn chụp hoặc bạn có quyền dùng.")


class HasLink(Invalid):
    message = N_("Vui lòng bỏ đường dẫn ra khỏi bài viết. Đường dẫn không được đăng ở đây.")


class HasContact(Invalid):
    message = N_("Vui lòng bỏ số điện thoại và e-mail: ai cũng đọc được nội dung này.")


class TooManyQuestions(Conflict):
    message = N_("Hôm nay bạn đã hỏi nhiều rồi. Mời bạn quay lại vào ngày mai.")


class AskedAlready(Conflict):
    message = N_("Bạn đã hỏi câu này rồi. Vui lòng chờ cơ sở trả lời.")


class ReasonNeeded(Invalid):
    message = N_("Vui lòng chọn lý do.")


class NoteNeeded(Invalid):
    message = N_("Vui lòng viết rõ lý do.")


class AlreadyReported(Conflict):
    message = N_("Bạn đã báo nội dung này rồi. Cán bộ đang xem xét.")


class EnoughReports(Conflict):
    message = N_("Nội dung này đã có nhiều người báo. Cán bộ đang xem xét.")


class OwnReport(NotAllowed):
    message = N_("Bạn đã báo việc này nên cần một cán bộ khác xử lý.")


class AlreadyDecided(Conflict):
    message = N_("Việc này đã được xử lý. Vui lòng tải lại trang để xem.")


def shorten_name(name: str) -> str:
    """``Nguyễn Văn A`` as ``Nguyễn V. A.``: the family name and first letters; empty for nothing.

    A single word is most often the given name, which tells little by itself, and stays.
    """
    words = name.split()
    short = " ".join([*words[:1], *(f"{word[0]}." for word in words[1:])])
    return short[:80]


_LINK: Final = re.compile(
    r"https?:|www\.|\b[a-z0-9-]{2,}\.(?:com|net|org|vn|xyz|ly|gl|io|asia|site)(?![^\W_])"
    r"|\b(?:t|zalo|m)\.me\b",
    re.IGNORECASE,
)
"""Endings such as ``.shop`` and ``.top`` are left out: people write "ngon.Shop gói kỹ"."""
_MAIL: Final = re.compile(r"\S@[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?<!\d)(?:\+?84|0)(?:[\s.\-]?\d){8,10}(?!\d)")
_WORD: Final = re.compile(r"[^\W\d_]+")

ROUGH_WORDS: Final = frozenset(
    {"địt", "đụ", "lồn", "buồi", "cặc", "đéo", "đĩ", "cứt", "ngu", "chó", "đm", "đmm", "vcl", "clm"}
    | {"fuck", "shit", "bitch"}
)
"""Words that make a text wait for staff; compared with their marks, because ``lon`` and ``các``
are honest words. Some of them are honest here and there too: that is why it waits instead of being
refused."""


def require_no_link(text: str, field: str = "text") -> None:
    """Raises HasLink when the text leads elsewhere."""
    if _LINK.search(text):
        raise HasLink(field=field)


def require_clean(text: str, field: str = "text") -> None:
    """What buyers write: no link, no phone number, no e-mail. Raises HasLink, HasContact."""
    if _MAIL.search(text) or _PHONE.search(text):
        raise HasContact(field=field)
    require_no_link(text, field)


def first_state(text: str) -> str:
    """``held`` when a word in the text wants a look by staff first, else ``shown``."""
    words = {word.lower() for word in _WORD.findall(text)}
    return "held" if words & ROUGH_WORDS else "shown"


def may_edit(state: str, created_at: datetime, now: datetime) -> bool:
    """Whether the author may still change a review."""
    return state in {"shown", "held"} and now < created_at + EDIT_WINDOW


def average(marks: Mapping[int, int]) -> float:
    """The mean of ``marks`` (stars -> how many); 0 without any."""
    count = sum(marks.values())
    return sum(stars * number for stars, number in marks.items()) / count if count else 0.0


def require_reason(reason: str, note: str, known: Mapping[str, Any] | tuple[str, ...]) -> None:
    """Raises ReasonNeeded for a code that is not ``known``, NoteNeeded for a bare "other"."""
    if reason not in known:
        raise ReasonNeeded(field="reason")
    if reason == "other" and not note:
        raise NoteNeeded(field="note")
