"""A paper that confirms the words of an advertisement."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KINDS = ("ocop", "vietgap", "organic", "food_safety", "haccp")


def _kinds(*kinds: str) -> str:
    named = ",".join(f"'{kind}'" for kind in kinds)
    return f"kind IN ({named})"


def upgrade() -> None:
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_certificate_kind"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_certificate_kind"), _kinds(*KINDS, "ad_content", "other")
        )


def downgrade() -> None:
    op.execute("UPDATE certificate SET kind = 'other' WHERE kind = 'ad_content'")
    with op.batch_alter_table("certificate", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_certificate_kind"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_certificate_kind"), _kinds(*KINDS, "other"))
