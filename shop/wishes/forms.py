"""What visitors send about products they keep an eye on: shape only."""

from shop.core.text import N_
from shop.web.forms import Form, email, row_id


class WishForm(Form):
    """A product, to be put on the list or taken off it."""

    product_id = row_id()


class AlertForm(Form):
    """A size to be told of; the address for guests only."""

    variant_id = row_id()
    email = email(N_("E-mail của bạn"), is_required=False)
