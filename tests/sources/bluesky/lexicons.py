"""Values generated from lexicons: what the network's own schemas allow, and some of what they will allow later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATER = st.dictionaries(st.just("$type"), st.just("app.bsky.later#thing"), min_size=1)
ANYTHING: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.text(max_size=9) | LATER
FORMATS: dict[str, st.SearchStrategy[str]] = {
    "datetime": st.sampled_from(
        [
            "2026-07-04T12:00:00Z",
            "1985-04-12T23:20:50.123Z",
            "2026-07-04T13:59:59.123456789+02:00",
            "-0001-01-01T00:00Z",
        ]
    ),
    "did": st.sampled_from(["did:plc:acme", "did:plc:ann", "did:web:example.com"]),
    "at-uri": st.sampled_from(
        ["at://did:plc:acme/app.bsky.feed.post/3l2a", "at://ann.example/app.bsky.feed.post/3l2b"]
    ),
    "language": st.sampled_from(["en", "pt-BR", "zh-Hant-TW"]),
}


class Lexicons:
    """Strategies by the lexicons of a folder.

    Parameters
    ----------
    folder
        With one JSON file a lexicon.
    """

    def __init__(self, folder: Path) -> None:
        files = (json.loads(path.read_bytes()) for path in folder.glob("*.json"))
        self._definitions = {file["id"]: file["defs"] for file in files}

    def record(self, name: str) -> st.SearchStrategy[dict[str, Any]]:
        """Return the records of a collection."""
        return self._value(name, self._definitions[name]["main"]["record"])

    def _value(self, lexicon: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        values: dict[str, Callable[[str, dict[str, Any]], st.SearchStrategy[Any]]] = {
            "object": self._object,
            "array": self._array,
            "ref": lambda lexicon, schema: self._reference(lexicon, schema["ref"]),
            "union": lambda lexicon, schema: st.one_of(
                LATER, *(self._reference(lexicon, one) for one in schema["refs"])
            ),
            "string": lambda _, schema: FORMATS.get(schema.get("format", ""), st.text(max_size=40)),
            "integer": lambda _, schema: st.integers(schema.get("minimum", 0), schema.get("maximum", 2**53)),
            "boolean": lambda _, __: st.booleans(),
        }
        build = values.get(schema["type"])
        return build(lexicon, schema) if build else st.just({"$type": "blob", "size": 7})

    def _object(self, lexicon: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        properties = {key: self._value(lexicon, value) for key, value in schema.get("properties", {}).items()}
        required = {key: properties.pop(key) for key in schema.get("required", ())}
        return st.fixed_dictionaries(required, optional=properties | {"new": ANYTHING})

    def _array(self, lexicon: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.lists(self._value(lexicon, schema["items"]), max_size=min(3, schema.get("maxLength", 3)))

    def _reference(self, lexicon: str, reference: str) -> st.SearchStrategy[Any]:
        name, _, part = reference.partition("#")
        name, part = name or lexicon, part or "main"
        schema = self._definitions.get(name, {}).get(part)
        if schema is None:
            return LATER
        kind = name if part == "main" else f"{name}#{part}"
        return st.deferred(lambda: self._value(name, schema)).map(
            lambda value: {"$type": kind} | value if isinstance(value, dict) else value
        )
