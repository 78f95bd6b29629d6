"""A dozen products with lots, the demo accounts, clubs and sessions: ``python -m …small_demo``.

The same loaders as ``flask demo load``, on few rows, so that a browser test starts in seconds.
"""

import wsgi
from shop.accounts.passwords import hash_password
from shop.core import clock
from shop.demo.cli import Loader
from shop.demo.figures import figures_for
from shop.demo.lots import load_stock
from shop.demo.people import PASSWORD, load_people
from shop.demo.pictures import load_covers
from shop.demo.products import OWNERS, load_product, producer_name
from shop.demo.seed_rows import SeedProduct, load_products
from shop.demo.showing import DOLLS
from shop.web.request import House

ROWS = 12


def few(rows: list[SeedProduct]) -> list[SeedProduct]:
    """All of the demo accounts' producers, a service, the dolls, goods without lots, others."""
    own = [row for row in rows if producer_name(row) in OWNERS]
    rest = [row for row in rows if row not in own]
    service = [row for row in rest if row.is_service][:1]
    lotless = [row for row in rest if row not in service and not figures_for(row).is_lot_tracked]
    dolls = [row for row in rest if row.name_vi == DOLLS]
    wanted = [*own, *service, *dolls, *[row for row in lotless if row not in dolls][:1]]
    return wanted + [row for row in rest if row not in wanted][: max(0, ROWS - len(wanted))]


def main() -> None:
    """Load into the database of the environment."""
    app = wsgi.create_app()
    house: House = app.extensions["house"]
    loaders: dict[str, Loader] = app.extensions["demo_loaders"]
    now = clock.now()
    with app.app_context():
        with house.database.transaction() as db:
            load_people(db, password_hash=hash_password(PASSWORD), now=now)
        for row, cover in load_covers(house.storage, few(load_products()), is_plain=True):
            with house.database.transaction() as db:
                load_stock(db, load_product(db, row, cover=cover, now=now), row, now=now)
        for name in [name for name in loaders if name not in {"people", "products"}]:
            print(name, loaders[name].load(house, now, True))
    house.database.dispose()


if __name__ == "__main__":
    main()
