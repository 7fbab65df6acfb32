"""Looking posts up by their ids: which X no longer shows, because they were deleted, protected or withheld."""

from collections.abc import Sequence

import msgspec

from streams.sources.token_client import TokenClient
from streams.sources.x.posts import Withheld

AT_ONCE = 100
"""Posts of one request."""
_HIDDEN = ("/resource-not-found", "/not-authorized-for-resource")
"""Endings of the problems that name a post which X does not show."""


class _Shown(msgspec.Struct):
    id: str
    withheld: Withheld | None = None


class _Problem(msgspec.Struct):
    resource_id: str = ""
    type: str = ""


class _Answer(msgspec.Struct):
    data: list[_Shown] = []
    errors: list[_Problem] = []


async def absent(client: TokenClient, ids: Sequence[str]) -> frozenset[str]:
    """Return those posts that X says it does not show; each one that it shows is charged as a post read.

    A post of which X says nothing is not among them.

    Parameters
    ----------
    client
        Client of X's interface.
    ids
        Numbers of posts; others are left out.

    Raises
    ------
    SourceError
        X is unreachable or refuses.
    """
    gone: set[str] = set()
    asked = [post_id for post_id in ids if post_id.isascii() and post_id.isdigit()]
    for start in range(0, len(asked), AT_ONCE):
        query = {"ids": ",".join(asked[start : start + AT_ONCE]), "tweet.fields": "withheld"}
        answer = await client.get("/2/tweets", query, _Answer)
        gone.update(problem.resource_id for problem in answer.errors if problem.type.endswith(_HIDDEN))
        gone.update(post.id for post in answer.data if post.withheld is not None)
    return frozenset(gone) & frozenset(asked)
