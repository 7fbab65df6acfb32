"""Options declared once: a struct's fields and docstring give each its key, environment variable and meaning."""

import inspect
import re
from typing import Any, NamedTuple, get_type_hints

import msgspec

from streams.errors import ConfigError


class Option(NamedTuple):
    """One option: its key in badbuzz.toml, its environment variable, its type, default and meaning."""

    key: str
    variable: str
    type: str
    default: object
    meaning: str


def struct_options(
    struct: type[msgspec.Struct], section: str = "", leave_out: frozenset[str] = frozenset()
) -> list[Option]:
    """List the options that a struct declares.

    Parameters
    ----------
    struct
        Each field is described under `Parameters` of its docstring.
    section
        Its table in badbuzz.toml; empty: the top.
    leave_out
        Fields that are not options.

    Examples
    --------
    >>> class Oven(msgspec.Struct):
    ...     '''An oven.
    ...
    ...     Parameters
    ...     ----------
    ...     celsius
    ...         How hot it
    ...         gets.
    ...     '''
    ...
    ...     celsius: int = 180
    >>> struct_options(Oven, "oven")
    [Option(key='oven.celsius', variable='BADBUZZ_OVEN_CELSIUS', type='int', default=180, meaning='How hot it gets.')]
    """
    meanings = described(struct)
    hints = get_type_hints(struct)
    prefix = f"{section}." if section else ""
    return [
        Option(
            prefix + field.name,
            "BADBUZZ_" + (prefix + field.name).upper().replace(".", "_"),
            _type_name(hints[field.name]),
            field.default,
            meanings[field.name],
        )
        for field in msgspec.structs.fields(struct)
        if field.name not in leave_out
    ]


def described(struct: type) -> dict[str, str]:
    """Return the description of each name in the `Parameters` section of a numpydoc docstring."""
    text = inspect.getdoc(struct) or ""
    section = re.search(r"Parameters\n-+\n(.*?)(?:\n\n|\Z)", text, re.DOTALL)
    meanings: dict[str, str] = {}
    names: list[str] = []
    for line in section.group(1).splitlines() if section else []:
        if line.startswith(" "):
            for name in names:
                meanings[name] = f"{meanings.get(name, '')} {line.strip()}".strip()
        else:
            names = [name.strip() for name in line.split(",")]
    return meanings


def _type_name(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def setting_error(section: str, field: str, problem: str) -> ConfigError:
    """Return the error of an option, named as in badbuzz.toml and as an environment variable.

    Examples
    --------
    >>> str(setting_error("kafka", "topic_prefix", "expected letters"))
    'kafka.topic_prefix (BADBUZZ_KAFKA_TOPIC_PREFIX): expected letters'
    """
    return ConfigError(f"{section}.{field} (BADBUZZ_{section.upper()}_{field.upper()}): {problem}")
