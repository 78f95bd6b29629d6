"""The forms of reviews, questions, moderation and reports: shape only."""

import re
from typing import Any, Final

import wtforms
from wtforms.validators import ValidationError

from shop.core.db import MAX_ID
from shop.core.errors import DomainError
from shop.core.text import N_
from shop.reviews import rules
from shop.reviews.services import Decision, ReportDraft
from shop.web.forms import Form, choice, is_email, long_text, phone_digits, text, tick
from shop.web.i18n import gettext, say

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_CHOOSE: Final = ("", N_("Chọn…"))

STAR_WORDS: Final = {
    "5": N_("Rất hài lòng"),
    "4": N_("Hài lòng"),
    "3": N_("Bình thường"),
    "2": N_("Không hài lòng"),
    "1": N_("Rất tệ"),
}


class _Keyed(Form):
    """A form that makes something: the same page sent twice makes it once."""

    submit_key = wtforms.HiddenField()

    def validate_submit_key(self, field: Any) -> None:
        """What the page was sent with; a missing one means the page was not ours."""
        if not _KEY.fullmatch(field.data or ""):
            raise ValidationError(gettext(N_("Trang đã mở quá lâu. Vui lòng tải lại trang.")))


def _refuse(check: Any, said: str) -> None:
    """Put a rule's refusal beside the field."""
    try:
        check(said)
    except DomainError as refusal:
        raise ValidationError(say(refusal)) from None


class ReviewForm(_Keyed):
    """Stars, words, pictures."""

    rating = wtforms.StringField(N_("Bạn cho mấy sao?"))
    text = long_text(
        N_("Cảm nhận của bạn"),
        is_required=False,
        maximum=rules.MAX_TEXT,
        description=N_("Hương vị, đóng gói, giao hàng… Xin đừng ghi số điện thoại hay đường dẫn."),
    )
    photos = wtforms.MultipleFileField(N_("Ảnh thật của bạn"))
    has_right_to_use = tick(N_("Ảnh do tôi chụp hoặc tôi có quyền dùng"))

    def validate_rating(self, field: Any) -> None:
        """One of five, drawn by the template as radio buttons."""
        if field.data not in STAR_WORDS:
            raise ValidationError(gettext(N_("Vui lòng chọn số sao.")))

    def validate_text(self, field: Any) -> None:
        """No link, number or address in public words."""
        _refuse(rules.require_clean, field.data or "")


class AskForm(_Keyed):
    """A question."""

    text = long_text(
        N_("Câu hỏi của bạn"),
        minimum=rules.MIN_QUESTION,
        maximum=rules.MAX_QUESTION,
        description=N_("Cơ sở sẽ trả lời ở đây. Ai cũng đọc được, xin đừng ghi số điện thoại."),
    )

    def validate_text(self, field: Any) -> None:
        """No link, number or address in public words."""
        _refuse(rules.require_clean, field.data or "")


class ReplyForm(Form):
    """The producer's word on a review or question."""

    text = long_text(N_("Lời đáp của cơ sở"), minimum=2, maximum=rules.MAX_REPLY)

    def validate_text(self, field: Any) -> None:
        """Links lead buyers away."""
        _refuse(rules.require_no_link, field.data or "")


class ModerationForm(Form):
    """What staff do with a review or question."""

    decision = choice(
        N_("Quyết định"),
        [("hide", N_("Ẩn")), ("show", N_("Cho hiện")), ("hide_reply", N_("Ẩn lời đáp"))],
    )
    reason = choice(N_("Lý do có sẵn"), [_CHOOSE, *rules.HIDE_REASONS.items()], is_required=False)
    note = long_text(N_("Lý do, lời nhắn"), is_required=False, maximum=1000)


class ReportForm(_Keyed):
    """A violation report; the reasons fit the kind of thing."""

    reason = choice(N_("Vi phạm gì?"))
    note = long_text(
        N_("Bạn thấy điều gì?"),
        is_required=False,
        maximum=2000,
        description=N_("Càng cụ thể càng dễ kiểm tra: số lô, ngày mua, câu chữ trên trang…"),
    )
    contact = text(
        N_("Điện thoại hoặc e-mail để cán bộ hỏi thêm"),
        is_required=False,
        maximum=200,
        description=N_("Chỉ cán bộ xử lý nhìn thấy. Cơ sở không biết ai đã báo."),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = rules.REPORT_REASONS
        self.reason.choices = [_CHOOSE, *((code, labels[code]) for code in rules.REASONS_OF[kind])]

    def draft(self) -> ReportDraft:
        """What the service takes; call it on a valid form."""
        return ReportDraft(
            reason=self.reason.data,
            text=self.note.data or "",
            contact=_reachable(self.contact.data or ""),
        )


def _reachable(typed: str) -> str:
    """An e-mail in lower case, a phone as ten digits, or what was typed."""
    return typed.lower() if is_email(typed) else phone_digits(typed) or typed


class DecisionForm(Form):
    """How staff settle a case."""

    decision = choice(
        N_("Quyết định"), [("upheld", N_("Có vi phạm")), ("dismissed", N_("Không vi phạm"))]
    )
    hide_reason = choice(
        N_("Ẩn nội dung bị báo với lý do"),
        [("", N_("Không ẩn")), *rules.HIDE_REASONS.items()],
        is_required=False,
    )
    note = long_text(N_("Kết luận, gửi cho người báo"), maximum=1000)

    def settled(self) -> Decision:
        """What the service takes; call it on a valid form."""
        return Decision(
            is_upheld=self.decision.data == "upheld",
            note=self.note.data,
            hide_reason=self.hide_reason.data or "",
        )


def asked_number(raw: str | None) -> int:
    """A row id in an address (``so``); 0 for anything else."""
    if raw is None or not raw.isascii() or not raw.isdigit() or len(raw) > 10:
        return 0
    return int(raw) if int(raw) <= MAX_ID else 0


def kept_shas(raws: list[str]) -> list[str]:
    """Digests of pictures among what was posted."""
    return [raw for raw in raws[: rules.MAX_PHOTOS] if _SHA.fullmatch(raw)]
