"""Shapes of what is typed about a session on a platform."""

from shop.core.text import N_
from shop.web import forms
from shop.web.forms import Form


class SendForm(Form):
    """Send to one of the session's channel accounts."""

    resource_id = forms.row_id()


class FoundForm(SendForm):
    """What a person saw on the platform: ``answer`` is ``there`` or ``not_there``."""

    answer = forms.choice("", choices=[("there", ""), ("not_there", "")])
    remote_id = forms.text(N_("Mã phiên trên sàn"), is_required=False, maximum=20)
