"""Requests of a preset: the address of each page, and the key of the interface."""

import re
from urllib.parse import quote

from streams.errors import ConfigError
from streams.settings.sources import PollConfig, secret
from streams.sources.poll.preset import PAGE, SINCE, SITE, Preset

_PLACE = re.compile(r"\{([a-z_]+)\}")


class Requests:
    """Addresses and headers of one configured preset.

    Parameters
    ----------
    preset
        The interface.
    config
        Values and key.
    key
        Setting of the source, named in errors.

    Raises
    ------
    ConfigError
        A value is unknown or missing, or the key is missing.

    Examples
    --------
    >>> from streams.sources.poll.preset import load_preset
    >>> config = PollConfig(preset="steam", values={"app": "730"})
    >>> Requests(load_preset("steam", "key"), config, "sources.steam").url(since_s=0, page="a+b")[-29:]
    'num_per_page=100&cursor=a%2Bb'
    """

    def __init__(self, preset: Preset, config: PollConfig, key: str) -> None:
        unknown = sorted(set(config.values) - set(preset.values))
        if unknown:
            known = ", ".join(sorted(preset.values)) or "none"
            raise ConfigError(f"`{key}.values`: expected some of {known}, got {unknown[0]!r}")
        self.values = {**preset.values, **config.values}
        missing = [name for name in preset.required if not self.values.get(name)]
        if missing:
            raise ConfigError(f"`{key}.values.{missing[0]}`: expected a value, got none; the preset needs it")
        undefined = sorted(set(_PLACE.findall(preset.url)) - set(self.values) - {SINCE, PAGE})
        if undefined:
            raise ConfigError(f"`{key}.preset`: expected each name of its url among its values, got {undefined[0]!r}")
        if SITE in self.values:
            self.values[SITE] = self.values[SITE].rstrip("/")
        self._preset = preset
        self._config = config
        if preset.token and preset.token.required and not self._token():
            raise ConfigError(f"`{key}.token`: expected the key of the interface, got none; set token_file")

    def url(self, *, since_s: float, page: str) -> str:
        """Return the address of a page, its key included where that goes into the query.

        Parameters
        ----------
        since_s
            Seconds since the epoch from which on items are wanted.
        page
            Value of `{page}`.
        """
        values = {name: value if name == SITE else quote(value, safe="") for name, value in self.values.items()}
        values |= {SINCE: str(max(int(since_s), 0)), PAGE: quote(page, safe="")}
        path, _, query = self._preset.url.partition("?")
        fields = [_filled(field, values) for field in query.split("&") if field]
        where = self._preset.token
        if where and where.query and (token := self._token()):
            fields.append(f"{where.query}={quote(token, safe='')}")
        # What has no value is left out: some interfaces refuse an empty one.
        asked = "&".join(field for field in fields if not field.endswith("="))
        return f"{_filled(path, values)}?{asked}" if asked else _filled(path, values)

    def secret_headers(self) -> dict[str, str]:
        """Return the header that carries the key, where there is one."""
        where = self._preset.token
        token = self._token() if where and where.header else ""
        return {where.header: where.prefix + token} if where and token else {}

    def has_token(self) -> bool:
        """Return whether a key is configured."""
        return bool(self._token())

    def _token(self) -> str:
        # Read each time: a key file may be replaced while the source runs.
        return secret(self._config.token, self._config.token_file)


def _filled(template: str, values: dict[str, str]) -> str:
    return _PLACE.sub(lambda match: values[match[1]], template)
