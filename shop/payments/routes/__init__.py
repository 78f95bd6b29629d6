"""Pages about money: paying and the desks, refunds, providers' messages."""

from shop.payments.routes import matching, pages, refunds

BLUEPRINTS = (pages.bp, refunds.bp, matching.bp)
