"""A parcel keeps what its carrier was told to collect; of those sent before, it is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.alter_column(
            "cod_vnd", existing_type=sa.BigInteger(), nullable=True, server_default=None
        )
    op.execute("UPDATE shipment SET cod_vnd = NULL")


def downgrade() -> None:
    op.execute("UPDATE shipment SET cod_vnd = 0 WHERE cod_vnd IS NULL")
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.alter_column(
            "cod_vnd", existing_type=sa.BigInteger(), nullable=False, server_default="0"
        )
