"""Cash on delivery: the carrier or the producer takes the money with the parcel."""

from shop.core.text import N_
from shop.payments.provider import (
    AttemptView,
    Capabilities,
    Instruction,
    OrderView,
    PaymentConfig,
    Provider,
)


def _start(_config: PaymentConfig, _order: OrderView, _attempt: AttemptView) -> Instruction:
    """True from the first day to the last; that the seller calls is said while they have not."""
    return Instruction(kind="text", text=N_("Bạn trả tiền mặt cho người giao khi nhận hàng."))


PROVIDER = Provider(
    slug="cod",
    label=N_("Trả tiền khi nhận hàng"),
    hint=N_("Trả tiền mặt cho người giao."),
    capabilities=Capabilities(by_hand=True, on_delivery=True),
    hold=lambda config: config.cod_confirm,
    start=_start,
    order=10,
)
