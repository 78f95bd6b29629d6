"""Stock alerts name their recipient as the outbox does, and keep no address of their own."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATES = "state IN ('unconfirmed','waiting','told','ended')"
_OPEN = sa.text("state IN ('unconfirmed','waiting')")


def upgrade() -> None:
    # nobody has used the table of 0008 yet
    op.drop_table("stock_alert")
    op.create_table(
        "stock_alert",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_STATES, name=op.f("ck_stock_alert_state")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_alert_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_alert")),
        sa.UniqueConstraint("code", name=op.f("uq_stock_alert_code")),
    )
    with op.batch_alter_table("stock_alert", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_alert_variant_id_state"), ["variant_id", "state"]
        )
        batch_op.create_index(batch_op.f("ix_stock_alert_recipient_state"), ["recipient", "state"])
        batch_op.create_index(batch_op.f("ix_stock_alert_state_asked_at"), ["state", "asked_at"])
        batch_op.create_index(
            "uq_stock_alert_open",
            ["variant_id", "recipient"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )


def downgrade() -> None:
    op.drop_table("stock_alert")
    op.create_table(
        "stock_alert",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("address_digest", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_STATES, name=op.f("ck_stock_alert_state")),
        sa.CheckConstraint(
            "state NOT IN ('unconfirmed','waiting') OR person_id IS NOT NULL"
            " OR address IS NOT NULL",
            name=op.f("ck_stock_alert_someone_to_tell"),
        ),
        sa.CheckConstraint(
            "person_id IS NULL OR (address IS NULL AND address_digest IS NULL)",
            name=op.f("ck_stock_alert_one_way"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_stock_alert_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_alert_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_alert")),
        sa.UniqueConstraint("code", name=op.f("uq_stock_alert_code")),
    )
    with op.batch_alter_table("stock_alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_alert_person_id"), ["person_id"])
        batch_op.create_index(batch_op.f("ix_stock_alert_state_asked_at"), ["state", "asked_at"])
        batch_op.create_index(
            batch_op.f("ix_stock_alert_variant_id_state"), ["variant_id", "state"]
        )
        for name, column in (
            ("uq_stock_alert_open_address", "address_digest"),
            ("uq_stock_alert_open_person", "person_id"),
        ):
            batch_op.create_index(
                name,
                ["variant_id", column],
                unique=True,
                sqlite_where=_OPEN,
                postgresql_where=_OPEN,
            )
