"""What can be done with money: attempts, the ledger, receipts, refunds, payee accounts."""

from shop.payments.services.attempts import (
    create_attempt,
    enabled_providers,
    offered_providers,
)
from shop.payments.services.ledger import apply_txn, match_txn, settle_refunds
from shop.payments.services.payees import decide_account, submit_account, withdraw_account
from shop.payments.services.receipts import confirm_receipt, finish_refund, left_to_pay

__all__ = [
    "apply_txn",
    "confirm_receipt",
    "create_attempt",
    "decide_account",
    "enabled_providers",
    "finish_refund",
    "left_to_pay",
    "match_txn",
    "offered_providers",
    "settle_refunds",
    "submit_account",
    "withdraw_account",
]
