"""What a first visit costs on a phone. A proxy compresses text, so that it counts gzipped here."""

import gzip
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Response

from tests.e2e.conftest import Site, Tab
from tests.e2e.preparing import PRODUCT

pytestmark = pytest.mark.browser

KB = 1000
TEXT = ("text/", "application/javascript", "application/json", "application/manifest", "image/svg")
LIMITS_KB = {"trace": 30, "list": 90, "product": 120}
KIND_LIMITS_KB = {"script": 25, "stylesheet": 10, "font": 35}


def weigh(tab: Tab, path: str) -> Counter[str]:
    """Bytes by kind of resource of a first visit, and their ``total``."""
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    tab.page.on("response", keep)
    tab.open(path)
    tab.page.wait_for_load_state("networkidle")
    weights: Counter[str] = Counter()
    for answer in answers:
        body = answer.body()
        if answer.headers.get("content-type", "").startswith(TEXT):
            body = gzip.compress(body, 6)
        weights[answer.request.resource_type] += len(body)
        weights["total"] += len(body)
    return weights


@pytest.mark.parametrize("kind", LIMITS_KB)
def test_first_visit(site: Site, open_tab: Callable[..., Tab], kind: str) -> None:
    trace = next(place.path for place in site.places if place.endpoint == "trace.show")
    path = {"trace": trace, "list": "/san-pham", "product": PRODUCT}[kind]
    weights = weigh(open_tab(device_scale_factor=2), path)
    limits = {"total": LIMITS_KB[kind], **KIND_LIMITS_KB}
    over = {name: weights[name] for name, most in limits.items() if weights[name] > most * KB}
    assert not over, weights
