"""What breaks each invariant of traceability: name -> statements; see tests/breaks."""

_LINK = "INSERT INTO lot_link (id, parent_id, child_id, quantity) VALUES (901, {}, {}, {})"

BREAKS = {
    "traceability.head_is_the_last_entry": ("UPDATE lot SET head_hash = 'x'",),
    "traceability.entries_are_gapless": ("DELETE FROM lot_event WHERE seq = 2",),
    "traceability.each_entry_follows_the_one_before": (
        "UPDATE lot_event SET previous_hash = 'x' WHERE seq = 2",
    ),
    "traceability.every_lot_has_its_code": ("DELETE FROM trace_code",),
    "traceability.a_lot_belongs_to_its_product_s_producer": ("UPDATE lot SET producer_id = 9999",),
    "traceability.nothing_on_sale_without_a_release_entry": (
        "DELETE FROM lot_event WHERE kind = 'release'",
    ),
    "traceability.no_lot_is_used_up_twice": (_LINK.format("{lot}", "{other_lot}", 999_999),),
    "traceability.no_lot_is_made_from_itself": (_LINK.format("{lot}", "{lot}", 1),),
    "traceability.every_link_stands_in_the_journal": (_LINK.format("{lot}", "{other_lot}", 1),),
}
