"""Settings of the console: section `[console]`."""

import ipaddress
import re
from typing import Annotated

import msgspec
from msgspec import Meta

from streams.settings.options import setting_error

AUTHENTICATIONS = ("", "proxy", "tokens")
_HOURS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3})?")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}")


class ConsoleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the console listens, and who may read and act there.

    Parameters
    ----------
    host
        Address to listen on. Any other than loopback needs `auth`.
    port
        Port to listen on; 0 for any free one.
    metrics_port
        Port of the console's `/healthz` and `/metrics`, on `metrics_host`; 0: none.
    hosts
        Names by which browsers reach the console, separated by commas: a request for any other host is refused. Those
        of loopback are always allowed.
    auth
        Who people are: empty (no login, loopback alone), `proxy` (a reverse proxy says so in a header) or `tokens`
        (names and tokens in a file).
    proxy_networks
        Networks of the reverse proxies whose headers are believed, separated by commas.
    proxy_user_header, proxy_groups_header
        Headers of the proxy: the person, and the person's groups separated by commas.
    responders
        Groups whose people may act, separated by commas; everybody else reads. Empty: everybody may act.
    tokens_file
        File of names, roles and hashes of tokens; `badbuzz console --new-token NAME` makes its lines.
    share_secret_file
        File of the secret that signs links for readers, at least 32 characters; all consoles need the same. Without
        one, links end when the console does.
    share_hours
        Hours after which a link for readers ends.
    stale_after_s
        Seconds without a new picture of an open incident after which the page says since when nothing new has come.
    runbooks_url
        Address under which the runbooks are served; empty: no link.
    report_webhook_file
        File of the address that situation reports are posted to as JSON, their words in `text`; empty: none are sent.
    report_hours
        Hours after the first alert at which a situation report is sent, separated by commas.

    Raises
    ------
    ConfigError
        Where a value is impossible, or the console would be open to the network.

    Examples
    --------
    >>> ConsoleSettings(host="0.0.0.0")
    Traceback (most recent call last):
    ...
    streams.errors.ConfigError: console.auth (BADBUZZ_CONSOLE_AUTH): expected proxy or tokens where the console \
listens on '0.0.0.0': without a login it listens on loopback alone
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65_535)] = 9467
    metrics_port: Annotated[int, Meta(ge=0, le=65_535)] = 9468
    hosts: str = ""
    auth: str = ""
    proxy_networks: str = "127.0.0.0/8,::1/128"
    proxy_user_header: str = "X-Forwarded-User"
    proxy_groups_header: str = "X-Forwarded-Groups"
    responders: str = ""
    tokens_file: str = ""
    share_secret_file: str = ""
    share_hours: Annotated[float, Meta(gt=0, le=24 * 31)] = 24.0
    stale_after_s: Annotated[float, Meta(gt=0)] = 180.0
    runbooks_url: str = ""
    report_webhook_file: str = ""
    report_hours: str = "1, 2, 24"

    def __post_init__(self) -> None:
        if self.auth not in AUTHENTICATIONS:
            raise setting_error("console", "auth", f"expected proxy, tokens or nothing, got {self.auth!r}")
        if not self.auth and not is_loopback(self.host):
            raise setting_error(
                "console",
                "auth",
                f"expected proxy or tokens where the console listens on {self.host!r}: without a login it listens on "
                "loopback alone",
            )
        if self.auth == "tokens" and not self.tokens_file:
            raise setting_error("console", "tokens_file", "expected the file of names and tokens beside auth = tokens")
        for host in self.host_names:
            if not _HOST.fullmatch(host):
                raise setting_error("console", "hosts", f"expected names without a port, got {host!r}")
        try:
            _ = self.networks
        except ValueError as error:
            raise setting_error("console", "proxy_networks", f"expected networks as 10.0.0.0/8, got {error}") from None
        if not all(_HOURS.fullmatch(hours) for hours in _list(self.report_hours)):
            raise setting_error("console", "report_hours", f"expected hours as 1, 2, 24, got {self.report_hours!r}")
        if self.runbooks_url and not self.runbooks_url.startswith(("http://", "https://")):
            raise setting_error("console", "runbooks_url", f"expected an http address, got {self.runbooks_url!r}")

    @property
    def host_names(self) -> list[str]:
        """Names by which browsers reach the console, beside those of loopback."""
        return _list(self.hosts)

    @property
    def hours(self) -> list[float]:
        """Hours after the first alert at which a situation report is sent."""
        return [float(hours) for hours in _list(self.report_hours)]

    @property
    def responder_groups(self) -> frozenset[str]:
        """Groups whose people may act."""
        return frozenset(_list(self.responders))

    @property
    def networks(self) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
        """Networks of the reverse proxies."""
        return [ipaddress.ip_network(text) for text in _list(self.proxy_networks)]


def is_loopback(host: str) -> bool:
    """Whether an address to listen on accepts connections from this machine alone.

    Examples
    --------
    >>> [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "")]
    [True, True, True, False, False]
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
