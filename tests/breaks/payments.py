"""What breaks each invariant of payments: name -> statements; see tests/breaks."""

_TXN = (
    "INSERT INTO payment_txn (id, provider, txn_id, kind, amount_vnd, currency, order_id, "
    "attempt_id) VALUES ({id}, '{provider}', 't', '{kind}', {amount}, '{currency}', {order}, "
    "{attempt})"
)


def _txn(**over: object) -> str:
    """A fact of 95,000 đồng that lies outside the services."""
    values: dict[str, object] = {
        "id": 901,
        "provider": "vietqr",
        "kind": "charge",
        "amount": 95_000,
        "currency": "VND",
        "order": "{order}",
        "attempt": "{attempt}",
    }
    return _TXN.format(**(values | over))


BREAKS = {
    "payments_matched_twice": (
        _txn(),
        "INSERT INTO payment_match (txn_row_id, order_id) VALUES (901, {order})",
    ),
    "payments_refunds_exceed_charges": (_txn(kind="refund"),),
    "payments_state_is_derived": ("UPDATE shop_order SET payment_state = 'partial'",),
    "payments_received_is_derived": ("UPDATE shop_order SET received_vnd = 1",),
    "payments_owed_money_has_a_task": (_txn(), "UPDATE shop_order SET state = 'expired'"),
    "payments_refunds_promised_twice": (
        "INSERT INTO refund (id, order_id, amount_vnd, state) VALUES (1, {order}, 5, 'requested')",
    ),
    "payments_refunds_exceed_their_charge": (
        _txn(),
        "INSERT INTO refund (id, txn_row_id, amount_vnd, state) VALUES (1, 901, 95001, 'done')",
    ),
    "payments_fact_without_words": (_txn(),),
    "payments_objected_money_in_order": ("UPDATE payment_txn_detail SET reason = 'wrong_account'",),
    "payments_done_refund_is_in_ledger": (
        "INSERT INTO refund (id, order_id, amount_vnd, state) VALUES (1, {order}, 5, 'done')",
    ),
    "payments_set_aside_of_an_order": (
        "INSERT INTO payment_set_aside (txn_row_id, reason, same_as_id) "
        "SELECT id, 'same_transfer', NULL FROM payment_txn",
    ),
    "payments_foreign_money_in_order": (_txn(currency="USD"),),
    "payments_attempt_of_other_order": (_txn(order="{other}"),),
    "payments_inexact_card_charge": (
        "UPDATE payment_attempt SET provider = 'stripe'",
        _txn(amount=94_000),
    ),
    "payments_refused_event_took_a_real_key": (
        "INSERT INTO webhook_event (id, event_key, outcome) VALUES (1, 'evt_1', 'bad_signature')",
    ),
    "payments_two_attempts": ("UPDATE payment_attempt SET order_id = {order}",),
    "payments_succeeded_without_money": (
        "UPDATE payment_attempt SET state = 'succeeded' WHERE id = {attempt}",
    ),
    "payments_payee_approved_by_submitter": (
        "UPDATE payee_account SET verified_by = submitted_by",
    ),
}
