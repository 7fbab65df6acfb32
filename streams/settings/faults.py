"""Faults of a configuration: each wrong or unknown option in one line, with its origin and the nearest right name."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args, get_type_hints

import msgspec

from streams.errors import ConfigError
from streams.settings.brands.brand import BrandConfig
from streams.settings.kafka import SECRETS as KAFKA_SECRETS
from streams.settings.sources import SECRETS as SOURCE_SECRETS
from streams.settings.sources import SourceConfig

LONGEST_SHOWN = 60
MOST_SHOWN = 30
_HEADER = re.compile(r"^\s*\[+\s*(?P<name>[^\]]+?)\s*\]+")
_KEY = re.compile(r"""^\s*["']?(?P<name>[^"'=]+?)["']?\s*=""")
_NAMED = re.compile(r"(?:\w+\.)?(?P<key>\w+)(?: \(BADBUZZ_\w+\))?: (?P<problem>.*)", re.DOTALL)
"""An error of a whole table that names the option, as `setting_error` writes it."""
_SECRETS = KAFKA_SECRETS + tuple(SOURCE_SECRETS)


class Origins:
    r"""Where each option was set: a line of the file, or an environment variable.

    Parameters
    ----------
    name, text
        The file.
    variables
        The environment variable of each key that one has set.

    Examples
    --------
    >>> origins = Origins("badbuzz.toml", "[kafka]\ntls = 3", {"timezone": "BADBUZZ_TIMEZONE"})
    >>> origins.of("kafka", "tls"), origins.of("", "timezone")
    ('badbuzz.toml, line 2: `kafka.tls`', 'BADBUZZ_TIMEZONE')
    """

    def __init__(self, name: str, text: str, variables: Mapping[str, str]) -> None:
        self.name = name
        self._variables = variables
        self._lines: dict[tuple[str, str], int] = {}
        table = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(line):
                table = _plain(header["name"])
                self._lines.setdefault(_split(table), number)
            elif key := _KEY.match(line):
                self._lines.setdefault((table, key["name"].strip()), number)

    def of(self, table: str, key: str) -> str:
        """Return where an option of a table was set; the file's top has an empty name."""
        path = f"{table}.{key}" if table else key
        if path in self._variables:
            return self._variables[path]
        line = self._lines.get((table, key))
        return f"{self.name}, line {line}: `{path}`" if line else f"{self.name}: `{path}`"


def _plain(header: str) -> str:
    return re.sub(r"""\s*\.\s*""", ".", header).replace('"', "").replace("'", "")


def _split(table: str) -> tuple[str, str]:
    before, _, last = table.rpartition(".")
    return before, last


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of the known names, or all of a few.

    Examples
    --------
    >>> nearest("timezon", ["timezone", "language"]), nearest("x", ["en", "fr"])
    ('did you mean `timezone`?', 'expected one of en, fr')
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1) or [known for known in names if known.startswith(f"{name}_")]
    if close:
        return f"did you mean `{close[0]}`?"
    return f"expected one of {', '.join(names)}" if len(names) <= MOST_SHOWN else "docs/configuration.md has all"


def table_faults(struct: type[msgspec.Struct], values: object, table: str, origins: Origins) -> Iterator[str]:
    """Yield one line for each option of a table that is unknown or has a wrong value.

    Parameters
    ----------
    struct
        Declares the options.
    values
        The table, before validation.
    table
        Its path; empty: the top of the file.
    origins
        Where each option was set.
    """
    if not isinstance(values, dict):
        yield f"{origins.of(*_split(table))}: expected a table [{table}], got {_shown(values)}"
        return
    hints = get_type_hints(struct, include_extras=True)
    fields = {field.encode_name: hints[field.name] for field in msgspec.structs.fields(struct)}
    tag_field = struct.__struct_config__.tag_field
    wrong = False
    for key, value in values.items():
        if key == tag_field:
            continue
        problem = None
        if key not in fields:
            problem = f"is no option of badbuzz: {nearest(key, fields)}"
        elif not _checked_apart(fields[key]):
            problem = _wrong(value, fields[key], secret=key in _SECRETS)
        if problem:
            wrong = True
            separator = " " if key not in fields else ": "
            yield f"{origins.of(table, key)}{separator}{problem}"
    if not wrong and table:
        try:
            msgspec.convert(values, struct)
        except (msgspec.ValidationError, ConfigError) as error:
            option = _NAMED.match(str(error))
            if option:
                yield f"{origins.of(table, option['key'])}: {option['problem']}"
            else:
                yield f"{origins.of(*_split(table))}: {error}"


def _checked_apart(hint: Any) -> bool:
    """Return whether an option is a table whose own options are checked one by one."""
    inner = (hint, *get_args(hint))
    structs = any(isinstance(kind, type) and issubclass(kind, msgspec.Struct) for kind in inner)
    return structs or SourceConfig in inner


def _wrong(value: object, hint: Any, *, secret: bool) -> str | None:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$")
        inside = f" in {place.strip('`').lstrip('.')}" if place else ""
        came = "" if secret else f", got {_shown(value)}"
        return f"{message.partition(', got ')[0]}{inside}{came}"
    return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def brand_faults(brands: object, origins: Origins) -> Iterator[str]:
    """Yield the faults of the tables `[brands.NAME]`."""
    for brand, own in brands.items() if isinstance(brands, dict) else ():
        yield from table_faults(BrandConfig, own, f"brands.{brand}", origins)


def source_faults(sources: object, origins: Origins) -> Iterator[str]:
    """Yield the faults of the tables `[sources.NAME]`."""
    types = {str(struct.__struct_config__.tag): struct for struct in get_args(SourceConfig)}
    for name, own in sources.items() if isinstance(sources, dict) else ():
        kind = own.get("type") if isinstance(own, dict) else None
        if kind in types:
            yield from table_faults(types[kind], own, f"sources.{name}", origins)
        else:
            came = "none" if kind is None else repr(kind)
            yield f"{origins.of(f'sources.{name}', 'type')}: got {came}; {nearest(str(kind), types)}"
