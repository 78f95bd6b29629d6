"""One table turns kinds of domain error into HTTP statuses; all else is a bug with a number."""

import logging
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from shop.core import text
from shop.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Unavailable
from shop.core.text import N_
from shop.web.actor import ANONYMOUS
from shop.web.i18n import gettext, say

log = logging.getLogger(__name__)

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Conflict: 409,
    Unavailable: 503,
}

_TITLES = {
    400: N_("Yêu cầu chưa đúng"),
    401: N_("Cần mã truy cập"),
    403: N_("Bạn chưa được phép vào đây"),
    404: N_("Không tìm thấy trang"),
    405: N_("Cách gọi trang này không đúng"),
    409: N_("Có thay đổi vừa xảy ra"),
    413: N_("Tệp hoặc nội dung gửi lên quá lớn"),
    422: N_("Dữ liệu chưa hợp lệ"),
    429: N_("Bạn thao tác quá nhanh"),
    500: N_("Hệ thống gặp lỗi"),
    503: N_("Hệ thống đang bận"),
}

_ADVICE = {
    400: N_("Trình duyệt gửi lên nội dung mà hệ thống không đọc được. Vui lòng tải lại trang."),
    401: N_("Mã truy cập API thiếu, sai hoặc đã hết hạn."),
    404: N_("Có thể địa chỉ đã đổi hoặc bị gõ sai. Hãy tìm sản phẩm hoặc quay về trang chủ."),
    405: N_("Vui lòng quay lại và dùng nút trên trang."),
    413: N_("Vui lòng chọn tệp nhỏ hơn rồi gửi lại."),
    429: N_("Vui lòng chờ một phút rồi thử lại."),
    500: N_("Chưa có gì bị ghi dở dang. Hãy thử lại; nếu vẫn lỗi, gửi chúng tôi mã số bên dưới."),
    503: N_("Chưa có gì bị mất; vui lòng thử lại sau ít giây."),
}


def status_of(error: DomainError) -> int:
    """The HTTP status of the error's kind; an error of no kind is a refusal like Invalid."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def init_app(app: Flask) -> None:
    """Answer every error with a page (or JSON for machines) that says what to do next."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(PoolTimeout, _database_error)
    app.register_error_handler(Exception, _bug)


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/webhooks/"))


def _answer(status: int, message: str, *, reference: str = "") -> Response:
    title = gettext(_TITLES.get(status, HTTPStatus(status).phrase))
    if _wants_json():
        body = {"status": status, "title": title, "detail": message}
        if reference:
            body["reference"] = reference
        response = jsonify(body)
        response.content_type = "application/problem+json"
    else:
        response = make_response(
            render_template(
                "errors/error.html",
                code=status,
                title=title,
                message=message,
                reference=reference,
            )
        )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if status in {429, 503}:
        response.headers["Retry-After"] = "5"
    return response


def _ask_no_more() -> None:
    """Keep the error page from asking the database who is reading: that may be what failed."""
    g.setdefault("actor", ANONYMOUS)


def _domain_error(error: DomainError) -> Response:
    if isinstance(error, Unavailable):
        _ask_no_more()
    return _answer(status_of(error), say(error))


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    advice = _ADVICE.get(status)
    response = _answer(status, gettext(advice) if advice else gettext(_ADVICE[400]))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def _database_error(error: Exception) -> Response:
    _ask_no_more()
    log.warning("database unavailable: %s", error.__class__.__name__, exc_info=error)
    return _answer(503, gettext(_ADVICE[503]))


def _bug(error: Exception) -> Response:
    _ask_no_more()
    reference = text.random_code(8)
    log.error("unexpected error %s", reference, exc_info=error)
    return _answer(500, gettext(_ADVICE[500]), reference=reference)
