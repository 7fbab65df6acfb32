"""Configuration: `badbuzz.toml`, each option also an environment variable, strictly checked."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from detectors.settings import DetectorSettings
from streams.errors import ConfigError
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.settings.metrics import LabelLimits
from streams.settings.options import Option, struct_options
from streams.settings.worker import WorkerSettings


class BrandConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of one brand beforehand: `[brands.NAME]`.

    Parameters
    ----------
    names
        How people write it; left out of the terms that spread.
    official_accounts
        Authors who are the brand itself.
    weaknesses
        Its known weak points: a tag each, and the phrases that betray it.
    thresholds
        Thresholds of this brand that differ from `[thresholds]`.
    """

    names: tuple[str, ...] = ()
    official_accounts: frozenset[str] = frozenset()
    weaknesses: dict[str, tuple[str, ...]] = {}
    thresholds: dict[str, int | float | str] = {}


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every option of badbuzz.

    Parameters
    ----------
    lateness_seconds
        How much later than the newest event time a mention may come, in seconds.
    negative_at
        Negativity (0 to 1) from which a mention counts as negative.
    reach_negative_at
        Negativity from which one publication can hold the reach criterion: where all rests on one text, more is asked.
    timezone
        Zone of the local times shown, an IANA name.
    thresholds
        When to alert.
    brands
        What is known of each brand beforehand.
    metrics_port
        Port where a worker says how it is (`/healthz`, `/readyz`, `/metrics`); 0: none.
    metrics_host
        Address it listens on: with the default, only this machine can ask.
    metrics
        How many series the metrics may have.
    kafka
        Where Kafka is, and who we are to it.
    topics
        What badbuzz's topics are like.
    worker
        How a worker reads.

    Examples
    --------
    >>> Config().lateness_ms
    60000
    >>> parse('lateness_seconds = "soon"', {})
    Traceback (most recent call last):
    ...
    streams.errors.ConfigError: badbuzz.toml: `lateness_seconds`: Expected `int`, got `str`
    >>> parse("", {"BADBUZZ_LATENESS_SECONDS": "90"}).lateness_seconds
    90
    """

    lateness_seconds: Annotated[int, Meta(ge=0, le=3600)] = 60
    negative_at: Annotated[float, Meta(ge=0, le=1)] = 0.5
    reach_negative_at: Annotated[float, Meta(ge=0, le=1)] = 0.7
    timezone: str = "UTC"
    thresholds: DetectorSettings = DetectorSettings()
    brands: dict[str, BrandConfig] = {}
    metrics_port: Annotated[int, Meta(ge=0, le=65_535)] = 9464
    metrics_host: str = "127.0.0.1"
    metrics: LabelLimits = LabelLimits()
    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    worker: WorkerSettings = WorkerSettings()

    @property
    def lateness_ms(self) -> int:
        """Allowed lateness in milliseconds."""
        return self.lateness_seconds * 1000

    @property
    def zone(self) -> ZoneInfo:
        """Zone of the local times shown."""
        return ZoneInfo(self.timezone)

    def brand(self, name: str) -> BrandConfig:
        """Give what is known of a brand."""
        return self.brands.get(name, _UNKNOWN)

    def settings(self, brand: str) -> DetectorSettings:
        """Give the thresholds of a brand."""
        own = self.brand(brand).thresholds
        return msgspec.structs.replace(self.thresholds, **own) if own else self.thresholds


_UNKNOWN = BrandConfig()
_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "": Config,
    "thresholds": DetectorSettings,
    "metrics": LabelLimits,
    "kafka": KafkaSettings,
    "topics": TopicSettings,
    "worker": WorkerSettings,
}
OPTIONS = tuple(
    option
    for section, struct in _SECTIONS.items()
    for option in struct_options(struct, section, leave_out=frozenset(() if section else (*_SECTIONS, "brands")))
)
"""Every option that is also an environment variable."""


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Config:
    """Load the configuration.

    Parameters
    ----------
    path
        A TOML file; `None` takes `badbuzz.toml` of the working directory where there is one.
    environment
        Variables that override the file; default `os.environ`.

    Raises
    ------
    ConfigError
        Names the key, what was expected and what came.
    """
    name = path or Path("badbuzz.toml")
    text = ""
    if path or name.exists():
        try:
            text = name.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"expected a readable TOML file at {name}, got: {error}") from None
    return parse(text, os.environ if environment is None else environment, str(name))


def parse(text: str, environment: Mapping[str, str], name: str = "badbuzz.toml") -> Config:
    """Check a configuration given as text, and lay the environment over it."""
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: expected TOML, got: {error}") from None
    for option in OPTIONS:
        raw = environment.get(option.variable)
        if raw is None:
            continue
        section, _, key = option.key.rpartition(".")
        place = values.setdefault(section, {}) if section else values
        if isinstance(place, dict):
            place[key] = _typed(option, raw)
    config = _convert(values, name)
    _check(config, name)
    return config


def _typed(option: Option, raw: str) -> Any:
    section, _, key = option.key.rpartition(".")
    try:
        return msgspec.convert(raw, get_type_hints(_SECTIONS[section], include_extras=True)[key], strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{option.variable}: {error}") from None


def _convert(values: dict[str, Any], name: str) -> Config:
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        key = path.strip("`").lstrip(".")
        raise ConfigError(f"{name}: `{key}`: {message}" if key else f"{name}: {message}") from None


def _check(config: Config, name: str) -> None:
    try:
        _ = config.zone
    except (KeyError, ValueError, OSError):
        raise ConfigError(
            f"{name}: `timezone`: expected an IANA name such as Europe/Paris, got {config.timezone!r}"
        ) from None
    known = {field.name for field in msgspec.structs.fields(DetectorSettings)}
    for brand, own in config.brands.items():
        for key in own.thresholds:
            if key not in known:
                raise ConfigError(
                    f"{name}: `brands.{brand}.thresholds.{key}`: expected one of {', '.join(sorted(known))}"
                )
        values = {**msgspec.structs.asdict(config.thresholds), **own.thresholds}
        try:
            msgspec.convert(values, DetectorSettings)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{name}: `brands.{brand}.thresholds`: {error}") from None
