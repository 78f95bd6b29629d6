"""Postmart is called Buudien: rows of the old name move to the new one."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("postmart", "buudien")


def downgrade() -> None:
    _rename("buudien", "postmart")


def _rename(old: str, new: str) -> None:
    for table in ("listing", "export_run"):
        op.execute(f"UPDATE {table} SET channel = '{new}' WHERE channel = '{old}'")
