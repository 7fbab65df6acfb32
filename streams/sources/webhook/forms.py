"""Shipped forms, and a user's own: read from TOML, checked when a source is opened."""

from streams.settings.forms import Form
from streams.sources import shipped_toml

_FOLDER = "webhook/forms"


def shipped_forms() -> list[str]:
    """List the names of the forms that badbuzz ships.

    Examples
    --------
    >>> shipped_forms()
    ['chatwoot', 'discourse', 'meltwater', 'meta', 'zendesk']
    """
    return shipped_toml.shipped(_FOLDER)


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
    return shipped_toml.load(_FOLDER, name, Form, key, ", the path of a .toml file, or nothing")
