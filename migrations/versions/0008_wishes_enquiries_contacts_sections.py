"""Wish lists and stock alerts, enquiries, ways to reach a producer, parts of a product's story."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wish_list",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wish_list_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish_list")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wish_list_token_hash")),
    )
    with op.batch_alter_table("wish_list", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wish_list_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_wish_list_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "producer_contact",
        sa.Column("producer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("zalo", sa.String(length=20), nullable=True),
        sa.Column("shop_address", sa.String(length=200), nullable=False),
        sa.Column("opening", sa.String(length=120), nullable=False),
        sa.Column("consented_by", sa.BigInteger(), nullable=False),
        sa.Column("consented_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consented_by"], ["person.id"], name=op.f("fk_producer_contact_consented_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_producer_contact_producer_id")
        ),
        sa.PrimaryKeyConstraint("producer_id", name=op.f("pk_producer_contact")),
    )
    op.create_table(
        "producer_face",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("work", sa.String(length=120), nullable=False),
        sa.Column("work_en", sa.String(length=120), nullable=True),
        sa.Column("photo_sha", sa.String(length=64), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("consented_by", sa.BigInteger(), nullable=False),
        sa.Column("consented_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consented_by"], ["person.id"], name=op.f("fk_producer_face_consented_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_producer_face_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producer_face")),
    )
    with op.batch_alter_table("producer_face", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_producer_face_producer_id_position"),
            ["producer_id", "position"],
            unique=False,
        )

    op.create_table(
        "producer_link",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("added_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('shopee','lazada','tiktok','postmart','voso','facebook','website')",
            name=op.f("ck_producer_link_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["person.id"], name=op.f("fk_producer_link_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_producer_link_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producer_link")),
        sa.UniqueConstraint("producer_id", "url", name=op.f("uq_producer_link_producer_id_url")),
    )
    with op.batch_alter_table("producer_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_producer_link_checked_on"), ["checked_on"], unique=False
        )

    op.create_table(
        "enquiry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("buyer_id", sa.BigInteger(), nullable=True),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('visit')", name=op.f("ck_enquiry_kind")),
        sa.CheckConstraint("state IN ('new','answered','closed')", name=op.f("ck_enquiry_state")),
        sa.CheckConstraint(
            "people IS NULL OR people BETWEEN 1 AND 500", name=op.f("ck_enquiry_people")
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["person.id"], name=op.f("fk_enquiry_buyer_id")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_enquiry_producer_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_enquiry_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("code", name=op.f("uq_enquiry_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_enquiry_submit_key")),
    )
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enquiry_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_enquiry_producer_id_state_asked_at"),
            ["producer_id", "state", "asked_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_enquiry_product_id"), ["product_id"], unique=False)

    op.create_table(
        "product_section",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_en", sa.String(length=120), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("words_en", sa.Text(), nullable=True),
        sa.Column("photo_sha", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('maker','costume','making','meaning','other')",
            name=op.f("ck_product_section_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_section_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_section")),
    )
    with op.batch_alter_table("product_section", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_section_product_id_position"),
            ["product_id", "position"],
            unique=False,
        )

    op.create_table(
        "wish",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("list_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("added_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["wish_list.id"], name=op.f("fk_wish_list_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_wish_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("list_id", "product_id", name=op.f("uq_wish_list_id_product_id")),
    )
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wish_product_id"), ["product_id"], unique=False)

    op.create_table(
        "enquiry_contact",
        sa.Column("enquiry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_contact_enquiry_id")
        ),
        sa.PrimaryKeyConstraint("enquiry_id", name=op.f("pk_enquiry_contact")),
    )
    op.create_table(
        "enquiry_message",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("enquiry_id", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('buyer','producer')", name=op.f("ck_enquiry_message_side")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_enquiry_message_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_message_enquiry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_message")),
    )
    with op.batch_alter_table("enquiry_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enquiry_message_enquiry_id_at"), ["enquiry_id", "at"], unique=False
        )

    op.create_table(
        "stock_alert",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("address_digest", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('unconfirmed','waiting','told','ended')", name=op.f("ck_stock_alert_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('unconfirmed','waiting') OR person_id IS NOT NULL OR address IS NOT NULL",
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
        batch_op.create_index(batch_op.f("ix_stock_alert_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_stock_alert_state_asked_at"), ["state", "asked_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_stock_alert_variant_id_state"), ["variant_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_stock_alert_open_address",
            ["variant_id", "address_digest"],
            unique=True,
            sqlite_where=sa.text("state IN ('unconfirmed','waiting')"),
            postgresql_where=sa.text("state IN ('unconfirmed','waiting')"),
        )
        batch_op.create_index(
            "uq_stock_alert_open_person",
            ["variant_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('unconfirmed','waiting')"),
            postgresql_where=sa.text("state IN ('unconfirmed','waiting')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("stock_alert", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stock_alert_open_person",
            sqlite_where=sa.text("state IN ('unconfirmed','waiting')"),
            postgresql_where=sa.text("state IN ('unconfirmed','waiting')"),
        )
        batch_op.drop_index(
            "uq_stock_alert_open_address",
            sqlite_where=sa.text("state IN ('unconfirmed','waiting')"),
            postgresql_where=sa.text("state IN ('unconfirmed','waiting')"),
        )
        batch_op.drop_index(batch_op.f("ix_stock_alert_variant_id_state"))
        batch_op.drop_index(batch_op.f("ix_stock_alert_state_asked_at"))
        batch_op.drop_index(batch_op.f("ix_stock_alert_person_id"))

    op.drop_table("stock_alert")
    with op.batch_alter_table("enquiry_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enquiry_message_enquiry_id_at"))

    op.drop_table("enquiry_message")
    op.drop_table("enquiry_contact")
    with op.batch_alter_table("wish", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wish_product_id"))

    op.drop_table("wish")
    with op.batch_alter_table("product_section", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_section_product_id_position"))

    op.drop_table("product_section")
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enquiry_product_id"))
        batch_op.drop_index(batch_op.f("ix_enquiry_producer_id_state_asked_at"))
        batch_op.drop_index(batch_op.f("ix_enquiry_buyer_id"))

    op.drop_table("enquiry")
    with op.batch_alter_table("producer_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_producer_link_checked_on"))

    op.drop_table("producer_link")
    with op.batch_alter_table("producer_face", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_producer_face_producer_id_position"))

    op.drop_table("producer_face")
    op.drop_table("producer_contact")
    with op.batch_alter_table("wish_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wish_list_updated_at"))
        batch_op.drop_index(batch_op.f("ix_wish_list_person_id"))

    op.drop_table("wish_list")
