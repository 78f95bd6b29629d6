"""Sending a session to a platform: on record before the call, between the calls and after them.

No transaction is open while the other side is spoken to.
"""

from datetime import datetime
from weakref import WeakKeyDictionary

from livestream.packs import services
from livestream.packs.models import ChannelPush
from livestream.packs.senders import Parcel, Sender, SenderRefused, SendingConfig
from shop.core.db import Database
from shop.core.errors import DomainError
from shop.core.outgoing import NoAnswer

_configs: WeakKeyDictionary[Database, SendingConfig] = WeakKeyDictionary()


def configure(database: Database, config: SendingConfig) -> None:
    """Remember the settings of the application that uses ``database``."""
    _configs[database] = config


def config_of(database: Database) -> SendingConfig:
    """The settings given by ``configure``, else everything off."""
    return _configs.get(database, SendingConfig())


def carry_out(
    database: Database,
    sender: Sender,
    *,
    push: ChannelPush,
    code: str,
    parcel: Parcel,
    now: datetime,
) -> str:
    """Do the sending that ``push`` has the right to; give the state it ends in.

    ``code``: the channel account's code. Raises SenderRefused, NotConnected, NoAnswer with the
    outcome on record.
    """
    config = config_of(database)
    push_id, started_at = push.id, push.started_at
    remote_id = push.remote_id

    def settle(state: str, fault: str = "", items: tuple[str, ...] | None = None) -> str:
        with database.transaction() as db:
            services.record_outcome(
                db,
                push_id=push_id,
                started_at=started_at,
                state=state,
                fault=fault,
                items=items,
                now=now,
            )
        return state

    if not remote_id:
        try:
            remote_id = sender.open(config, code, parcel)
        except NoAnswer:
            return settle("unsure")
        except DomainError as no:
            settle("refused", _said(no))
            raise
        with database.transaction() as db:
            services.record_opened(db, push_id=push_id, started_at=started_at, remote_id=remote_id)
    try:
        items = sender.fill(config, code, remote_id, parcel)
    except DomainError as no:
        settle("opened", _said(no))
        raise
    return settle("sent", items=tuple(items))


def _said(no: DomainError) -> str:
    return no.said if isinstance(no, SenderRefused) else ""
