"""Slot templates, series, the waiting list, requests for slots; a producer's own channel."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_series",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["live_club.id"], name=op.f("fk_live_series_club_id")),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_live_series_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_series")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_live_series_submit_key")),
    )
    with op.batch_alter_table("live_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_series_club_id"), ["club_id"], unique=False)

    op.create_table(
        "live_slot_template",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "minutes BETWEEN 15 AND 780", name=op.f("ck_live_slot_template_minutes")
        ),
        sa.CheckConstraint(
            "start_minute BETWEEN 0 AND 1439", name=op.f("ck_live_slot_template_start_minute")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_live_slot_template_weekday")),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_slot_template_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_live_slot_template_created_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_slot_template")),
        sa.UniqueConstraint("club_id", "name", name=op.f("uq_live_slot_template_club_id_name")),
    )
    op.create_table(
        "live_series_part",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["live_series.id"], name=op.f("fk_live_series_part_series_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_series_part_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_live_series_part")),
        sa.UniqueConstraint("series_id", "seq", name=op.f("uq_live_series_part_series_id_seq")),
    )
    op.create_table(
        "live_slot_request",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=True),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.String(length=300), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind <> 'producer') OR (producer_id IS NOT NULL)",
            name=op.f("ck_live_slot_request_producer"),
        ),
        sa.CheckConstraint("kind IN ('producer','staff')", name=op.f("ck_live_slot_request_kind")),
        sa.CheckConstraint(
            "state IN ('asked','taken','declined','withdrawn')",
            name=op.f("ck_live_slot_request_state"),
        ),
        sa.CheckConstraint("minutes BETWEEN 15 AND 780", name=op.f("ck_live_slot_request_minutes")),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_live_slot_request_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["live_campaign.id"], name=op.f("fk_live_slot_request_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_slot_request_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_live_slot_request_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_live_slot_request_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_slot_request_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_live_slot_request_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_slot_request")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_live_slot_request_submit_key")),
    )
    with op.batch_alter_table("live_slot_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_slot_request_club_id_state"), ["club_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_live_slot_request_producer_id"), ["producer_id"], unique=False
        )

    op.create_table(
        "live_slot_template_resource",
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["live_resource.id"],
            name=op.f("fk_live_slot_template_resource_resource_id"),
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["live_slot_template.id"],
            name=op.f("fk_live_slot_template_resource_template_id"),
        ),
        sa.PrimaryKeyConstraint(
            "template_id", "resource_id", name=op.f("pk_live_slot_template_resource")
        ),
    )
    op.create_table(
        "live_wait_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("joined_by", sa.BigInteger(), nullable=True),
        sa.Column("joined_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("offered_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("offer_until", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state <> 'offered') OR (offer_until IS NOT NULL)",
            name=op.f("ck_live_wait_entry_offer_until"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting','offered','taken','declined','lapsed','left')",
            name=op.f("ck_live_wait_entry_state"),
        ),
        sa.ForeignKeyConstraint(
            ["joined_by"], ["person.id"], name=op.f("fk_live_wait_entry_joined_by")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_wait_entry_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_wait_entry")),
        sa.UniqueConstraint("session_id", name=op.f("uq_live_wait_entry_session_id")),
    )
    with op.batch_alter_table("live_wait_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_wait_entry_state_joined_at"), ["state", "joined_at"], unique=False
        )

    with op.batch_alter_table("live_club", schema=None) as batch_op:
        batch_op.add_column(sa.Column("producer_id", sa.BigInteger(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_live_club_producer_id"), ["producer_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_live_club_producer_id"), "producer", ["producer_id"], ["id"]
        )

    with op.batch_alter_table("live_resource", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("requirements_met_at", shop.core.db.UtcDateTime(timezone=True), nullable=True)
        )


def downgrade() -> None:
    with op.batch_alter_table("live_resource", schema=None) as batch_op:
        batch_op.drop_column("requirements_met_at")

    with op.batch_alter_table("live_club", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_live_club_producer_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_live_club_producer_id"), type_="unique")
        batch_op.drop_column("producer_id")

    with op.batch_alter_table("live_wait_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_wait_entry_state_joined_at"))

    op.drop_table("live_wait_entry")
    op.drop_table("live_slot_template_resource")
    with op.batch_alter_table("live_slot_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_slot_request_producer_id"))
        batch_op.drop_index(batch_op.f("ix_live_slot_request_club_id_state"))

    op.drop_table("live_slot_request")
    op.drop_table("live_series_part")
    op.drop_table("live_slot_template")
    with op.batch_alter_table("live_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_series_club_id"))

    op.drop_table("live_series")
