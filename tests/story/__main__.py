"""``make story``: the main job on SQLite, then on a throw-away PostgreSQL cluster."""

import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests import postgres
from tests.stand_ins.stripe import KEY, WEBHOOK_KEY, StripeStandIn
from tests.story.airing import go_on_air
from tests.story.browser import Browser
from tests.story.buying import buy
from tests.story.listing import list_elsewhere
from tests.story.selling import load_real_data, sell_a_product
from tests.story.server import Server
from tests.story.telling import Story
from tests.story.tracing import trace_a_lot
from tests.story.world import World

STEPS = (
    ("1 · Real data", load_real_data),
    ("2 · A producer, a product, its papers", sell_a_product),
    ("3 · A lot, its journal, its labels", trace_a_lot),
    ("4 · One checkout, two producers, three ways to pay", buy),
    ("5 · A session on air", go_on_air),
    ("6 · Listings for four marketplaces", list_elsewhere),
)


def play(engine: str, database_url: str, folder: Path) -> int:
    """Play every step on one database and return the number of checks."""
    print(f"\n━━ {engine} ━━", flush=True)
    story = Story()
    with StripeStandIn() as stripe:
        server = Server(
            folder,
            database_url,
            STRIPE_API_BASE=stripe.api_base,
            STRIPE_SECRET_KEY=KEY,
            STRIPE_WEBHOOK_SECRET=WEBHOOK_KEY,
            RATE_LIMITS="false",
        )
        stripe.webhook_url = f"{server.url}/webhooks/stripe"
        with story.step("0 · Migrate, load, start"):
            server.flask("db", "upgrade")
            print(
                "  " + server.flask("demo", "load", "--plain-covers").strip().replace("\n", "\n  ")
            )
        with server.running():
            world = World(server, stripe, story, folder)
            for title, step in STEPS:
                with story.step(title):
                    step(world)
            with story.step("7 · Everything that must always hold"):
                Browser(server.url, who="end").get("/healthz")
                said = server.flask("doctor")
                story.check("flask doctor finds nothing", "all well" in said, said)
    print(f"{engine}: {story.checks} checks, {time.monotonic() - story.began:.0f} s", flush=True)
    return story.checks


def main() -> int:
    """Play on both databases; the first failure ends the story with exit code 1."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="story-") as folder:
            checks = play("SQLite", f"sqlite:///{folder}/story.db", Path(folder))
        try:
            with (
                postgres.cluster() as address,
                tempfile.TemporaryDirectory(prefix="story-") as folder,
            ):
                checks += play("PostgreSQL", address, Path(folder))
        except postgres.NoPostgres as missing:
            print(f"\nPostgreSQL was not played: {missing}")
    except Exception:  # noqa: BLE001 - whatever went wrong ends the story
        traceback.print_exc()
        print("\nstory: FAILED")
        return 1
    print(f"\nstory: {checks} checks passed in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
