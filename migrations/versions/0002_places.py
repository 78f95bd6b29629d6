"""Fill provinces, communes and old place names from ``shop/places/data``."""

import sqlalchemy as sa
from alembic import op

from shop.places import seed

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PROVINCE = sa.table("province", *(sa.column(n) for n in ("code", "name", "slug", "folded")))
_COMMUNE = sa.table(
    "commune", *(sa.column(n) for n in ("code", "province_code", "name", "kind", "folded"))
)
_OLD_PLACE = sa.table(
    "old_place",
    *(sa.column(n) for n in ("folded", "label", "level", "province_code", "commune_code")),
)


def upgrade() -> None:
    op.bulk_insert(_PROVINCE, list(seed.province_rows()))
    op.bulk_insert(_COMMUNE, list(seed.commune_rows()))
    op.bulk_insert(_OLD_PLACE, list(seed.old_place_rows()))


def downgrade() -> None:
    for table in (_OLD_PLACE, _COMMUNE, _PROVINCE):
        op.execute(sa.delete(table))
