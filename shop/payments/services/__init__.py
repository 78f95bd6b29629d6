"""What can be done with money: attempts, the ledger, receipts, refunds, payee accounts."""

from shop.payments.services.attempts import create_attempt, enabled_providers
from shop.payments.services.ledger import apply_txn, match_txn, settle_refunds

__all__ = ["apply_txn", "create_attempt", "enabled_providers", "match_txn", "settle_refunds"]
