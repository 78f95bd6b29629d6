"""Errors of the business: five kinds, each with a sentence that says what to do next.

A feature declares its errors beside its rules as subclasses of one kind. ``shop/web/errors.py``
turns kinds into HTTP statuses; nothing below the web knows of HTTP.
"""

from typing import Any, ClassVar

from shop.core.text import N_


class DomainError(Exception):
    """A refusal the person in front of the screen can understand.

    ``message`` is a Vietnamese msgid with ``%(name)s`` parameters; ``field`` names the form field
    that the sentence belongs to, if any.
    """

    message: ClassVar[str] = N_("Không thực hiện được. Vui lòng thử lại.")

    def __init__(
        self, message: str | None = None, *, field: str | None = None, **params: Any
    ) -> None:
        self.text = message if message is not None else self.message
        self.field = field
        self.params = params
        super().__init__(str(self))

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class NotFound(DomainError):
    message = N_("Không tìm thấy nội dung này. Có thể địa chỉ đã đổi hoặc bị gõ sai.")


class NotAllowed(DomainError):
    message = N_("Tài khoản của bạn không có quyền làm việc này.")


class Invalid(DomainError):
    message = N_("Dữ liệu chưa hợp lệ. Vui lòng xem lại các ô được đánh dấu.")


class Conflict(DomainError):
    message = N_("Dữ liệu vừa thay đổi. Vui lòng tải lại trang rồi thử lại.")


class Unavailable(DomainError):
    message = N_("Hệ thống đang bận. Chưa có gì bị mất; vui lòng thử lại sau ít giây.")
