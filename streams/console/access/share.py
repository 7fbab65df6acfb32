"""Links for readers: signed, ending, revocable; one incident each, on record in the desk log.

A link works while its signature is right, its end is ahead, and the action that made it counts: undoing that action
revokes it.
"""

import secrets
from pathlib import Path
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from streams.console.state import Case, ConsoleState
from streams.desk_log.action import instant_ms
from streams.settings.console import ConsoleSettings
from streams.settings.options import setting_error

MIN_SECRET_CHARS = 32


class Shared(NamedTuple):
    """What a link shows, and until when."""

    case: Case
    until: str


class ShareLinks:
    """Sign links, and say what a link shows.

    Parameters
    ----------
    settings
        Where the secret is.

    Raises
    ------
    ConfigError
        The secret cannot be read, or is short.

    Examples
    --------
    >>> links = ShareLinks(ConsoleSettings())
    >>> links.shown("made up", ConsoleState(), 0) is None
    True
    """

    def __init__(self, settings: ConsoleSettings) -> None:
        self._signer = URLSafeSerializer(_secret(settings), salt="share")

    def token(self, incident: str, link: str) -> str:
        """Return the text of a link to an incident."""
        return str(self._signer.dumps([incident, link]))

    def shown(self, token: str, state: ConsoleState, now_ms: int) -> Shared | None:
        """Return what a link shows; None where it was tampered with, revoked, or has ended."""
        try:
            incident, link = self._signer.loads(token)
        except (BadSignature, ValueError, TypeError):
            return None
        case = state.cases.get(str(incident))
        action = case.desk.shares.get(str(link)) if case is not None else None
        if case is None or action is None or instant_ms(action.until) <= now_ms:
            return None
        return Shared(case, action.until)


def _secret(settings: ConsoleSettings) -> str:
    if not settings.share_secret_file:
        return secrets.token_hex(32)
    path = Path(settings.share_secret_file)
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise setting_error("console", "share_secret_file", f"expected a readable file, got {path}: {error}") from None
    if len(secret) < MIN_SECRET_CHARS:
        raise setting_error(
            "console",
            "share_secret_file",
            f"expected at least {MIN_SECRET_CHARS} characters in {path}, got {len(secret)}",
        )
    return secret
