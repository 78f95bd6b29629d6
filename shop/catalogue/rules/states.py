"""Which state may follow which; every change of state passes ``require_step``."""

from typing import Final

from shop.core.errors import Conflict
from shop.core.text import N_

PRODUCER_STEPS: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"submitted"}),
    "submitted": frozenset({"verified", "rejected"}),
    "rejected": frozenset({"submitted"}),
    "verified": frozenset({"suspended"}),
    "suspended": frozenset({"verified"}),
}

PRODUCT_STEPS: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"submitted", "archived"}),
    "submitted": frozenset({"published", "rejected", "draft"}),
    "rejected": frozenset({"submitted", "archived"}),
    "published": frozenset({"archived", "rejected"}),
    "archived": frozenset({"draft"}),
}
"""``published -> rejected`` is staff taking a product off sale; ``submitted -> draft`` its maker
taking the request back."""

REVISION_STEPS: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"submitted"}),
    "submitted": frozenset({"approved", "rejected", "draft"}),
    "approved": frozenset(),
    "rejected": frozenset(),
}

CERTIFICATE_STEPS: Final[dict[str, frozenset[str]]] = {
    "draft": frozenset({"submitted"}),
    "submitted": frozenset({"verified", "rejected"}),
    "rejected": frozenset({"submitted"}),
    "verified": frozenset({"expired", "revoked"}),
    "expired": frozenset(),
    "revoked": frozenset(),
}

PRODUCER_LABELS: Final = {
    "draft": N_("Bản nháp"),
    "submitted": N_("Chờ xác minh"),
    "verified": N_("Đã xác minh"),
    "rejected": N_("Cần bổ sung"),
    "suspended": N_("Tạm dừng"),
}

PRODUCT_LABELS: Final = {
    "draft": N_("Bản nháp"),
    "submitted": N_("Chờ duyệt"),
    "published": N_("Đang bán"),
    "rejected": N_("Cần sửa"),
    "archived": N_("Đã cất"),
}

CERTIFICATE_LABELS: Final = {
    "draft": N_("Bản nháp"),
    "submitted": N_("Chờ xác minh"),
    "verified": N_("Đã xác minh"),
    "rejected": N_("Cần bổ sung"),
    "expired": N_("Hết hạn"),
    "revoked": N_("Bị thu hồi"),
}


class WrongStep(Conflict):
    message = N_(
        "Việc này không còn làm được vì trạng thái vừa thay đổi. Vui lòng tải lại trang để xem."
    )


def require_step(steps: dict[str, frozenset[str]], current: str, wanted: str) -> None:
    """Raises WrongStep unless the table allows ``current -> wanted``."""
    if wanted not in steps[current]:
        raise WrongStep
