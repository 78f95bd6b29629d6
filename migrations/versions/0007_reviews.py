"""Reviews with replies and votes, questions with answers, violation reports."""

import sqlalchemy as sa
from alembic import op

import shop.core.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "violation_report",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("province_code", sa.String(length=2), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reporter_key", sa.String(length=80), nullable=False),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decision_note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)",
            name=op.f("ck_violation_report_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('open','upheld','dismissed')", name=op.f("ck_violation_report_state")
        ),
        sa.CheckConstraint(
            "subject_kind IN ('product','review','question','producer')",
            name=op.f("ck_violation_report_subject_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_violation_report_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_violation_report_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name=op.f("fk_violation_report_reporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_violation_report")),
        sa.UniqueConstraint("code", name=op.f("uq_violation_report_code")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_violation_report_submit_key")),
    )
    with op.batch_alter_table("violation_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_violation_report_producer_id"), ["producer_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_violation_report_province_code_state_created_at"),
            ["province_code", "state", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_violation_report_reporter_id"), ["reporter_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_violation_report_subject_kind_subject_id"),
            ["subject_kind", "subject_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_violation_report_open",
            ["reporter_key", "subject_kind", "subject_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "question",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("hide_reason", sa.String(length=20), nullable=False),
        sa.Column("hide_note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state <> 'hidden' OR hide_reason <> ''", name=op.f("ck_question_hidden_says_why")
        ),
        sa.CheckConstraint(
            "state IN ('shown','held','hidden','withdrawn')", name=op.f("ck_question_state")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_question_author_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_question_decided_by")),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_question_producer_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_question_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_question_submit_key")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_question_author_id_created_at"),
            ["author_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_question_producer_id_state_created_at"),
            ["producer_id", "state", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_question_product_id_state_created_at"),
            ["product_id", "state", "created_at"],
            unique=False,
        )

    op.create_table(
        "violation_words",
        sa.Column("report_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["violation_report.id"], name=op.f("fk_violation_words_report_id")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_violation_words")),
    )
    op.create_table(
        "question_answer",
        sa.Column("question_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_question_answer_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_answer_question_id")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_answer")),
    )
    op.create_table(
        "question_words",
        sa.Column("question_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_words_question_id")
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_words")),
    )
    op.create_table(
        "review",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("order_line_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("producer_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("submit_key", sa.String(length=64), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("helpful_count", sa.Integer(), nullable=False),
        sa.Column("has_photos", sa.Boolean(), nullable=False),
        sa.Column("hide_reason", sa.String(length=20), nullable=False),
        sa.Column("hide_note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state <> 'hidden' OR hide_reason <> ''", name=op.f("ck_review_hidden_says_why")
        ),
        sa.CheckConstraint(
            "state IN ('shown','held','hidden','withdrawn')", name=op.f("ck_review_state")
        ),
        sa.CheckConstraint("helpful_count >= 0", name=op.f("ck_review_helpful_count")),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_review_rating")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_review_author_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_review_decided_by")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_review_order_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["producer_id"], ["producer.id"], name=op.f("fk_review_producer_id")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_review_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("order_line_id", name=op.f("uq_review_order_line_id")),
        sa.UniqueConstraint("submit_key", name=op.f("uq_review_submit_key")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_review_producer_id_state_created_at"),
            ["producer_id", "state", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_review_product_id_state_rating"),
            ["product_id", "state", "rating"],
            unique=False,
        )

    op.create_table(
        "review_edit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("text_sha", sa.String(length=64), nullable=False),
        sa.Column("photo_shas", sa.JSON(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_edit_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_edit")),
        sa.UniqueConstraint("review_id", "number", name=op.f("uq_review_edit_review_id_number")),
    )
    op.create_table(
        "review_reply",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", shop.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_review_reply_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_reply_review_id")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_reply")),
    )
    op.create_table(
        "review_vote",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("review_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", shop.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_review_vote_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_vote_review_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_vote")),
        sa.UniqueConstraint(
            "review_id", "person_id", name=op.f("uq_review_vote_review_id_person_id")
        ),
    )
    with op.batch_alter_table("review_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_vote_person_id"), ["person_id"], unique=False)

    op.create_table(
        "review_words",
        sa.Column("review_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photos", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_review_words_review_id")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_words")),
    )
    op.create_table(
        "review_edit_words",
        sa.Column("edit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edit_id"], ["review_edit.id"], name=op.f("fk_review_edit_words_edit_id")
        ),
        sa.PrimaryKeyConstraint("edit_id", name=op.f("pk_review_edit_words")),
    )


def downgrade() -> None:
    op.drop_table("review_edit_words")
    op.drop_table("review_words")
    with op.batch_alter_table("review_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_vote_person_id"))

    op.drop_table("review_vote")
    op.drop_table("review_reply")
    op.drop_table("review_edit")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_product_id_state_rating"))
        batch_op.drop_index(batch_op.f("ix_review_producer_id_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_review_author_id"))

    op.drop_table("review")
    op.drop_table("question_words")
    op.drop_table("question_answer")
    op.drop_table("violation_words")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_question_product_id_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_question_producer_id_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_question_author_id_created_at"))

    op.drop_table("question")
    with op.batch_alter_table("violation_report", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_violation_report_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_violation_report_subject_kind_subject_id"))
        batch_op.drop_index(batch_op.f("ix_violation_report_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_violation_report_province_code_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_violation_report_producer_id"))

    op.drop_table("violation_report")
