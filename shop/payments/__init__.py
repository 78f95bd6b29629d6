"""Attempts, the ledger, webhook intake, the desk for money that fits no order."""
