"""Made-up publications, and the brands that are found in them."""

from datetime import UTC, datetime

from streams.matching.matcher import BrandMatcher
from streams.settings.brands.brand import BrandConfig
from streams.sources.source import Post

AT = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


def post(text: str = "", **fields: object) -> Post:
    """One publication of the network `bluesky`."""
    return Post(**{"id": "1", "created_at": AT, "text": text} | fields)  # type: ignore[arg-type]


def named(config: BrandConfig, text: str = "", network: str = "bluesky", **fields: object) -> list[str]:
    """Why a publication is about the brand `Acme`; empty: it is not."""
    matcher = BrandMatcher({"Acme": config})
    return [str(match) for match in matcher.match(post(text, **fields), network)]


def refused(config: BrandConfig, text: str, **fields: object) -> list[str]:
    """Why the name `Acme` was refused in a text."""
    findings = BrandMatcher({"Acme": config}).explain(post(text, **fields), "bluesky")
    assert not findings.matches
    return [str(refusal) for refusal in findings.refusals]
