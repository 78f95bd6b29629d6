"""How the guards learn who is asking: a short read of its own before the request's session."""

import logging

from sqlalchemy.exc import OperationalError

from shop.accounts import queries, services
from shop.accounts.queries import SignedIn
from shop.accounts.rules import SEEN_EVERY
from shop.core import clock
from shop.core.db import Database
from shop.core.errors import Unavailable
from shop.web.actor import Actor

log = logging.getLogger(__name__)


class Loaders:
    """Turn the tokens that requests present into actors."""

    def __init__(self, database: Database, *, is_staff_totp_required: bool) -> None:
        self._database = database
        self._is_staff_totp_required = is_staff_totp_required

    def session(self, token: str) -> Actor | None:
        """The actor behind a cookie's token, or None."""
        now = clock.now()
        with self._database.read() as db:
            found = queries.actor_of(
                db,
                token_hash=services.token_digest(token),
                now=now,
                is_staff_totp_required=self._is_staff_totp_required,
            )
        if found is None:
            return None
        if now - found.last_seen_at > SEEN_EVERY:
            self._mark_seen(found)
        return found.actor

    def _mark_seen(self, found: SignedIn) -> None:
        """Write down the use of a sign-in; a busy database skips it."""
        try:
            with self._database.write(patience=0) as db:
                services.mark_seen(db, found.sign_in_id, now=clock.now())
                db.commit()
        except (Unavailable, OperationalError) as busy:
            log.info("use of a sign-in not written down: %s", type(busy).__name__)

    def api_token(self, token: str) -> Actor | None:
        """The actor behind an API token, or None."""
        with self._database.read() as db:
            return queries.actor_of_api_token(
                db, token_hash=services.token_digest(token), now=clock.now()
            )
