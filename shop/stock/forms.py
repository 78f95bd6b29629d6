"""Forms about stock: shape only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms.validators import ValidationError

from shop.core.errors import Invalid
from shop.core.text import N_
from shop.stock import rules
from shop.stock.rules import Count
from shop.stock.slots import SALES_CHANNELS
from shop.web.forms import Form, choice, parse_whole, text, whole
from shop.web.i18n import gettext as _


class BadCount(Invalid):
    message = N_("Số đếm phải là số nguyên từ 0 đến 1.000.000. Chưa lưu dòng nào.")


def channel_labels() -> dict[str, str]:
    """Slug -> label (msgid) of the channels units may be kept for, the shop itself first."""
    return {rules.SHOP: N_("Chợ Phiên (gian hàng này)"), **dict(SALES_CHANNELS.collect())}


class _ChannelForm(Form):
    def validate_channel(self, field: Any) -> None:
        """One of those that are plugged in."""
        if field.data not in channel_labels():
            raise ValidationError(_("Không có kênh này. Vui lòng chọn trong danh sách."))


class KeepForm(_ChannelForm):
    """From now on so many are kept for the channel."""

    channel = text(N_("Kênh"), maximum=40)
    units = whole(N_("Giữ riêng bao nhiêu"), minimum=0, maximum=rules.MAX_QUANTITY)


class SoldForm(_ChannelForm):
    channel = text(N_("Kênh"), maximum=40)
    units = whole(N_("Đã bán bao nhiêu"), minimum=1, maximum=rules.MAX_QUANTITY)
    submit_key = text(minimum=16, maximum=64, label="")


class ReceiveForm(Form):
    quantity = whole(N_("Số lượng nhập thêm"), minimum=1, maximum=rules.MAX_QUANTITY)
    submit_key = text(minimum=16, maximum=64, label="")


class CountForm(Form):
    """A stock-take; ``lot`` is filled with the variant's lots by the route."""

    lot = choice(N_("Đếm hàng của"))
    counted = whole(N_("Số đếm được"), minimum=0, maximum=rules.MAX_QUANTITY)
    reason = choice(
        N_("Vì sao khác sổ"), [(slug, rules.REASONS[slug]) for slug in rules.TYPED_REASONS]
    )
    submit_key = text(minimum=16, maximum=64, label="")


class TakeForm(Form):
    """Which goods the sheet is of: ``p<producer>`` everything, ``s<product>`` one product."""

    goods = choice(N_("Kiểm kê gì"))
    submit_key = text(minimum=16, maximum=64, label="")

    def offer(self, products: Sequence[tuple[int, int, str]]) -> None:
        """Fill in what may be chosen: (product, its producer, name)."""
        whole = [(f"p{one}", _("Tất cả mặt hàng")) for one in dict.fromkeys(p[1] for p in products)]
        self.goods.choices = whole + [(f"s{one}", name) for one, _producer, name in products]

    def meant(
        self, products: Sequence[tuple[int, int, str]], producers: Iterable[int]
    ) -> tuple[int | None, int]:
        """(product or None, producer) as chosen; judged again against what is the actor's now."""
        kind, number = self.goods.data[:1], int(self.goods.data[1:])
        if kind == "p" and number in producers:
            return None, number
        for product_id, producer_id, _name in products:
            if kind == "s" and product_id == number:
                return product_id, producer_id
        raise Invalid(field="goods")


def read_counts(posted: Mapping[str, str], line_ids: Iterable[int]) -> list[Count]:
    """What was changed on this page: ``dem_<line>`` differs from ``cu_<line>``, or the reason does.

    A field left as it was says nothing, so that two people with the same sheet open do not undo
    each other; an emptied field takes the figure off again. Raises BadCount.
    """
    found = []
    for line_id in line_ids:
        name = f"dem_{line_id}"
        if name not in posted:
            continue
        typed, before = posted[name].strip()[:40], posted.get(f"cu_{line_id}", "").strip()
        reason = posted.get(f"ly_do_{line_id}", rules.COUNT)[:40]
        is_same = reason == posted.get(f"ly_do_cu_{line_id}", rules.COUNT)
        if typed == before and (is_same or not typed):
            continue
        counted = parse_whole(typed) if typed else None
        if typed and (counted is None or counted > rules.MAX_QUANTITY):
            raise BadCount(field=name)
        if reason not in rules.TYPED_REASONS:
            raise Invalid(field=f"ly_do_{line_id}")
        found.append(Count(line_id, counted, reason))
    return found
