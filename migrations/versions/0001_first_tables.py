"""The first tables: everything from people to payments and livestream holds."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchor",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("merkle_root", sa.String(length=64), nullable=False),
        sa.Column("leaves", sa.JSON(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("published_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_anchor")),
    )
    op.create_table(
        "audit_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_subject_kind_subject_id"),
            ["subject_kind", "subject_id"],
            unique=False,
        )

    op.create_table(
        "catalogue_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "outbox_message",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending','sending','sent','superseded','dead')",
            name=op.f("ck_outbox_message_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
    )
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outbox_message_state_due_at"), ["state", "due_at"], unique=False
        )

    op.create_table(
        "person",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("totp_secret", sa.String(length=64), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('vi','en')", name=op.f("ck_person_language")),
        sa.CheckConstraint(
            "email IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_person_has_login")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("phone", name=op.f("uq_person_phone")),
    )
    op.create_table(
        "province",
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_province")),
        sa.UniqueConstraint("slug", name=op.f("uq_province_slug")),
    )
    op.create_table(
        "scheduler_heartbeat",
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("beat_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_scheduler_heartbeat")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("login_digest", sa.String(length=64), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_failure_login_digest_at"), ["login_digest", "at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sign_in_failure_source_digest_at"), ["source_digest", "at"], unique=False
        )

    op.create_table(
        "task",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued','running','done','failed','cancelled')", name=op.f("ck_task_state")
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name=op.f("ck_task_progress")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("key", name=op.f("uq_task_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_task_public_id")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_state_queued_at"), ["state", "queued_at"], unique=False
        )

    op.create_table(
        "webhook_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("event_key", sa.String(length=160), nullable=False),
        sa.Column("is_signature_good", sa.Boolean(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint(
            "provider", "event_key", name=op.f("uq_webhook_event_provider_event_key")
        ),
    )
    op.create_table(
        "api_token",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "audit_note",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entry.id"], name=op.f("fk_audit_note_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_note")),
    )
    op.create_table(
        "basket",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_basket_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_basket_token_hash")),
    )
    with op.batch_alter_table("basket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_basket_person_id"), ["person_id"], unique=False)

    op.create_table(
        "checkout_group",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["person.id"], name=op.f("fk_checkout_group_buyer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_group")),
        sa.UniqueConstraint("code", name=op.f("uq_checkout_group_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_checkout_group_submit_key")),
    )
    with op.batch_alter_table("checkout_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkout_group_buyer_id"), ["buyer_id"], unique=False)

    op.create_table(
        "commune",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["province_code"], ["province.code"], name=op.f("fk_commune_province_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_commune")),
    )
    with op.batch_alter_table("commune", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commune_folded"), ["folded"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_commune_province_code"), ["province_code"], unique=False
        )

    op.create_table(
        "inbox_item",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("outbox_key", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_inbox_item_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_item")),
        sa.UniqueConstraint("outbox_key", name=op.f("uq_inbox_item_outbox_key")),
    )
    with op.batch_alter_table("inbox_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_inbox_item_person_id_read_at_at"),
            ["person_id", "read_at", "at"],
            unique=False,
        )

    op.create_table(
        "live_campaign",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("starts_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("goal_vnd", sa.BigInteger(), nullable=True),
        sa.Column("goal_kg", sa.Integer(), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft','published','ended')", name=op.f("ck_live_campaign_state")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_live_campaign_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["province_code"], ["province.code"], name=op.f("fk_live_campaign_province_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_campaign")),
        sa.UniqueConstraint("slug", name=op.f("uq_live_campaign_slug")),
    )
    op.create_table(
        "live_club",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=90), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_en", sa.Text(), nullable=True),
        sa.Column("source_note", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("feed_token", sa.String(length=32), nullable=False),
        sa.Column("decision_note", sa.String(length=300), nullable=False),
        sa.Column("registered_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('club','youth_union','creator','producer')", name=op.f("ck_live_club_kind")
        ),
        sa.CheckConstraint(
            "state IN ('submitted','verified','rejected','suspended')",
            name=op.f("ck_live_club_state"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_live_club_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["province_code"], ["province.code"], name=op.f("fk_live_club_province_code")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["person.id"], name=op.f("fk_live_club_registered_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_club")),
        sa.UniqueConstraint("feed_token", name=op.f("uq_live_club_feed_token")),
        sa.UniqueConstraint("slug", name=op.f("uq_live_club_slug")),
    )
    op.create_table(
        "membership",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_kind", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("consented_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner','member','supporter','manager','host')",
            name=op.f("ck_membership_role"),
        ),
        sa.CheckConstraint(
            "unit_kind IN ('producer','club')", name=op.f("ck_membership_unit_kind")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "person_id",
            "unit_kind",
            "unit_id",
            name=op.f("uq_membership_person_id_unit_kind_unit_id"),
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_unit_kind_unit_id"), ["unit_kind", "unit_id"], unique=False
        )

    op.create_table(
        "sign_in",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("totp_passed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("device", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "staff_scope",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_staff_scope_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_scope")),
        sa.UniqueConstraint(
            "person_id", "province_code", name=op.f("uq_staff_scope_person_id_province_code")
        ),
    )
    op.create_table(
        "live_invitation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('manager','host')", name=op.f("ck_live_invitation_role")),
        sa.CheckConstraint(
            "state IN ('asked','accepted','declined')", name=op.f("ck_live_invitation_state")
        ),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_invitation_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["person.id"], name=op.f("fk_live_invitation_invited_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_invitation")),
        sa.UniqueConstraint("club_id", "login", name=op.f("uq_live_invitation_club_id_login")),
    )
    with op.batch_alter_table("live_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_invitation_login"), ["login"], unique=False)

    op.create_table(
        "live_resource",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("owner_club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("platform", sa.String(length=12), nullable=True),
        sa.Column("handle", sa.String(length=120), nullable=True),
        sa.Column("account_key", sa.String(length=140), nullable=True),
        sa.Column("province_code", sa.String(length=2), nullable=True),
        sa.Column("buffer_before_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_after_minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("identity_checked_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('host','channel','studio','kit')", name=op.f("ck_live_resource_kind")
        ),
        sa.CheckConstraint(
            "buffer_before_minutes BETWEEN 0 AND 240 AND buffer_after_minutes BETWEEN 0 AND 240",
            name=op.f("ck_live_resource_buffers"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_club_id"], ["live_club.id"], name=op.f("fk_live_resource_owner_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_live_resource_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["province_code"], ["province.code"], name=op.f("fk_live_resource_province_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_resource")),
        sa.UniqueConstraint("account_key", name=op.f("uq_live_resource_account_key")),
        sa.UniqueConstraint("code", name=op.f("uq_live_resource_code")),
        sa.UniqueConstraint("person_id", name=op.f("uq_live_resource_person_id")),
    )
    with op.batch_alter_table("live_resource", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_resource_owner_club_id"), ["owner_club_id"], unique=False
        )

    op.create_table(
        "live_session",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("title_en", sa.String(length=160), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("starts_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_note", sa.String(length=300), nullable=False),
        sa.Column("watch_url", sa.String(length=300), nullable=True),
        sa.Column("holds_until", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("schedule_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger(), nullable=True),
        sa.Column("went_live_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft','proposed','confirmed','live','stopped','ended','reconciled','cancelled','expired','no_show')",
            name=op.f("ck_live_session_state"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_live_session_ends_after_start")),
        sa.CheckConstraint("schedule_seq >= 0", name=op.f("ck_live_session_schedule_seq")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["live_campaign.id"], name=op.f("fk_live_session_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_session_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_live_session_confirmed_by")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_live_session_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_live_session_proposed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_live_session_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_live_session_slug")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_live_session_submit_key")),
    )
    with op.batch_alter_table("live_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_session_campaign_id"), ["campaign_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_live_session_club_id_starts_at"), ["club_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_live_session_state_starts_at"), ["state", "starts_at"], unique=False
        )

    op.create_table(
        "old_place",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("folded", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=True),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_old_place_commune_code")
        ),
        sa.ForeignKeyConstraint(
            ["province_code"], ["province.code"], name=op.f("fk_old_place_province_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_place")),
    )
    with op.batch_alter_table("old_place", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_old_place_folded_level"), ["folded", "level"], unique=False
        )

    op.create_table(
        "producer",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=90), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("tax_code", sa.String(length=20), nullable=True),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("story_en", sa.Text(), nullable=True),
        sa.Column("public_phone", sa.String(length=20), nullable=True),
        sa.Column("photo_sha", sa.String(length=64), nullable=True),
        sa.Column("is_youth_led", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("verified_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('cooperative','cooperative_group','household','company','youth_union')",
            name=op.f("ck_producer_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('draft','submitted','verified','rejected','suspended')",
            name=op.f("ck_producer_state"),
        ),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_producer_commune_code")
        ),
        sa.ForeignKeyConstraint(
            ["province_code"], ["province.code"], name=op.f("fk_producer_province_code")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["person.id"], name=op.f("fk_producer_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_producer")),
        sa.UniqueConstraint("slug", name=op.f("uq_producer_slug")),
    )
    with op.batch_alter_table("producer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_producer_province_code"), ["province_code"], unique=False
        )

    op.create_table(
        "delivery_rate",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=True),
        sa.Column("zone", sa.String(length=10), nullable=False),
        sa.Column("max_weight_g", sa.Integer(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("free_from_vnd", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "zone IN ('province','region','country')", name=op.f("ck_delivery_rate_zone")
        ),
        sa.CheckConstraint(
            "price_vnd >= 0 AND max_weight_g > 0", name=op.f("ck_delivery_rate_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_delivery_rate_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_rate")),
    )
    with op.batch_alter_table("delivery_rate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_rate_producer_id_zone_max_weight_g"),
            ["producer_id", "zone", "max_weight_g"],
            unique=False,
        )

    op.create_table(
        "export_run",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("profile_version", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("bundle_name", sa.String(length=80), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('queued','done')", name=op.f("ck_export_run_state")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_export_run_made_by")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_export_run_producer_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_export_run_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_run")),
        sa.UniqueConstraint("public_id", name=op.f("uq_export_run_public_id")),
    )
    with op.batch_alter_table("export_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_export_run_producer_id_made_at"),
            ["producer_id", "made_at"],
            unique=False,
        )

    op.create_table(
        "live_availability",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1800",
            name=op.f("ck_live_availability_hours"),
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_live_availability_weekday")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["live_resource.id"], name=op.f("fk_live_availability_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_availability")),
    )
    with op.batch_alter_table("live_availability", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_availability_resource_id_weekday"),
            ["resource_id", "weekday"],
            unique=False,
        )

    op.create_table(
        "live_availability_exception",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_away", sa.Boolean(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=True),
        sa.Column("to_minute", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"],
            ["live_resource.id"],
            name=op.f("fk_live_availability_exception_resource_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_availability_exception")),
        sa.UniqueConstraint(
            "resource_id", "day", name=op.f("uq_live_availability_exception_resource_id_day")
        ),
    )
    op.create_table(
        "live_club_resource",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked','active','declined')", name=op.f("ck_live_club_resource_state")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_live_club_resource_asked_by")
        ),
        sa.ForeignKeyConstraint(
            ["club_id"], ["live_club.id"], name=op.f("fk_live_club_resource_club_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_live_club_resource_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["live_resource.id"], name=op.f("fk_live_club_resource_resource_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_club_resource")),
        sa.UniqueConstraint(
            "club_id", "resource_id", name=op.f("uq_live_club_resource_club_id_resource_id")
        ),
    )
    with op.batch_alter_table("live_club_resource", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_club_resource_resource_id"), ["resource_id"], unique=False
        )

    op.create_table(
        "live_resource_hold",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("hold_start", sa.BigInteger(), nullable=False),
        sa.Column("hold_end", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("hold_start < hold_end", name=op.f("ck_live_resource_hold_range")),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["live_resource.id"], name=op.f("fk_live_resource_hold_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_resource_hold_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_resource_hold")),
        sa.UniqueConstraint(
            "session_id", "resource_id", name=op.f("uq_live_resource_hold_session_id_resource_id")
        ),
    )
    with op.batch_alter_table("live_resource_hold", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_resource_hold_resource_id_is_active_hold_start"),
            ["resource_id", "is_active", "hold_start"],
            unique=False,
        )

    op.create_table(
        "live_rule_override",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["person.id"], name=op.f("fk_live_rule_override_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_rule_override_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_rule_override")),
        sa.UniqueConstraint(
            "session_id", "rule", name=op.f("uq_live_rule_override_session_id_rule")
        ),
    )
    op.create_table(
        "live_session_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_session_event_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session_event")),
    )
    with op.batch_alter_table("live_session_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_session_event_session_id_id"), ["session_id", "id"], unique=False
        )

    op.create_table(
        "payee_account",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("bank_bin", sa.String(length=6), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("effective_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('submitted','active','rejected','retired')",
            name=op.f("ck_payee_account_state"),
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_payee_account_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], name=op.f("fk_payee_account_submitted_by")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["person.id"], name=op.f("fk_payee_account_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_account")),
    )
    with op.batch_alter_table("payee_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payee_account_producer_id"), ["producer_id"], unique=False
        )
        batch_op.create_index(
            "uq_payee_account_waiting",
            ["producer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        )

    op.create_table(
        "product",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("subgroup", sa.String(length=4), nullable=False),
        sa.Column("regulated_class", sa.String(length=16), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("summary_en", sa.String(length=300), nullable=True),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("story_en", sa.Text(), nullable=True),
        sa.Column("ingredients", sa.Text(), nullable=False),
        sa.Column("net_content", sa.String(length=80), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("usage", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("shelf_life_days", sa.Integer(), nullable=True),
        sa.Column("season_mask", sa.Integer(), nullable=False),
        sa.Column("is_lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("is_service", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("source_note", sa.Text(), nullable=False),
        sa.Column("historic_stars", sa.Integer(), nullable=True),
        sa.Column("historic_stars_note", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("published_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "regulated_class IN ('none','alcohol','supplement','herbal_check','essential_oil')",
            name=op.f("ck_product_regulated_class"),
        ),
        sa.CheckConstraint(
            "state IN ('draft','submitted','published','rejected','archived')",
            name=op.f("ck_product_state"),
        ),
        sa.CheckConstraint("season_mask BETWEEN 0 AND 4095", name=op.f("ck_product_season_mask")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_product_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_product_producer_id"), ["producer_id"], unique=False)

    op.create_table(
        "shop_order",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=True),
        sa.Column("producer_name", sa.String(length=160), nullable=False),
        sa.Column("payment_provider", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("payment_state", sa.String(length=20), nullable=False),
        sa.Column("fulfilment_state", sa.String(length=20), nullable=False),
        sa.Column("subtotal_vnd", sa.BigInteger(), nullable=False),
        sa.Column("discount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("shipping_vnd", sa.BigInteger(), nullable=False),
        sa.Column("total_vnd", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.String(length=60), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "fulfilment_state IN ('none','packed','partly_shipped','shipped','delivered','failed_delivery','returned')",
            name=op.f("ck_shop_order_fulfilment_state"),
        ),
        sa.CheckConstraint(
            "payment_state IN ('unpaid','partial','paid','overpaid','partly_refunded','refunded','disputed')",
            name=op.f("ck_shop_order_payment_state"),
        ),
        sa.CheckConstraint(
            "state IN ('awaiting_payment','awaiting_confirmation','confirmed','completed','cancelled','expired')",
            name=op.f("ck_shop_order_state"),
        ),
        sa.CheckConstraint(
            "subtotal_vnd >= 0 AND discount_vnd >= 0 AND shipping_vnd >= 0 AND total_vnd >= 0",
            name=op.f("ck_shop_order_amounts"),
        ),
        sa.CheckConstraint(
            "total_vnd = subtotal_vnd + shipping_vnd - discount_vnd",
            name=op.f("ck_shop_order_total"),
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["person.id"], name=op.f("fk_shop_order_buyer_id")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["checkout_group.id"], name=op.f("fk_shop_order_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_shop_order_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order")),
        sa.UniqueConstraint("code", name=op.f("uq_shop_order_code")),
    )
    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_order_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_order_group_id"), ["group_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shop_order_producer_id_state_placed_at"),
            ["producer_id", "state", "placed_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_shop_order_state_expires_at"), ["state", "expires_at"], unique=False
        )

    op.create_table(
        "voucher",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("max_discount_vnd", sa.BigInteger(), nullable=True),
        sa.Column("min_subtotal_vnd", sa.BigInteger(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("per_person", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("starts_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('percent','fixed','free_ship')", name=op.f("ck_voucher_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_voucher_ends_after_start")),
        sa.CheckConstraint(
            "used >= 0 AND (max_uses IS NULL OR used <= max_uses)", name=op.f("ck_voucher_used")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_voucher_producer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher")),
        sa.UniqueConstraint("code", name=op.f("uq_voucher_code")),
    )
    op.create_table(
        "certificate",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("product_name_printed", sa.String(length=160), nullable=False),
        sa.Column("entity_name_printed", sa.String(length=160), nullable=False),
        sa.Column("address_printed", sa.String(length=200), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("certificate_no", sa.String(length=80), nullable=False),
        sa.Column("decision_no", sa.String(length=80), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("issuer_level", sa.String(length=10), nullable=False),
        sa.Column("issuer", sa.String(length=160), nullable=False),
        sa.Column("criteria_version", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("scan_sha", sa.String(length=64), nullable=True),
        sa.Column("is_illustration", sa.Boolean(), nullable=False),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("verified_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "issuer_level IN ('district','province','national','other')",
            name=op.f("ck_certificate_issuer_level"),
        ),
        sa.CheckConstraint(
            "kind IN ('ocop','vietgap','organic','food_safety','haccp','other')",
            name=op.f("ck_certificate_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('draft','submitted','verified','rejected','expired','revoked')",
            name=op.f("ck_certificate_state"),
        ),
        sa.CheckConstraint(
            "expires_on > issued_on", name=op.f("ck_certificate_expires_after_issue")
        ),
        sa.CheckConstraint(
            "stars IS NULL OR stars BETWEEN 3 AND 5", name=op.f("ck_certificate_stars")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_certificate_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_certificate_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["certificate.id"], name=op.f("fk_certificate_superseded_by")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["person.id"], name=op.f("fk_certificate_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_producer_id"), ["producer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificate_product_id_kind_state"),
            ["product_id", "kind", "state"],
            unique=False,
        )

    op.create_table(
        "listing",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("is_included", sa.Boolean(), nullable=False),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("price_percent", sa.Integer(), nullable=False),
        sa.Column("price_floor_vnd", sa.BigInteger(), nullable=True),
        sa.Column("stock_reserve", sa.Integer(), nullable=False),
        sa.Column("updated_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "price_percent BETWEEN 50 AND 300", name=op.f("ck_listing_price_percent")
        ),
        sa.CheckConstraint("stock_reserve >= 0", name=op.f("ck_listing_stock_reserve")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_listing_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("product_id", "channel", name=op.f("uq_listing_product_id_channel")),
    )
    op.create_table(
        "live_campaign_product",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["live_campaign.id"], name=op.f("fk_live_campaign_product_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_live_campaign_product_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_campaign_product")),
        sa.UniqueConstraint(
            "campaign_id",
            "product_id",
            name=op.f("uq_live_campaign_product_campaign_id_product_id"),
        ),
    )
    op.create_table(
        "order_contact",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("full_name", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_order_contact_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_contact")),
    )
    with op.batch_alter_table("order_contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_contact_phone"), ["phone"], unique=False)

    op.create_table(
        "order_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_order_event_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_order_event_order_id_id"), ["order_id", "id"], unique=False
        )

    op.create_table(
        "payment_attempt",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("memo_code", sa.String(length=20), nullable=True),
        sa.Column("provider_ref", sa.String(length=120), nullable=True),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("pay_url", sa.Text(), nullable=True),
        sa.Column("account_bin", sa.String(length=6), nullable=True),
        sa.Column("account_number", sa.String(length=30), nullable=True),
        sa.Column("account_holder", sa.String(length=120), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("polled_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('created','started','succeeded','failed','expired','cancelled')",
            name=op.f("ck_payment_attempt_state"),
        ),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_payment_attempt_amount_vnd")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_payment_attempt_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payment_attempt_idempotency_key")),
        sa.UniqueConstraint("memo_code", name=op.f("uq_payment_attempt_memo_code")),
        sa.UniqueConstraint(
            "order_id", "provider", name=op.f("uq_payment_attempt_order_id_provider")
        ),
    )
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_attempt_provider_ref"), ["provider_ref"], unique=False
        )

    op.create_table(
        "product_facets",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("name_en", sa.String(length=160), nullable=True),
        sa.Column("producer_name", sa.String(length=160), nullable=False),
        sa.Column("producer_slug", sa.String(length=90), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("ocop_group", sa.String(length=12), nullable=False),
        sa.Column("subgroup", sa.String(length=4), nullable=False),
        sa.Column("season_mask", sa.Integer(), nullable=False),
        sa.Column("is_youth_led", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("price_min_vnd", sa.BigInteger(), nullable=False),
        sa.Column("price_max_vnd", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("sold_count", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("stars_until", sa.Date(), nullable=True),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("photo_sha", sa.String(length=64), nullable=True),
        sa.Column("photo_alt", sa.String(length=200), nullable=False),
        sa.Column("is_photo_illustration", sa.Boolean(), nullable=False),
        sa.Column("next_session_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_session_slug", sa.String(length=120), nullable=True),
        sa.Column("published_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("search_name", sa.Text(), nullable=False),
        sa.Column("search_producer", sa.Text(), nullable=False),
        sa.Column("search_rest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_facets_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_facets")),
    )
    with op.batch_alter_table("product_facets", schema=None) as batch_op:
        batch_op.create_index(
            "ix_product_facets_cheapest", ["is_listed", "price_min_vnd", "product_id"], unique=False
        )
        batch_op.create_index(
            "ix_product_facets_newest", ["is_listed", "published_at", "product_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_product_facets_ocop_group_is_listed"),
            ["ocop_group", "is_listed"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_product_facets_province_code_is_listed"),
            ["province_code", "is_listed"],
            unique=False,
        )

    op.create_table(
        "product_photo",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_illustration", sa.Boolean(), nullable=False),
        sa.Column("has_right_to_use", sa.Boolean(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_photo_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_photo")),
        sa.UniqueConstraint("product_id", "sha", name=op.f("uq_product_photo_product_id_sha")),
    )
    with op.batch_alter_table("product_photo", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_photo_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "product_revision",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft','submitted','approved','rejected')",
            name=op.f("ck_product_revision_state"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_product_revision_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_revision_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_revision")),
    )
    with op.batch_alter_table("product_revision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_revision_product_id"), ["product_id"], unique=False
        )
        batch_op.create_index(
            "uq_product_revision_open",
            ["product_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft','submitted')"),
            postgresql_where=sa.text("state IN ('draft','submitted')"),
        )

    op.create_table(
        "shipment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("carrier", sa.String(length=40), nullable=False),
        sa.Column("tracking_no", sa.String(length=60), nullable=False),
        sa.Column("packed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("shipped_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('packed','shipped','delivered','failed','returned','cancelled')",
            name=op.f("ck_shipment_state"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_shipment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_order_id"), ["order_id"], unique=False)

    op.create_table(
        "variant",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("label_en", sa.String(length=80), nullable=True),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("is_price_illustrative", sa.Boolean(), nullable=False),
        sa.Column("net_weight_g", sa.Integer(), nullable=True),
        sa.Column("net_volume_ml", sa.Integer(), nullable=True),
        sa.Column("packed_weight_g", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=True),
        sa.Column("width_mm", sa.Integer(), nullable=True),
        sa.Column("height_mm", sa.Integer(), nullable=True),
        sa.Column("gtin", sa.String(length=14), nullable=True),
        sa.Column("gtin_status", sa.String(length=10), nullable=False),
        sa.Column("low_stock_at", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "gtin_status IN ('none','declared','verified')", name=op.f("ck_variant_gtin_status")
        ),
        sa.CheckConstraint("packed_weight_g > 0", name=op.f("ck_variant_packed_weight_g")),
        sa.CheckConstraint("price_vnd >= 1000", name=op.f("ck_variant_price_vnd")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_variant_producer_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_variant_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("producer_id", "sku", name=op.f("uq_variant_producer_id_sku")),
    )
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_variant_product_id"), ["product_id"], unique=False)

    op.create_table(
        "voucher_redemption",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("voucher_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("redeemed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("released_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_voucher_redemption_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["voucher.id"], name=op.f("fk_voucher_redemption_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_redemption")),
        sa.UniqueConstraint(
            "voucher_id", "order_id", name=op.f("uq_voucher_redemption_voucher_id_order_id")
        ),
    )
    op.create_table(
        "basket_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("basket_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("added_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_basket_line_quantity")),
        sa.ForeignKeyConstraint(
            ["basket_id"], ["basket.id"], name=op.f("fk_basket_line_basket_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_basket_line_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basket_line")),
        sa.UniqueConstraint(
            "basket_id", "variant_id", name=op.f("uq_basket_line_basket_id_variant_id")
        ),
    )
    op.create_table(
        "live_session_item",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("short_code", sa.String(length=4), nullable=False),
        sa.Column("live_price_vnd", sa.BigInteger(), nullable=True),
        sa.Column("floor_price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("set_aside", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(length=10), nullable=False),
        sa.Column("consent_by", sa.BigInteger(), nullable=True),
        sa.Column("consent_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("consent_note", sa.String(length=300), nullable=False),
        sa.Column("withdrawn_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "consent IN ('asked','agreed','declined')", name=op.f("ck_live_session_item_consent")
        ),
        sa.CheckConstraint(
            "live_price_vnd IS NULL OR (live_price_vnd >= floor_price_vnd)",
            name=op.f("ck_live_session_item_floor"),
        ),
        sa.CheckConstraint("minutes BETWEEN 1 AND 240", name=op.f("ck_live_session_item_minutes")),
        sa.CheckConstraint("set_aside >= 0", name=op.f("ck_live_session_item_set_aside")),
        sa.ForeignKeyConstraint(
            ["consent_by"], ["person.id"], name=op.f("fk_live_session_item_consent_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_live_session_item_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_live_session_item_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_live_session_item_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_live_session_item_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session_item")),
        sa.UniqueConstraint(
            "session_id", "short_code", name=op.f("uq_live_session_item_session_id_short_code")
        ),
        sa.UniqueConstraint(
            "session_id", "variant_id", name=op.f("uq_live_session_item_session_id_variant_id")
        ),
    )
    with op.batch_alter_table("live_session_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_live_session_item_producer_id"), ["producer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_live_session_item_product_id"), ["product_id"], unique=False
        )

    op.create_table(
        "lot",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("lot_no", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("uom", sa.String(length=12), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("packed_on", sa.Date(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("site", sa.String(length=160), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_note", sa.String(length=300), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("released_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('raw','semi','finished')", name=op.f("ck_lot_kind")),
        sa.CheckConstraint(
            "state IN ('open','released','on_hold','recalled','closed')", name=op.f("ck_lot_state")
        ),
        sa.CheckConstraint("head_seq >= 0", name=op.f("ck_lot_head_seq")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_lot_quantity")),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_lot_commune_code")
        ),
        sa.ForeignKeyConstraint(["producer_id"], ["producer.id"], name=op.f("fk_lot_producer_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_lot_product_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_lot_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("code", name=op.f("uq_lot_code")),
        sa.UniqueConstraint("product_id", "lot_no", name=op.f("uq_lot_product_id_lot_no")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_lot_submit_key")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_producer_id"), ["producer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_product_id"), ["product_id"], unique=False)

    op.create_table(
        "payment_txn",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("txn_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt_id", sa.BigInteger(), nullable=True),
        sa.Column("account_digest", sa.String(length=64), nullable=False),
        sa.Column("raw_digest", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("occurred_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('charge','charge_failed','refund','refund_failed','chargeback','chargeback_reversed')",
            name=op.f("ck_payment_txn_kind"),
        ),
        sa.CheckConstraint("amount_vnd >= 0", name=op.f("ck_payment_txn_amount_vnd")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempt.id"], name=op.f("fk_payment_txn_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_payment_txn_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_txn")),
        sa.UniqueConstraint(
            "provider", "txn_id", "kind", name=op.f("uq_payment_txn_provider_txn_id_kind")
        ),
    )
    with op.batch_alter_table("payment_txn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_txn_order_id"), ["order_id"], unique=False)

    op.create_table(
        "price_window",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("owner_key", sa.String(length=60), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("sold", sa.Integer(), nullable=False),
        sa.Column("per_buyer", sa.Integer(), nullable=True),
        sa.Column("starts_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_dropped", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_price_window_ends_after_start")),
        sa.CheckConstraint("price_vnd >= 1000", name=op.f("ck_price_window_price_vnd")),
        sa.CheckConstraint(
            "sold >= 0 AND (cap IS NULL OR sold <= cap)", name=op.f("ck_price_window_cap")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_price_window_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_window")),
        sa.UniqueConstraint(
            "owner_key", "variant_id", name=op.f("uq_price_window_owner_key_variant_id")
        ),
    )
    with op.batch_alter_table("price_window", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_price_window_variant_id_starts_at_ends_at"),
            ["variant_id", "starts_at", "ends_at"],
            unique=False,
        )

    op.create_table(
        "stock_level",
        sa.Column("variant_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("on_hand <= 1000000000", name=op.f("ck_stock_level_on_hand")),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= on_hand", name=op.f("ck_stock_level_reserved")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_level_variant_id")
        ),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_stock_level")),
    )
    op.create_table(
        "stock_reservation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("owner_key", sa.String(length=60), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('held','committed','released')", name=op.f("ck_stock_reservation_state")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_reservation_quantity")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_reservation_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_reservation")),
        sa.UniqueConstraint(
            "owner_key", "variant_id", name=op.f("uq_stock_reservation_owner_key_variant_id")
        ),
    )
    with op.batch_alter_table("stock_reservation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_reservation_variant_id_state"),
            ["variant_id", "state"],
            unique=False,
        )

    op.create_table(
        "label_batch",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=20), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_label_batch_lot_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_label_batch_made_by")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_label_batch_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_batch")),
    )
    with op.batch_alter_table("label_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_label_batch_product_id"), ["product_id"], unique=False)

    op.create_table(
        "lot_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("happened_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("inner_facts", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.String(length=64), nullable=False),
        sa.Column("corrects_seq", sa.Integer(), nullable=True),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("corrects_seq < seq", name=op.f("ck_lot_event_corrects_seq")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_lot_event_seq")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_event_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_event")),
        sa.UniqueConstraint("hash", name=op.f("uq_lot_event_hash")),
        sa.UniqueConstraint(
            "lot_id", "previous_hash", name=op.f("uq_lot_event_lot_id_previous_hash")
        ),
        sa.UniqueConstraint("lot_id", "seq", name=op.f("uq_lot_event_lot_id_seq")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_lot_event_submit_key")),
    )
    op.create_table(
        "lot_link",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("child_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_lot_link_not_itself")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_lot_link_quantity")),
        sa.ForeignKeyConstraint(["child_id"], ["lot.id"], name=op.f("fk_lot_link_child_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["lot.id"], name=op.f("fk_lot_link_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_link")),
        sa.UniqueConstraint("parent_id", "child_id", name=op.f("uq_lot_link_parent_id_child_id")),
    )
    with op.batch_alter_table("lot_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_link_child_id"), ["child_id"], unique=False)

    op.create_table(
        "order_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("product_name", sa.String(length=160), nullable=False),
        sa.Column("variant_label", sa.String(length=80), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("photo_sha", sa.String(length=64), nullable=True),
        sa.Column("unit_price_vnd", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("discount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("line_total_vnd", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("price_window_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("discount_vnd >= 0", name=op.f("ck_order_line_discount_vnd")),
        sa.CheckConstraint(
            "line_total_vnd = quantity * unit_price_vnd - discount_vnd AND line_total_vnd >= 0",
            name=op.f("ck_order_line_line_total"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_quantity")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_order_line_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["price_window_id"], ["price_window.id"], name=op.f("fk_order_line_price_window_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_order_line_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_order_line_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint(
            "order_id", "variant_id", name=op.f("uq_order_line_order_id_variant_id")
        ),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_product_id"), ["product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_order_line_variant_id"), ["variant_id"], unique=False)

    op.create_table(
        "payment_match",
        sa.Column("txn_row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order.id"], name=op.f("fk_payment_match_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["txn_row_id"], ["payment_txn.id"], name=op.f("fk_payment_match_txn_row_id")
        ),
        sa.PrimaryKeyConstraint("txn_row_id", name=op.f("pk_payment_match")),
    )
    with op.batch_alter_table("payment_match", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_match_order_id"), ["order_id"], unique=False)

    op.create_table(
        "payment_txn_detail",
        sa.Column("txn_row_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("hint", sa.String(length=300), nullable=False),
        sa.Column("counterparty", sa.String(length=160), nullable=False),
        sa.ForeignKeyConstraint(
            ["txn_row_id"], ["payment_txn.id"], name=op.f("fk_payment_txn_detail_txn_row_id")
        ),
        sa.PrimaryKeyConstraint("txn_row_id", name=op.f("pk_payment_txn_detail")),
    )
    op.create_table(
        "refund",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("txn_row_id", sa.BigInteger(), nullable=True),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("amount_vnd", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("proof_sha", sa.String(length=64), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested','approved','sent','done','failed','rejected')",
            name=op.f("ck_refund_state"),
        ),
        sa.CheckConstraint("amount_vnd > 0", name=op.f("ck_refund_amount_vnd")),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name=op.f("fk_refund_approved_by")),
        sa.ForeignKeyConstraint(["order_id"], ["shop_order.id"], name=op.f("fk_refund_order_id")),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["person.id"], name=op.f("fk_refund_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["txn_row_id"], ["payment_txn.id"], name=op.f("fk_refund_txn_row_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refund_idempotency_key")),
    )
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refund_order_id"), ["order_id"], unique=False)

    op.create_table(
        "stock_lot_level",
        sa.Column("lot_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_lot_level_on_hand")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_lot_level_lot_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_lot_level_variant_id")
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_stock_lot_level")),
    )
    with op.batch_alter_table("stock_lot_level", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_lot_level_variant_id"), ["variant_id"], unique=False
        )

    op.create_table(
        "stock_movement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_movement_quantity")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_movement_lot_id")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_stock_movement_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
        sa.UniqueConstraint("key", name=op.f("uq_stock_movement_key")),
    )
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_movement_variant_id_at"), ["variant_id", "at"], unique=False
        )

    op.create_table(
        "shipment_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("shipment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_line_quantity")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_shipment_line_lot_id")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_shipment_line_order_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_line_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
    )
    with op.batch_alter_table("shipment_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipment_line_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shipment_line_order_line_id"), ["order_line_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_shipment_line_shipment_id"), ["shipment_id"], unique=False
        )

    op.create_table(
        "trace_code",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("printed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(level = 'product') = (lot_id IS NULL)", name=op.f("ck_trace_code_target")
        ),
        sa.CheckConstraint(
            "level IN ('product','lot','unit','box')", name=op.f("ck_trace_code_level")
        ),
        sa.CheckConstraint(
            "state IN ('unprinted','active','void','reported')", name=op.f("ck_trace_code_state")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["label_batch.id"], name=op.f("fk_trace_code_batch_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_trace_code_lot_id")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_trace_code_product_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_trace_code")),
    )
    with op.batch_alter_table("trace_code", schema=None) as batch_op:
        batch_op.create_index("ix_trace_code_lot", ["lot_id", "level"], unique=False)
        batch_op.create_index("ix_trace_code_product", ["product_id", "level"], unique=False)
        batch_op.create_index(
            "uq_trace_code_one_per_product",
            ["product_id"],
            unique=True,
            sqlite_where=sa.text("level = 'product'"),
            postgresql_where=sa.text("level = 'product'"),
        )

    op.create_table(
        "scan_report",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("handled_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["trace_code.code"], name=op.f("fk_scan_report_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_report")),
    )
    with op.batch_alter_table("scan_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scan_report_code"), ["code"], unique=False)

    op.create_table(
        "scan_stat",
        sa.Column("code", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_seen_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["trace_code.code"], name=op.f("fk_scan_stat_code")),
        sa.PrimaryKeyConstraint("code", "day", name=op.f("pk_scan_stat")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            "ALTER TABLE live_resource_hold ADD CONSTRAINT ex_live_resource_hold_overlap "
            "EXCLUDE USING gist (resource_id WITH =, int8range(hold_start, hold_end) WITH &&) "
            "WHERE (is_active)"
        )


def downgrade() -> None:
    op.drop_table("scan_stat")
    with op.batch_alter_table("scan_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scan_report_code"))

    op.drop_table("scan_report")
    with op.batch_alter_table("trace_code", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_trace_code_one_per_product",
            sqlite_where=sa.text("level = 'product'"),
            postgresql_where=sa.text("level = 'product'"),
        )
        batch_op.drop_index("ix_trace_code_product")
        batch_op.drop_index("ix_trace_code_lot")

    op.drop_table("trace_code")
    with op.batch_alter_table("shipment_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_line_shipment_id"))
        batch_op.drop_index(batch_op.f("ix_shipment_line_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_shipment_line_lot_id"))

    op.drop_table("shipment_line")
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_movement_variant_id_at"))

    op.drop_table("stock_movement")
    with op.batch_alter_table("stock_lot_level", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_lot_level_variant_id"))

    op.drop_table("stock_lot_level")
    with op.batch_alter_table("refund", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_order_id"))

    op.drop_table("refund")
    op.drop_table("payment_txn_detail")
    with op.batch_alter_table("payment_match", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_match_order_id"))

    op.drop_table("payment_match")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_variant_id"))
        batch_op.drop_index(batch_op.f("ix_order_line_product_id"))

    op.drop_table("order_line")
    with op.batch_alter_table("lot_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_link_child_id"))

    op.drop_table("lot_link")
    op.drop_table("lot_event")
    with op.batch_alter_table("label_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_label_batch_product_id"))

    op.drop_table("label_batch")
    with op.batch_alter_table("stock_reservation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_reservation_variant_id_state"))

    op.drop_table("stock_reservation")
    op.drop_table("stock_level")
    with op.batch_alter_table("price_window", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_price_window_variant_id_starts_at_ends_at"))

    op.drop_table("price_window")
    with op.batch_alter_table("payment_txn", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_txn_order_id"))

    op.drop_table("payment_txn")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_product_id"))
        batch_op.drop_index(batch_op.f("ix_lot_producer_id"))

    op.drop_table("lot")
    with op.batch_alter_table("live_session_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_session_item_product_id"))
        batch_op.drop_index(batch_op.f("ix_live_session_item_producer_id"))

    op.drop_table("live_session_item")
    op.drop_table("basket_line")
    op.drop_table("voucher_redemption")
    with op.batch_alter_table("variant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_variant_product_id"))

    op.drop_table("variant")
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipment_order_id"))

    op.drop_table("shipment")
    with op.batch_alter_table("product_revision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_product_revision_open",
            sqlite_where=sa.text("state IN ('draft','submitted')"),
            postgresql_where=sa.text("state IN ('draft','submitted')"),
        )
        batch_op.drop_index(batch_op.f("ix_product_revision_product_id"))

    op.drop_table("product_revision")
    with op.batch_alter_table("product_photo", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_photo_product_id"))

    op.drop_table("product_photo")
    with op.batch_alter_table("product_facets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_facets_province_code_is_listed"))
        batch_op.drop_index(batch_op.f("ix_product_facets_ocop_group_is_listed"))
        batch_op.drop_index("ix_product_facets_newest")
        batch_op.drop_index("ix_product_facets_cheapest")

    op.drop_table("product_facets")
    with op.batch_alter_table("payment_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payment_attempt_provider_ref"))

    op.drop_table("payment_attempt")
    with op.batch_alter_table("order_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_event_order_id_id"))

    op.drop_table("order_event")
    with op.batch_alter_table("order_contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_contact_phone"))

    op.drop_table("order_contact")
    op.drop_table("live_campaign_product")
    op.drop_table("listing")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_product_id_kind_state"))
        batch_op.drop_index(batch_op.f("ix_certificate_producer_id"))

    op.drop_table("certificate")
    op.drop_table("voucher")
    with op.batch_alter_table("shop_order", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shop_order_state_expires_at"))
        batch_op.drop_index(batch_op.f("ix_shop_order_producer_id_state_placed_at"))
        batch_op.drop_index(batch_op.f("ix_shop_order_group_id"))
        batch_op.drop_index(batch_op.f("ix_shop_order_buyer_id"))

    op.drop_table("shop_order")
    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_producer_id"))

    op.drop_table("product")
    with op.batch_alter_table("payee_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payee_account_waiting",
            sqlite_where=sa.text("state = 'submitted'"),
            postgresql_where=sa.text("state = 'submitted'"),
        )
        batch_op.drop_index(batch_op.f("ix_payee_account_producer_id"))

    op.drop_table("payee_account")
    with op.batch_alter_table("live_session_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_session_event_session_id_id"))

    op.drop_table("live_session_event")
    op.drop_table("live_rule_override")
    with op.batch_alter_table("live_resource_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_resource_hold_resource_id_is_active_hold_start"))

    op.drop_table("live_resource_hold")
    with op.batch_alter_table("live_club_resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_club_resource_resource_id"))

    op.drop_table("live_club_resource")
    op.drop_table("live_availability_exception")
    with op.batch_alter_table("live_availability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_availability_resource_id_weekday"))

    op.drop_table("live_availability")
    with op.batch_alter_table("export_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_export_run_producer_id_made_at"))

    op.drop_table("export_run")
    with op.batch_alter_table("delivery_rate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delivery_rate_producer_id_zone_max_weight_g"))

    op.drop_table("delivery_rate")
    with op.batch_alter_table("producer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_producer_province_code"))

    op.drop_table("producer")
    with op.batch_alter_table("old_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_old_place_folded_level"))

    op.drop_table("old_place")
    with op.batch_alter_table("live_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_session_state_starts_at"))
        batch_op.drop_index(batch_op.f("ix_live_session_club_id_starts_at"))
        batch_op.drop_index(batch_op.f("ix_live_session_campaign_id"))

    op.drop_table("live_session")
    with op.batch_alter_table("live_resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_resource_owner_club_id"))

    op.drop_table("live_resource")
    with op.batch_alter_table("live_invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_invitation_login"))

    op.drop_table("live_invitation")
    op.drop_table("staff_scope")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_unit_kind_unit_id"))

    op.drop_table("membership")
    op.drop_table("live_club")
    op.drop_table("live_campaign")
    with op.batch_alter_table("inbox_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_item_person_id_read_at_at"))

    op.drop_table("inbox_item")
    with op.batch_alter_table("commune", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commune_province_code"))
        batch_op.drop_index(batch_op.f("ix_commune_folded"))

    op.drop_table("commune")
    with op.batch_alter_table("checkout_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checkout_group_buyer_id"))

    op.drop_table("checkout_group")
    with op.batch_alter_table("basket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_basket_person_id"))

    op.drop_table("basket")
    op.drop_table("audit_note")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_person_id"))

    op.drop_table("api_token")
    op.drop_table("webhook_event")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_state_queued_at"))

    op.drop_table("task")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_failure_source_digest_at"))
        batch_op.drop_index(batch_op.f("ix_sign_in_failure_login_digest_at"))

    op.drop_table("sign_in_failure")
    op.drop_table("scheduler_heartbeat")
    op.drop_table("province")
    op.drop_table("person")
    with op.batch_alter_table("outbox_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_message_state_due_at"))

    op.drop_table("outbox_message")
    op.drop_table("catalogue_version")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_subject_kind_subject_id"))

    op.drop_table("audit_entry")
    op.drop_table("anchor")
