"""Partners' documents taken in, inspectors' links and their use."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_document",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sender", sa.String(length=300), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_partner_document_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["person.id"], name=op.f("fk_partner_document_uploaded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_document")),
        sa.UniqueConstraint(
            "producer_id", "sha256", name=op.f("uq_partner_document_producer_id_sha256")
        ),
    )
    op.create_table(
        "inspector_link",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_inspector_link_created_by")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_inspector_link_lot_id")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_inspector_link_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector_link")),
    )
    with op.batch_alter_table("inspector_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspector_link_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "partner_receipt",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("event_digest", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.String(length=300), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["partner_document.id"], name=op.f("fk_partner_receipt_document_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_partner_receipt_lot_id")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_partner_receipt_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by"], ["person.id"], name=op.f("fk_partner_receipt_taken_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_receipt")),
        sa.UniqueConstraint(
            "producer_id", "event_digest", name=op.f("uq_partner_receipt_producer_id_event_digest")
        ),
    )
    with op.batch_alter_table("partner_receipt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_partner_receipt_document_id"), ["document_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_receipt_lot_id"), ["lot_id"], unique=False)

    op.create_table(
        "inspector_visit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["inspector_link.id"], name=op.f("fk_inspector_visit_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspector_visit")),
    )
    with op.batch_alter_table("inspector_visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inspector_visit_link_id"), ["link_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("inspector_visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspector_visit_link_id"))

    op.drop_table("inspector_visit")
    with op.batch_alter_table("partner_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partner_receipt_lot_id"))
        batch_op.drop_index(batch_op.f("ix_partner_receipt_document_id"))

    op.drop_table("partner_receipt")
    with op.batch_alter_table("inspector_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inspector_link_lot_id"))

    op.drop_table("inspector_link")
    op.drop_table("partner_document")
