"""Mapping of a sender's items to mentions: the paths, templates and conditions of a form, compiled once."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from streams.errors import ConfigError, MentionError
from streams.mentions.mention import Mention
from streams.settings.forms import Form, MentionForm, Template
from streams.sources.json_body import at
from streams.sources.plain_text import plain_text
from streams.sources.webhook.posts import EXTRA

FIELDS = frozenset((*Mention.__struct_fields__, *EXTRA))
"""Fields that a form may give."""

_COUNTS = frozenset(("followers", "reposts", "likes", "replies", "views"))
_TIMES = frozenset(("created_at", "promise_due_at"))
_AS_THEY_ARE = frozenset(("official", "rating", "v", "addressed"))
_PLACE = re.compile(r"\{([^{}]*)\}")
_MILLISECONDS_FROM = 1e11  # as seconds, in the year 5138


class Scope(NamedTuple):
    """What paths are looked up in: the item last, before it what encloses it; and the request's headers."""

    enclosing: Sequence[Any]
    headers: Mapping[str, str]

    def find(self, path: str) -> Any:
        """Return the value at a path; `None`: there is none, or it is null."""
        if path.startswith("@"):
            return self.headers.get(path[1:])
        first, _, rest = path.partition(".")
        up = len(first) if first and set(first) == {"^"} else 0
        if up >= len(self.enclosing):
            return None
        return _at(self.enclosing[-1 - up], rest if up else path)


class Mapper:
    """A form, compiled.

    Parameters
    ----------
    form
        Of the configuration, or one that is shipped.
    key
        Setting that it comes from, named in errors.

    Raises
    ------
    ConfigError
        A field is unknown, or a template is broken.

    Examples
    --------
    >>> form = Form((MentionForm({"id": "m-{id}", "text": "{body|html}", "kind": "reply"}, when={"type": ("note",)}),))
    >>> note = {"type": "note", "id": 7, "body": "<p>hi</p>"}
    >>> [fields for _, fields in Mapper(form, "form").mentions(note, {})]
    [{'id': 'm-7', 'text': 'hi', 'kind': 'reply'}]
    >>> list(Mapper(form, "form").mentions({"type": "other"}, {}))
    []
    """

    def __init__(self, form: Form, key: str) -> None:
        self._form = form
        for mention in form.mentions:
            _check(mention, key)
        self._lists = [part.removesuffix("[]") for part in form.items.split(".")] if form.items else []
        if form.items and not all(part.endswith("[]") for part in form.items.split(".")):
            raise ConfigError(f"{key}.items: expected lists joined by dots, as `entry[].changes[]`, got {form.items!r}")

    def mentions(self, value: Any, headers: Mapping[str, str]) -> Iterator[tuple[Any, dict[str, Any]]]:
        """Map the items of one value; those to which no mapping applies are left out.

        Parameters
        ----------
        value
            A decoded body, or one value of a list.
        headers
            Of the request.

        Yields
        ------
        tuple
            An item, and the fields of its mention.

        Raises
        ------
        MentionError
            The list of items is missing.
        """
        if self._lists and not isinstance(_at(value, self._lists[0]), list):
            raise MentionError("missing", f"expected a list at `{self._lists[0]}`")
        for enclosing in _items([value], self._lists):
            scope = Scope(enclosing, headers)
            form = next((form for form in self._form.mentions if _applies(form, scope)), None)
            if form:
                found = {name: _value(name, template, scope) for name, template in form.fields.items()}
                yield enclosing[-1], {name: value for name, value in found.items() if value is not None}


def _check(mention: MentionForm, key: str) -> None:
    for name, template in mention.fields.items():
        if name not in FIELDS:
            raise ConfigError(f"{key}.fields: expected some of {', '.join(sorted(FIELDS))}, got {name!r}")
        for text in _alternatives(template):
            if isinstance(text, str) and re.search("[{}]", _PLACE.sub("", text)):
                raise ConfigError(f"{key}.fields.{name}: expected each `{{` closed by `}}`, got {text!r}")
            for place in _PLACE.findall(text) if isinstance(text, str) else ():
                if place.partition("|")[2] not in ("", "html") or not place.partition("|")[0]:
                    raise ConfigError(f"{key}.fields.{name}: expected `{{path}}` or `{{path|html}}`, got {{{place}}}")


def _items(enclosing: list[Any], lists: Sequence[str]) -> Iterator[list[Any]]:
    if not lists:
        yield enclosing
        return
    found = _at(enclosing[-1], lists[0])
    for item in found if isinstance(found, list) else ():
        yield from _items([*enclosing, item], lists[1:])


def _applies(form: MentionForm, scope: Scope) -> bool:
    return all(scope.find(path) in values for path, values in form.when.items())


def _at(value: Any, path: str) -> Any:
    return at(value, path) if path else value


def _alternatives(template: Template) -> Sequence[Any]:
    return template if isinstance(template, tuple) else (template,)


def _value(name: str, template: Template, scope: Scope) -> Any:
    for text in _alternatives(template):
        value = _filled(text, scope) if isinstance(text, str) and "{" in text else text
        if value is not None:
            return _converted(name, value)
    return None


def _filled(text: str, scope: Scope) -> Any:
    whole = _PLACE.fullmatch(text)
    if whole:
        return _found(whole.group(1), scope)
    places = {place: _found(place, scope) for place in _PLACE.findall(text)}
    if any(value is None for value in places.values()):
        return None
    return _PLACE.sub(lambda match: _text(places[match.group(1)]), text)


def _found(place: str, scope: Scope) -> Any:
    path, _, filtered = place.partition("|")
    value = scope.find(path)
    if filtered and isinstance(value, str):
        value = plain_text(value, quotations=False)
    return None if value == "" else value


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_text(part) for part in value if isinstance(part, str | int | float))
    return str(value)


def _converted(name: str, value: Any) -> Any:
    if name in _AS_THEY_ARE or isinstance(value, dict):
        return value
    convert: Callable[[Any], Any] = _count if name in _COUNTS else _time if name in _TIMES else _text
    return convert(value)


def _count(value: Any) -> Any:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,12}", value) else value


def _time(value: Any) -> Any:
    """Return a time as RFC 3339: from seconds or milliseconds since the epoch, or ISO 8601 with a zone."""
    if isinstance(value, str) and re.fullmatch("[0-9]{9,14}", value):
        value = int(value)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC).isoformat()
        return datetime.fromisoformat(re.sub(r" (UTC|GMT)\Z", "+00:00", value)).isoformat()
    except (ValueError, TypeError, OverflowError, OSError):
        return value  # for the strict decoding to refuse
