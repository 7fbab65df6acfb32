"""TOML that badbuzz ships beside its code, and a user's own of the same form."""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

import msgspec

from streams.errors import ConfigError

T = TypeVar("T")


def shipped(folder: str) -> list[str]:
    """List the names of the files that a folder of this package holds.

    Examples
    --------
    >>> shipped("webhook/forms")
    ['chatwoot', 'discourse', 'meltwater', 'meta', 'zendesk']
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _in(folder).iterdir() if entry.name.endswith(".toml"))


def load(folder: str, name: str, form: type[T], key: str, others: str = "") -> T:
    """Load a shipped file, or a user's own.

    Parameters
    ----------
    folder
        Of this package.
    name
        One of `shipped`, or the path of a file that ends in `.toml`.
    form
        What the file must be.
    key
        Setting that names it, for errors.
    others
        What else the setting may be, for errors.

    Raises
    ------
    ConfigError
        There is no such file, or it is not as `form` wants it.
    """
    own = name.endswith(".toml")
    if not own and name not in shipped(folder):
        raise ConfigError(f"{key}: expected {', '.join(shipped(folder))}{others}, got {name!r}")
    file: Traversable = Path(name) if own else _in(folder) / f"{name}.toml"
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), form)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{key}: expected a readable TOML file at {name}, got: {error}") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{key}: {name}: {error}") from None


def _in(folder: str) -> Traversable:
    return resources.files("streams").joinpath("sources", *folder.split("/"))
