"""What must always hold of sessions: each query returns no row."""

INVARIANTS = {
    "sessions.no_overlap": (
        "SELECT a.id, b.id FROM live_resource_hold a JOIN live_resource_hold b "
        "ON a.resource_id = b.resource_id AND a.id < b.id "
        "WHERE a.is_active AND b.is_active "
        "AND a.hold_start < b.hold_end AND b.hold_start < a.hold_end"
    ),
    "sessions.holding_ones_hold_all": (
        "SELECT s.id FROM live_session s LEFT JOIN live_resource_hold h "
        "ON h.session_id = s.id AND h.is_active "
        "WHERE s.state IN ('proposed','confirmed','live','stopped') "
        "GROUP BY s.id HAVING count(h.id) = 0 OR count(h.id) <> "
        "(SELECT count(*) FROM live_resource_hold x WHERE x.session_id = s.id)"
    ),
    "sessions.others_hold_nothing": (
        "SELECT h.id FROM live_resource_hold h JOIN live_session s ON s.id = h.session_id "
        "WHERE h.is_active AND s.state NOT IN ('proposed','confirmed','live','stopped')"
    ),
    "sessions.hold_covers_session": (
        "SELECT h.id FROM live_resource_hold h WHERE h.is_active AND h.hold_start >= h.hold_end"
    ),
    "sessions.nothing_set_aside_after": (
        "SELECT r.id FROM stock_reservation r JOIN live_session_item i "
        "ON r.owner_key = 'session_item:' || i.id "
        "JOIN live_session s ON s.id = i.session_id "
        "WHERE r.state = 'held' AND (s.state NOT IN ('confirmed','live') "
        "OR i.withdrawn_at IS NOT NULL)"
    ),
    "sessions.confirmed_by_another": (
        "SELECT id FROM live_session WHERE confirmed_by = proposed_by"
    ),
    "sessions.all_agreed_when_firm": (
        "SELECT i.id FROM live_session_item i JOIN live_session s ON s.id = i.session_id "
        "WHERE s.state IN ('confirmed','live','ended') AND i.consent <> 'agreed'"
    ),
    "sessions.each_state_has_its_event": (
        "SELECT s.id FROM live_session s WHERE s.state NOT IN ('draft') AND NOT EXISTS "
        "(SELECT 1 FROM live_session_event e WHERE e.session_id = s.id AND e.kind = "
        "CASE s.state WHEN 'live' THEN 'went_live' ELSE s.state END)"
    ),
    "sessions.sequence_counts_changes": (
        "SELECT s.id FROM live_session s WHERE s.schedule_seq < "
        "(SELECT count(*) FROM live_session_event e WHERE e.session_id = s.id AND e.kind IN "
        "('proposed','taken_back','confirmed','moved','cancelled','expired','went_live',"
        "'stopped','ended','no_show'))"
    ),
    "sessions.withdrawn_products_are_off": (
        "SELECT i.id FROM live_session_item i JOIN live_session s ON s.id = i.session_id "
        "JOIN product p ON p.id = i.product_id "
        "WHERE s.state IN ('confirmed','live') AND p.state = 'archived' "
        "AND i.withdrawn_at IS NULL"
    ),
}
