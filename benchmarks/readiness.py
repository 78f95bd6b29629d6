"""How long it takes to judge many listings on the channels that sell most.

    .venv/bin/python -m benchmarks.readiness [--listings 10000] [--channels 6] [--runs 1]
                                             [--json FILE]

Rules only, no database: facts as the desk loads them, texts of a real length, each different.
Every tenth product has a fault. CPU and wall seconds, the best of the runs. See README.md.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

from shop.marketplaces import registry
from shop.marketplaces.rules.facts import PhotoFacts, ProducerFacts, ProductFacts, VariantFacts
from shop.marketplaces.rules.readiness import Desk, assess

LIMIT_SECONDS = 30.0
STORY = (
    "Củ dong được trồng trên nương, thu khi lá đã lụi, rửa sạch đất, nghiền và lọc nhiều lần lấy "
    "tinh bột. Bột được tráng thành bánh, phơi nắng trên giàn rồi mới cắt sợi bằng tay. "
) * 4


def products(count: int) -> tuple[ProductFacts, ...]:
    """Different products with two sizes and five photos each; every tenth has a fault."""
    return tuple(_product(number) for number in range(1, count + 1))


def _product(number: int) -> ProductFacts:
    size = VariantFacts(
        id=2 * number,
        sku=f"MD-{number}-500",
        label="Gói 500 g",
        price_vnd=65_000,
        packed_weight_g=550,
        net_weight_g=500,
        length_mm=200,
        width_mm=100,
        height_mm=80,
        available=20,
    )
    large = replace(
        size, id=2 * number + 1, sku=f"MD-{number}-1K", label="Gói 1 kg", price_vnd=125_000
    )
    photos = tuple(
        PhotoFacts(f"{number * 10 + place:064x}", 1200, 1200, 240_000) for place in range(5)
    )
    contact = f" Hotline 0912 345 {number % 1000:03d}." if number % 10 == 0 else ""
    return ProductFacts(
        id=number,
        slug=f"mien-dong-{number}",
        name=f"Miến dong Tài Hoan loại {number}",
        subgroup="F32",
        state="published",
        summary="Sợi miến dai, trong, làm từ củ dong riềng trồng trên nương.",
        story=f"Nương số {number}. {STORY}{contact}",
        ingredients="Bột dong riềng",
        storage="Để nơi khô ráo.",
        usage="Ngâm nước cho mềm rồi nấu.",
        origin="Xã Côn Minh, Thái Nguyên",
        shelf_life_days=365,
        variants=(size, large),
        photos=photos,
        trace_code="ABCDE23456",
    )


def run(listings: int, channels: int) -> tuple[float, float, int]:
    """Wall and CPU seconds of one judgement of everything, and the findings."""
    desk = Desk(
        producer=ProducerFacts(1, "htx", "HTX Tài Hoan", "Xã Côn Minh, Thái Nguyên"),
        products=products(listings),
        choices={},
        offered_elsewhere={},
        day=date(2026, 11, 22),
        public_url="https://chophien.vn",
    )
    used = list(registry.all_profiles().values())[:channels]
    words = registry.market_words()
    wall, cpu = perf_counter(), process_time()
    found = sum(len(item.findings) for profile in used for item in assess(profile, desk, words))
    return perf_counter() - wall, process_time() - cpu, found


def main() -> None:
    """Print the best run; exit 1 when its CPU time is above the limit of the issue."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=6)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    wall, cpu, found = min(run(asked.listings, asked.channels) for _ in range(asked.runs))
    per_listing_us = cpu / (asked.listings * asked.channels) * 1e6
    print(
        f"{asked.listings:,} listings x {asked.channels} channels: wall {wall:.1f} s, "
        f"CPU {cpu:.1f} s, {per_listing_us:.0f} us each, {found:,} findings"
    )
    if asked.json:
        asked.json.write_text(json.dumps({"wall_s": wall, "cpu_s": cpu, "findings": found}))
    if cpu > LIMIT_SECONDS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
