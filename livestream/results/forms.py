"""Shapes of what people type about results and money."""

import re
from collections.abc import Mapping, Sequence

import wtforms

from livestream.results.rules.columns import MOST_UNITS
from livestream.results.rules.settling import MOST_FEE_BP, SIDE_LABELS
from livestream.results.services import Figures, ItemFigures
from shop.core.db import MAX_ID
from shop.core.errors import Invalid
from shop.core.money import MAX_VND
from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form, parse_whole
from shop.web.i18n import gettext

_SIDES = tuple(SIDE_LABELS.items())
_BOUNDS = {"gross": MAX_VND, "platform": MAX_VND}
_COLUMNS = ("clicks", "orders", "units", "returned", "gross", "platform", "charged")


class BadFigure(Invalid):
    message = N_("Vui lòng nhập một số nguyên, ví dụ: 125.000.")


class FiguresForm(Form):
    """A session's own figures; empty means not known. Items: ``units_<item id>`` and the like."""

    viewers = forms.whole(N_("Lượt xem"), is_required=False, maximum=MAX_ID)
    peak_viewers = forms.whole(N_("Đông nhất cùng lúc"), is_required=False, maximum=MAX_ID)
    watch_seconds = forms.whole(N_("Xem trung bình (giây)"), is_required=False, maximum=24 * 3600)
    comments = forms.whole(N_("Bình luận"), is_required=False, maximum=MAX_ID)
    note = forms.long_text(N_("Ghi chú"), is_required=False, maximum=1000)
    version = forms.whole("", is_required=False, maximum=MAX_ID)

    def figures(self) -> Figures:
        """What was typed about the session."""
        return Figures(
            self.viewers.data,
            self.peak_viewers.data,
            self.watch_seconds.data,
            self.comments.data,
            self.note.data or "",
        )


def item_figures(posted: Mapping[str, str], item_ids: list[int]) -> dict[int, ItemFigures]:
    """What was typed of each item. Raises BadFigure with the field's name."""
    return {
        item_id: ItemFigures(*(_figure(posted, name, item_id) for name in _COLUMNS))
        for item_id in item_ids
    }


def _figure(posted: Mapping[str, str], name: str, item_id: int) -> int | None:
    field = f"{name}_{item_id}"
    typed = str(posted.get(field, ""))[:100].strip()
    if not typed:
        return None
    number = parse_whole(typed)
    if number is None or number > _BOUNDS.get(name, MOST_UNITS):
        raise BadFigure(field=field)
    return number


class CloseForm(Form):
    """Settling the session."""

    takes_stock = forms.tick(N_("Trừ kho số đã bán trên kênh"))
    version = forms.whole("", is_required=False, maximum=MAX_ID)


class FileForm(Form):
    """A platform's file; ``channel`` is asked for in a session on several."""

    sheet = wtforms.FileField(N_("Tệp .xlsx hoặc .csv"))
    channel = forms.name_choice(N_("Kênh của tệp"))

    def offer(self, channels: Sequence[tuple[str, str]]) -> "FileForm":
        """Ask for one of these (id, name); nothing to ask for when there is one only."""
        if len(channels) > 1:
            self.channel.choices = [("", gettext("Chọn kênh")), *channels]
        else:
            del self.channel
        return self

    @property
    def channel_id(self) -> int | None:
        """The channel chosen on a valid form."""
        return int(self.channel.data) if "channel" in self else None


def chosen_items(posted: Mapping[str, str]) -> dict[int, int]:
    """Row number -> item id, for rows a person matched by hand; 0 leaves a row out.

    Raises Invalid for a choice that cannot be read: the row would else count by the guess that
    the person had just changed. A sheet has at most 1,048,576 rows, seven digits.
    """
    found = {}
    for name, value in posted.items():
        if not name.startswith("row_"):
            continue
        row = re.fullmatch(r"row_([0-9]{1,7})", name, re.ASCII)
        if row is None or not re.fullmatch(r"[0-9]{1,18}", value, re.ASCII):
            raise Invalid
        found[int(row[1])] = int(value)
    return found


class TermsForm(Form):
    """Who sells, who gets the money, at which price."""

    seller = forms.choice(N_("Bán bằng gian hàng của"), _SIDES)
    money_to = forms.choice(N_("Tiền về"), _SIDES)
    platform_by = forms.choice(N_("Phí sàn do ai chịu"), _SIDES)
    price_vnd = forms.vnd(N_("Giá trả người sản xuất, mỗi sản phẩm"))
    fee_percent = forms.text(N_("Câu lạc bộ giữ lại (%)"), is_required=False, maximum=6)

    @property
    def fee_bp(self) -> int:
        """The share in basis points; ``2,5`` is 250. Raises Invalid (field ``fee_percent``)."""
        return read_percent(self.fee_percent.data or "0")


def read_percent(typed: str) -> int:
    """``2,5`` as 250 basis points. Raises Invalid (field ``fee_percent``)."""
    found = re.fullmatch(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))?\s*%?", typed.strip())
    if found is None:
        raise Invalid(field="fee_percent")
    share = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    if share > MOST_FEE_BP:
        raise Invalid(field="fee_percent")
    return share


class FeeForm(Form):
    """What the club keeps unless an item says otherwise."""

    fee_percent = forms.text(N_("Câu lạc bộ giữ lại (%)"), maximum=6)


class NoteForm(Form):
    """A note of goods; lines are ``units_<item id>``."""

    producer_id = forms.row_id()
    kind = forms.choice(
        N_("Loại phiếu"),
        (
            ("given", N_("Giao cho câu lạc bộ")),
            ("returned", N_("Trả về người sản xuất")),
        ),
    )
    remark = forms.text(N_("Ghi chú"), is_required=False, maximum=300)
    submit_key = forms.text("", minimum=8, maximum=64)


class AnswerForm(Form):
    """Yes, or no with a reason."""

    answer = forms.choice("", (("yes", ""), ("no", ""), ("withdraw", "")))
    reason = forms.text(N_("Lý do"), is_required=False, maximum=300)


class DisputeForm(Form):
    """What is wrong with a statement."""

    reason = forms.text(N_("Điểm chưa đúng"), is_required=False, maximum=500)


class PaymentForm(Form):
    """Money that was sent."""

    amount_vnd = forms.vnd(N_("Số tiền"), minimum=1)
    paid_on = forms.day(N_("Ngày chuyển"))
    reference = forms.text(N_("Mã giao dịch"), is_required=False, maximum=80)
    proof = wtforms.FileField(N_("Chứng từ"))
    submit_key = forms.text("", minimum=8, maximum=64)
