"""The least a Flask program must do for the same pages: one Core query and one Jinja template.

No guards, no languages, no filters, no counts. Its pages are padded with a constant to the bytes of
ours, so that sending them costs the same. ``DATABASE_URL``, ``LIST_BYTES`` and ``PRODUCT_BYTES``
come from the environment.
"""

import os
from typing import Any

from flask import Flask, request
from markupsafe import Markup
from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, select

PAGE_SIZE = 24

LIST = """<!DOCTYPE html><html lang="vi"><head><title>Sản phẩm</title></head><body>
<h1>Sản phẩm</h1><div class="grid">
{% for row in rows %}
<article class="card"><div class="card-photo"><img src="/media/{{ row.photo_sha }}-320.webp" alt=""
 width="320" height="320" loading="lazy"></div><div class="card-body"><h2 class="card-name">
<a href="/san-pham/{{ row.slug }}">{{ row.name }}</a></h2>
<p class="card-who">{{ row.producer_name }}</p>
<p class="card-who">{{ row.place }}</p><div class="card-foot"><span class="price">
{{ '{:,}'.format(row.price_min_vnd) }} ₫</span>{% if row.stars %}<span class="stars">{{ row.stars }}
</span>{% endif %}</div></div></article>
{% endfor %}
</div>{{ filler }}</body></html>"""

PRODUCT = """<!DOCTYPE html><html lang="vi"><head><title>{{ row.name }}</title></head><body>
<h1>{{ row.name }}</h1><p>{{ row.producer_name }}</p><p>{{ row.place }}</p>
<img src="/media/{{ row.photo_sha }}-640.jpg" alt="{{ row.name }}"><p>{{ row.summary }}</p>
<p>{{ '{:,}'.format(row.price_min_vnd) }} ₫</p><p>{{ row.story }}</p>
{{ filler }}</body></html>"""


def create_app() -> Flask:
    """The program, on the database of ``DATABASE_URL``."""
    app = Flask("limit")
    engine = create_engine(os.environ["DATABASE_URL"])
    metadata = MetaData()
    texts = ("slug", "name", "producer_name", "place", "photo_sha", "ocop_group")
    facets = Table(
        "product_facets",
        metadata,
        Column("product_id", Integer, primary_key=True),
        *(Column(name, String) for name in texts),
        *(Column(name, Integer) for name in ("price_min_vnd", "stars")),
        Column("is_listed", Integer if engine.dialect.name == "sqlite" else _boolean()),
        Column("published_at", String),
    )
    product = Table(
        "product",
        metadata,
        Column("id", Integer, primary_key=True),
        *(Column(name, String) for name in ("slug", "summary", "story")),
    )
    f = facets.c
    cards = (f.slug, f.name, f.producer_name, f.place, f.photo_sha, f.price_min_vnd, f.stars)
    list_query = (
        select(*cards)
        .where(f.is_listed == bindparam("yes"), f.ocop_group == bindparam("group"))
        .order_by(f.published_at.desc(), f.product_id.desc())
        .limit(PAGE_SIZE)
        .offset(bindparam("offset"))
    )
    product_query = (
        select(*cards, product.c.summary, product.c.story)
        .join(product, product.c.id == f.product_id)
        .where(product.c.slug == bindparam("slug"))
    )
    yes: Any = 1 if engine.dialect.name == "sqlite" else True
    templates = {
        name: app.jinja_env.from_string(text)
        for name, text in (("list", LIST), ("product", PRODUCT))
    }
    wanted = {name: int(os.environ.get(f"{name.upper()}_BYTES", "0")) for name in templates}
    fillers = {name: Markup("") for name in templates}

    def render(name: str, **values: Any) -> str:
        page = templates[name].render(filler=fillers[name], **values)
        if not fillers[name] and wanted[name]:
            missing = wanted[name] - len(page.encode())
            fillers[name] = Markup("<p>" + "x" * max(0, missing - 7) + "</p>")
        return page

    @app.get("/san-pham")
    def listed() -> str:
        page = int(request.args.get("trang", "1"))
        values = {"yes": yes, "group": request.args.get("nhom"), "offset": (page - 1) * PAGE_SIZE}
        with engine.connect() as connection:
            return render("list", rows=connection.execute(list_query, values).all())

    @app.get("/san-pham/<slug>")
    def shown(slug: str) -> str:
        with engine.connect() as connection:
            row = connection.execute(product_query, {"slug": slug}).one()
        return render("product", row=row)

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    return app


def _boolean() -> Any:
    from sqlalchemy import Boolean

    return Boolean
