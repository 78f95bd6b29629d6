"""What bank statements tell: transfers paid by VietQR, brought by a person's file.

Only the ledger's name for that source. Nobody pays by it, and nobody is asked: ``shop.statements``
reads the files.
"""

from shop.core.text import N_
from shop.payments.provider import (
    AttemptView,
    Capabilities,
    Instruction,
    OrderView,
    PaymentConfig,
    Provider,
    ProviderRefused,
)


def _start(_config: PaymentConfig, _order: OrderView, _attempt: AttemptView) -> Instruction:
    raise ProviderRefused


PROVIDER = Provider(
    slug="statement",
    label=N_("Sao kê ngân hàng"),
    hint=N_("Tiền chuyển khoản đọc từ tệp sao kê; không phải cách trả tiền."),
    capabilities=Capabilities(feed=True),
    hold=lambda config: config.transfer_hold,
    start=_start,
    is_on=lambda _config: False,
    order=91,
)
