"""What differs between two exports."""

from typing import Any

from shop.marketplaces.rules.changes import compare, tally
from shop.marketplaces.services.bundle.updates import update_file


def goods(number: int, *, status: str = "ready", digest: str = "d", **sizes: Any) -> dict[str, Any]:
    return {
        "product_id": number,
        "title": f"=Miến {number}",
        "status": status,
        "digest": digest,
        "variants": [
            {"sku": sku, "price_vnd": price, "stock": stock}
            for sku, (price, stock) in sizes.items()
        ],
    }


def test_each_kind_of_change_is_told_apart() -> None:
    before = {
        "products": [
            goods(1, A=(1000, 5)),
            goods(2, B=(1000, 5), C=(2000, 1)),
            goods(3, D=(1000, 5)),
            goods(4, E=(1000, 5)),
            goods(5, status="blocked", F=(1000, 5)),
            goods(6, G=(1000, 5)),
        ]
    }
    now = [
        goods(1, A=(1000, 5)),
        goods(2, B=(1000, 4), C=(2000, 1)),
        goods(3, digest="other", D=(1000, 5)),
        goods(4, status="blocked", E=(1000, 5)),
        goods(5, F=(1000, 5)),
        goods(6, G=(1000, 5), H=(1000, 5)),
    ]
    found = {one.product_id: one for one in compare(before, now)}
    kinds = {key: one.what for key, one in found.items()}
    assert kinds == {1: "same", 2: "price_stock", 3: "words", 4: "gone", 5: "new", 6: "words"}
    assert [(one.sku, one.old_stock, one.stock) for one in found[2].sizes] == [("B", 5, 4)]
    assert tally(list(found.values()))["words"] == 2

    lines = update_file(compare(before, now)).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Mã SKU,")
    assert any(line.startswith("B,'=Miến 2,") and line.endswith("1000,1000,4,5") for line in lines)
    assert any("'=Miến 4" in line for line in lines)
    assert not any(line.startswith("A,") for line in lines)
