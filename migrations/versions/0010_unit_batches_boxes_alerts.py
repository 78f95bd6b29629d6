"""Unit codes in batches, boxes, templates of journal entries, alerts about copied codes."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = shop.core.db.UtcDateTime(timezone=True)
IS_OPEN = sa.text("state = 'open'")


def code(name: str, table: str) -> tuple[object, object]:
    """A column with a printed code, and its foreign key."""
    return (
        sa.Column(name, sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint([name], ["trace_code.code"], name=op.f(f"fk_{table}_{name}")),
    )


def upgrade() -> None:
    op.create_table(
        "entry_template",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_entry_template_made_by")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_entry_template_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_template")),
        sa.UniqueConstraint("product_id", "title", name=op.f("uq_entry_template_product_id_title")),
    )
    op.create_table(
        "box_line",
        *code("box_code", "box_line"),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_box_line_quantity")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_box_line_lot_id")),
        sa.PrimaryKeyConstraint("box_code", "lot_id", name=op.f("pk_box_line")),
    )
    op.create_index(op.f("ix_box_line_lot_id"), "box_line", ["lot_id"])
    op.create_table(
        "box_unit",
        *code("unit_code", "box_unit"),
        *code("box_code", "box_unit"),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_box_unit")),
    )
    op.create_index(op.f("ix_box_unit_box_code"), "box_unit", ["box_code"])
    op.create_table(
        "code_opening",
        *code("code", "code_opening"),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_code_opening")),
    )
    op.create_table(
        "clone_alert",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        *code("code", "clone_alert"),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=6), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("level IN ('amber','red')", name=op.f("ck_clone_alert_level")),
        sa.CheckConstraint("state IN ('open','closed')", name=op.f("ck_clone_alert_state")),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_clone_alert_closed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clone_alert")),
    )
    op.create_index(op.f("ix_clone_alert_code"), "clone_alert", ["code"])
    op.create_index(
        "uq_clone_alert_open",
        "clone_alert",
        ["code", "rule"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    with op.batch_alter_table("label_batch", schema=None) as batch:
        batch.add_column(sa.Column("level", sa.String(8), nullable=False, server_default="lot"))
        batch.add_column(
            sa.Column("state", sa.String(10), nullable=False, server_default="printed")
        )
        batch.add_column(sa.Column("form", sa.String(4), nullable=False, server_default="pdf"))
        batch.add_column(sa.Column("skip", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("file_name", sa.String(length=80), nullable=True))
        batch.add_column(sa.Column("task_id", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("submit_key", sa.String(length=64), nullable=True))
        batch.create_index(op.f("ix_label_batch_lot_id"), ["lot_id"])
        batch.create_unique_constraint(op.f("uq_label_batch_submit_key"), ["submit_key"])
        batch.create_check_constraint(
            op.f("ck_label_batch_level"), "level IN ('product','lot','unit','box')"
        )
        batch.create_check_constraint(
            op.f("ck_label_batch_state"), "state IN ('making','ready','printed','void')"
        )
        batch.create_check_constraint(op.f("ck_label_batch_count"), "count > 0")
    op.execute("UPDATE label_batch SET level = 'product' WHERE lot_id IS NULL")
    with op.batch_alter_table("lot", schema=None) as batch:
        batch.add_column(sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(op.f("ck_lot_lost"), "lost BETWEEN 0 AND quantity")


def downgrade() -> None:
    with op.batch_alter_table("lot", schema=None) as batch:
        batch.drop_constraint(op.f("ck_lot_lost"), type_="check")
        batch.drop_column("lost")
    with op.batch_alter_table("label_batch", schema=None) as batch:
        for name in ("count", "state", "level"):
            batch.drop_constraint(op.f(f"ck_label_batch_{name}"), type_="check")
        batch.drop_constraint(op.f("uq_label_batch_submit_key"), type_="unique")
        batch.drop_index(op.f("ix_label_batch_lot_id"))
        for name in ("submit_key", "task_id", "file_name", "skip", "form", "state", "level"):
            batch.drop_column(name)
    for table in ("code_opening", "clone_alert", "box_unit", "box_line", "entry_template"):
        op.drop_table(table)
