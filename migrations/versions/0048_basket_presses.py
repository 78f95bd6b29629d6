"""Which form put a line into a basket last, so that the same form sent twice adds once."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("basket_line") as table:
        table.add_column(sa.Column("add_key", sa.String(32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("basket_line") as table:
        table.drop_column("add_key")
