"""Mail and calls: contacts without an account, preferences, call tasks, who calls."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('vi','en')", name=op.f("ck_contact_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sa.UniqueConstraint("digest", name=op.f("uq_contact_digest")),
    )
    op.create_table(
        "call_task",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("outbox_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=True),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("desk_kind", sa.String(length=10), nullable=False),
        sa.Column("desk_key", sa.String(length=20), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_try_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("settled_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "desk_kind IN ('producer','club','province')", name=op.f("ck_call_task_desk_kind")
        ),
        sa.CheckConstraint(
            "outcome IN ('reached','no_answer','wrong_number','refused')",
            name=op.f("ck_call_task_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_call_task_settled_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_task")),
        sa.UniqueConstraint("outbox_key", name=op.f("uq_call_task_outbox_key")),
    )
    with op.batch_alter_table("call_task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_call_task_desk_kind_desk_key_settled_at"),
            ["desk_kind", "desk_key", "settled_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_call_task_ref"), ["ref"], unique=False)

    op.create_table(
        "message_preference",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.CheckConstraint(
            "level IN ('all','important','none')", name=op.f("ck_message_preference_level")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_message_preference_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_message_preference")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("desk", sa.String(length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_column("desk")

    op.drop_table("message_preference")
    with op.batch_alter_table("call_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_task_ref"))
        batch_op.drop_index(batch_op.f("ix_call_task_desk_kind_desk_key_settled_at"))

    op.drop_table("call_task")
    op.drop_table("contact")
