"""The account at X: what it has read this month of what it may read, asked without opening the stream."""

import msgspec

from streams.sources.token_client import TokenClient

_PATH = "/2/usage/tweets"


class _Usage(msgspec.Struct):
    project_usage: str | int = 0  # documented as text
    project_cap: str | int = 0


class _Answer(msgspec.Struct):
    data: _Usage = msgspec.field(default_factory=_Usage)


async def usage(client: TokenClient) -> str:
    """Return what the account has read of its month, in words.

    Parameters
    ----------
    client
        Client of X's interface.

    Raises
    ------
    SourceError
        The server is unreachable or refuses.
    """
    used = (await client.get(_PATH, {}, _Answer)).data
    return f"posts read this month: {_number(used.project_usage)} of {_number(used.project_cap)}"


def _number(count: str | int) -> str:
    return f"{int(count):,}" if str(count).isdecimal() else "?"
