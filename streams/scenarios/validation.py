"""Validation of a scenario file: types, then what types cannot express, such as names that must exist."""

import re
import tomllib
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from detectors.severity import CRITERIA, SEVERITIES
from streams.errors import ConfigError
from streams.mentions.marks.mark import MARKS
from streams.scenarios.schema import Phase, ScenarioFile, SinglePost

SLOT = re.compile(r"\{([^{}]*)\}")
ASIDE = "aside"
MAX_DAYS = 400
MAX_MENTIONS = 1_000_000


def parse(data: bytes, name: str) -> ScenarioFile:
    """Decode and validate a scenario file.

    Parameters
    ----------
    data
        The file's bytes (TOML, UTF-8).
    name
        Name of the file in error messages.

    Returns
    -------
    ScenarioFile
        Valid: every name it uses is defined, every time lies within its start and end.

    Raises
    ------
    ConfigError
        The file is not a scenario; the message names the key, what was expected, what came and the remedy.

    Examples
    --------
    >>> parse(b'version = 2', "acme.toml")
    Traceback (most recent call last):
    ...
    streams.errors.ConfigError: acme.toml: version: invalid enum value 2; see `streams/scenarios/schema.py`
    """
    try:
        table = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}: expected a TOML file in UTF-8, got {error}; correct the line it names") from None
    try:
        file = msgspec.convert(table, ScenarioFile, builtin_types=(datetime,))
    except msgspec.ValidationError as error:
        problem, _, path = str(error).partition(" - at ")
        key = path.strip("`").removeprefix("$").removeprefix(".")
        value = "" if re.search("got|field|value", problem) else f", got {_value_at(table, key)!r}"
        problem = problem[:1].lower() + problem[1:] + value
        raise ConfigError(f"{name}: {key or 'top level'}: {problem}; see `streams/scenarios/schema.py`") from None
    try:
        _check(file)
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None
    return file


def _value_at(table: object, key: str) -> object:
    for step in re.findall(r"[^.\[\]]+", key.replace("[...]", ".?")):
        if isinstance(table, list):
            table = table[int(step)]
        elif isinstance(table, dict) and step in table:
            table = table[step]
    return table


def _check(file: ScenarioFile) -> None:
    try:
        ZoneInfo(file.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = (
            f'timezone: expected a zone of the IANA database, got "{file.timezone}"; write one such as "Europe/Paris"'
        )
        raise ConfigError(message) from None
    if not 0 < (file.end - file.start).total_seconds() <= MAX_DAYS * 86400:
        message = f"expected a time at most {MAX_DAYS} days after start ({file.start}), got {file.end}"
        raise ConfigError(f"end: {message}; move one of them")
    _check_weights("networks", {name: network.share for name, network in file.networks.items()}, set(file.networks))
    for name, (least, most) in _sentences(file).items():
        if least > most:
            raise ConfigError(f"{name}.sentences: expected [least, most], got [{least}, {most}]; swap them")
    _check_baseline(file)
    ids = [post.id for post in file.posts if post.id]
    if len(ids) > len(set(ids)):
        raise ConfigError(f"posts: expected each id once, got {', '.join(sorted(ids))}; rename one of two alike")
    for index, phase in enumerate(file.phases):
        _check_phase(file, f"phases[{index}] ({phase.name})", phase)
    for index, post in enumerate(file.posts):
        _check_post(file, f"posts[{index}]", post)
    _check_texts(file)
    _check_facts(file)
    _check_answers(file)
    _check_expectations(file)
    expected = file.baseline.mentions_per_day * (file.end - file.start).total_seconds() / 86400
    expected += sum(max(p.rate) * (p.end - p.start).total_seconds() / 3600 for p in file.phases)
    if not expected <= MAX_MENTIONS:
        message = (
            f"phases: expected at most {MAX_MENTIONS:,} mentions in all, got up to {expected:,.0f}; lower the rates"
        )
        raise ConfigError(message)


def _sentences(file: ScenarioFile) -> dict[str, tuple[int, int]]:
    networks = {f"networks.{name}": network.sentences for name, network in file.networks.items()}
    return networks | {f"tones.{name}": tone.sentences for name, tone in file.tones.items() if tone.sentences}


def _check_baseline(file: ScenarioFile) -> None:
    _check_weights("baseline.tones", file.baseline.tones, set(file.tones))
    for key in ("by_hour", "by_weekday"):
        weights = getattr(file.baseline, key)
        _check_weights(f"baseline.{key}", {str(i): w for i, w in enumerate(weights)}, {str(i) for i in range(24)})


def _check_answers(file: ScenarioFile) -> None:
    for policy in file.policies:
        _known("answers.tone", policy.tone, set(file.tones))
        for network_name in policy.networks:
            _known("answers.networks", network_name, set(file.networks))
        opening, closing = policy.hours
        if opening >= closing:
            raise ConfigError(f"answers.hours: expected [opening, closing], got [{opening}, {closing}]; swap them")


def _check_expectations(file: ScenarioFile) -> None:
    posts = {post.id for post in file.posts if post.id}
    for index, expected in enumerate(file.expect):
        where = f"expect[{index}] ({expected.signal})"
        for name in (expected.after, expected.before):
            if name is not None:
                _known(where, name, posts)
        if expected.kind == "incident":
            _known(f"{where}.signal", expected.signal, {*SEVERITIES[1:], *CRITERIA})
        if expected.source is not None:
            _known(f"{where}.source", expected.source, {source.id for source in file.sources})
        if expected.by_order and expected.by_clock:
            message = "expected after and before (an order), or begins and within_minutes (an hour), got both"
            raise ConfigError(f"{where}: {message}; keep the hour only where a source gives it")
        for time in (expected.begins, expected.ends):
            if time is not None and not file.start <= time <= file.end:
                message = f"expected a time within {file.start} to {file.end}, got {time}"
                raise ConfigError(f"{where}: {message}; correct the time")
        if expected.within_minutes is not None and expected.begins is None:
            raise ConfigError(
                f"{where}.within_minutes: expected a begins beside it, got none; add the time it counts from"
            )


def _check_phase(file: ScenarioFile, where: str, phase: Phase) -> None:
    if not file.start <= phase.start < phase.end <= file.end:
        message = f"expected start before end, both within {file.start} to {file.end}, got {phase.start} to {phase.end}"
        raise ConfigError(f"{where}: {message}; move the phase or the scenario's start and end")
    if phase.ramp == "exponential" and min(phase.rate) <= 0:
        message = f"expected rates above 0 for an exponential ramp, got {list(phase.rate)}"
        raise ConfigError(f'{where}.rate: {message}; start from a small rate such as 1, or write ramp = "linear"')
    _check_weights(f"{where}.tones", phase.tones, set(file.tones))
    if phase.networks is not None:
        _check_weights(f"{where}.networks", phase.networks, set(file.networks))
    if phase.in_reply_to is not None:
        _check_earlier(file, f"{where}.in_reply_to", phase.in_reply_to, phase.start)
        if phase.networks is not None:
            raise ConfigError(f"{where}: expected no networks beside in_reply_to, got {phase.networks}; drop them")


def _check_post(file: ScenarioFile, where: str, post: SinglePost) -> None:
    _known(f"{where}.network", post.network, set(file.networks))
    if not file.start <= post.at < file.end:
        message = f"expected a time within {file.start} to {file.end}, got {post.at}"
        raise ConfigError(f"{where}.at: {message}; move the post or the scenario's start and end")
    if post.to is not None:
        _check_earlier(file, f"{where}.to", post.to, post.at)
    for mark in post.marks:
        _known(f"{where}.marks", mark, set(MARKS))
    if post.keeps is not None:
        _check_earlier(file, f"{where}.keeps", post.keeps, post.at)
    if post.kind == "edit" and not (post.to or post.to_tone):
        raise ConfigError(f"{where}.to: expected the post that the edit changed, got none; add its id")
    if post.to_tone is not None:
        _known(f"{where}.to_tone", post.to_tone, set(file.tones))
    if post.answered is not None:
        if post.answered.tone is None:
            raise ConfigError(
                f"{where}.answered.tone: expected the tone of the replies, got none; name one of the tones"
            )
        _known(f"{where}.answered.tone", post.answered.tone, set(file.tones))
    if post.reposted is not None and not file.networks[post.network].reposts:
        message = f"expected a network with reposts = true, got {post.network}"
        raise ConfigError(f"{where}.reposted: {message}; drop the echo, or set reposts for that network")
    if SLOT.search(post.text):
        raise ConfigError(f"{where}.text: expected plain text, got a slot in {post.text!r}; write the words out")


def _check_earlier(file: ScenarioFile, where: str, name: str, before: datetime) -> None:
    times = {post.id: post.at for post in file.posts if post.id}
    _known(where, name, set(times))
    if not times[name] < before:
        message = f"expected a post before {before}, got {name} at {times[name]}"
        raise ConfigError(f"{where}: {message}; move one of them")


def _check_texts(file: ScenarioFile) -> None:
    for tone_name, tone in file.tones.items():
        for template in tone.templates:
            _check_slots(file, f"tones.{tone_name}.templates", template)
        if tone.asides and ASIDE not in file.slots:
            message = f'expected a slot "{ASIDE}" beside asides = {tone.asides}, got none'
            raise ConfigError(f"tones.{tone_name}.asides: {message}; add it under [slots]")
    for slot, choices in file.slots.items():
        for choice in choices:
            _check_slots(file, f"slots.{slot}", choice)
    seen: set[str] = set()
    for slot in file.slots:
        _check_loops(file, slot, (), seen)


def _check_slots(file: ScenarioFile, where: str, text: str) -> None:
    for slot in SLOT.findall(text):
        if slot not in file.slots:
            message = f"expected the name of a slot in braces, got {{{slot}}} in {text!r}"
            raise ConfigError(f"{where}: {message}; add it under [slots] or correct its spelling")


def _check_loops(file: ScenarioFile, slot: str, path: tuple[str, ...], seen: set[str]) -> None:
    if slot in path:
        loop = " in ".join((slot, *path[::-1]))
        raise ConfigError(f"slots.{slot}: expected slots that end in words, got {loop}; remove one of them")
    if slot in seen:
        return
    for choice in file.slots[slot]:
        for inner in SLOT.findall(choice):
            _check_loops(file, inner, (*path, slot), seen)
    seen.add(slot)


def _check_facts(file: ScenarioFile) -> None:
    sources = {source.id for source in file.sources}
    for index, fact in enumerate(file.facts):
        _known(f"facts[{index}].source", fact.source, sources)
        if not file.start <= fact.at <= file.end:
            message = f"expected a time within {file.start} to {file.end}, got {fact.at}"
            raise ConfigError(f"facts[{index}].at: {message}; move the fact or the scenario's end")
    answers = [fact.label for fact in file.facts if fact.answer]
    if len(answers) > 1:
        message = f"expected at most one with answer = true, got {len(answers)} ({', '.join(answers)})"
        raise ConfigError(f"facts: {message}; keep the first")


def _check_weights(where: str, weights: dict[str, float], known: set[str]) -> None:
    for name in weights:
        _known(where, name, known)
    if not sum(weights.values()) > 0:
        raise ConfigError(f"{where}: expected at least one weight above 0, got {weights}; raise one")


def _known(where: str, name: str, known: set[str]) -> None:
    if name not in known:
        message = f'expected one of {", ".join(sorted(known)) or "none"}, got "{name}"'
        raise ConfigError(f"{where}: {message}; add it or correct its spelling")
