"""Why a basket cannot become orders."""

from shop.core.errors import Conflict, Invalid
from shop.core.text import N_


class BasketEmpty(Conflict):
    message = N_("Giỏ hàng đang trống. Nếu bạn vừa đặt hàng, đơn của bạn đã được ghi.")


class BasketFull(Conflict):
    message = N_("Giỏ hàng chỉ chứa được 50 mặt hàng, mỗi mặt hàng tối đa 999.")


class CannotBuy(Conflict):
    message = N_("“%(product)s” hiện không bán. Vui lòng bỏ khỏi giỏ rồi đặt lại.")


class LiveLimit(Conflict):
    message = N_("Mỗi người chỉ mua được %(limit)s “%(product)s” với giá trong phiên live.")


class NoDelivery(Invalid):
    message = N_(
        "%(producer)s không giao được như vậy tới nơi nhận này. "
        "Vui lòng chọn cách giao khác, hoặc bỏ hàng của họ khỏi giỏ."
    )


class NoWayToPay(Invalid):
    message = N_("%(producer)s không nhận cách trả tiền này. Vui lòng chọn cách khác.")


class VoucherRefused(Invalid):
    message = N_("Mã giảm giá không dùng được cho đơn này.")
