"""Which channel a file of results tells of."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("live_result_import") as table:
        table.add_column(sa.Column("channel_id", sa.BigInteger(), nullable=True))
        table.create_foreign_key(
            op.f("fk_live_result_import_channel_id"), "live_resource", ["channel_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("live_result_import") as table:
        table.drop_constraint(op.f("fk_live_result_import_channel_id"), type_="foreignkey")
        table.drop_column("channel_id")
