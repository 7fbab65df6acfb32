"""Environment variables of sources: `BADBUZZ_SOURCES_NAME_FIELD` overrides a field of `[sources.NAME]`."""

import re
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

import msgspec

from streams.errors import ConfigError
from streams.settings.sources import SourceConfig

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What the name of a source may be: it is a label, a part of an address and of a transactional id."""
_TYPES: dict[str, type[msgspec.Struct]] = {
    str(struct.__struct_config__.tag): struct for struct in get_args(SourceConfig)
}


def override_sources(sources: object, environment: Mapping[str, str]) -> None:
    """Override fields of sources by environment variables, in place; tables and lists have none.

    Parameters
    ----------
    sources
        The table `[sources]` before validation; anything else is left to it.
    environment
        Variables, such as `BADBUZZ_SOURCES_X_TOKEN` for the token of `[sources.x]`.

    Raises
    ------
    ConfigError
        A variable has a value of another type.

    Examples
    --------
    >>> table = {"my-desk": {"type": "webhook"}}
    >>> override_sources(table, {"BADBUZZ_SOURCES_MY_DESK_SECRET": "whsec_1"})
    >>> table["my-desk"]["secret"]
    'whsec_1'
    """
    for name, table in sources.items() if isinstance(sources, dict) else ():
        struct = _TYPES.get(str(table.get("type"))) if isinstance(table, dict) else None
        if struct is None:
            continue
        for field, hint in get_type_hints(struct, include_extras=True).items():
            variable = f"BADBUZZ_SOURCES_{re.sub('[^A-Za-z0-9]', '_', name)}_{field}".upper()
            if variable in environment and field in struct.__struct_fields__:
                table[field] = _typed(variable, environment[variable], hint)


def check_names(sources: Mapping[str, SourceConfig], name: str) -> None:
    """Raise where a source cannot be named so.

    Raises
    ------
    ConfigError
        Names the source and what its name may be.
    """
    for source in sources:
        if not NAME.fullmatch(source):
            raise ConfigError(f"{name}: `sources.{source}`: expected a name of 1 to 64 of A-Z a-z 0-9 . _ -")


def _typed(variable: str, raw: str, hint: Any) -> Any:
    try:
        return msgspec.convert(raw, hint, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{variable}: {error}") from None
