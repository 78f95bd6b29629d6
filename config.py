"""Settings: one typed class from the environment. Only ``wsgi`` and the wirings import it.

Every key is described in docs/configuration.md (a test compares the two).
"""

from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent
DEVELOPMENT_SECRET = "development-only-secret-never-use-it-in-production"  # noqa: S105

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(BaseSettings):
    """What an operator may set. In production an unsafe value stops the start."""

    model_config = SettingsConfigDict(
        env_prefix="", case_sensitive=False, extra="ignore", hide_input_in_errors=True
    )

    # production (the default), development or testing
    app_env: Literal["production", "development", "testing"] = "production"
    # SQLAlchemy address of the database; PostgreSQL as postgresql+psycopg://
    database_url: str = f"sqlite:///{ROOT / 'instance' / 'cho-phien.db'}"
    # signs cookies and links; at least 32 bytes, required outside development
    secret_key: str = ""
    # origin in QR codes, feeds and mail; never taken from the Host header
    public_url: str = "http://127.0.0.1:8000"
    # comma-separated host names the application answers to; empty: the host of PUBLIC_URL
    trusted_hosts: str = ""
    # how many reverse proxies in front set X-Forwarded-*; 0 trusts none
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    # folder of uploaded pictures and papers
    media_dir: Path = ROOT / "instance" / "media"
    # outgoing mail, e.g. smtp://user:password@host:587 or smtps://...; empty: no mail is sent
    smtp_url: str = ""
    # sender of mail, e.g. Chợ Phiên <tin@example.vn>; empty: no-reply at the host of PUBLIC_URL
    mail_from: str = ""
    # private key of web push (flask notifications vapid-key makes one); empty: no web push
    vapid_private_key: str = ""
    # origins of further push services, comma-separated; those of the usual browsers are known
    push_services: str = ""
    # file with the access token of the Zalo Official Account, read at each sending; empty: off
    zalo_token_file: str = ""
    # approved Zalo templates by message kind, as JSON, e.g. {"session.remind_hosts_day": "12345"}
    zalo_templates: dict[str, str] = Field(default_factory=dict)
    # address of the Zalo Notification Service
    zalo_api_base: str = "https://business.openapi.zalo.me"
    # partner id of the app at Shopee Open Platform; 0: nothing is sent to Shopee Live
    shopee_partner_id: int = Field(default=0, ge=0)
    # partner key of that app, signs every call
    shopee_partner_key: str = ""
    # folder of access tokens, a file CODE.json per channel account, read at each sending
    shopee_token_dir: str = ""
    # where Shopee's API is called
    shopee_api_base: str = "https://partner.shopeemobile.com"
    # shared store of rate limits when several machines serve; empty: memory of each process
    valkey_url: str = ""
    # Stripe secret key; empty: card payment is off
    stripe_secret_key: str = ""
    # Stripe signing secret of the webhook endpoint
    stripe_webhook_secret: str = ""
    # where Stripe's API is called
    stripe_api_base: str = "https://api.stripe.com"
    # SePay bank feed: secret of its signed webhook; empty together with the next: off
    sepay_webhook_secret: str = ""
    # key that SePay sends as "Authorization: Apikey ..."; with the secret, both must be right
    sepay_webhook_apikey: str = ""
    # SePay API token, to ask for transfers that no webhook told of; empty: never asked
    sepay_api_token: str = ""
    # where SePay's API is called
    sepay_api_base: str = "https://my.sepay.vn"
    # what SePay's signature covers, with {timestamp} and {body}
    sepay_signed_text: str = "{timestamp}.{body}"
    # payOS channel's client id; several channels: comma-separated, same order in all four
    payos_client_id: str = ""
    # payOS channel's API key
    payos_api_key: str = ""
    # payOS channel's checksum key
    payos_checksum_key: str = ""
    # bank account that the channel pays into, as BIN:number; offered only where it is the payee
    payos_account: str = ""
    # where payOS is called
    payos_api_base: str = "https://api-merchant.payos.vn"
    # address of a payOS link by its {id}, for links whose making was answered too late
    payos_checkout_url: str = "https://pay.payos.vn/web/{id}"
    # VNPAY terminal code; empty: VNPAY is off
    vnpay_tmn_code: str = ""
    # VNPAY hash secret
    vnpay_hash_secret: str = ""
    # VNPAY payment page
    vnpay_pay_url: str = "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html"
    # where VNPAY is asked and refunds are made
    vnpay_api_url: str = "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction"
    # our address as VNPAY wants it in every call
    vnpay_ip_address: str = "127.0.0.1"
    # MoMo partner code; empty: MoMo is off
    momo_partner_code: str = ""
    # MoMo access key
    momo_access_key: str = ""
    # MoMo secret key
    momo_secret_key: str = ""
    # where MoMo's API is called
    momo_api_base: str = "https://test-payment.momo.vn"
    # what MoMo shows: captureWallet or payWithMethod
    momo_request_type: Literal["captureWallet", "payWithMethod"] = "captureWallet"
    # ZaloPay application; 0: ZaloPay is off
    zalopay_app_id: int = Field(default=0, ge=0)
    # ZaloPay key1, signs what we ask
    zalopay_key1: str = ""
    # ZaloPay key2, signs what they tell
    zalopay_key2: str = ""
    # where ZaloPay's API is called
    zalopay_api_base: str = "https://sb-openapi.zalopay.vn"
    # refunds above this many đồng need a second person
    refund_second_person_vnd: int = Field(default=2_000_000, ge=0, le=1_000_000_000)
    # whether staff and admins must pass a second factor; unset: yes in production
    require_staff_totp: bool | None = None
    # whether rate limits are enforced
    rate_limits: bool = True
    # web worker processes of gunicorn
    web_concurrency: int = Field(default=2, ge=1, le=64)
    # how log lines look: json for machines, console for people
    log_format: Literal["json", "console"] = "json"
    # minutes that an unpaid transfer order holds its stock
    transfer_hold_minutes: int = Field(default=30, ge=5, le=1440)
    # hours that a producer has to confirm a cash-on-delivery order
    cod_confirm_hours: int = Field(default=48, ge=1, le=240)
    # đồng from which on an order paid on delivery by a number that never took one is warned of
    cod_new_phone_vnd: int = Field(default=2_000_000, ge=0, le=1_000_000_000)
    # open orders paid on delivery of one number from which on the desk warns
    cod_open_orders: int = Field(default=3, ge=1, le=1000)
    # days after delivery in which a buyer may ask to give goods back
    return_days: int = Field(default=7, ge=1, le=90)
    # hours that a proposed session holds its host, channel and studio
    session_hold_hours: int = Field(default=48, ge=1, le=336)
    # months that the plan, prices, words and stop log of a session are kept after it went off air
    session_evidence_months: int = Field(default=36, ge=1, le=240)
    # scans of one unit code on one day from which on it is suspected to be copied
    clone_scans_per_day: int = Field(default=10, ge=2, le=10_000)
    # days with scans, after a buyer opened the pack, that are still usual for a unit code
    clone_days_after_opening: int = Field(default=3, ge=1, le=365)
    # whether signed-in people get the service worker; false removes it from their phones
    service_worker: bool = True
    # seconds that a public page is answered from memory at most; 0 turns this off
    page_cache_seconds: int = Field(default=30, ge=0, le=300)

    @property
    def is_production(self) -> bool:
        return self.app_env == "production"

    @property
    def is_secure(self) -> bool:
        """Whether people reach the site by https."""
        return self.public_url.startswith("https://")

    @property
    def hosts(self) -> list[str]:
        """Host names answered to."""
        named = [host.strip() for host in self.trusted_hosts.split(",") if host.strip()]
        return named or [urlsplit(self.public_url).netloc]

    @property
    def mail_sender(self) -> str:
        """Who mail comes from."""
        return self.mail_from or f"Chợ Phiên <no-reply@{urlsplit(self.public_url).hostname}>"

    @property
    def is_staff_totp_required(self) -> bool:
        return self.is_production if self.require_staff_totp is None else self.require_staff_totp

    @model_validator(mode="after")
    def _refuse_unsafe(self) -> Self:
        self.public_url = self.public_url.rstrip("/")
        parts = urlsplit(self.public_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
            raise ValueError("PUBLIC_URL must be an origin such as https://example.vn")
        if not self.is_production and not self.secret_key:
            self.secret_key = DEVELOPMENT_SECRET
        if len(self.secret_key.encode()) < 32:
            raise ValueError("SECRET_KEY must be set and hold at least 32 bytes")
        if self.is_production:
            if self.secret_key == DEVELOPMENT_SECRET:
                raise ValueError("SECRET_KEY is the public development key")
            if not self.is_secure and parts.hostname not in _LOOPBACK:
                raise ValueError("PUBLIC_URL must be https, else cookies travel in the clear")
            if bool(self.stripe_secret_key) != bool(self.stripe_webhook_secret):
                raise ValueError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET go together")
        return self

    @model_validator(mode="after")
    def _refuse_bad_mail(self) -> Self:
        if self.smtp_url and urlsplit(self.smtp_url).scheme not in {"smtp", "smtps"}:
            raise ValueError("SMTP_URL must be smtp://… or smtps://…")
        if "@" not in self.mail_sender or any(char in self.mail_from for char in "\r\n"):
            raise ValueError("MAIL_FROM must be an address such as Chợ Phiên <tin@example.vn>")
        return self
