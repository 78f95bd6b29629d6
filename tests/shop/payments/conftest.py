"""What an application's wiring would declare, for tests of services without one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from shop.core.outgoing import Patience
from shop.notifications.services import register_message
from shop.orders.wiring import MESSAGES as ORDER_MESSAGES
from shop.payments.provider import (
    MomoConfig,
    PaymentConfig,
    PayosChannel,
    PayosConfig,
    SepayConfig,
    StripeConfig,
    VnpayConfig,
    ZalopayConfig,
)
from shop.payments.wiring import MESSAGES, connect_signals
from tests.factories.payments import NOW, make_config
from tests.stand_ins import banks, wallets
from tests.stand_ins.stripe import StripeStandIn


@pytest.fixture(autouse=True)
def _declared() -> None:
    declare()


def declare() -> None:
    """Message kinds and signals, as the wiring of an application declares them."""
    for kind, (title, url) in ORDER_MESSAGES.items():
        register_message(kind, title=title, url=url)
    for kind, title in MESSAGES.items():
        register_message(kind, title=title)
    connect_signals()


@pytest.fixture
def stripe() -> Iterator[StripeStandIn]:
    """A served stand-in whose clock stands at the tests' NOW."""
    with StripeStandIn(clock=NOW.timestamp, slow_seconds=0.6) as stand_in:
        yield stand_in


@pytest.fixture
def stripe_config(stripe: StripeStandIn) -> PaymentConfig:
    """Settings that lead to the stand-in, with short timeouts."""
    return make_config(
        StripeConfig(
            secret_key=stripe.secret_key,
            webhook_secret=stripe.webhook_secret,
            api_base=stripe.api_base,
            patience=Patience(read_seconds=0.25, deadline_seconds=5.0, retry_pause_seconds=0.01),
        )
    )


@pytest.fixture
def bank() -> Iterator[banks.BankStandIn]:
    """A served stand-in for payOS and SePay whose clock stands at the tests' NOW."""
    with banks.BankStandIn(clock=NOW.timestamp) as stand_in:
        yield stand_in


@pytest.fixture
def wallet() -> Iterator[wallets.WalletsStandIn]:
    """A served stand-in for VNPAY, MoMo and ZaloPay whose clock stands at the tests' NOW."""
    with wallets.WalletsStandIn(clock=NOW.timestamp) as stand_in:
        yield stand_in


def wallet_settings(wallet: wallets.WalletsStandIn, patience: Patience) -> dict[str, Any]:
    """The three wallets, led to their stand-in."""
    return {
        "vnpay": VnpayConfig(
            wallets.TMN,
            wallets.VNPAY_KEY,
            f"{wallet.base}/pay",
            f"{wallet.base}/api",
            patience=patience,
        ),
        "momo": MomoConfig(
            wallets.PARTNER, wallets.ACCESS, wallets.MOMO_KEY, wallet.base, patience=patience
        ),
        "zalopay": ZalopayConfig(
            wallets.APP_ID, wallets.KEY1, wallets.KEY2, wallet.base, patience=patience
        ),
    }


@pytest.fixture
def every_config(
    stripe_config: PaymentConfig, bank: banks.BankStandIn, wallet: wallets.WalletsStandIn
) -> PaymentConfig:
    """Settings with every provider on, each led to its stand-in."""
    patience = Patience(read_seconds=2.0, deadline_seconds=5.0, retry_pause_seconds=0.01)
    channel = PayosChannel(*banks.ACCOUNT, banks.CLIENT_ID, banks.API_KEY, banks.CHECKSUM_KEY)
    return replace(
        stripe_config,
        payos=PayosConfig(
            (channel,), bank.api_base, f"{bank.api_base}/web/{{id}}", patience=patience
        ),
        sepay=SepayConfig(
            webhook_secret=banks.SEPAY_SECRET,
            api_token=banks.SEPAY_TOKEN,
            api_base=bank.api_base,
            patience=patience,
        ),
        **wallet_settings(wallet, patience),
    )
