"""The forms of returns: shape only."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import wtforms
from wtforms.validators import ValidationError

from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.returns import rules
from shop.web.forms import Form, choice, long_text, parse_whole, vnd
from shop.web.i18n import gettext as _

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
MOST_UNITS: Final = 999


class BadUnits(Invalid):
    message = N_("Số lượng phải là số nguyên từ 0 trở lên.")


class AskForm(Form):
    """What is wrong with the goods; the units stand beside it, one field a line."""

    submit_key = wtforms.HiddenField()
    reason = choice(N_("Vì sao bạn muốn trả?"), list(rules.REASONS.items()))
    text = long_text(
        N_("Hàng ra sao?"),
        minimum=rules.MIN_WORDS,
        maximum=rules.MAX_WORDS,
        description=N_("Càng rõ càng nhanh: hỏng thế nào, từ lúc nào, mấy món."),
    )
    photos = wtforms.MultipleFileField(N_("Ảnh hàng"))

    def validate_submit_key(self, field: Any) -> None:
        """What the page was sent with; a missing one means the page was not ours."""
        if not _KEY.fullmatch(field.data or ""):
            raise ValidationError(_("Trang đã mở quá lâu. Vui lòng tải lại trang."))


class WordsForm(Form):
    """Something said, with pictures where the buyer says it."""

    text = long_text(N_("Lời của bạn"), minimum=rules.MIN_WORDS, maximum=rules.MAX_WORDS)
    photos = wtforms.MultipleFileField(N_("Ảnh hàng"))


class DecideForm(Form):
    """The producer's or staff's answer: the sum, and words for the buyer."""

    refund = vnd(N_("Số tiền hoàn"), is_required=False, minimum=1, maximum=MAX_VND)
    text = long_text(N_("Lời nhắn cho người mua"), is_required=False, maximum=rules.MAX_WORDS)


class RefuseForm(Form):
    """Why not."""

    refusal = choice(N_("Lý do từ chối"), list(rules.REFUSALS.items()))
    text = long_text(
        N_("Giải thích cho người mua"), minimum=rules.MIN_WORDS, maximum=rules.MAX_WORDS
    )


def read_units(posted: Mapping[str, str], prefix: str, line_ids: Iterable[int]) -> dict[int, int]:
    """Fields ``<prefix>_<line id>`` as whole numbers; empty is none. Raises BadUnits."""
    units = {}
    for line_id in line_ids:
        name = f"{prefix}_{line_id}"
        typed = posted.get(name, "").strip()
        found = parse_whole(typed[:20]) if typed else 0
        if found is None or found > MOST_UNITS:
            raise BadUnits(field=name)
        units[line_id] = found
    return units
