"""Forms of order imports: shape only."""

import wtforms

from shop.core.text import N_
from shop.web import forms


class ImportForm(forms.Form):
    """A channel's order export."""

    co_so = forms.text(N_("Cơ sở"), is_required=False, maximum=120)
    channel = forms.text(N_("Sàn"), maximum=20)
    sheet = wtforms.FileField(N_("Tệp đơn hàng .xlsx hoặc .csv"))
