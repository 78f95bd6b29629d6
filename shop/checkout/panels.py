"""What checkout adds to the pages of an order: how it gets to the buyer when nobody sends it."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.checkout.rules import METHOD_WORDS
from shop.orders.models import Order
from shop.web.slots import Panel


def delivery_panels(db: Session, order_id: int, _now: datetime) -> list[Panel]:
    """Where it is fetched, or that the producer brings it; nothing for what is sent."""
    found = db.get(Order, order_id)
    if found is None or found.delivery_method == "ship":
        return []
    words = METHOD_WORDS[found.delivery_method]
    return [Panel("checkout/_delivery_panel.html", {"words": words, "place": found.pickup_place})]
