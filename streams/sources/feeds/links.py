"""Addresses of articles: the redirects of search engines unwrapped, the marks of campaigns removed."""

from urllib.parse import parse_qs, urlsplit, urlunsplit

_CAMPAIGN_PREFIX = "utm_"
_CAMPAIGN = frozenset(("xtor", "fbclid", "gclid", "at_medium", "at_campaign"))


def article_address(link: str | None) -> str | None:
    """Return the address of an article without what says how a reader came to it; `None`: it is no web address.

    Parameters
    ----------
    link
        As the feed has it.

    Examples
    --------
    >>> article_address("https://www.google.com/url?rct=j&url=https://press.example/acme%3Fp%3D1&usg=x")
    'https://press.example/acme?p=1'
    >>> article_address("https://press.example/acme?p=1&utm_source=rss#xtor=RSS-1")
    'https://press.example/acme?p=1'
    """
    try:
        parts = urlsplit((link or "").strip())
        if parts.path == "/url" and (parts.hostname or "").removeprefix("www.").startswith("google."):
            query = parse_qs(parts.query, max_num_fields=50)
            parts = urlsplit((query.get("url") or query.get("q") or [""])[0])
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return None
    except ValueError:
        return None
    fragment = "" if _marks_campaign(parts.fragment) else parts.fragment
    query_left = "&".join(field for field in parts.query.split("&") if not _marks_campaign(field))
    address = urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query_left, fragment))
    return address if address.isprintable() else None


def is_front_page(address: str) -> bool:
    """Return whether an address is a site's front page: many feeds give it to items that have no page of their own.

    Examples
    --------
    >>> is_front_page("https://status.example/"), is_front_page("https://status.example/#7")
    (True, False)
    """
    parts = urlsplit(address)
    return parts.path in ("", "/") and not parts.query and not parts.fragment


def _marks_campaign(field: str) -> bool:
    name = field.partition("=")[0].lower()
    return name.startswith(_CAMPAIGN_PREFIX) or name in _CAMPAIGN
