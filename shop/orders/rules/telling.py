"""What an order's page says to its buyer, and what it hides from others. Words are msgids."""

from typing import Final

from shop.core.text import N_

MONEY_WORDS: Final = {
    "partial": N_("Đã nhận một phần tiền"),
    "overpaid": N_("Đã nhận thừa tiền"),
    "partly_refunded": N_("Đã hoàn một phần tiền"),
    "refunded": N_("Đã hoàn đủ tiền"),
    "disputed": N_("Ngân hàng đang giữ khoản tiền bị khiếu nại"),
}
"""What an event ``money`` says, by the state of payment that it led to."""

NEXT_FOR_BUYER: Final = {
    "awaiting_payment": N_(
        "Hãy trả tiền theo hướng dẫn bên dưới. Hàng được giữ cho bạn đến hết hạn."
    ),
    "partial": N_("Còn thiếu một phần tiền. Hãy trả nốt; hàng vẫn được giữ cho bạn."),
    "awaiting_confirmation": N_(
        "Người bán sẽ gọi cho bạn để xác nhận. Bạn trả tiền khi nhận hàng."
    ),
    "confirmed": N_("Người bán đang chuẩn bị hàng. Bạn không cần làm gì thêm."),
    "awaits_goods": N_("Chỗ của bạn đã được giữ. Người bán sẽ báo khi hàng về."),
    "packed": N_("Hàng đã đóng gói, sắp được gửi đi."),
    "shipped": N_("Hàng đang trên đường. Vui lòng để ý điện thoại."),
    "failed_delivery": N_("Người giao chưa gặp được bạn. Người bán sẽ liên hệ lại."),
    "delivered": N_("Hàng đã tới nơi. Quét mã trên gói hàng để xem hành trình của lô."),
    "returned": N_("Hàng đã về tới người bán. Nếu bạn đã trả tiền, người bán sẽ hoàn lại."),
    "completed": N_("Cảm ơn bạn. Quét mã trên gói hàng để xem hành trình của lô."),
    "cancelled": N_("Đơn đã hủy. Nếu bạn đã chuyển tiền, người bán sẽ hoàn lại."),
    "expired": N_(
        "Đơn đã hết hạn và hàng đã được trả lại kho. Nếu bạn đã chuyển tiền, đừng lo: "
        "tiền sẽ được khớp vào đơn hoặc hoàn lại. Bạn có thể đặt lại."
    ),
}
"""What happens next, for the buyer."""


def next_for_buyer(
    state: str, fulfilment_state: str, awaits_goods: bool = False, payment_state: str = "unpaid"
) -> str:
    """The sentence that tells a buyer what happens next."""
    if state == "awaiting_payment" and payment_state == "partial":
        return NEXT_FOR_BUYER["partial"]
    if state == "confirmed" and awaits_goods:
        return NEXT_FOR_BUYER["awaits_goods"]
    if state == "confirmed" and fulfilment_state != "none":
        key = "shipped" if fulfilment_state == "partly_shipped" else fulfilment_state
        return NEXT_FOR_BUYER.get(key, NEXT_FOR_BUYER["confirmed"])
    return NEXT_FOR_BUYER[state]


def mask_name(name: str) -> str:
    """``Lò Thị Mai`` as ``L. T. Mai``: enough to know that it is one's own order."""
    words = name.split()
    return " ".join([*(f"{word[0]}." for word in words[:-1]), *words[-1:]])


def mask_phone(phone: str) -> str:
    """All but the last four digits hidden."""
    return "•" * max(len(phone) - 4, 0) + phone[-4:]
