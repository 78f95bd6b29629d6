"""Several parcels an order, what came back of them, calls, count sheets, the shop's own reserve."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


STATES = ("packed", "shipped", "delivered", "failed", "returned", "cancelled")


def _states(*names: str) -> str:
    listed = ",".join(f"'{name}'" for name in names)
    return f"state IN ({listed})"


def _fold(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def _fill_search_text() -> None:
    link = op.get_bind()
    rows = link.execute(sa.text("SELECT order_id, full_name FROM order_contact")).all()
    if rows:
        link.execute(
            sa.text("UPDATE order_contact SET search_text = :words WHERE order_id = :of"),
            [{"of": row.order_id, "words": _fold(row.full_name)[:120]} for row in rows],
        )


def upgrade() -> None:
    op.create_table(
        "stock_take",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open','done','dropped')", name=op.f("ck_stock_take_state")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_stock_take_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_take")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_stock_take_submit_key")),
    )
    with op.batch_alter_table("stock_take", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_take_producer_id_opened_at"),
            ["producer_id", "opened_at"],
            unique=False,
        )

    op.create_table(
        "order_call",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("next_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'call_again' OR next_at IS NOT NULL", name=op.f("ck_order_call_next_at")
        ),
        sa.CheckConstraint(
            "outcome IN ('confirmed','no_answer','wrong_number','refused','call_again')",
            name=op.f("ck_order_call_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_order_call_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_call")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_order_call_submit_key")),
    )
    with op.batch_alter_table("order_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_call_next_at"), ["next_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_order_call_order_id_id"), ["order_id", "id"], unique=False
        )

    op.create_table(
        "stock_take_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("take_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("counted", sa.BigInteger(), nullable=True),
        sa.Column("booked", sa.BigInteger(), nullable=True),
        sa.Column("seen_movement_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("counted_by", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(counted IS NULL) = (booked IS NULL) AND (counted IS NULL) = (counted_at IS NULL)",
            name=op.f("ck_stock_take_line_counted_whole"),
        ),
        sa.CheckConstraint(
            "counted IS NULL OR counted >= 0", name=op.f("ck_stock_take_line_counted")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_take_line_lot_id")),
        sa.ForeignKeyConstraint(
            ["take_id"], ["stock_take.id"], name=op.f("fk_stock_take_line_take_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_take_line_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_take_line")),
    )
    with op.batch_alter_table("stock_take_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_take_line_take_id"), ["take_id"], unique=False)

    with op.batch_alter_table("order_contact", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("search_text", sa.String(length=120), nullable=False, server_default="")
        )

    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("cod_vnd", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("fail_reason", sa.String(length=20), nullable=False, server_default="")
        )
        batch_op.add_column(sa.Column("submit_key", sa.String(length=80), nullable=True))
        batch_op.add_column(
            sa.Column("returned_at", shop.core.db.UtcDateTime(timezone=True), nullable=True)
        )
        batch_op.create_unique_constraint(batch_op.f("uq_shipment_submit_key"), ["submit_key"])
        batch_op.create_check_constraint(batch_op.f("ck_shipment_cod_vnd"), "cod_vnd >= 0")
        batch_op.drop_constraint(batch_op.f("ck_shipment_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_shipment_state"), _states(*STATES, "returning")
        )

    with op.batch_alter_table("shipment_line", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("restocked", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.add_column(
            sa.Column("written_off", sa.Integer(), nullable=False, server_default="0")
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_shipment_line_came_back"),
            "restocked >= 0 AND written_off >= 0 AND restocked + written_off <= quantity",
        )

    with op.batch_alter_table("stock_level", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("shop_floor", sa.BigInteger(), nullable=False, server_default="0")
        )
        batch_op.create_check_constraint(batch_op.f("ck_stock_level_shop_floor"), "shop_floor >= 0")

    _fill_search_text()
    # what an order of before collects, it collects with its one parcel
    op.execute(
        "UPDATE shipment SET cod_vnd = COALESCE((SELECT o.total_vnd FROM shop_order o "
        "WHERE o.id = shipment.order_id AND o.payment_provider = 'cod'), 0) "
        "WHERE state <> 'cancelled'"
    )


def downgrade() -> None:
    op.execute("UPDATE shipment SET state = 'failed' WHERE state = 'returning'")
    with op.batch_alter_table("stock_level", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_stock_level_shop_floor"), type_="check")
        batch_op.drop_column("shop_floor")

    with op.batch_alter_table("shipment_line", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_shipment_line_came_back"), type_="check")
        batch_op.drop_column("written_off")
        batch_op.drop_column("restocked")

    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_shipment_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_shipment_state"), _states(*STATES))
        batch_op.drop_constraint(batch_op.f("ck_shipment_cod_vnd"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_shipment_submit_key"), type_="unique")
        batch_op.drop_column("returned_at")
        batch_op.drop_column("submit_key")
        batch_op.drop_column("fail_reason")
        batch_op.drop_column("cod_vnd")

    with op.batch_alter_table("order_contact", schema=None) as batch_op:
        batch_op.drop_column("search_text")

    with op.batch_alter_table("stock_take_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_take_line_take_id"))

    op.drop_table("stock_take_line")
    with op.batch_alter_table("order_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_call_order_id_id"))
        batch_op.drop_index(batch_op.f("ix_order_call_next_at"))

    op.drop_table("order_call")
    with op.batch_alter_table("stock_take", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_take_producer_id_opened_at"))

    op.drop_table("stock_take")
