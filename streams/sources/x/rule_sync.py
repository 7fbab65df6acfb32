"""Synchronisation of the rules at X with those of the configuration.

Rules of badbuzz bear a tag of its own; rules of others at the same account are left alone, and what they let through is
refused, though X charges for it.
"""

import msgspec

from streams.errors import SourceError
from streams.sources.token_client import TokenClient
from streams.sources.x.posts import Problem
from streams.sources.x.rules import Rule

TAG = "badbuzz:"
"""Begins the tag of every rule of badbuzz; the brand follows."""
_PATH = "/2/tweets/search/stream/rules"
_AT_ONCE = 100


class _Stored(msgspec.Struct):
    id: str
    value: str
    tag: str = ""


class _Paging(msgspec.Struct):
    next_token: str | None = None


class _StoredPage(msgspec.Struct):
    data: list[_Stored] = []
    meta: _Paging = msgspec.field(default_factory=_Paging)


class _Changed(msgspec.Struct):
    errors: list[Problem] = []


async def synchronise(client: TokenClient, rules: tuple[Rule, ...]) -> None:
    """Delete the rules that are not wanted any more, and add those that are missing.

    Parameters
    ----------
    client
        Client of X's interface.
    rules
        A brand and a rule each.

    Raises
    ------
    SourceError
        The server is unreachable or refuses; `fatal` where it refuses a rule.
    """
    wanted = {rule: TAG + brand for brand, rule in rules}
    stored = await _stored(client)
    ours = [rule for rule in stored if rule.tag.startswith(TAG) or rule.value in wanted]
    kept = {rule.value for rule in ours if wanted.get(rule.value) == rule.tag}
    outdated = [rule.id for rule in ours if wanted.get(rule.value) != rule.tag]
    missing = [{"value": value, "tag": tag} for value, tag in wanted.items() if value not in kept]
    for start in range(0, len(outdated), _AT_ONCE):  # first, so that there is room for others
        await client.post(_PATH, {"delete": {"ids": outdated[start : start + _AT_ONCE]}}, _Changed)
    for start in range(0, len(missing), _AT_ONCE):
        added = await client.post(_PATH, {"add": missing[start : start + _AT_ONCE]}, _Changed)
        for problem in added.errors:
            raise SourceError(
                f"POST {client.url}{_PATH}: expected the rule {problem.value[:200]!r} to be accepted, got "
                f"{problem.title or 'a refusal'} ({problem.detail[:200]}): change what this brand is called",
                reason="protocol",
                fatal=True,
            )


async def missing(client: TokenClient, rules: tuple[Rule, ...]) -> int:
    """Return how many rules are not at X yet; nothing is changed. Errors as of `synchronise`."""
    stored = {(rule.value, rule.tag) for rule in await _stored(client)}
    return sum((rule, TAG + brand) not in stored for brand, rule in rules)


async def _stored(client: TokenClient) -> list[_Stored]:
    rules: list[_Stored] = []
    params: dict[str, str] = {}
    while True:
        page = await client.get(_PATH, params, _StoredPage)
        rules += page.data
        if not page.meta.next_token:
            return rules
        params = {"pagination_token": page.meta.next_token}
