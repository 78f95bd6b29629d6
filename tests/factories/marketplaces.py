"""Products whose photos and papers really lie in the store, for what reads the files."""

import io
from typing import Any

from PIL import Image
from sqlalchemy import delete
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product, ProductPhoto, Variant
from shop.core.storage import Storage
from shop.marketplaces.models import Listing
from shop.marketplaces.services import photo_file
from tests.factories.catalogue import NOW, make_photo, make_product, variant_of
from tests.factories.stock import make_stock


def jpeg(width: int = 1200, height: int = 1200, colour: str = "#2f6b3c") -> bytes:
    """A real JPEG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def store_photo(
    db: Session,
    storage: Storage,
    product: Product,
    *,
    width: int = 1200,
    height: int = 1200,
    colour: str = "#2f6b3c",
    **over: Any,
) -> ProductPhoto:
    """A photo of the product with its JPEG in the store."""
    content = jpeg(width, height, colour)
    sha = storage.put(content, "jpg").partition(".")[0]
    storage.put_as(photo_file(sha), content)
    return make_photo(db, product, sha=sha, width=width, height=height, **over)


def make_goods(
    db: Session, storage: Storage, *, producer: Producer, photos: int = 3, **over: Any
) -> Product:
    """A product that no channel objects to: photos, sizes of the parcel, stock, label, words."""
    values: dict[str, Any] = {
        "name": "Miến dong Tài Hoan",
        "summary": "Sợi miến dai, trong, làm từ củ dong riềng trồng ở Côn Minh.",
        "story": "Củ dong được rửa, nghiền, lọc nhiều lần rồi tráng thành bánh và phơi nắng. "
        "Bà con trong hợp tác xã làm theo cách của ông bà để lại.",
        "subgroup": "F32",
    } | over
    product = make_product(db, producer=producer, photo=False, **values)
    colours = ["#2f6b3c", "#b4232c", "#e3a008", "#35448a"]
    for number in range(photos):
        store_photo(
            db,
            storage,
            product,
            colour=colours[number % 4],
            width=1200 - number // 4,
            height=1200 - number // 4 - product.id % 5,
            position=number,
        )
    variant = variant_of(db, product)
    parcel(variant)
    db.flush()
    make_stock(db, variant.id, 20)
    return product


def parcel(variant: Variant, *, length: int = 200, width: int = 100, height: int = 80) -> None:
    """Give a size its parcel in millimetres."""
    variant.length_mm, variant.width_mm, variant.height_mm = length, width, height


def drop_photos(db: Session, product: Product) -> None:
    """Take every photo of the product away."""
    db.execute(delete(ProductPhoto).where(ProductPhoto.product_id == product.id))


def make_listing(db: Session, product: Product, channel: str, **over: Any) -> Listing:
    """What a producer decided for a product on a channel."""
    values: dict[str, Any] = {
        "product_id": product.id,
        "channel": channel,
        "overrides": {},
        "updated_at": NOW,
    } | over
    listing = Listing(**values)
    db.add(listing)
    db.flush()
    return listing
