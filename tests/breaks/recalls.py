"""What breaks each invariant of recalls: name -> statements; see tests/breaks."""

BREAKS = {
    "recalls.lots_stay_recalled": ("INSERT INTO recall_lot (lot_id, recall_id) VALUES ({lot}, 1)",),
    "recalls.recalled_lots_have_a_recall": ("UPDATE lot SET state = 'recalled'",),
    "recalls.nothing_of_a_stopped_lot_can_be_bought": ("UPDATE lot SET state = 'on_hold'",),
    "recalls.every_buyer_is_on_the_list": (
        "INSERT INTO recall_lot (lot_id, recall_id) VALUES ({lot}, 1)",
    ),
    "recalls.no_recalled_parcel_left_after": (
        "INSERT INTO recall (id, opened_at) VALUES (1, '2001-01-01 00:00:00')",
        "INSERT INTO recall_lot (lot_id, recall_id) VALUES ({lot}, 1)",
    ),
    "recalls.closed_ones_wait_for_nobody": (
        "INSERT INTO recall (id, state) VALUES (1, 'closed')",
        "INSERT INTO recall_buyer (id, recall_id, state) VALUES (1, 1, 'waiting')",
    ),
}
