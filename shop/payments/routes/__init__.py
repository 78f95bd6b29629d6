"""Pages about money: paying and the desks, refunds, providers' messages."""

from shop.payments.routes.pages import bp

__all__ = ["bp"]
