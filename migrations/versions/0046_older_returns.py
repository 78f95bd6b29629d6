"""Goods of returns settled before returns went through the orders' own books are counted there.

Until then a return put its units on the shelf under keys of its own (``return_line:…``) and wrote
down nowhere else what was spoilt or that the parcel had given them back. Nothing that was written
is changed: what was missing is added, at the parcels first packed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

OLD = """
    SELECT r.id, r.return_id, r.order_line_id, r.restocked, r.written_off, l.variant_id,
        q.order_id, q.changed_at
    FROM return_line r
    JOIN return_request q ON q.id = r.return_id
    JOIN order_line l ON l.id = r.order_line_id
    WHERE r.restocked + r.written_off > 0 AND NOT EXISTS (
        SELECT 1 FROM stock_movement m WHERE m.key LIKE 'return:' || r.return_id || ':%')
    ORDER BY r.id
"""

PARCELS = """
    SELECT x.id, x.lot_id, x.quantity - x.restocked - x.written_off AS left_over
    FROM shipment_line x JOIN shipment s ON s.id = x.shipment_id
    WHERE x.order_line_id = :line AND s.state = 'delivered'
    ORDER BY x.id
"""


def upgrade() -> None:
    link = op.get_bind()
    rows = link.execute(sa.text(OLD)).all()
    for row in rows:
        restock, lost = row.restocked, row.written_off
        for parcel in link.execute(sa.text(PARCELS), {"line": row.order_line_id}).all():
            back = min(restock, parcel.left_over)
            off = min(lost, parcel.left_over - back)
            restock, lost = restock - back, lost - off
            if back + off:
                _count(link, row, parcel, back, off)
    for order_id in {row.order_id for row in rows}:
        _derive(link, order_id)


def _count(link: sa.Connection, row: sa.Row, parcel: sa.Row, back: int, off: int) -> None:
    """At the parcel, in the ledger (spoilt units come and go in one step) and as not sold."""
    link.execute(
        sa.text(
            "UPDATE shipment_line SET restocked = restocked + :back,"
            " written_off = written_off + :off WHERE id = :id"
        ),
        {"back": back, "off": off, "id": parcel.id},
    )
    for way, reason, units in (("in", "returned", off), ("out", "written_off", -off)):
        if off:
            link.execute(
                sa.text(
                    "INSERT INTO stock_movement (variant_id, lot_id, quantity, reason, key, at)"
                    " VALUES (:variant, :lot, :units, :reason, :key, :at)"
                ),
                {
                    "variant": row.variant_id,
                    "lot": parcel.lot_id,
                    "units": units,
                    "reason": reason,
                    "key": f"return:{row.return_id}:{parcel.id}:lost:{way}",
                    "at": row.changed_at,
                },
            )
    link.execute(
        sa.text(
            "UPDATE product_facets SET sold_count = sold_count - :units WHERE sold_count >= :units"
            " AND product_id = (SELECT product_id FROM variant WHERE id = :variant)"
        ),
        {"units": back + off, "variant": row.variant_id},
    )


def _derive(link: sa.Connection, order_id: int) -> None:
    """An order of which everything came back says so."""
    link.execute(
        sa.text(
            "UPDATE shop_order SET fulfilment_state = 'returned' WHERE id = :id"
            " AND (SELECT SUM(x.restocked + x.written_off) FROM shipment_line x"
            "      JOIN shipment s ON s.id = x.shipment_id WHERE s.order_id = :id)"
            " >= (SELECT SUM(l.quantity) FROM order_line l WHERE l.order_id = :id)"
        ),
        {"id": order_id},
    )


def downgrade() -> None:
    """What was added stays true: the code before it reads these books too."""
