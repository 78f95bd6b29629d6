"""The staff desk: reference data, union units that vouch, invitations, candidates, audit scope."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "member_invitation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("unit_kind", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("consent_version", sa.String(length=20), nullable=True),
        sa.Column("consent_areas", sa.JSON(), nullable=True),
        sa.Column("consent_until", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('owner','member','supporter','manager','host')",
            name=op.f("ck_member_invitation_role"),
        ),
        sa.CheckConstraint(
            "state IN ('pending','accepted','declined','withdrawn')",
            name=op.f("ck_member_invitation_state"),
        ),
        sa.CheckConstraint(
            "unit_kind IN ('producer')", name=op.f("ck_member_invitation_unit_kind")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["person.id"], name=op.f("fk_member_invitation_invited_by")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_member_invitation_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_member_invitation_code")),
    )
    with op.batch_alter_table("member_invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_member_invitation_person_id_state"), ["person_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_member_invitation_pending",
            ["unit_kind", "unit_id", "login"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "reference_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_reference_entry_revision")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from",
            name=op.f("ck_reference_entry_valid_span"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_reference_entry_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_entry")),
        sa.UniqueConstraint(
            "kind", "code", "revision", name=op.f("uq_reference_entry_kind_code_revision")
        ),
    )
    op.create_table(
        "youth_endorsement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("union_unit", sa.String(length=160), nullable=False),
        sa.Column("project", sa.String(length=200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=200), nullable=False),
        sa.Column("scan_sha", sa.String(length=64), nullable=True),
        sa.Column("is_illustration", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested','confirmed','refused','revoked')",
            name=op.f("ck_youth_endorsement_state"),
        ),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_youth_endorsement_year")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_youth_endorsement_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_youth_endorsement_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["person.id"], name=op.f("fk_youth_endorsement_requested_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_youth_endorsement")),
    )
    with op.batch_alter_table("youth_endorsement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_youth_endorsement_producer_id_id"), ["producer_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_youth_endorsement_state_created_at"),
            ["state", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            "uq_youth_endorsement_confirmed",
            ["producer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.create_index(
            "uq_youth_endorsement_requested",
            ["producer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'requested'"),
            postgresql_where=sa.text("state = 'requested'"),
        )

    op.create_table(
        "candidate",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("target_stars", sa.Integer(), nullable=True),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("stage_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("closed_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('ocop','gtin','trace')", name=op.f("ck_candidate_kind")),
        sa.CheckConstraint(
            "state IN ('open','achieved','stopped')", name=op.f("ck_candidate_state")
        ),
        sa.CheckConstraint(
            "target_stars IS NULL OR target_stars BETWEEN 3 AND 5", name=op.f("ck_candidate_stars")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_candidate_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_candidate_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_candidate_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_candidate_producer_id_state"), ["producer_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_candidate_state_deadline"), ["state", "deadline"], unique=False
        )
        batch_op.create_index(
            "uq_candidate_open_producer",
            ["kind", "producer_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open' AND product_id IS NULL"),
            postgresql_where=sa.text("state = 'open' AND product_id IS NULL"),
        )
        batch_op.create_index(
            "uq_candidate_open_product",
            ["kind", "product_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open' AND product_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'open' AND product_id IS NOT NULL"),
        )

    op.create_table(
        "product_approval",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_approval_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_approval")),
    )
    with op.batch_alter_table("product_approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_product_approval_product_id_id"), ["product_id", "id"], unique=False
        )

    op.create_table(
        "candidate_paper",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("candidate_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('missing','ready','handed_in','accepted','returned','waived')",
            name=op.f("ck_candidate_paper_state"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_candidate_paper_candidate_id")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["person.id"], name=op.f("fk_candidate_paper_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_paper")),
        sa.UniqueConstraint(
            "candidate_id", "code", name=op.f("uq_candidate_paper_candidate_id_code")
        ),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("producer_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("province_code", sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column("actor_role", sa.String(length=10), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_audit_entry_actor_id_id"), ["actor_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_audit_entry_producer_id_id"), ["producer_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_audit_entry_province_code_id"), ["province_code", "id"], unique=False
        )

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("renews_id", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_certificate_renews_id"), "certificate", ["renews_id"], ["id"]
        )

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("consented_by", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("consent_version", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("consent_areas", sa.JSON(), nullable=True))
        batch_op.add_column(
            sa.Column("consent_until", shop.core.db.UtcDateTime(timezone=True), nullable=True)
        )

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("decision_step", sa.String(length=12), nullable=False, server_default="")
        )

    with op.batch_alter_table("product_facets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("youth_unit", sa.String(length=160), nullable=True))

    with op.batch_alter_table("product_revision", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("decision_step", sa.String(length=12), nullable=False, server_default="")
        )

    _fill()


def _fill() -> None:
    """Whose things old audit entries are about; and no badge without a unit that vouches."""
    for kind, table, column in (
        ("product", "product", "producer_id"),
        ("certificate", "certificate", "producer_id"),
        ("variant", "variant", "producer_id"),
        ("order", "shop_order", "producer_id"),
        ("producer", "producer", "id"),
    ):
        op.execute(
            f"UPDATE audit_entry SET producer_id = (SELECT t.{column} FROM {table} t "
            f"WHERE t.id = audit_entry.subject_id) WHERE subject_kind = '{kind}'"
        )
    op.execute(
        "UPDATE audit_entry SET province_code = (SELECT p.province_code FROM producer p "
        "WHERE p.id = audit_entry.producer_id) WHERE producer_id IS NOT NULL"
    )
    op.execute("UPDATE producer SET is_youth_led = false WHERE is_youth_led")
    op.execute("UPDATE product_facets SET is_youth_led = false WHERE is_youth_led")


def downgrade() -> None:
    with op.batch_alter_table("product_revision", schema=None) as batch_op:
        batch_op.drop_column("decision_step")

    with op.batch_alter_table("product_facets", schema=None) as batch_op:
        batch_op.drop_column("youth_unit")

    with op.batch_alter_table("product", schema=None) as batch_op:
        batch_op.drop_column("decision_step")

    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_column("consent_until")
        batch_op.drop_column("consent_areas")
        batch_op.drop_column("consent_version")
        batch_op.drop_column("consented_by")

    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_certificate_renews_id"), type_="foreignkey")
        batch_op.drop_column("renews_id")

    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_province_code_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_producer_id_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id_id"))
        batch_op.drop_column("actor_role")
        batch_op.drop_column("province_code")
        batch_op.drop_column("producer_id")

    op.drop_table("candidate_paper")
    with op.batch_alter_table("product_approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_product_approval_product_id_id"))

    op.drop_table("product_approval")
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_candidate_open_product",
            sqlite_where=sa.text("state = 'open' AND product_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'open' AND product_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_candidate_open_producer",
            sqlite_where=sa.text("state = 'open' AND product_id IS NULL"),
            postgresql_where=sa.text("state = 'open' AND product_id IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_candidate_state_deadline"))
        batch_op.drop_index(batch_op.f("ix_candidate_producer_id_state"))

    op.drop_table("candidate")
    with op.batch_alter_table("youth_endorsement", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_youth_endorsement_requested",
            sqlite_where=sa.text("state = 'requested'"),
            postgresql_where=sa.text("state = 'requested'"),
        )
        batch_op.drop_index(
            "uq_youth_endorsement_confirmed",
            sqlite_where=sa.text("state = 'confirmed'"),
            postgresql_where=sa.text("state = 'confirmed'"),
        )
        batch_op.drop_index(batch_op.f("ix_youth_endorsement_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_youth_endorsement_producer_id_id"))

    op.drop_table("youth_endorsement")
    op.drop_table("reference_entry")
    with op.batch_alter_table("member_invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_member_invitation_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_member_invitation_person_id_state"))

    op.drop_table("member_invitation")
