"""What breaks each invariant of orders: name -> statements; see tests/breaks."""

BREAKS = {
    "orders.total_is_lines_plus_delivery": ("UPDATE order_line SET line_total_vnd = 1",),
    "orders.has_lines": ("DELETE FROM order_line",),
    "orders.ended_holds_nothing": ("UPDATE shop_order SET state = 'expired'",),
    "orders.living_holds_its_goods": ("UPDATE stock_reservation SET state = 'released'",),
    "orders.goods_to_come_hold_nothing": ("UPDATE shop_order SET awaits_goods = true",),
    "orders.packed_at_most_once": ("UPDATE shipment_line SET quantity = quantity + 1",),
    "orders.less_is_due_for_what_is_cut": ("UPDATE shop_order SET cut_vnd = 1",),
    "orders.only_what_came_back_is_cut_as_such": (
        "INSERT INTO order_cut (id, order_line_id, units, amount_vnd, reason) "
        "SELECT 99999, MIN(id), 1, 0, 'came_back' FROM order_line",
    ),
    "orders.parcel_is_of_its_order": ("UPDATE shipment SET order_id = {order}",),
    "orders.parcel_back_is_accounted_for": ("UPDATE shipment SET state = 'returned'",),
    "orders.what_came_back_is_in_the_ledger": (
        "UPDATE shipment SET state = 'returned'",
        "UPDATE shipment_line SET restocked = quantity",
    ),
    "orders.what_was_written_off_is_in_the_ledger": (
        "UPDATE shipment_line SET written_off = quantity",
    ),
    "orders.confirmed_by_call_is_confirmed": (
        "INSERT INTO order_call (id, order_id, outcome) VALUES (1, {order}, 'confirmed')",
    ),
    "orders.begins_with_its_timeline": ("DELETE FROM order_event WHERE kind = 'placed'",),
    "orders.ended_says_why": ("UPDATE shop_order SET end_reason = ''",),
    "orders.state_is_the_last_step_told": ("UPDATE shop_order SET state = 'completed'",),
    "orders.steps_follow_the_table": (
        "INSERT INTO order_event (id, order_id, kind) VALUES (99999, {order}, 'reinstated')",
    ),
    "orders.total_is_what_was_agreed": ("UPDATE shop_order SET total_vnd = total_vnd + 1",),
    "orders.fulfilment_is_derived": ("UPDATE shop_order SET fulfilment_state = 'failed_delivery'",),
    "orders.packed_units_left_the_shelf": ("UPDATE shipment_line SET quantity = quantity + 1",),
    "orders.line_is_of_its_producer": ("UPDATE order_line SET product_id = 9999",),
    "orders.held_units_have_their_line": ("DELETE FROM order_line",),
    "orders.live_price_counts_its_lines": (
        "INSERT INTO price_window (id, variant_id, sold) VALUES (1, 1, 3)",
    ),
    "orders.cancelled_is_audited": ("DELETE FROM audit_entry",),
    "orders.states_say_when": ("UPDATE shop_order SET confirmed_at = NULL",),
}
