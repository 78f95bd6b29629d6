"""Mail by SMTP: a plain and an HTML part, in the recipient's language.

The Message-ID is made from the outbox key, so a mail that a crash sends twice is one mail to every
reader that compares ids (RFC 5322 section 3.6.4). Where a message can be ended by one click, the
headers of RFC 2369 and RFC 8058 say so. An invitation is one more part of the same words, with its
method named in the part's type (RFC 6047 section 2.4).
"""

import hashlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, parseaddr
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from markupsafe import Markup

from shop.core.outbox import TransportFault
from shop.core.text import N_, clean
from shop.notifications.rules import Channel, Desk, Envelope, Post
from shop.web.sentences import translate

TIMEOUT_SECONDS: Final = 20
MAX_SUBJECT: Final = 200
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_GREETING = N_("Chào %(name)s,")
_GREETING_NOBODY = N_("Chào bạn,")
_OPEN = N_("Mở trên Chợ Phiên")
_WHY_PERSON = N_("Bạn nhận thư này vì có tài khoản ở Chợ Phiên. Chọn loại thư muốn nhận:")
_WHY_CONTACT = N_("Bạn nhận thư này vì đã để lại địa chỉ thư ở Chợ Phiên.")
_LEAVE = N_("Không nhận thư như thế này nữa:")

_PAGE = Markup(
    '<!doctype html><html lang="{language}"><body style="margin:0;background:#fbf8f1;color:#23211d;'
    'font:16px/1.6 system-ui,sans-serif"><div style="max-width:560px;margin:0 auto;padding:24px">'
    '<p style="font-weight:700;color:#1e2a57;border-bottom:3px solid #e3a008;padding-bottom:8px">'
    "Chợ Phiên</p><p>{greeting}</p><p><b>{title}</b></p>{body}{button}"
    '<p style="font-size:13px;color:#6b665c;border-top:1px solid #e4ddcf;padding-top:12px">'
    "{footer}</p></div></body></html>"
)
_BUTTON = Markup(
    '<p><a href="{url}" style="display:inline-block;background:#1e2a57;color:#fff;'
    'padding:12px 20px;border-radius:10px;text-decoration:none">{label}</a></p>'
)


def compose(envelope: Envelope, post: Post) -> EmailMessage:
    """The mail of one message."""
    language, reach = envelope.reach.language, envelope.reach
    prefix = post.origin + ("/en" if language == "en" else "")
    name = clean(reach.name).replace("\n", " ")
    greeting = translate(_GREETING, language) % {"name": name} if name else ""
    greeting = greeting or translate(_GREETING_NOBODY, language)
    link = prefix + envelope.url if envelope.url else ""
    footer = _footer(envelope, prefix)
    title = clean(envelope.title).replace("\n", " ")

    message = EmailMessage()
    message["Subject"] = title[:MAX_SUBJECT]
    message["From"] = post.sender
    message["To"] = formataddr((name, reach.email or ""))
    message["Message-ID"] = _message_id(envelope.key, post)
    message["Auto-Submitted"] = "auto-generated"
    if envelope.leave_url:
        message["List-Unsubscribe"] = f"<{prefix}{envelope.leave_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    plain = [greeting, title, envelope.body, link, "-- \n" + footer]
    message.set_content("\n\n".join(part for part in plain if part) + "\n")
    message.add_alternative(
        _PAGE.format(
            language=language,
            greeting=greeting,
            title=title,
            body=Markup("").join(
                Markup("<p>{}</p>").format(line) for line in envelope.body.split("\n") if line
            ),
            button=_BUTTON.format(url=link, label=translate(_OPEN, language)) if link else "",
            footer=footer,
        ),
        subtype="html",
    )
    invitation = envelope.invite(post) if envelope.invite else None
    if invitation is not None:
        message.add_alternative(
            invitation.calendar.decode(),
            subtype="calendar",
            params={"method": invitation.method},
            cte="base64",
        )
    return message


def _footer(envelope: Envelope, prefix: str) -> str:
    language = envelope.reach.language
    if envelope.leave_url:
        return f"{translate(_LEAVE, language)} {prefix}{envelope.leave_url}"
    if envelope.reach.person_id is not None:
        return f"{translate(_WHY_PERSON, language)} {prefix}/tai-khoan/tin-nhan/cach-nhan"
    return translate(_WHY_CONTACT, language)


def _message_id(key: str, post: Post) -> str:
    host = parseaddr(post.sender)[1].partition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def send(envelope: Envelope, desk: Desk) -> None:
    """Hand one mail to the server. Raises TransportFault, permanent when the server says that the
    address will never work (a 5xx reply to the recipient, RFC 5321 section 4.2.1)."""
    post = desk.post
    if not post.server:
        raise TransportFault("no mail server is set (SMTP_URL)")
    mail = compose(envelope, post)
    try:
        with _connect(urlsplit(post.server)) as server:
            server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _words in refused.recipients.values()]
        is_permanent = bool(codes) and all(500 <= code < 600 for code in codes)
        raise TransportFault(f"recipient refused: {codes}", is_permanent=is_permanent) from None
    except (smtplib.SMTPException, OSError) as error:
        raise TransportFault(f"{type(error).__name__}: mail server") from error


def _connect(address: SplitResult) -> smtplib.SMTP:
    host, context = address.hostname or "localhost", ssl.create_default_context()
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, address.port or 465, timeout=TIMEOUT_SECONDS, context=context
        )
        is_private = True
    else:
        server = smtplib.SMTP(host, address.port or 587, timeout=TIMEOUT_SECONDS)
        is_private = host in _LOOPBACK
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
            is_private = True
        if address.username and not is_private:
            raise TransportFault("the mail server offers no TLS: the password stays here")
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
    except BaseException:
        server.close()
        raise
    return server


CHANNEL = Channel(
    slug="email",
    used="configured",
    send=send,
    reaches=lambda reach: reach.email is not None,
    pushes=True,
)
