"""Configuration: `badbuzz.toml`, each option also an environment variable, strictly validated."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta

from detectors.settings import DetectorSettings
from detectors.statistics.local_hours import LocalHours
from streams.errors import ConfigError
from streams.settings.brands.brand import BrandConfig
from streams.settings.brands.planned import PlannedEvent
from streams.settings.console import ConsoleSettings
from streams.settings.desk import DeskSettings
from streams.settings.faults import Origins, brand_faults, nearest, source_faults, table_faults
from streams.settings.kafka import SECRETS as KAFKA_SECRETS
from streams.settings.kafka import KafkaSettings, TopicSettings
from streams.settings.local_hours import local_hours
from streams.settings.log import LogSettings
from streams.settings.metrics import DEFAULT_INSTALLATION, LabelLimits
from streams.settings.options import Option, struct_options
from streams.settings.source_variables import check_names, override_sources
from streams.settings.sources import SECRETS as SOURCE_SECRETS
from streams.settings.sources import CollectorSettings, SourceConfig
from streams.settings.worker import WorkerSettings
from streams.wording.language import LANGUAGES, Language


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every option of badbuzz.

    Parameters
    ----------
    lateness_seconds
        Allowed lateness of a mention behind the newest event time, in seconds.
    negative_at
        Negativity (0 to 1) from which a mention counts as negative.
    reach_negative_at
        Negativity from which a single publication counts for the reach criterion: stricter, as all depends on one text.
    timezone
        Time zone of the times that people are shown, and of the hours by which a day's shape is learned, an IANA name.
    language
        Language of what people are sent: `en` or `fr`.
    show_authors
        Whether quotations name every author; otherwise only those of at least `public_followers` followers.
    public_followers
        Followers from which an author counts as a public figure or the press, and is named in quotations.
    thresholds
        Thresholds of the alerts.
    desk
        What is expected of how the brands answer.
    brands
        Configuration of each brand.
    metrics_port
        Port of a worker's `/healthz`, `/readyz` and `/metrics`; 0: none.
    metrics_host
        Address that port listens on; the default accepts connections from this machine only.
    metrics
        Limits on the number of time series.
    installation
        Name of this installation, 1 to 100 of A-Z a-z 0-9 . _ -: a label of every metric, so that alerts and dashboards
        tell production from staging.
    kafka
        Connection to Kafka.
    topics
        Partitions, replication and retention of the topics.
    worker
        Batching, deduplication and idle heartbeats of a worker.
    log
        What running processes write to standard error.
    console
        Where the console listens, and who may read and act there.
    source
        What all sources share.
    sources
        Where mentions are collected from, by name.
    planned
        What the brands have planned, a table each: a surge in its window is reported as planned.

    Examples
    --------
    >>> Config().lateness_ms
    60000
    >>> parse('lateness_seconds = "soon"', {})
    Traceback (most recent call last):
    ...
    streams.errors.ConfigError: badbuzz.toml, line 1: `lateness_seconds`: Expected `int`, got 'soon'
    >>> parse("", {"BADBUZZ_LATENESS_SECONDS": "90"}).lateness_seconds
    90
    """

    lateness_seconds: Annotated[int, Meta(ge=0, le=3600)] = 60
    negative_at: Annotated[float, Meta(ge=0, le=1)] = 0.5
    reach_negative_at: Annotated[float, Meta(ge=0, le=1)] = 0.7
    timezone: str = "UTC"
    language: str = "en"
    show_authors: bool = False
    public_followers: Annotated[int, Meta(ge=0)] = 10_000
    thresholds: DetectorSettings = DetectorSettings()
    desk: DeskSettings = DeskSettings()
    brands: dict[str, BrandConfig] = {}
    metrics_port: Annotated[int, Meta(ge=0, le=65_535)] = 9464
    metrics_host: str = "127.0.0.1"
    metrics: LabelLimits = LabelLimits()
    installation: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._-]{1,100}\Z")] = DEFAULT_INSTALLATION
    kafka: KafkaSettings = KafkaSettings()
    topics: TopicSettings = TopicSettings()
    worker: WorkerSettings = WorkerSettings()
    log: LogSettings = LogSettings()
    console: ConsoleSettings = ConsoleSettings()
    source: CollectorSettings = CollectorSettings()
    sources: dict[str, SourceConfig] = {}
    planned: tuple[PlannedEvent, ...] = ()

    @property
    def lateness_ms(self) -> int:
        """Allowed lateness in milliseconds."""
        return self.lateness_seconds * 1000

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of the times that people are shown."""
        return ZoneInfo(self.timezone)

    @property
    def words(self) -> Language:
        """Language of what people are sent."""
        return Language(self.language)

    @property
    def local_hours(self) -> LocalHours:
        """Local hours of the time zone, for the detectors."""
        return local_hours(self.timezone)

    def brand(self, name: str) -> BrandConfig:
        """Return the configuration of a brand."""
        return self.brands.get(name, _UNKNOWN)

    def settings(self, brand: str) -> DetectorSettings:
        """Return the thresholds of a brand."""
        own = self.brand(brand).thresholds
        return msgspec.structs.replace(self.thresholds, **own) if own else self.thresholds

    def desk_settings(self, brand: str) -> DeskSettings:
        """Return what is expected of how a brand answers."""
        own = self.brand(brand).desk
        return msgspec.structs.replace(self.desk, **own) if own else self.desk


_UNKNOWN = BrandConfig()
SECRETS = SOURCE_SECRETS.union(KAFKA_SECRETS)
_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "": Config,
    "thresholds": DetectorSettings,
    "desk": DeskSettings,
    "metrics": LabelLimits,
    "kafka": KafkaSettings,
    "topics": TopicSettings,
    "worker": WorkerSettings,
    "console": ConsoleSettings,
    "log": LogSettings,
    "source": CollectorSettings,
}
_TABLES = frozenset(
    (*_SECTIONS, "brands", "sources", "never_authors", "overrides", "planned")
)  # tables and lists have no variable
OPTIONS = tuple(
    option
    for section, struct in _SECTIONS.items()
    for option in struct_options(
        struct, section, leave_out=_TABLES if section in ("", "source", "topics") else frozenset()
    )
)
"""Every option that is also an environment variable."""


def load(path: Path | None, environment: Mapping[str, str] | None = None) -> Config:
    """Load the configuration.

    Parameters
    ----------
    path
        A TOML file; `None`: `badbuzz.toml` of the working directory, if there is one.
    environment
        Variables that override the file; default `os.environ`.

    Raises
    ------
    ConfigError
        One line for each wrong option: its origin, the expected and the actual value, the nearest right name.
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
    """Validate a configuration given as text, overridden by environment variables."""
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: expected TOML, got: {error}") from None
    faults: list[str] = []
    variables: dict[str, str] = {}
    for option in OPTIONS:
        raw = environment.get(option.variable)
        if raw is None:
            continue
        section, _, key = option.key.rpartition(".")
        table = values.setdefault(section, {}) if section else values
        if isinstance(table, dict):
            variables[option.key] = option.variable
            try:
                table[key] = _typed(option, raw)
            except ConfigError as error:
                faults.append(str(error))
                table.pop(key, None)
    override_sources(values.get("sources"), environment)
    origins = Origins(name, text, variables)
    faults += _faults(values, origins)
    if faults:
        raise ConfigError("\n".join(faults))
    config: Config = msgspec.convert(values, Config)
    faults += _checked(config, origins)
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def _typed(option: Option, raw: str) -> Any:
    section, _, key = option.key.rpartition(".")
    try:
        return msgspec.convert(raw, get_type_hints(_SECTIONS[section], include_extras=True)[key], strict=False)
    except msgspec.ValidationError as error:
        came = "" if key in SECRETS else f", got {raw!r}"
        raise ConfigError(f"{option.variable}: {str(error).partition(', got ')[0]}{came}") from None


def _faults(values: dict[str, Any], origins: Origins) -> Iterator[str]:
    """Yield the faults of every table, before any of them is used."""
    for section, struct in _SECTIONS.items():
        if not section or section in values:
            yield from table_faults(struct, values[section] if section else values, section, origins)
    yield from brand_faults(values.get("brands", {}), origins)
    yield from source_faults(values.get("sources", {}), origins)


def _checked(config: Config, origins: Origins) -> Iterator[str]:
    """Yield the faults that only a whole configuration shows."""
    try:
        _ = config.zone
    except (KeyError, ValueError, OSError):
        zone = f"expected an IANA name such as Europe/Paris, got {config.timezone!r}"
        yield f"{origins.of('', 'timezone')}: {zone}; {nearest(config.timezone, available_timezones())}"
    if config.language not in LANGUAGES:
        expected = f"expected one of {', '.join(LANGUAGES)}, got {config.language!r}"
        yield f"{origins.of('', 'language')}: {expected}"
    try:
        check_names(config.sources, origins.name)
    except ConfigError as error:
        yield str(error)
    for brand, own in config.brands.items():
        for common, section in ((config.thresholds, "thresholds"), (config.desk, "desk")):
            values = getattr(own, section)
            yield from _own_faults(common, values, f"brands.{brand}.{section}", origins)


def _own_faults(common: msgspec.Struct, own: Mapping[str, Any], table: str, origins: Origins) -> Iterator[str]:
    """Yield the faults of options of one brand that differ from those of all."""
    faults = list(table_faults(type(common), own, table, origins))
    yield from faults
    if not faults:
        try:
            msgspec.convert({**msgspec.structs.asdict(common), **own}, type(common))
        except (msgspec.ValidationError, ConfigError) as error:
            yield f"{origins.name}: `{table}`: {error}"
