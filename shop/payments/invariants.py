"""What must always hold about money: each query gives the rows that break it, so none.

Numbers are those of the domain's list: 4 conservation and derived states, 5 replays and refusals,
6 one payment per key.
"""

_OWNED = """
    SELECT COALESCE(t.order_id, m.order_id) AS order_id, t.kind, t.amount_vnd
    FROM payment_txn t LEFT JOIN payment_match m ON m.txn_row_id = t.id
    WHERE t.currency = 'VND' AND COALESCE(t.order_id, m.order_id) IS NOT NULL
"""

_MONEY = f"""
    SELECT o.id AS order_id, o.code, o.state, o.payment_state, o.total_vnd - o.cut_vnd AS due_vnd,
        COALESCE(SUM(CASE WHEN f.kind = 'charge' THEN f.amount_vnd END), 0) AS charged,
        COALESCE(SUM(CASE f.kind WHEN 'refund' THEN f.amount_vnd
            WHEN 'refund_failed' THEN -f.amount_vnd WHEN 'chargeback' THEN f.amount_vnd
            WHEN 'chargeback_reversed' THEN -f.amount_vnd END), 0) AS refunded
    FROM shop_order o LEFT JOIN ({_OWNED}) f ON f.order_id = o.id
    GROUP BY o.id, o.code, o.state, o.payment_state, o.total_vnd, o.cut_vnd
"""  # noqa: S608 - our own constants

_GRANTED = (
    "(SELECT COALESCE(SUM(g.amount_vnd), 0) FROM refund g WHERE g.order_id = o.order_id "
    "AND g.kind = 'granted' AND g.state IN ('requested','approved','sent','done'))"
)
_CLAIM = (
    "CASE WHEN o.state IN ('awaiting_payment','awaiting_confirmation','confirmed','completed') "
    f"AND o.due_vnd > {_GRANTED} THEN o.due_vnd - {_GRANTED} ELSE 0 END"
)
_OPEN_DISPUTE = (
    "EXISTS (SELECT 1 FROM payment_dispute d WHERE d.order_id = o.order_id AND d.state = 'open')"
)

INVARIANTS = {
    # 4. Σ money in = Σ matched + Σ unmatched: no fact belongs to an order twice.
    "payments_matched_twice": """
        SELECT t.id FROM payment_txn t JOIN payment_match m ON m.txn_row_id = t.id
        WHERE t.order_id IS NOT NULL OR t.kind <> 'charge' OR t.currency <> 'VND'
    """,
    "payments_set_aside_of_an_order": """
        SELECT a.txn_row_id FROM payment_set_aside a JOIN payment_txn t ON t.id = a.txn_row_id
        WHERE t.order_id IS NOT NULL OR t.kind <> 'charge'
            OR (a.reason = 'same_transfer') <> (a.same_as_id IS NOT NULL)
    """,
    "payments_refunds_exceed_charges": f"""
        SELECT o.code FROM ({_MONEY}) o WHERE o.refunded > o.charged OR o.refunded < 0
    """,  # noqa: S608
    "payments_state_is_derived": f"""
        SELECT o.code, o.payment_state FROM ({_MONEY}) o
        WHERE o.payment_state <> CASE WHEN {_OPEN_DISPUTE} THEN 'disputed'
            WHEN o.refunded > 0 AND o.charged - o.refunded < o.due_vnd
                THEN CASE WHEN o.charged > o.refunded THEN 'partly_refunded' ELSE 'refunded' END
            WHEN o.charged - o.refunded > o.due_vnd THEN 'overpaid'
            WHEN o.charged - o.refunded = o.due_vnd THEN 'paid'
            WHEN o.charged > o.refunded THEN 'partial'
            ELSE 'unpaid' END
    """,  # noqa: S608
    "payments_received_is_derived": f"""
        SELECT o.code FROM ({_MONEY}) o JOIN shop_order s ON s.id = o.order_id
        WHERE s.received_vnd <> o.charged - o.refunded
    """,  # noqa: S608
    # Late and excess money ends in an order or in a refund task, never nowhere.
    "payments_owed_money_has_a_task": f"""
        SELECT o.code FROM ({_MONEY}) o
        WHERE o.charged - o.refunded - {_CLAIM} > (
            SELECT COALESCE(SUM(r.amount_vnd), 0) FROM refund r
            WHERE r.order_id = o.order_id AND r.state IN ('requested','approved','sent'))
    """,  # noqa: S608
    "payments_done_refund_is_in_ledger": """
        SELECT r.id FROM refund r WHERE r.state = 'done' AND NOT EXISTS (
            SELECT 1 FROM payment_txn t WHERE t.order_id = r.order_id AND t.kind = 'refund')
    """,
    # Refunds on their way never promise more than the order still holds.
    "payments_refunds_promised_twice": f"""
        SELECT o.code FROM ({_MONEY}) o
        WHERE o.charged - o.refunded < (
            SELECT COALESCE(SUM(r.amount_vnd), 0) FROM refund r
            WHERE r.order_id = o.order_id AND r.state IN ('requested','approved','sent'))
            AND NOT {_OPEN_DISPUTE}
    """,  # noqa: S608
    "payments_refunds_exceed_their_charge": """
        SELECT t.id FROM payment_txn t JOIN refund r ON r.txn_row_id = t.id
        WHERE r.state IN ('requested','approved','sent','done')
        GROUP BY t.id, t.amount_vnd HAVING SUM(r.amount_vnd) > t.amount_vnd
    """,
    # Money that fits no order must be seen on the desk, which reads these words.
    "payments_fact_without_words": """
        SELECT t.id FROM payment_txn t LEFT JOIN payment_txn_detail d ON d.txn_row_id = t.id
        WHERE d.txn_row_id IS NULL OR (t.order_id IS NULL AND d.reason = '')
    """,
    "payments_objected_money_in_order": """
        SELECT t.id FROM payment_txn t JOIN payment_txn_detail d ON d.txn_row_id = t.id
        WHERE t.order_id IS NOT NULL AND d.reason <> ''
    """,
    # 5. A wrong amount, currency or account belongs to no order by itself.
    "payments_foreign_money_in_order": """
        SELECT t.id FROM payment_txn t WHERE t.order_id IS NOT NULL AND t.currency <> 'VND'
    """,
    "payments_attempt_of_other_order": """
        SELECT t.id FROM payment_txn t JOIN payment_attempt a ON a.id = t.attempt_id
        WHERE t.order_id IS NOT NULL AND t.order_id <> a.order_id
    """,
    "payments_inexact_card_charge": """
        SELECT t.id FROM payment_txn t JOIN payment_attempt a ON a.id = t.attempt_id
        WHERE t.order_id IS NOT NULL AND t.kind = 'charge' AND a.provider = 'stripe'
            AND t.amount_vnd <> a.amount_vnd
    """,
    "payments_refused_event_took_a_real_key": """
        SELECT e.id FROM webhook_event e
        WHERE (e.outcome IN ('bad_signature','malformed')) <> (e.event_key LIKE 'refused:%')
    """,
    # 6. One attempt an order and provider; one key, one payment.
    "payments_two_attempts": """
        SELECT order_id, provider FROM payment_attempt
        GROUP BY order_id, provider HAVING COUNT(*) > 1
    """,
    "payments_succeeded_without_money": """
        SELECT a.id FROM payment_attempt a WHERE a.state = 'succeeded' AND NOT EXISTS (
            SELECT 1 FROM payment_txn t WHERE t.attempt_id = a.id AND t.kind = 'charge')
    """,
    # Payees: who submitted never approved; a change waited.
    "payments_payee_approved_by_submitter": """
        SELECT id FROM payee_account WHERE state = 'active'
            AND (verified_by IS NULL OR verified_by = submitted_by OR effective_at IS NULL)
    """,
}
