"""How messages come, and how a call went."""

from shop.core.text import N_
from shop.notifications.rules import MAX_NOTE, OUTCOMES
from shop.web.forms import Form, hidden, radio, text


class LevelForm(Form):
    """What a person wants by one channel."""

    level = radio(
        N_("Thư gửi qua e-mail"),
        [
            ("all", N_("Mọi tin")),
            ("important", N_("Chỉ tin quan trọng")),
            ("none", N_("Chỉ khi bắt buộc")),
        ],
    )


class CallForm(Form):
    """How one call went."""

    outcome = radio(N_("Kết quả"), list(OUTCOMES.items()))
    note = text(N_("Ghi chú"), is_required=False, maximum=MAX_NOTE)


class DeviceForm(Form):
    """What a browser gives that may show notifications; a script fills it in."""

    endpoint = hidden(maximum=1000)
    p256dh = hidden(maximum=100)
    auth = hidden(maximum=40)
    device = hidden(maximum=80)
