"""Taking in partners' documents, handing out inspectors' links."""

from shop.exchange.services.capturing import keep_document, receive_item
from shop.exchange.services.linking import grant_link, record_visit, revoke_link

__all__ = ["grant_link", "keep_document", "receive_item", "record_visit", "revoke_link"]
