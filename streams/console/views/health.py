"""Health of what the page rests on: stages without a worker, silent sources, pictures that no longer come."""

from typing import NamedTuple

from streams.console.state import Case, ConsoleState
from streams.console.views.lens import Lens
from streams.desk_log.action import instant_ms
from streams.event_time import HOUR_MS, MINUTE_MS

SILENT_AFTER_MS = 15 * MINUTE_MS
"""How far a source may be behind before it counts as silent; as the alert BadBuzzSourceSilent has it."""
FORGOTTEN_AFTER_MS = 24 * HOUR_MS
"""How old the row of a source that is not configured here may be before it counts as removed."""


class Feeding(NamedTuple):
    """How the console is fed.

    Parameters
    ----------
    connected
        Whether the broker answers.
    members
        Workers by stage; None where that is not known, as in a replay.
    replay
        Whether a record of the past is replayed.
    """

    connected: bool = True
    members: dict[str, int] | None = None
    replay: bool = False


def problems(state: ConsoleState, feeding: Feeding, lens: Lens, case: Case | None = None) -> list[str]:
    """Return what stands at the top of a page: why it may not show what is happening.

    Parameters
    ----------
    state
        What has been read.
    feeding
        How the console is fed.
    lens
        Who looks, and when.
    case
        The incident of the page; None on the page of all brands.
    """
    found = []
    if not feeding.connected:
        found.append(lens.say("no_broker"))
    found += [lens.say("no_worker", stage=stage) for stage, count in (feeding.members or {}).items() if not count]
    cases = [case] if case is not None else list(state.brand_cases().values())
    newest = max((each.situation.at for each in cases if each.open and each.situation), default=None)
    if newest is not None and lens.now_ms - instant_ms(newest) > lens.config.console.stale_after_s * 1000:
        found.append(lens.say("stale", time=lens.time(newest)))
    found += _silent(state, lens)
    if state.unreadable:
        found.append(lens.say("unreadable", count=lens.number(state.unreadable)))
    return found


def _silent(state: ConsoleState, lens: Lens) -> list[str]:
    found = []
    for name, row in sorted(state.sources.items()):
        if lens.config.sources and name not in lens.config.sources:
            continue
        seen_ms = round((row.complete_to or row.at).timestamp() * 1000)
        behind_ms = lens.now_ms - seen_ms
        known = name in lens.config.sources or behind_ms < FORGOTTEN_AFTER_MS
        if known and behind_ms > SILENT_AFTER_MS:
            found.append(lens.say("silent", network=lens.text("", name), time=lens.time(seen_ms)))
    return found
