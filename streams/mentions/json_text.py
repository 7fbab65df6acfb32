"""What a decoder of JSON leaves to others: lone surrogates in escapes, and levels of nesting."""

import re

from streams.errors import MentionError

MAX_NESTING = 32
_ESCAPE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.")


def without_lone_surrogates(line: bytes) -> bytes:
    r"""Replace escaped lone surrogates of a JSON text, which senders leave where they cut a text inside an emoji.

    Examples
    --------
    >>> without_lone_surrogates(rb'"\ud83d\ude00 \ud83d"').decode()
    '"\\ud83d\\ude00 \\ufffd"'
    """

    def replacement(match: re.Match[bytes]) -> bytes:
        escape = match.group()
        return b"\\ufffd" if escape[:2] == b"\\u" and len(escape) == 6 else escape

    return _ESCAPE.sub(replacement, line)


def check_nesting(line: bytes) -> None:
    """Refuse a JSON text of more than `MAX_NESTING` levels.

    Raises
    ------
    MentionError
        It is nested deeper.
    """
    depth = 0
    for match in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', line):
        token = match.group()
        depth += (token in b"[{") - (token in b"]}")
        if depth > MAX_NESTING:
            raise MentionError("nesting", f"expected at most {MAX_NESTING} levels")
