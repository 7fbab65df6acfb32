"""Senders of webhooks: each signs a body as its documentation says, with the standard library alone."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime

Headers = dict[str, str]
STANDARD_KEY = bytes(range(32))
STANDARD_SECRET = "whsec_" + base64.b64encode(STANDARD_KEY).decode()


def standard(body: bytes, at: datetime, key: bytes = STANDARD_KEY, delivery: str = "msg_1") -> Headers:
    seconds = str(int(at.timestamp()))
    signed = f"{delivery}.{seconds}.".encode() + body
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": delivery, "webhook-timestamp": seconds, "webhook-signature": f"v1,{signature}"}


def meta(body: bytes, at: datetime, key: bytes = b"app-secret") -> Headers:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()}


def zendesk(body: bytes, at: datetime, key: bytes = b"zendesk-secret") -> Headers:
    stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = base64.b64encode(hmac.new(key, stamp.encode() + body, hashlib.sha256).digest()).decode()
    return {"X-Zendesk-Webhook-Signature": signature, "X-Zendesk-Webhook-Signature-Timestamp": stamp}


def chatwoot(body: bytes, at: datetime, key: bytes = b"chatwoot-secret") -> Headers:
    stamp = str(int(at.timestamp()))
    signature = hmac.new(key, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Chatwoot-Signature": f"sha256={signature}", "X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Delivery": "d-1"}


def discourse(body: bytes, at: datetime, key: bytes = b"discourse-secret") -> Headers:
    signature = hmac.new(key, body, hashlib.sha256).hexdigest()
    return {
        "X-Discourse-Instance": "https://forum.acme.example",
        "X-Discourse-Event": "post_created",
        "X-Discourse-Event-Id": "77",
        "X-Discourse-Event-Signature": f"sha256={signature}",
    }


def header(body: bytes, at: datetime, key: bytes = b"a-secret-of-32-characters-and-more") -> Headers:
    return {"X-Webhook-Secret": key.decode()}


Signing = Callable[[bytes, datetime], Headers]
SENDERS: dict[str, tuple[str, Signing]] = {
    "standard": (STANDARD_SECRET, standard),
    "meta": ("app-secret", meta),
    "zendesk": ("zendesk-secret", zendesk),
    "chatwoot": ("chatwoot-secret", chatwoot),
    "discourse": ("discourse-secret", discourse),
    "header": ("a-secret-of-32-characters-and-more", header),
}
"""Scheme, its secret as configured, and its signing."""
