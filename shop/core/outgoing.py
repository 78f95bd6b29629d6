"""Calling somebody else's server over the network: bytes out, JSON in, one deadline over all tries.

No redirects, no proxy or netrc from the environment. The library's own timeouts hold per read only,
so an answer of one byte a second could keep a worker for minutes; here the caller gets its thread
back at the deadline, whatever the other side does.
"""

import json
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from shop.core.errors import Unavailable
from shop.core.text import N_

log = logging.getLogger(__name__)

MAX_PAUSE_SECONDS = 5.0
MAX_ANSWER_BYTES = 8_000_000
"""A bank feed's list of five thousand transfers is about two megabytes."""
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_T = TypeVar("_T")


class NoAnswer(Unavailable):
    """The call may or may not have happened."""

    message = N_("Chưa liên lạc được với máy chủ bên kia. Vui lòng thử lại sau.")


@dataclass(frozen=True)
class Patience:
    """How long one call over the network may take."""

    connect_seconds: float = 3.05
    read_seconds: float = 10.0
    deadline_seconds: float = 20.0
    """For all tries of one call together, however slowly the answer drips."""
    retry_pause_seconds: float = 0.5


@dataclass(frozen=True)
class Answer:
    """An answer below 500: its status and its JSON object."""

    status: int
    values: dict[str, Any]


def is_safe_address(address: str, *, api_base: str = "") -> bool:
    """Whether an address may be called or linked: https, or http on loopback for a stand-in."""
    parts = urlsplit(address)
    if parts.username or parts.password or not parts.hostname:
        return False
    if parts.scheme == "https":
        return True
    is_stand_in = not api_base or urlsplit(api_base).netloc == parts.netloc
    return parts.scheme == "http" and parts.hostname in _LOOPBACK and is_stand_in


def within(seconds: float, work: Callable[[], _T]) -> _T:
    """What ``work`` gives, or NoAnswer once ``seconds`` have passed."""
    answers: queue.SimpleQueue[tuple[_T | None, Exception | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            answers.put((work(), None))
        except Exception as error:  # noqa: BLE001 - handed over to the caller's thread
            answers.put((None, error))

    threading.Thread(target=run, name="outgoing-call", daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise NoAnswer from None
    if error is not None:
        raise error
    return answer  # type: ignore[return-value]


def repeated(
    patience: Patience, tries: int, once: Callable[[requests.Session, float], _T | None]
) -> _T:
    """What ``once`` gives, tried up to ``tries`` times with growing pauses under one deadline.

    ``once`` gets a session and the deadline (monotonic seconds). None asks for another try; what it
    raises ends the tries. Raises NoAnswer when nothing usable came in time.
    """

    def work() -> _T:
        ends_at = time.monotonic() + patience.deadline_seconds
        with requests.Session() as session:
            session.trust_env = False
            for attempt in range(1, tries + 1):
                answer = once(session, ends_at)
                if answer is not None:
                    return answer
                pause = min(patience.retry_pause_seconds * 2 ** (attempt - 1), MAX_PAUSE_SECONDS)
                pause *= random.uniform(0.75, 1.0)
                if attempt == tries or time.monotonic() + pause >= ends_at:
                    break
                time.sleep(pause)
        raise NoAnswer

    return within(patience.deadline_seconds, work)


def send_json(
    patience: Patience,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    values: Mapping[str, Any] | None = None,
    tries: int = 3,
) -> Answer:
    """Call ``url`` with a JSON body (none for None); as ``send``."""
    if values is None:
        return send(patience, method, url, headers=headers, tries=tries)
    typed = {"Content-Type": "application/json", **headers}
    body = json.dumps(values, ensure_ascii=False).encode()
    return send(patience, method, url, headers=typed, body=body, tries=tries)


def send(
    patience: Patience,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None = None,
    tries: int = 3,
) -> Answer:
    """Call ``url`` and hand back the JSON object it answers.

    Network errors, 429, 5xx and what is no JSON object are tried again, ``tries`` times in all;
    give 1 for a call that must not be repeated. Raises NoAnswer when the outcome is unknown.
    """
    what = f"{method} {urlsplit(url).netloc}{urlsplit(url).path}"

    try:
        return repeated(
            patience,
            tries,
            lambda session, ends_at: _try_once(
                session, patience, method, url, headers, body, ends_at
            ),
        )
    except NoAnswer:
        log.warning("%s: no usable answer", what)
        raise


def _try_once(
    session: requests.Session,
    patience: Patience,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    ends_at: float,
) -> Answer | None:
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", "Connection": "close"}
    try:
        with session.request(
            method,
            url,
            data=body,
            headers={**sent, **headers},
            timeout=(patience.connect_seconds, patience.read_seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            raw = read_whole(response, ends_at, MAX_ANSWER_BYTES)
    except (requests.RequestException, OSError):
        return None
    if response.status_code == 429 or response.status_code >= 500:
        return None
    try:
        read = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return Answer(response.status_code, read) if isinstance(read, dict) else None


def read_whole(response: requests.Response, ends_at: float, most: int) -> bytes:
    """The body, at most ``most`` bytes before ``ends_at`` (monotonic seconds).

    Raises requests.ConnectionError when it is longer, slower or cut off.
    """
    chunks = bytearray()
    for chunk in response.iter_content(65_536):
        chunks += chunk
        if len(chunks) > most or time.monotonic() > ends_at:
            raise requests.ConnectionError("answer too long or too slow")
    expected = response.headers.get("Content-Length", "")
    if expected.isdigit() and len(chunks) < int(expected):
        raise requests.ConnectionError("answer cut off")
    return bytes(chunks)
