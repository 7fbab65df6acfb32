"""Whether, and to which Grafana, a worker sends its incident events as annotations: said by the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from streams.errors import ConfigError

if TYPE_CHECKING:
    from dashboards.annotations import AnnotationSender

URL = "BADBUZZ_GRAFANA_URL"
TOKEN = "BADBUZZ_GRAFANA_TOKEN"  # noqa: S105  the variable's name
TOKEN_FILE = "BADBUZZ_GRAFANA_TOKEN_FILE"  # noqa: S105


def annotation_sender(environment: Mapping[str, str] | None = None) -> "AnnotationSender | None":
    """Give a sender where `BADBUZZ_GRAFANA_URL` names a Grafana.

    Parameters
    ----------
    environment
        Default `os.environ`.

    Raises
    ------
    ConfigError
        The address or the token cannot be used.

    Examples
    --------
    >>> annotation_sender({}) is None
    True
    """
    environment = os.environ if environment is None else environment
    url = environment.get(URL)
    if not url:
        return None
    from dashboards.annotations import AnnotationSender  # noqa: PLC0415  only where a Grafana is configured
    from dashboards.push import Grafana, GrafanaError  # noqa: PLC0415

    file = environment.get(TOKEN_FILE)
    try:
        return AnnotationSender(Grafana(url, grafana_token(Path(file) if file else None, environment), attempts=1))
    except GrafanaError as error:
        raise ConfigError(f"{URL}: {error}") from None


def grafana_token(file: Path | None, environment: Mapping[str, str] | None = None) -> str:
    """Read the token from a file, or from `BADBUZZ_GRAFANA_TOKEN`.

    Raises
    ------
    ConfigError
        There is none.

    Examples
    --------
    >>> grafana_token(None, {"BADBUZZ_GRAFANA_TOKEN": " secret "})
    'secret'
    """
    environment = os.environ if environment is None else environment
    try:
        token = file.read_text(encoding="utf-8") if file else environment.get(TOKEN, "")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{TOKEN_FILE} or --token-file: expected a readable file, got {file}: {error}") from None
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ConfigError(
            f"expected a service account's token in {TOKEN} or in the file that {TOKEN_FILE} or --token-file names, "
            "got none or one with characters that no token has"
        )
    return token
