"""The signal `contradiction`: two statements of one case say different things in the same slot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from streams.mentions.marks.mark import Mark
from streams.response.latch import Latched
from streams.response.signal import INFO, WARNING, Fact, Post

if TYPE_CHECKING:
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation
    from streams.response.official_posts import OfficialPost

FOLLOW_MINUTES = 30
"""Time in which the other networks may follow a statement that changed."""
HOLD = 60
MAX_SLOTS = 16
MAX_PLACES = 8
STATUS, REFUND = "status", "refund"
_MONEY = re.compile(r"([€$£])\s?(\d[\d.,]*)|(\d[\d.,]*)\s?([€$£]|euros?|dollars?|pounds?)(?!\w)", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,3})\s?%")
_CURRENCIES = {"€": "eur", "e": "eur", "$": "usd", "d": "usd", "£": "gbp", "p": "gbp"}


def slots(marks: int, text: str) -> dict[str, str]:
    """Return what a statement says, by slot: status, refund, a sum of money by currency, a percentage.

    Examples
    --------
    >>> slots(int(Mark.REFUSAL), "No refund, but 20 € for everybody")
    {'refund': 'no', 'money eur': '20'}
    """
    found: dict[str, str] = {}
    if marks & Mark.RESOLVED:
        found[STATUS] = "resolved"
    elif marks & Mark.HOLDING:
        found[STATUS] = "working"
    if marks & Mark.REFUSAL:
        found[REFUND] = "no"
    elif marks & Mark.COMPENSATION:
        found[REFUND] = "yes"
    for match in _MONEY.finditer(text):
        currency, amount = match.group(1) or match.group(4), match.group(2) or match.group(3)
        found[f"money {_CURRENCIES[currency[0].lower()]}"] = amount.rstrip(".,")
    for match in _PERCENT.finditer(text):
        found["percent"] = match.group(1)
    return found


class Contradiction(Latched):
    """Statements of one case that differ in a slot, on another network or account, while both stand.

    A later statement in the same place replaces the earlier one, but for a refund that was refused and then given.
    """

    name = "contradiction"

    def __init__(self) -> None:
        super().__init__(HOLD)
        self._case = ""
        # By slot and place (network and account): the value, its minute and the post.
        self._board: dict[str, dict[tuple[str, int], tuple[str, int, Post]]] = {}
        self._reported: list[str] = []

    def observe(self, seen: DeskObservation, desk: DeskContext) -> None:
        """Learn a closed minute."""
        case = desk.case
        if case is None or case.incident != self._case:
            self._board, self._reported, self._case = {}, [], case.incident if case else ""
        if case is None:
            return
        for post in desk.posts.fresh:
            if post.statement and not post.marks & Mark.PROMO and case.on_the_matter(post.marks, post.text):
                self._place(post, seen.minute, desk)
                self.at_rest = False

    def _place(self, post: OfficialPost, minute: int, desk: DeskContext) -> None:
        place = post.network, post.account
        for slot, value in slots(post.marks, post.text).items():
            stands = self._board.setdefault(slot, {}) if len(self._board) < MAX_SLOTS else self._board.get(slot)
            if stands is None or (place not in stands and len(stands) >= MAX_PLACES):
                continue
            known = stands.get(place)
            if slot == REFUND and known is not None and known[0] != value:
                self._contradict(slot, known[2], post.shown, minute + 1, desk)
            stands[place] = value, post.minute, post.shown
            desk.wake(post.minute + FOLLOW_MINUTES)

    def holds(self, now: int, desk: DeskContext) -> Fact | None:
        """Return the contradiction that holds, once the others had time to follow."""
        for slot, stands in sorted(self._board.items()):
            said = sorted(stands.values(), key=lambda item: (item[1], item[2]))
            for number, (value, _, post) in enumerate(said):
                for later_value, at, later in said[number + 1 :]:
                    forward = slot == STATUS and (value, later_value) == ("working", "resolved")
                    if value != later_value and not forward and now >= at + FOLLOW_MINUTES:
                        self._contradict(slot, post, later, now, desk)
        fact = super().holds(now, desk)
        self.at_rest = self.at_rest and not self._board
        return fact

    def _contradict(self, slot: str, first: Post, second: Post, now: int, desk: DeskContext) -> None:
        pair = f"{slot} {first.network} {first.id} {second.network} {second.id}"
        if pair in self._reported or len(self._reported) >= MAX_SLOTS * MAX_PLACES:
            return
        self._reported.append(pair)
        severity = WARNING if slot == REFUND or slot.startswith("money") else INFO
        self.occur(Fact(severity, now, None, (("slot", slot.split(maxsplit=1)[0]),), (first, second)), now, desk)

    def state(self) -> Any:
        """Return the state as plain numbers and strings."""
        board = [
            [slot, [[*place, *said] for place, said in sorted(stands.items())]]
            for slot, stands in sorted(self._board.items())
        ]
        return [super().state(), self._case, board, self._reported]

    def restore(self, state: Any) -> None:
        """Go on from a state."""
        latched, self._case, board, reported = state
        super().restore(latched)
        self._reported = list(reported)
        self._board = {
            slot: {(network, account): (value, at, Post(*post)) for network, account, value, at, post in stands}
            for slot, stands in board
        }
        self.at_rest = self.at_rest and not self._board
