"""Pages about money: paying and the desks, refunds, providers' messages."""

from shop.payments.routes import pages, refunds

BLUEPRINTS = (pages.bp, refunds.bp)
