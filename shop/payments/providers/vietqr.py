"""Bank transfer by VietQR, straight to the producer's own account: the shop never holds it."""

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
from shop.payments.transfer_qr import Transfer, encode


def _start(_config: PaymentConfig, _order: OrderView, attempt: AttemptView) -> Instruction:
    if not (attempt.account_bin and attempt.account_number and attempt.memo_code):
        raise ProviderRefused
    payload = encode(
        Transfer(
            bank_bin=attempt.account_bin,
            account=attempt.account_number,
            amount_vnd=attempt.amount_vnd,
            purpose=attempt.memo_code,
        )
    )
    return Instruction(kind="qr", qr_payload=payload, expires_at=attempt.expires_at)


PROVIDER = Provider(
    slug="vietqr",
    label=N_("Chuyển khoản (quét mã VietQR)"),
    hint=N_("Quét mã bằng ứng dụng ngân hàng; tiền vào thẳng tài khoản người bán."),
    capabilities=Capabilities(qr=True, by_hand=True, needs_payee_account=True),
    hold=lambda config: config.transfer_hold,
    start=_start,
    order=20,
)
