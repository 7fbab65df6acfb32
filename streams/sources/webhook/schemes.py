"""Signature schemes of webhooks: who signs what, in which header, and whether a delivery is fresh."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from streams.errors import ConfigError

TOLERANCE_S = 300
"""How far a signed timestamp may lie from now: an older delivery may be a replay."""
MIN_SECRET = 16
"""Characters of a secret that is sent itself, and so could be guessed by trying."""

Fault = Literal["unsigned", "stale", "signature"]


class Verdict(NamedTuple):
    """Result of a verification: the delivery's id, equal when it is sent again, or the fault."""

    delivery: str = ""
    fault: Fault | None = None


class Credentials(NamedTuple):
    """What a request carries to prove its sender: its headers, and the end of its path."""

    headers: Mapping[str, str]
    path_secret: str = ""


class Scheme(NamedTuple):
    """One way to prove a delivery: its verification, and the form of its secret."""

    verify: Callable[[Credentials, bytes, Sequence[bytes], float], Verdict]
    key: Callable[[str], bytes]


def verify_standard(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
    """Verify a delivery of Standard Webhooks 1.0.0: HMAC-SHA256 of `id.timestamp.body`, one or more signatures.

    Parameters
    ----------
    credentials
        Headers of the request.
    body
        The raw body.
    keys
        Keys of which one must fit.
    now
        Seconds since the epoch.
    """
    headers = credentials.headers
    delivery, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    given = [s[3:] for s in headers.get("webhook-signature", "").split() if s.startswith("v1,")]
    if not delivery or not given:
        return Verdict(fault="unsigned")
    if not _fresh(_seconds(stamp), now):
        return Verdict(fault="stale")
    signed = _bytes(f"{delivery}.{stamp}.") + body
    return _verdict(any(_fits(g, [_base64(key, signed) for key in keys]) for g in given), delivery)


def verify_meta(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
    """Verify a delivery of Facebook or Instagram: HMAC-SHA256 of the body, in hexadecimal; not dated."""
    return _verify_body("X-Hub-Signature-256", credentials, body, keys)


def verify_discourse(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
    """Verify a delivery of Discourse: HMAC-SHA256 of the body, in hexadecimal; not dated."""
    return _verify_body("X-Discourse-Event-Signature", credentials, body, keys)


def verify_chatwoot(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
    """Verify a delivery of Chatwoot: HMAC-SHA256 of `timestamp.body`, in hexadecimal."""
    stamp = credentials.headers.get("X-Chatwoot-Timestamp", "")
    given = credentials.headers.get("X-Chatwoot-Signature", "")
    if not given:
        return Verdict(fault="unsigned")
    if not _fresh(_seconds(stamp), now):
        return Verdict(fault="stale")
    signed = _bytes(f"{stamp}.") + body
    return _verdict(_fits(given, ["sha256=" + _hex(key, signed) for key in keys]), _digest(body))


def verify_zendesk(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
    """Verify a delivery of Zendesk: HMAC-SHA256 of timestamp and body, in base64; the timestamp is ISO 8601."""
    stamp = credentials.headers.get("X-Zendesk-Webhook-Signature-Timestamp", "")
    given = credentials.headers.get("X-Zendesk-Webhook-Signature", "")
    if not given:
        return Verdict(fault="unsigned")
    if not _fresh(_iso_seconds(stamp), now):
        return Verdict(fault="stale")
    return _verdict(_fits(given, [_base64(key, _bytes(stamp) + body) for key in keys]), _digest(body))


def verify_path(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
    """Verify a delivery by the secret at the end of its address, for senders that can do no more."""
    return _verify_secret(credentials.path_secret, body, keys)


def verify_header(name: str) -> Callable[[Credentials, bytes, Sequence[bytes], float], Verdict]:
    """Make the verification of a secret in a header, which may have `Bearer` before it."""

    def verify(credentials: Credentials, body: bytes, keys: Sequence[bytes], now: float) -> Verdict:
        return _verify_secret(credentials.headers.get(name, "").removeprefix("Bearer "), body, keys)

    return verify


def standard_key(secret: str) -> bytes:
    """Return the key of a Standard Webhooks secret: base64, with or without `whsec_` before it.

    Raises
    ------
    ConfigError
        It is not base64.

    Examples
    --------
    >>> standard_key("whsec_a2V5")
    b'key'
    """
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigError(
            "expected a secret `whsec_…` in base64, got other characters; make one with"
            " `python -c \"import base64, os; print('whsec_' + base64.b64encode(os.urandom(32)).decode())\"`"
        ) from None


def shared_key(secret: str) -> bytes:
    """Return the key of a secret that both sides know and none sends."""
    return secret.encode()


def sent_key(secret: str) -> bytes:
    """Return the key of a secret that is sent with each delivery.

    Raises
    ------
    ConfigError
        It is short enough to be found by trying.
    """
    if len(secret) < MIN_SECRET:
        raise ConfigError(
            f"expected a secret of at least {MIN_SECRET} characters, got {len(secret)}; make one with"
            ' `python -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    return secret.encode()


SCHEMES = {
    "standard": Scheme(verify_standard, standard_key),
    "meta": Scheme(verify_meta, shared_key),
    "zendesk": Scheme(verify_zendesk, shared_key),
    "chatwoot": Scheme(verify_chatwoot, shared_key),
    "discourse": Scheme(verify_discourse, shared_key),
    "header": Scheme(verify_header("X-Webhook-Secret"), sent_key),
    "path": Scheme(verify_path, sent_key),
}
"""Every scheme by its name in the configuration."""


def equal(one: str, other: str) -> bool:
    """Compare two texts in a time that tells nothing of where they differ; headers may hold any bytes."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _verify_body(name: str, credentials: Credentials, body: bytes, keys: Sequence[bytes]) -> Verdict:
    given = credentials.headers.get(name, "")
    if not given:
        return Verdict(fault="unsigned")
    return _verdict(_fits(given, ["sha256=" + _hex(key, body) for key in keys]), _digest(body))


def _verify_secret(given: str, body: bytes, keys: Sequence[bytes]) -> Verdict:
    if not given:
        return Verdict(fault="unsigned")
    return _verdict(any(hmac.compare_digest(_bytes(given), key) for key in keys), _digest(body))


def _verdict(fits: bool, delivery: str) -> Verdict:
    return Verdict(delivery) if fits else Verdict(fault="signature")


def _fits(given: str, expected: Sequence[str]) -> bool:
    return any(equal(given, signature) for signature in expected)


def _fresh(stamp: float | None, now: float) -> bool:
    return stamp is not None and abs(now - stamp) <= TOLERANCE_S


def _seconds(stamp: str) -> float | None:
    return int(stamp) if re.fullmatch("[0-9]{1,12}", stamp) else None


def _iso_seconds(stamp: str) -> float | None:
    try:
        time = datetime.fromisoformat(stamp)
    except ValueError:
        return None
    return time.timestamp() if time.tzinfo else None


def _hex(key: bytes, signed: bytes) -> str:
    return hmac.new(key, signed, "sha256").hexdigest()


def _base64(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, "sha256").digest()).decode()


def _digest(body: bytes) -> str:
    # Ids in headers that are not signed could be changed by whoever replays a delivery.
    return hashlib.sha256(body).hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
