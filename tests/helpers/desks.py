"""A desk fed with made-up mentions, minute by minute."""

from collections.abc import Iterable
from typing import Any

from streams.mentions.mention import decode, milliseconds
from streams.mentions.text import hash64
from streams.response.complaints import Waiting
from streams.response.desk import Desk, DeskChange, IncidentChange
from streams.response.observation import desk_observation
from streams.scoring.rollup import Rollup
from streams.scoring.rollup_builder import RollupBuilder
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from streams.settings.desk import DeskSettings
from streams.watching.desk_watch import DeskWatch
from tests.helpers.mentions import START, mention_line

FIRST = int(START.timestamp()) // 60
"""The minute in which the made-up mentions start."""
INCIDENT = "Acme/1"

Said = tuple[float, dict[str, Any]]
"""Minutes after the start, and the fields of a mention; `negative` is the tone of a customer's."""


class DeskDriver:
    """Feeds a desk with what was said, and follows what it reports in minutes after the start."""

    def __init__(self, known: BrandConfig | None = None, **settings: Any) -> None:
        self.known = known or BrandConfig(official_accounts=frozenset(("acme",)))
        self.settings = DeskSettings(**settings)
        self.desk = Desk(self.settings, self.known)
        self.changes: list[DeskChange] = []
        self.said = 0

    def say(self, said: Iterable[Said], until: float = 0) -> "DeskDriver":
        """Close the minutes of what was said, in order, and those up to `until`."""
        by_minute: dict[int, list[tuple[int, Said]]] = {}
        for item in said:
            self.said += 1
            by_minute.setdefault(int(item[0]), []).append((self.said, item))
        for minute in sorted(by_minute):
            self.changes += self.desk.advance(FIRST + minute)
            seen = desk_observation(FIRST + minute, self._rollups(FIRST + minute, by_minute[minute]))
            if seen is not None:
                self.desk.observe(seen)
        if until:
            self.changes += self.desk.advance(FIRST + int(until))
        return self

    def incident(self, minute: int, severity: str = "warning", since: int = 0, *criteria: str) -> "DeskDriver":
        change = IncidentChange(INCIDENT, FIRST + minute, FIRST + since, severity, criteria, ["battery", "recall"])
        self.changes += self.desk.incident_changed(change)
        return self

    def restart(self) -> "DeskDriver":
        """Go on with another desk, restored from the state of this one."""
        stored = DeskWatch("Acme", Config())
        stored.desk = self.desk
        state = stored.encoded()
        stored.desk = self.desk = Desk(self.settings, self.known)
        stored.restore(state)
        assert stored.encoded() == state
        return self

    def waiting(self, minute: int) -> Waiting:
        """Count the customers who wait at a minute, of the last day."""
        return self.desk.context.complaints.waiting(FIRST + minute)

    def of(self, signal: str) -> list[tuple[int, str, str]]:
        """Return the changes of one signal: minute after the start, state, severity."""
        return [(c.minute - FIRST, c.state, c.fact.severity) for c in self.changes if c.signal == signal]

    def _rollups(self, minute: int, items: list[tuple[int, Said]]) -> list[Rollup]:
        builders: dict[str, RollupBuilder] = {}
        for number, (at, fields) in items:
            own = dict(fields)
            negative = bool(own.pop("negative", False))
            mention = decode(mention_line(number, 60 * at, **{"id": own.pop("id", f"m{number}"), **own}))
            new = RollupBuilder("Acme", mention.network, minute, self.known)
            builder = builders.setdefault(mention.network, new)
            if mention.official:
                builder.add_official(mention)
            else:
                builder.add(mention, hash64(mention.id), float(negative), negative, milliseconds(mention) // 1000)
        return [builder.build() for _, builder in sorted(builders.items())]


def complaint(at: float, author: str, **fields: Any) -> Said:
    return at, {"author": author, "text": "it does not work", "negative": True, **fields}


def answer(at: float, to: str, text: str = "We are looking into this", **fields: Any) -> Said:
    return at, {"official": True, "author": "acme", "kind": "reply", "reply_to": to, "text": text, **fields}


def statement(at: float, text: str = "We are looking into this", **fields: Any) -> Said:
    return at, {"official": True, "author": "acme", "text": text, **fields}


def action(at: float, kind: str, **fields: Any) -> Said:
    return at, {"official": True, "author": "acme", "kind": kind, "text": "", **fields}
