"""Viewers' complaints about sessions, and the evidence kept of them."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_evidence",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(length=8), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("taken_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("keep_until", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause IN ('aired','stopped')", name=op.f("ck_live_evidence_cause")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_evidence_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_evidence")),
        sa.UniqueConstraint("session_id", "cause", name=op.f("uq_live_evidence_session_id_cause")),
    )
    with op.batch_alter_table("live_evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_evidence_keep_until"), ["keep_until"], unique=False
        )

    op.create_table(
        "live_complaint",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('claim','price','origin','conduct','other')",
            name=op.f("ck_live_complaint_kind"),
        ),
        sa.CheckConstraint(
            "state = 'open' OR answer <> ''", name=op.f("ck_live_complaint_answered")
        ),
        sa.CheckConstraint(
            "state IN ('open','upheld','dismissed')", name=op.f("ck_live_complaint_state")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_live_complaint_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["live_session_item.id"],
            name=op.f("fk_live_complaint_item_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_complaint_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_complaint")),
        sa.UniqueConstraint("code", name=op.f("uq_live_complaint_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_live_complaint_submit_key")),
    )
    with op.batch_alter_table("live_complaint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_complaint_session_id_state"), ["session_id", "state"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("live_complaint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_complaint_session_id_state"))

    op.drop_table("live_complaint")
    with op.batch_alter_table("live_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_evidence_keep_until"))

    op.drop_table("live_evidence")
