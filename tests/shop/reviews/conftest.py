"""Features say what messages they send when an application is made."""

import pytest
from flask import Flask


@pytest.fixture(autouse=True)
def declared_messages(app: Flask) -> Flask:
    """An application, so that every kind of message is declared."""
    return app
