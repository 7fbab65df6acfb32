"""The desk action: one thing that a person did about an incident, by the wall clock; one JSON object a line.

Actions are appended and never changed: the topic is the audit. No detector and no signal of the response desk reads
them, so event time stays pure.
"""

import re
from datetime import datetime
from typing import Literal, get_args

import msgspec

from streams.addresses import shown
from streams.errors import ActionError

ActionKind = Literal[
    "acknowledge",
    "role",
    "note",
    "verified",
    "statement",
    "hold",
    "release",
    "answered",
    "promise",
    "kept",
    "mute",
    "close",
    "false_alarm",
    "planned",
    "share",
    "undo",
]
KINDS: tuple[str, ...] = get_args(ActionKind)
ROLES = ("lead", "writer", "care", "spokesperson")

MAX_TEXT = 2000
MAX_NAME = 200
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
_SHORT = ("who", "role", "person", "network", "post", "promise", "silence", "link", "of")

_NEEDS: dict[str, tuple[str, ...]] = {
    "role": ("role",),
    "note": ("text",),
    "verified": ("post",),
    "statement": ("text",),
    "answered": ("post",),
    "promise": ("text", "due"),
    "kept": ("promise",),
    "mute": ("why", "until"),
    "close": ("why",),
    "false_alarm": ("why",),
    "planned": ("why",),
    "share": ("link", "until"),
    "undo": ("of",),
}
_MAY: dict[str, tuple[str, ...]] = {
    "role": ("person",),
    "verified": ("network", "url", "text"),
    "statement": ("network", "url"),
    "answered": ("network", "url", "text"),
    "promise": ("network", "post", "person"),
    "mute": ("silence",),
    "hold": ("network",),
    "release": ("network",),
}


class DeskAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that a person did about an incident.

    Parameters
    ----------
    v
        Version of the record.
    id
        Chosen by whoever sends it, 8 to 64 letters, digits, `-` and `_`: sent again, it counts once.
    incident, brand
        What it is about.
    kind
        Of `KINDS`.
    who, at, why
        By whom, when (RFC 3339, wall clock), and why: `mute`, `close`, `false_alarm` and `planned` need a reason.
    role, person
        Of a `role`: which (of `ROLES`), and who has it now, empty for nobody. Of a `promise`: to whom.
    text
        Of a `note`, a `statement`, a `promise`: its words.
    network, post, url
        The publication that it is about.
    due
        Of a `promise`: by when, RFC 3339.
    promise
        Of `kept`: id of the action that made the promise.
    until
        Of a `mute` and a `share`: its end, RFC 3339.
    silence
        Of a `mute`: id of the Alertmanager silence that it made.
    link
        Of a `share`: id of the link. Undone, it is revoked.
    of
        Of an `undo`: id of the action that no longer counts.

    Examples
    --------
    >>> line = '{"v":1,"id":"0f8e1a2b","incident":"Acme/1","brand":"Acme","kind":"acknowledge","who":"anne",'
    >>> action = decode_action((line + '"at":"2026-06-11T18:00:00.000Z"}').encode())
    >>> action.kind, action.who, action.why
    ('acknowledge', 'anne', '')
    """

    type: Literal["desk_action"] = "desk_action"
    v: int = 1
    id: str
    incident: str
    brand: str
    kind: ActionKind
    who: str
    at: str
    why: str = ""
    role: str = ""
    person: str = ""
    text: str = ""
    network: str = ""
    post: str = ""
    url: str = ""
    due: str = ""
    promise: str = ""
    until: str = ""
    silence: str = ""
    link: str = ""
    of: str = ""

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line break; fields that are empty are left out."""
        return msgspec.json.encode(self)

    @property
    def at_ms(self) -> int:
        """When it was done, in milliseconds since the epoch."""
        return instant_ms(self.at)


_OWN = frozenset(field for fields in (*_NEEDS.values(), *_MAY.values()) for field in fields) - {"why"}
_decode = msgspec.json.Decoder(DeskAction).decode


def decode_action(data: bytes) -> DeskAction:
    """Decode and check an action.

    Raises
    ------
    ActionError
        It is no action of this version; what was expected is in the message.

    Examples
    --------
    >>> decode_action(b'{"id":"0f8e1a2b"}')
    Traceback (most recent call last):
        ...
    streams.errors.ActionError: expected a desk action, got: Object missing required field `incident`
    """
    try:
        action = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ActionError(f"expected a desk action, got: {error}") from None
    return checked(action)


def checked(action: DeskAction) -> DeskAction:
    """Return an action as it is, where it may be appended.

    Raises
    ------
    ActionError
        A field is missing, too long, or does not belong to its kind.

    Examples
    --------
    >>> here = {"id": "0f8e1a2b", "incident": "Acme/1", "brand": "Acme", "who": "anne", "at": "2026-06-11T18:00:00Z"}
    >>> checked(DeskAction(kind="close", **here))
    Traceback (most recent call last):
        ...
    streams.errors.ActionError: expected the field 'why' in an action of the kind 'close', got none: give it
    """
    if action.v != 1:
        raise ActionError(f"expected a desk action of version 1, got version {action.v}: update badbuzz")
    if not _ID.fullmatch(action.id):
        raise ActionError(f"expected an id of 8 to 64 letters, digits, - and _, got {action.id!r:.80}: choose another")
    needs = _NEEDS.get(action.kind, ())
    for field in ("incident", "brand", "who", *needs):
        if not getattr(action, field).strip():
            raise ActionError(
                f"expected the field {field!r} in an action of the kind {action.kind!r}, got none: give it"
            )
    for field in _OWN.difference(needs, _MAY.get(action.kind, ())):
        if getattr(action, field):
            raise ActionError(f"expected no field {field!r} in an action of the kind {action.kind!r}: leave it out")
    _check_values(action)
    return action


def _check_values(action: DeskAction) -> None:
    for field in ("at", "due", "until"):
        value = getattr(action, field)
        if value or field == "at":
            instant_ms(value, field)
    if action.role and action.role not in ROLES:
        raise ActionError(f"expected a role of {', '.join(ROLES)}, got {action.role!r:.80}: choose one of them")
    if action.url and not action.url.startswith(("https://", "http://")):
        raise ActionError(f"expected an address that begins with https://, got {shown(action.url)!r:.80}: correct it")
    for field, most in [(name, MAX_NAME) for name in _SHORT] + [(name, MAX_TEXT) for name in ("text", "why", "url")]:
        if len(value := getattr(action, field)) > most:
            raise ActionError(f"expected at most {most} characters in {field!r}, got {len(value)}: shorten it")


def instant_ms(value: str, field: str = "at") -> int:
    """Return a time of an action in milliseconds since the epoch.

    Raises
    ------
    ActionError
        It is not RFC 3339 with an offset.

    Examples
    --------
    >>> instant_ms("2012-06-11T20:00:00+02:00")
    1339437600000
    """
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ActionError(f"expected a time as 2026-06-11T18:00:00Z in {field!r}, got {value!r:.80}: correct it")
    return round(moment.timestamp() * 1000)
