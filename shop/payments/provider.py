"""What a way to pay is: its capabilities, what it tells the buyer to do, what it reports back.

Plain values only. A plug in ``providers/`` fills a ``Provider``; it gets its settings as a frozen
``PaymentConfig`` and never sees Flask, the database or the clock. Money is whole đồng; a provider
that counts in other units converts in its own file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from shop.core.errors import Conflict, Invalid, NotAllowed, Unavailable
from shop.core.outgoing import Patience
from shop.core.text import N_

TxnKind = Literal[
    "charge", "charge_failed", "refund", "refund_failed", "chargeback", "chargeback_reversed"
]
AttemptFate = Literal["open", "succeeded", "failed", "expired", "unknown"]
RefundFate = Literal["pending", "succeeded", "failed"]
DisputeState = Literal["open", "won", "lost", "closed"]


class ProviderSilent(Unavailable):
    """The call may or may not have happened: ask again with the same key."""

    message = N_("Chưa liên lạc được với nơi thu tiền. Chưa có gì bị mất; vui lòng thử lại sau.")


class ProviderRefused(Conflict):
    """The provider said no, for good."""

    message = N_("Nơi thu tiền từ chối yêu cầu này. Vui lòng chọn cách trả tiền khác.")


class BadSignature(NotAllowed):
    """A pushed message that does not prove who sent it."""

    message = N_("Chữ ký của thông báo không đúng.")


class Malformed(Invalid):
    """A pushed message or an answer that is not what the provider's documents describe."""

    message = N_("Nội dung thông báo không đúng dạng.")


@dataclass(frozen=True)
class Capabilities:
    """What a provider can do. Pages and services ask these, never the slug."""

    redirect: bool = False
    """The buyer pays on the provider's own page; starting is a network call."""
    qr: bool = False
    push: bool = False
    pull: bool = False
    by_hand: bool = False
    """A person of the producer states that the money came."""
    on_delivery: bool = False
    """Money comes after the goods: the order waits for confirmation, not for payment."""
    needs_payee_account: bool = False
    exact_amount: bool = False
    """The provider collects exactly what was asked; another amount belongs to no order."""
    refund: bool = False
    """The provider gives money back when asked; otherwise a person does, and proves it."""
    operator_money: bool = False
    """The money lands in the operator's account, so staff decide on giving it back."""
    expires: bool = False
    feed: bool = False
    """It tells of transfers paid another way, so it is never offered at checkout."""


@dataclass(frozen=True)
class StripeConfig:
    """Stripe's settings. ``version`` is pinned: request bodies are valid for it and later ones."""

    secret_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_base: str = "https://api.stripe.com"
    version: str = "2025-09-30.clover"
    patience: Patience = field(default_factory=Patience)

    @property
    def is_live(self) -> bool:
        """Whether the key moves real money."""
        return "_live_" in self.secret_key


@dataclass(frozen=True)
class SepayConfig:
    """SePay's settings: the bank feed of accounts that their owners linked to it."""

    webhook_secret: str = field(default="", repr=False)
    """For HMAC signatures; empty: messages are not signed."""
    webhook_apikey: str = field(default="", repr=False)
    """For ``Authorization: Apikey``; set beside the secret, both must be right."""
    api_token: str = field(default="", repr=False)
    """For asking about transfers that no message told us of; empty: never asked."""
    api_base: str = "https://my.sepay.vn"
    signed_text: str = "{timestamp}.{body}"
    """What the signature covers: seen in public integrations only, so it can be set."""
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class PayosChannel:
    """One payment channel of payOS and the bank account that it pays into."""

    account_bin: str
    account_number: str
    client_id: str
    api_key: str = field(repr=False)
    checksum_key: str = field(repr=False)


@dataclass(frozen=True)
class PayosConfig:
    """payOS' settings."""

    channels: tuple[PayosChannel, ...]
    api_base: str = "https://api-merchant.payos.vn"
    checkout_url: str = "https://pay.payos.vn/web/{id}"
    """Where a link is paid that was made by a call whose answer was lost: not documented."""
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class VnpayConfig:
    """VNPAY's settings; ``pay_url`` is opened by the buyer, ``api_url`` called by us."""

    tmn_code: str
    hash_secret: str = field(repr=False)
    pay_url: str = "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html"
    api_url: str = "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction"
    ip_address: str = "127.0.0.1"
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class MomoConfig:
    """MoMo's settings."""

    partner_code: str
    access_key: str
    secret_key: str = field(repr=False)
    api_base: str = "https://test-payment.momo.vn"
    request_type: str = "captureWallet"
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class ZalopayConfig:
    """ZaloPay's settings: ``key1`` signs what we ask, ``key2`` what they tell."""

    app_id: int
    key1: str = field(repr=False)
    key2: str = field(repr=False)
    api_base: str = "https://sb-openapi.zalopay.vn"
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class PaymentConfig:
    """What providers and services need of the settings."""

    public_url: str
    order_link: Callable[[str], str]
    """The absolute signed link of an order's page, given its code."""
    transfer_hold: timedelta = timedelta(minutes=30)
    cod_confirm: timedelta = timedelta(hours=48)
    second_person_vnd: int = 2_000_000
    """Refunds above this many đồng need a second person."""
    stripe: StripeConfig | None = None
    sepay: SepayConfig | None = None
    payos: PayosConfig | None = None
    vnpay: VnpayConfig | None = None
    momo: MomoConfig | None = None
    zalopay: ZalopayConfig | None = None


@dataclass(frozen=True)
class OrderView:
    """What a provider may know of an order."""

    code: str
    total_vnd: int
    producer_name: str
    language: str = "vi"
    email: str | None = None


@dataclass(frozen=True)
class AttemptView:
    """What a provider may know of an attempt."""

    amount_vnd: int
    idempotency_key: str
    created_at: datetime
    expires_at: datetime | None = None
    memo_code: str | None = None
    provider_ref: str | None = None
    account_bin: str | None = None
    account_number: str | None = None
    account_holder: str | None = None


@dataclass(frozen=True)
class Instruction:
    """What the buyer does next."""

    kind: Literal["url", "qr", "text"]
    url: str = ""
    qr_payload: str = ""
    text: str = ""
    provider_ref: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True)
class ProviderTxn:
    """One fact a provider tells about money: the only way money enters the ledger."""

    provider: str
    txn_id: str
    kind: TxnKind
    amount_vnd: int
    currency: str
    occurred_at: datetime
    raw_digest: str
    account: str = ""
    """The account that received it, when the provider says so."""
    order_hint: str = ""
    """An order's code, or a transfer's text that may hold a memo code."""
    provider_ref: str = ""
    """The provider's own name of the attempt."""
    counterparty: str = ""
    sub_account: str = ""
    """A virtual account that leads to ``account``; the payer may have been given either."""
    reference: str = ""
    """The bank's own name of the transfer: two ways that tell of it tell the same one."""
    charge_id: str = ""
    """The ``txn_id`` of the charge that this fact gives back; empty for charges."""


@dataclass(frozen=True)
class RefundView:
    """What a provider may know of a refund it is asked to make."""

    amount_vnd: int
    charge_vnd: int
    """The whole charge of which ``amount_vnd`` goes back."""
    charge_id: str
    provider_ref: str
    """The attempt that the charge came by."""
    key: str
    """Stored before the first call, the same in every repetition."""
    order_code: str
    reason: str
    created_at: datetime
    asked_at: datetime
    refund_id: str = ""
    """The provider's name of the refund once it is known: then it is only asked about."""
    is_repeat: bool = False
    """An earlier call's outcome is unknown: look whether it was made before making it."""


@dataclass(frozen=True)
class RefundFact:
    """What a provider says about one refund, ours or made in its dashboard."""

    refund_id: str
    charge_id: str
    amount_vnd: int
    currency: str
    fate: RefundFate
    occurred_at: datetime
    raw_digest: str
    key: str = ""
    """Our key when the refund is ours; empty for one made elsewhere."""
    fault: str = ""


@dataclass(frozen=True)
class DisputeFact:
    """What a provider says about one dispute of a charge."""

    dispute_id: str
    charge_id: str
    amount: int
    currency: str
    state: DisputeState
    status: str
    reason: str
    opened_at: datetime
    raw_digest: str
    is_withdrawn: bool = False
    """The money was taken away from us."""
    is_reinstated: bool = False
    """And came back."""
    answer_by: datetime | None = None


@dataclass(frozen=True)
class Pushed:
    """A message whose signature is good. ``event_key`` names it for ever."""

    event_key: str
    provider_ref: str
    """What it hints at (an attempt, or whatever ``pull`` can be asked about); empty when the
    message is none of our business."""
    txns: tuple[ProviderTxn, ...] = ()
    """What a feed tells outright; other providers are asked about the attempt instead."""


@dataclass(frozen=True)
class Pulled:
    """What the provider answers when asked about an attempt."""

    fate: AttemptFate
    txns: tuple[ProviderTxn, ...] = ()
    refunds: tuple[RefundFact, ...] = ()
    disputes: tuple[DisputeFact, ...] = ()


def _always(_config: PaymentConfig) -> bool:
    return True


def _plain_reply(outcome: str) -> tuple[int, dict[str, object] | None]:
    return 200, {"received": True, "outcome": outcome}


@dataclass(frozen=True)
class Provider:
    """One way to pay. A function left out is a capability it lacks."""

    slug: str
    label: str
    hint: str
    capabilities: Capabilities
    hold: Callable[[PaymentConfig], timedelta]
    """How long an unpaid (or unconfirmed) order keeps its stock."""
    start: Callable[[PaymentConfig, OrderView, AttemptView], Instruction]
    is_on: Callable[[PaymentConfig], bool] = _always
    order: int = 50
    life: timedelta | None = None
    """How long an attempt stays payable at the provider; None: as long as the order waits."""
    grace: timedelta = timedelta(0)
    """By how much the order's hold must outlast the attempt's life."""
    parse_push: Callable[[PaymentConfig, Mapping[str, str], bytes, datetime], Pushed] | None = None
    """(config, headers, raw body, now). Raises BadSignature, Malformed."""
    pull: Callable[[PaymentConfig, str, datetime], Pulled] | None = None
    """(config, provider_ref, now). Raises ProviderSilent, ProviderRefused."""
    cancel: Callable[[PaymentConfig, AttemptView], None] | None = None
    feed: Callable[[PaymentConfig, datetime, datetime], tuple[ProviderTxn, ...]] | None = None
    """(config, since, now): all transfers in since then. Raises ProviderSilent, ProviderRefused."""
    accounts: Callable[[PaymentConfig], frozenset[tuple[str, str]]] | None = None
    """The payees (bank's BIN, number) that it pays into; left out: any."""
    reply: Callable[[str], tuple[int, dict[str, object] | None]] = _plain_reply
    """(outcome): status and JSON (or nothing) that acknowledge a message that was taken."""
    refund: Callable[[PaymentConfig, RefundView], RefundFact] | None = None
    """Make a refund, or ask about one already made. Raises ProviderSilent, ProviderRefused."""
    push_method: Literal["GET", "POST"] = "POST"
    """A GET message's body is its raw query string."""
    refusal: Callable[[str], dict[str, object]] | None = None
    """(``bad_signature`` or ``malformed``): the JSON told beside the 4xx; left out: our error."""

    @property
    def first_state(self) -> Literal["awaiting_payment", "awaiting_confirmation"]:
        """The state in which an order paid this way begins."""
        is_later = self.capabilities.on_delivery
        return "awaiting_confirmation" if is_later else "awaiting_payment"
