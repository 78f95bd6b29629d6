"""The resolver: Digital Links (``/01/…``, ``/414/…``) and our own ``/T/…`` lead to what is known.

After the GS1-Conformant Resolver Standard 1.2: GET, HEAD and OPTIONS from anywhere; 400 for what is
no Digital Link, 404 for what we do not know; one default link (307); ``linkType``, ``linkType=all``
and ``Accept: application/linkset+json``; a Link header to the linkset; the query passed on. ``/T/``
is our own namespace and claims to be no GS1 address: its default link is the page itself.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from shop.core.text import N_
from shop.traceability import queries
from shop.traceability.queries import Resolved
from shop.traceability.routes.pages import Page, code_page
from shop.traceability.rules import codes, digital_link, linksets
from shop.traceability.rules.digital_link import DigitalLink, MalformedLink
from shop.traceability.rules.linksets import Level, Link
from shop.web.access import public
from shop.web.i18n import gettext, language
from shop.web.request import house, read_session

bp = Blueprint("resolver", __name__)

LINKSET = "application/linkset+json"
_JSON = (LINKSET, "application/json", "application/ld+json")


@bp.after_request
def open_to_all(response: Response) -> Response:
    """Pages and programs of any origin may ask; what we answer depends on what they accept."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language"
    response.headers["Access-Control-Expose-Headers"] = "Link, Location"
    response.vary.update(("Accept", "Accept-Language"))
    return response


@bp.get("/01/", merge_slashes=False)
@bp.get("/01/<path:rest>", merge_slashes=False)
@public
def item(rest: str = "") -> Page:
    """A product, a lot of it, one unit of it."""
    return _resolve(digital_link.GTIN, rest)


@bp.get("/414/", merge_slashes=False)
@bp.get("/414/<path:rest>", merge_slashes=False)
@public
def location(rest: str = "") -> Page:
    """A producer's place."""
    return _resolve(digital_link.LOCATION, rest)


@bp.get("/T/<code>", strict_slashes=False)
@public
def printed(code: str) -> Page:
    """A printed code of ours: its page, another link of it, or all of them."""
    if "linkType" not in request.args and not _wants_linkset():
        return _own_page(code)  # what scanners ask for: nothing needs to be looked up before
    read = codes.normalise(code)
    target = queries.target_of(read_session(), read) if read and codes.is_right(read) else None
    if target is None or read is None:
        return code_page(code)
    product_code = queries.product_code(read_session(), target.product.id)
    found = Resolved(
        target.producer,
        target.product,
        product_code,
        target.lot,
        read if target.code.level == "unit" else None,
    )
    levels = _levels(found, _own_anchors(found))
    if _wants_linkset():
        return _linkset(levels)
    link = linksets.choose(levels, request.args.get("linkType", linksets.DEFAULT))
    return _own_page(code) if link is levels[0].links[0] else _go(link, levels)


def _own_page(code: str) -> Page:
    """The page of a code, which names where all of its links are."""
    page, read = make_response(code_page(code)), codes.normalise(code)
    if page.status_code == 200 and read is not None:
        page.headers["Link"] = _link_header(queries.code_url(read))
    return page


def _own_anchors(found: Resolved) -> dict[str, str]:
    """The ``/T/`` addresses of the unit, its lot and its product, as far as there are codes."""
    known = {
        "unit": found.unit,
        "lot": found.lot.code if found.lot else None,
        "product": found.product_code,
    }
    return {level: queries.code_url(code) for level, code in known.items() if code}


@bp.get("/.well-known/gs1resolver")
@public
def description() -> Response:
    """What this resolver can do, as the standard wants it described."""
    return _json(
        {
            "name": "Chợ Phiên",
            "resolverRoot": house().public_url,
            "supportedPrimaryKeys": ["01", "414"],
            "supportedLinkTypes": [
                {
                    "namespace": linksets.VOCABULARY,
                    "prefix": "gs1:",
                    "profile": "https://www.gs1.org/voc/?show=linktypes",
                }
            ],
            "linkTypeDefaultCanBeLinkset": False,
            "supportedContextValuesEnumerated": ["vi", "en"],
        },
        "application/json",
    )


# Digital Links


def _resolve(ai: str, rest: str) -> Page:
    attributes = request.args.items(multi=True)
    try:
        link = digital_link.read([ai, *_segments(ai, rest)], attributes)
    except MalformedLink:
        return _refuse(400, "malformed")
    found = queries.resolve(read_session(), link)
    if found is None:
        return _refuse(404, "unlisted")
    levels = _levels(found, _anchors(link))
    if _wants_linkset():
        return _linkset(levels)
    return _go(linksets.choose(levels, request.args.get("linkType", linksets.DEFAULT)), levels)


def _segments(ai: str, rest: str) -> list[str]:
    """The decoded segments; taken from the address as sent, where ``%2F`` is no separator."""
    raw = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "")
    _before, found, after = raw.partition("?")[0].partition(f"/{ai}/")
    if not found:
        return rest.split("/")
    return [unquote(segment) for segment in after.split("/")]


def _anchors(link: DigitalLink) -> dict[str, str]:
    """The addresses of the levels that this one names, up to its key."""
    key = DigitalLink(link.ai, link.value)
    if link.ai == digital_link.LOCATION:
        return {"place": key.path}
    named = {"product": key.path}
    if link["10"] is not None:
        named["lot"] = digital_link.of_item(link.value, lot_no=link["10"]).path
    if link["21"] is not None:
        named["unit"] = link.path
    return named


def _refuse(status: int, reason: str) -> Page:
    if _best_type() in _JSON:
        titles = {400: N_("Địa chỉ này không đúng cú pháp GS1 Digital Link."), 404: _UNLISTED}
        body = {"status": status, "title": gettext(titles[status])}
        answer = _json(body, "application/problem+json")
        answer.status_code = status
        return answer
    page = render_template("traceability/wrong.html", reason=reason, typed="", near=None)
    return page, status


_UNLISTED = N_("Mã này không có trong hệ thống.")


# Answers


def _best_type() -> str:
    wanted = request.accept_mimetypes
    if not wanted:
        return "text/html"
    return wanted.best_match(["text/html", *_JSON], "text/html")


def _wants_linkset() -> bool:
    asked = linksets.bare_type(request.args.get("linkType", ""))
    return asked in linksets.EVERYTHING or _best_type() in _JSON


def _linkset(levels: list[Level]) -> Response:
    kind = _best_type()
    content = linksets.linkset(levels, root=house().public_url)
    answer = _json(content, kind if kind in _JSON else LINKSET)
    answer.headers["Link"] = _link_header(levels[0].anchor)
    return answer


def _json(content: dict[str, Any], kind: str) -> Response:
    return Response(json.dumps(content, ensure_ascii=False, indent=1), mimetype=kind)


def _link_header(anchor: str) -> str:
    address = house().public_url + quote(anchor)
    return f'<{address}?linkType=all>; rel="linkset"; type="{LINKSET}"'


def _go(link: Link, levels: list[Level]) -> BaseResponse:
    """307 to the link in the asker's language, with the query passed on."""
    target = link.path(_language())
    sent = quote(request.query_string.decode("latin-1"), safe="%=&?/:;+,@!$'()*~-._")
    path, mark, fragment = target.partition("#")
    answer = redirect(f"{path}{'?' if sent else ''}{sent}{mark}{fragment}", 307)
    answer.headers["Link"] = _link_header(levels[0].anchor)
    return answer


def _language() -> str:
    """English under ``/en`` or when the asker prefers it; a printed code names no language."""
    if language() == "en":
        return "en"
    return request.accept_languages.best_match(["vi", "en"], "vi")


def _levels(found: Resolved, anchors: Mapping[str, str]) -> list[Level]:
    """What is known at each level that has an address in ``anchors``, the narrowest first."""
    if found.product is None:
        links = _producer_links(found, linksets.LOCATION_INFO)
        return [Level(anchors["place"], found.producer.name, links)]
    name, levels = found.product.name, []
    if found.unit is not None and "unit" in anchors:
        levels.append(Level(anchors["unit"], f"{name} · {found.unit}", _unit_links(found.unit)))
    if found.lot is not None and "lot" in anchors:
        title = f"{name} · {found.lot.lot_no}"
        levels.append(Level(anchors["lot"], title, _lot_links(found.lot.code)))
    if "product" in anchors:
        levels.append(Level(anchors["product"], name, _product_links(found)))
    return levels


def _page(kind: str, title: str, code: str, mark: str = "") -> Link:
    paths = (("vi", f"/t/{code}{mark}"), ("en", f"/en/t/{code}{mark}"))
    return Link(kind, gettext(title), paths)


def _unit_links(code: str) -> tuple[Link, ...]:
    return (
        _page(linksets.TRACEABILITY, N_("Nguồn gốc của món hàng"), code),
        _page(linksets.RECALL_STATUS, N_("Lô có bị thu hồi không"), code),
        _page(linksets.CERTIFICATES, N_("Giấy tờ còn hiệu lực"), code, "#giay-to"),
    )


def _lot_links(code: str) -> tuple[Link, ...]:
    check = (("vi", f"/lo/{code}/kiem-tra"), ("en", f"/en/lo/{code}/kiem-tra"))
    recalled = (("vi", f"/lo/{code}/thu-hoi"), ("en", f"/en/lo/{code}/thu-hoi"))
    return (
        _page(linksets.TRACEABILITY, N_("Hành trình của lô"), code),
        Link(linksets.RECALL_STATUS, gettext(N_("Lô có bị thu hồi không")), recalled),
        _page(linksets.CERTIFICATES, N_("Giấy tờ còn hiệu lực"), code, "#giay-to"),
        Link(linksets.VERIFICATION, gettext(N_("Kiểm tra nhật ký")), check),
        Link(
            linksets.EPCIS, "EPCIS 2.0", (("", f"/lo/{code}/epcis.jsonld"),), "application/ld+json"
        ),
    )


def _product_links(found: Resolved) -> tuple[Link, ...]:
    product, code = found.product, found.product_code
    links: list[Link] = []
    if code is not None:
        links += [
            _page(linksets.TRACEABILITY, N_("Nguồn gốc của sản phẩm"), code),
            _page(linksets.CERTIFICATES, N_("Giấy tờ còn hiệu lực"), code, "#giay-to"),
        ]
    is_shown = product is not None and product.state == "published"
    if product is not None and is_shown and found.producer.state == "verified":
        path = f"/san-pham/{product.slug}"
        paths = (("vi", path), ("en", f"/en{path}"))
        links.append(Link(linksets.PRODUCT_PAGE, gettext(N_("Trang sản phẩm")), paths))
    return (*links, *_producer_links(found, linksets.HOMEPAGE))


def _producer_links(found: Resolved, kind: str) -> tuple[Link, ...]:
    if found.producer.state != "verified":
        return ()
    path = f"/nha-san-xuat/{found.producer.slug}"
    return (Link(kind, gettext(N_("Người làm ra")), (("vi", path), ("en", f"/en{path}"))),)
