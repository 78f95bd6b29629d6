"""What breaks each invariant of checkout: name -> statements; see tests/breaks."""

BREAKS = {
    "checkout.voucher_uses_are_redemptions": ("UPDATE voucher SET used = used + 1",),
    "checkout.ended_orders_use_no_voucher": ("UPDATE shop_order SET state = 'cancelled'",),
    "checkout.one_order_per_producer_and_group": (
        "UPDATE shop_order SET group_id = 1, producer_id = 1",
    ),
    "checkout.group_has_orders": ("INSERT INTO checkout_group (id) VALUES (99999)",),
    "checkout.group_is_of_its_buyer": ("UPDATE checkout_group SET buyer_id = 9999",),
    "checkout.discount_has_its_voucher": (
        "DELETE FROM voucher_redemption",
        "UPDATE shop_order SET discount_vnd = 1",
    ),
    "checkout.voucher_is_of_its_producer": ("UPDATE voucher SET producer_id = 9999",),
}
