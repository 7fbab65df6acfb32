"""Shipped forms, and a user's own: read from TOML, checked when a source is opened."""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from streams.errors import ConfigError
from streams.settings.forms import Form


def shipped_forms() -> list[str]:
    """List the names of the forms that badbuzz ships.

    Examples
    --------
    >>> shipped_forms()
    ['chatwoot', 'discourse', 'meltwater', 'meta', 'zendesk']
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_form(name: str, key: str) -> Form:
    """Load a form.

    Parameters
    ----------
    name
        One of `shipped_forms`, or the path of a file that ends in `.toml`.
    key
        Setting that names it, for errors.

    Raises
    ------
    ConfigError
        There is no such form, or it is not as `streams.settings.forms.Form` wants it.
    """
    own = name.endswith(".toml")
    if not own and name not in shipped_forms():
        raise ConfigError(
            f"{key}: expected {', '.join(shipped_forms())}, the path of a .toml file, or nothing, got {name!r}"
        )
    file: Traversable = Path(name) if own else _folder() / f"{name}.toml"
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Form)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{key}: expected a readable TOML file at {name}, got: {error}") from None
    except msgspec.ValidationError as error:
        raise ConfigError(f"{key}: {name}: {error}") from None


def _folder() -> Traversable:
    return resources.files("streams") / "sources" / "webhook" / "forms"
