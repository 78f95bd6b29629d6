"""Settings refuse to start unsafe in production."""

from typing import Any

import pytest
from pydantic import ValidationError

from config import DEVELOPMENT_SECRET, Settings

GOOD = {"app_env": "production", "secret_key": "k" * 32, "public_url": "https://phien.vn/"}


def test_production_with_good_values() -> None:
    settings = Settings(**GOOD)  # type: ignore[arg-type]
    assert settings.public_url == "https://phien.vn"
    assert settings.hosts == ["phien.vn"]
    assert settings.is_secure
    assert settings.is_staff_totp_required


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret_key": ""},
        {"secret_key": "short"},
        {"secret_key": DEVELOPMENT_SECRET},
        {"public_url": "phien.vn"},
        {"public_url": "https://phien.vn/path"},
        {"public_url": "ftp://phien.vn"},
        {"public_url": "http://phien.vn"},
        {"stripe_secret_key": "sk_live_x"},
        {"app_env": "staging"},
        {"web_concurrency": 0},
        {"transfer_hold_minutes": "many"},
    ],
)
def test_unsafe_or_wrong_values_stop_the_start(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**(GOOD | wrong))


def test_production_behind_nothing_may_serve_its_own_machine() -> None:
    assert not Settings(**(GOOD | {"public_url": "http://127.0.0.1:8000"})).is_secure  # type: ignore[arg-type]


def test_a_refusal_does_not_print_the_values() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**(GOOD | {"stripe_secret_key": "sk_live_x"}))  # type: ignore[arg-type]
    assert "sk_live_x" not in str(refused.value)


def test_development_needs_no_secret() -> None:
    assert Settings(app_env="development").secret_key == DEVELOPMENT_SECRET


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENV", "testing")
    monkeypatch.setenv("TRUSTED_HOSTS", "a.vn, b.vn")
    assert Settings().hosts == ["a.vn", "b.vn"]
