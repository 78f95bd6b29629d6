"""What an application's wiring would declare, for tests of services without one."""

from tests.shop.payments.conftest import _declared

__all__ = ["_declared"]
