"""Officers of communes, and the commune of a club."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commune_scope",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["commune_code"], ["commune.code"], name=op.f("fk_commune_scope_commune_code")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_commune_scope_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commune_scope")),
        sa.UniqueConstraint(
            "person_id", "commune_code", name=op.f("uq_commune_scope_person_id_commune_code")
        ),
    )
    with op.batch_alter_table("commune_scope", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_commune_scope_commune_code"), ["commune_code"], unique=False
        )
    with op.batch_alter_table("live_club", schema=None) as batch_op:
        batch_op.add_column(sa.Column("commune_code", sa.String(length=5), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_live_club_commune_code"), "commune", ["commune_code"], ["code"]
        )
        batch_op.create_index(
            batch_op.f("ix_live_club_commune_code"), ["commune_code"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("live_club", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_club_commune_code"))
        batch_op.drop_constraint(batch_op.f("fk_live_club_commune_code"), type_="foreignkey")
        batch_op.drop_column("commune_code")
    op.drop_table("commune_scope")
