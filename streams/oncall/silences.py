"""Silences in Alertmanager: muting the alerts of one brand for a time, by its API version 2.

References
----------
https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import json
import urllib.error
import urllib.request
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from streams.addresses import shown
from streams.errors import ConfigError, SilenceError
from streams.event_time import rfc3339_ms

ALERTMANAGER_URL = "BADBUZZ_ALERTMANAGER_URL"
AUDIENCE = "crisis-cell"
TIMEOUT_S = 5.0
MAX_ANSWER_BYTES = 64 * 1024


class Silence(NamedTuple):
    """A silence as Alertmanager has it: its id, `pending`, `active` or `expired`, its end, by whom and why."""

    id: str
    state: str
    ends_at: str
    created_by: str
    comment: str


class Alertmanager:
    """An Alertmanager.

    Parameters
    ----------
    url
        Its address, with the path it is served under.
    installation
        Only alerts of this installation are muted.

    Raises
    ------
    ConfigError
        It is no address.

    Examples
    --------
    >>> Alertmanager("alertmanager:9093", "prod")
    Traceback (most recent call last):
    ...
    streams.errors.ConfigError: BADBUZZ_ALERTMANAGER_URL: expected an address such as http://127.0.0.1:9093, got \
'alertmanager:9093'
    """

    def __init__(self, url: str, installation: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigError(
                f"{ALERTMANAGER_URL}: expected an address such as http://127.0.0.1:9093, got {shown(url)!r}"
            )
        self.url = url.rstrip("/")
        self.installation = installation

    def mute(self, brand: str, now_ms: int, until_ms: int, who: str, why: str) -> str:
        """Mute what the crisis cell is alerted to about a brand; return the silence's id.

        Parameters
        ----------
        brand
            Its key: the label `brand` of its alerts.
        now_ms, until_ms
            Beginning and end, in milliseconds since the epoch.
        who, why
            Shown in Alertmanager as creator and comment.

        Raises
        ------
        SilenceError
            Alertmanager cannot be reached, or refused the silence.
        """
        labels = {"brand": brand, "installation": self.installation, "audience": AUDIENCE}
        body = {
            "matchers": [{"name": n, "value": v, "isRegex": False, "isEqual": True} for n, v in labels.items()],
            "startsAt": rfc3339_ms(now_ms),
            "endsAt": rfc3339_ms(until_ms),
            "createdBy": who,
            "comment": why,
        }
        answer = self._ask("POST", "/api/v2/silences", body)
        if not isinstance(answer, dict) or not isinstance(silence := answer.get("silenceID"), str):
            raise SilenceError(f"expected the id of a silence from {shown(self.url)}, got {answer!r:.80}")
        return silence

    def silence(self, silence_id: str) -> Silence:
        """Return a silence as it is now.

        Raises
        ------
        SilenceError
            Alertmanager cannot be reached, or has no such silence.
        """
        found = self._ask("GET", f"/api/v2/silence/{quote(silence_id, safe='')}")
        try:
            return Silence(found["id"], found["status"]["state"], found["endsAt"], found["createdBy"], found["comment"])
        except (TypeError, KeyError):
            raise SilenceError(f"expected a silence from {shown(self.url)}, got {found!r:.80}") from None

    def unmute(self, silence_id: str) -> None:
        """End a silence now; one that has ended stays so.

        Raises
        ------
        SilenceError
            Alertmanager cannot be reached, or has no such silence.
        """
        if self.silence(silence_id).state != "expired":
            self._ask("DELETE", f"/api/v2/silence/{quote(silence_id, safe='')}")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(  # noqa: S310  (the scheme is checked)
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                data = answer.read(MAX_ANSWER_BYTES)
            return json.loads(data) if data else None
        except urllib.error.HTTPError as error:
            said = error.read(200).decode(errors="replace").strip()
            error.close()
            raise SilenceError(
                f"Alertmanager at {shown(self.url)} refused {method} {path} ({error.code}): {said}"
            ) from None
        except (OSError, ValueError) as error:
            raise SilenceError(
                f"expected an answer from Alertmanager at {shown(self.url)}, got: {error}: is {ALERTMANAGER_URL} right?"
            ) from None
