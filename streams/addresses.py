"""Addresses as messages show them: without what may be secret in them."""

import re

_SCHEME = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")


def shown(address: object) -> str:
    """Return an address without user, password, query and fragment; any text, even where it is no right address.

    Examples
    --------
    >>> shown("https://me:secret@news.example/feed?key=secret")
    'https://news.example/feed'
    >>> shown("ops:S3/cret@kafka.example:9092"), shown("https://social.example/@acme")
    ('kafka.example:9092', 'https://social.example/@acme')
    """
    text = re.split(r"[?#]", str(address), maxsplit=1)[0]
    scheme = match.group() if (match := _SCHEME.match(text)) else ""
    rest = text[len(scheme) :]
    authority, slash, path = rest.partition("/")
    # A password that is not quoted may hold a slash: then what stands for the port is none.
    port = authority.rpartition(":")[2] if ":" in authority and not authority.endswith("]") else ""
    if "@" not in authority and port and not port.isdecimal():
        authority, slash, path = rest, "", ""
    return f"{scheme}{authority.rpartition('@')[2]}{slash}{path}"


def has_user(address: str) -> bool:
    """Return whether an address carries a user or a password.

    Examples
    --------
    >>> has_user("http://ops:pw@grafana.example"), has_user("http://grafana.example/@ops")
    (True, False)
    """
    without_query = re.split(r"[?#]", address, maxsplit=1)[0]
    return shown(address) != without_query
