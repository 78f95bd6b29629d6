"""What must always hold of checkouts: each query returns no row."""

INVARIANTS = {
    "checkout.voucher_uses_are_redemptions": """
        SELECT v.id FROM voucher v
        LEFT JOIN (
            SELECT voucher_id, COUNT(*) AS uses FROM voucher_redemption
            WHERE released_at IS NULL GROUP BY voucher_id
        ) r ON r.voucher_id = v.id
        WHERE v.used <> COALESCE(r.uses, 0) OR v.used > COALESCE(v.max_uses, v.used)
    """,
    "checkout.ended_orders_use_no_voucher": """
        SELECT r.id FROM voucher_redemption r
        JOIN shop_order o ON o.id = r.order_id
        WHERE o.state IN ('cancelled', 'expired') AND r.released_at IS NULL
    """,
    "checkout.one_order_per_producer_and_group": """
        SELECT group_id, producer_id FROM shop_order
        GROUP BY group_id, producer_id HAVING COUNT(*) > 1
    """,
    "checkout.group_has_orders": """
        SELECT g.id FROM checkout_group g
        WHERE NOT EXISTS (SELECT 1 FROM shop_order o WHERE o.group_id = g.id)
    """,
    "checkout.group_is_of_its_buyer": """
        SELECT o.id FROM shop_order o JOIN checkout_group g ON g.id = o.group_id
        WHERE COALESCE(o.buyer_id, 0) <> COALESCE(g.buyer_id, 0)
    """,
    "checkout.discount_has_its_voucher": """
        SELECT o.id FROM shop_order o
        WHERE o.discount_vnd > 0 AND NOT EXISTS (
            SELECT 1 FROM voucher_redemption r WHERE r.order_id = o.id)
    """,
    "checkout.voucher_is_of_its_producer": """
        SELECT r.id FROM voucher_redemption r
        JOIN voucher v ON v.id = r.voucher_id
        JOIN shop_order o ON o.id = r.order_id
        WHERE v.producer_id IS NOT NULL AND v.producer_id <> o.producer_id
    """,
}
