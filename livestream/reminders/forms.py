"""What visitors send about reminders: shape only."""

from shop.core.text import N_
from shop.web.forms import Form, email


class FollowForm(Form):
    """The address to be reminded at; for guests only."""

    email = email(N_("E-mail của bạn"), is_required=False)
