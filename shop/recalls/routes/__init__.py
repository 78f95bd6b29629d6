"""Pages of recalls: two desks with the same views, what the public reads, what buyers answer."""

from shop.recalls.routes import board, drills, opening, public
from shop.recalls.routes.base import PRODUCER, STAFF

for _desk in (PRODUCER, STAFF):
    for _pages in (opening, board, drills):
        _pages.add_to(_desk)

BLUEPRINTS = (PRODUCER.bp, STAFF.bp, public.bp)
