"""What a producer types about how it can be reached: shape only."""

from shop.contacts.rules import CHANNELS, MAX_URL
from shop.core.text import N_
from shop.web.forms import Form, choice, phone, picture, text, tick


class ContactForm(Form):
    """Zalo and the producer's own shop."""

    zalo = phone(N_("Số Zalo"), is_required=False)
    shop_address = text(N_("Địa chỉ cửa hàng"), is_required=False, maximum=200)
    opening = text(N_("Giờ mở cửa"), is_required=False, maximum=120)
    consent = tick(N_("Tôi đồng ý cho mọi người xem các thông tin này"))


class LinkForm(Form):
    """A place on the net."""

    channel = choice(
        N_("Kênh"), [("", N_("Chọn…")), *((one.slug, one.label) for one in CHANNELS.values())]
    )
    url = text(N_("Đường dẫn"), maximum=MAX_URL)


class FaceForm(Form):
    """Someone of the producer."""

    name = text(N_("Họ tên"), maximum=120)
    work = text(N_("Làm việc gì"), is_required=False, maximum=120)
    work_en = text(N_("Làm việc gì (tiếng Anh)"), is_required=False, maximum=120)
    photo = picture(N_("Ảnh chân dung"))
    consent = tick(N_("Người này đã đồng ý cho đưa tên và ảnh lên trang"))
