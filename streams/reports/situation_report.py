"""The situation report: a short text some hours after the first alert, from the picture and the desk state of then."""

from collections.abc import Sequence

from streams.desk_log.action import instant_ms
from streams.desk_log.fold import DeskState
from streams.desk_log.overdue import owed
from streams.event_time import HOUR_MS
from streams.reports.reading import Reader
from streams.settings.config import Config
from streams.situations.situation import Situation

LATEST_MS = HOUR_MS
"""How long after its time a report is still sent; one that nobody could send by then is out of date."""


def due_hours(situation: Situation, state: DeskState, hours: Sequence[float], now_ms: int) -> list[float]:
    """Return the hours after the first alert whose report is due now; none where people closed it as no incident.

    Parameters
    ----------
    situation, state
        The latest picture, and what people did.
    hours
        When reports are wanted, in hours after the first alert.
    now_ms
        Milliseconds since the epoch.
    """
    if situation.warned_at is None or state.verdict is not None:
        return []
    since_ms = now_ms - instant_ms(situation.warned_at)
    return [each for each in hours if 0 <= since_ms - each * HOUR_MS < LATEST_MS]


def situation_report(situation: Situation, state: DeskState, hours: float, config: Config) -> str:
    """Return the text of a situation report, one sentence a line, texts of others inert.

    Parameters
    ----------
    situation, state
        The latest picture, and what people did.
    hours
        After the first alert.
    config
        Language and time zone.
    """
    reader = Reader(config, situation.brand, instant_ms(situation.since))
    words, figures = config.words, situation.figures
    severity = reader.say("situation_over") if situation.ended else words.say(f"severity_{situation.severity}")
    said = [
        f"{reader.time(each.at)}, {reader.text(each.network, 60)}"
        for each in situation.statements
        if each.on_the_matter
    ]
    said += [f"{reader.time(each.at)}, {reader.note(each.who)}" for each in state.statements]
    who = state.roles.get("lead") or (state.acknowledged.who if state.acknowledged else "")
    late = [each.step for each in owed(situation, state) if each.overdue_s(instant_ms(situation.at)) > 0]
    lines = [
        reader.say("situation_title", brand=reader.text(situation.brand, 80), hours=f"{hours:g}"),
        reader.say(
            "situation_now",
            severity=severity,
            since=reader.time(situation.since),
            negatives=reader.number(figures.negatives),
            mentions=reader.number(figures.mentions),
            before=reader.number(figures.negatives_before),
            people=reader.number(figures.negative_voices_6h),
        ),
        reader.say("situation_said", said="; ".join(said) or reader.say("situation_nothing")),
        reader.say("situation_who", who=reader.note(who) or words.say("console_nobody")),
    ]
    if late:
        steps = ", ".join(reader.say(f"situation_step_{step}") for step in dict.fromkeys(late) if step != "mute")
        lines += [reader.say("situation_overdue", steps=steps)] if steps else []
    return "\n".join(lines)
