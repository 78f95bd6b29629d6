"""The only reader of the clock. Services take ``now``; routes, jobs and the CLI ask here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VN = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


def today_vn(instant: datetime) -> date:
    """The calendar day people in Vietnam see at ``instant``."""
    return instant.astimezone(VN).date()
