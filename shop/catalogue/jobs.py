"""Certificates run out by themselves."""

from datetime import datetime

from shop.catalogue import services
from shop.core.clock import today_vn
from shop.core.db import Database
from shop.core.jobs import job


@job("certificates.expire", every_seconds=3600)
def expire_certificates(database: Database, now: datetime) -> None:
    """End papers whose last day is over and remind of those that end in 90, 60 or 30 days.

    Pages judge the date at every read, so nothing wrong is shown between two runs.
    """
    today = today_vn(now)
    with database.read() as db:
        over = services.over_certificates(db, today)
        ending = services.ending_certificates(db, today)
    for certificate_id in over:
        with database.transaction() as db:
            services.expire_certificate(db, certificate_id=certificate_id, now=now)
    for certificate_id in ending:
        with database.transaction() as db:
            services.remind_of_certificate(db, certificate_id=certificate_id, now=now)
