"""What can be done with money: attempts, the ledger, refunds, disputes, payee accounts."""

from shop.payments.services.attempts import (
    create_attempt,
    enabled_providers,
    offered_providers,
)
from shop.payments.services.choosing import Chosen, choose_way
from shop.payments.services.disputes import record_dispute
from shop.payments.services.ledger import apply_txn, match_txn, set_aside
from shop.payments.services.owing import settle_refunds
from shop.payments.services.payees import decide_account, submit_account, withdraw_account
from shop.payments.services.provider_refunds import record_refund, refuse_refund
from shop.payments.services.receipts import confirm_receipt, left_to_pay
from shop.payments.services.refunds import (
    approve_refund,
    ask_refund,
    count_once,
    finish_refund,
    give_account,
    pay_by_hand,
    refundable_vnd,
    reject_refund,
    return_refund,
)

__all__ = [
    "Chosen",
    "apply_txn",
    "approve_refund",
    "ask_refund",
    "choose_way",
    "confirm_receipt",
    "count_once",
    "create_attempt",
    "decide_account",
    "enabled_providers",
    "finish_refund",
    "give_account",
    "left_to_pay",
    "match_txn",
    "offered_providers",
    "pay_by_hand",
    "record_dispute",
    "record_refund",
    "refundable_vnd",
    "refuse_refund",
    "reject_refund",
    "return_refund",
    "set_aside",
    "settle_refunds",
    "submit_account",
    "withdraw_account",
]
