"""Reading what listings are made of, and the exports that were made."""

from shop.marketplaces.queries.facts import (
    Measure,
    UnknownProduct,
    are_photos_of,
    choice_of,
    listings_of,
    offered_elsewhere,
    owner_of,
    producer_called,
    producer_facts,
    producers_of,
    products_of,
    shown_elsewhere,
)
from shop.marketplaces.queries.runs import (
    RunView,
    UnknownRun,
    bundle_file_name,
    last_done,
    run_of,
    run_of_task,
    runs_of,
    waiting_run,
)

__all__ = [
    "Measure",
    "RunView",
    "UnknownProduct",
    "UnknownRun",
    "are_photos_of",
    "bundle_file_name",
    "choice_of",
    "last_done",
    "listings_of",
    "offered_elsewhere",
    "owner_of",
    "producer_called",
    "producer_facts",
    "producers_of",
    "products_of",
    "run_of",
    "run_of_task",
    "runs_of",
    "shown_elsewhere",
    "waiting_run",
]
