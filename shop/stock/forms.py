"""Forms about stock: shape only."""

from shop.core.text import N_
from shop.stock import rules
from shop.web.forms import Form, choice, text, whole


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
