"""Texts of others made inert: quoted in a message they open no link, notify nobody and run in no template."""

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import quote, urlsplit

MAX_QUOTED_CHARS = 140
MAX_LINK_CHARS = 250
# Joiners hold emoji together and words of Persian and Sinhala; every other character of these kinds shows nothing.
_JOINERS = "\u200c\u200d"
_MARKUP = str.maketrans("<>[]{}`*|\\", "‹›()()ˈ∗¦⧵")
_SCHEME = re.compile(r"\b(?:https?|ftp|javascript|data|mailto|tel|file|vbscript)(?=:)", re.IGNORECASE)
_HOST = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,})")
_HANDLE = re.compile(r"[\w.+-]*(?:@[\w.-]*\w)+")


def inert(text: str, known_handles: Collection[str] | None = (), limit: int = MAX_QUOTED_CHARS) -> str:
    r"""Make a text of somebody else fit to be quoted to people, in any tool that carries it.

    One line without control or invisible characters; markup and the braces of templates become look-alikes; addresses
    are defanged; handles and mail addresses of people are masked.

    Parameters
    ----------
    text
        Any text.
    known_handles
        Handles that stay, in lower case; None: all stay.
    limit
        Most characters.

    Examples
    --------
    >>> inert("@jane\nsee https://evil.example/x {{ .Secret }} <!channel> <b>@acme</b>", {"acme"})
    '@… see hxxps://evil(.)example/x (( .Secret )) ‹!channel› ‹b›@acme‹/b›'
    """
    visible = (
        " " if c.isspace() else c
        for c in unicodedata.normalize("NFKC", text)
        if c.isspace() or c in _JOINERS or not unicodedata.category(c).startswith("C")
    )
    line = " ".join("".join(visible).split()).translate(_MARKUP)
    if known_handles is not None:
        line = _HANDLE.sub(lambda m: m[0] if m[0].lower().lstrip("@") in known_handles else "@…", line)
    line = _SCHEME.sub(_defanged_scheme, line)
    line = _HOST.sub("(.)", line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _defanged_scheme(match: re.Match[str]) -> str:
    scheme = match[0].lower()
    return scheme.replace("tt", "xx") if scheme.startswith("http") else f"{scheme[0]}…"


def link(url: str) -> str:
    """Return the address of a publication where it is a plain web address, else an empty text.

    Examples
    --------
    >>> link("https://forum.example/t/7?q={{1}}"), link("javascript:alert(1)"), link("https://bank.example@evil.example/")
    ('https://forum.example/t/7?q=%7B%7B1%7D%7D', '', '')
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    plain = re.fullmatch(r"[a-z0-9.-]+", host) and parts.username is None and "@" not in parts.netloc
    if parts.scheme not in {"http", "https"} or not plain or any(c.isspace() or not c.isprintable() for c in url):
        return ""
    path = quote(parts.path, safe="/%:@!$&+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&+,;=~-._?")
    address = f"{parts.scheme}://{host}{f':{port}' if port else ''}{path}{f'?{query}' if query else ''}"
    return address if len(address) <= MAX_LINK_CHARS else ""
