"""Forms into desk actions: which fields each kind takes, what they mean, and when the same form was sent before."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec

from streams.console.access.people import Person
from streams.console.state import Case
from streams.desk_log.action import KINDS, ActionKind, DeskAction, checked
from streams.errors import ActionError
from streams.event_time import HOUR_MS, MINUTE_MS, rfc3339_ms
from streams.settings.config import Config

_TEXTS = {
    "note": ("text",),
    "statement": ("text", "network", "url"),
    "role": ("role", "person"),
    "promise": ("text",),
    "kept": ("promise",),
    "verified": ("post", "network"),
    "answered": ("post", "network"),
    "mute": ("why",),
    "close": ("why",),
    "false_alarm": ("why",),
    "planned": ("why",),
    "undo": ("of",),
}
_MINTED = ("at", "until", "due", "link", "silence")


def action_of(form: Mapping[str, str], case: Case, person: Person, now_ms: int, config: Config) -> DeskAction:
    """Return the action that a form asks for.

    Parameters
    ----------
    form
        Its fields: `kind`, `id`, and those of the kind.
    case, person, now_ms
        About what, by whom and when.
    config
        How long a link for readers works.

    Raises
    ------
    ActionError
        A field is missing or impossible.
    """
    kind = form.get("kind", "")
    if kind not in KINDS:
        raise ActionError(f"expected a kind of {', '.join(KINDS)}, got {kind!r:.80}: send a form of the page")
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in _TEXTS.get(kind, ())}
    values |= _ENDS[kind](form, now_ms, config) if kind in _ENDS else {}
    if kind == "share":
        values["link"] = secrets.token_hex(8)
    at = rfc3339_ms(now_ms)
    values |= {"id": form.get("id", ""), "incident": case.incident, "brand": case.brand, "who": person.name, "at": at}
    return checked(DeskAction(kind=cast("ActionKind", kind), **values))


def same_form(action: DeskAction, other: DeskAction) -> bool:
    """Whether two actions of one id come from one form, sent twice; times and links are given on arrival.

    Examples
    --------
    >>> here = {"incident": "Acme/1", "brand": "Acme", "who": "anne", "id": "0f8e1a2b", "kind": "note"}
    >>> note = DeskAction(at="2026-06-11T18:00:00Z", text="a", **here)
    >>> same_form(note, DeskAction(at="2026-06-11T18:00:09Z", text="a", **here))
    True
    >>> same_form(note, DeskAction(at="2026-06-11T18:00:09Z", text="b", **here))
    False
    """
    blank = dict.fromkeys(_MINTED, "")
    return msgspec.structs.replace(action, **blank) == msgspec.structs.replace(other, **blank)


def _whole(form: Mapping[str, str], name: str, most: int) -> int:
    text = form.get(name, "").strip()
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= most:
        raise ActionError(f"expected a whole number from 1 to {most} in {name!r}, got {text!r:.40}: correct it")
    return int(text)


_ENDS: dict[str, Callable[[Mapping[str, str], int, Config], dict[str, str]]] = {
    "promise": lambda form, now, _: {"due": rfc3339_ms(now + _whole(form, "minutes", 10_080) * MINUTE_MS)},
    "mute": lambda form, now, _: {"until": rfc3339_ms(now + _whole(form, "hours", 72) * HOUR_MS)},
    "share": lambda _, now, config: {"until": rfc3339_ms(now + round(config.console.share_hours * HOUR_MS))},
}
