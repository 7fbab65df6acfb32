"""The case: the answering of one incident, from its warning to a statement on the matter or the end of its hours."""

from __future__ import annotations

from typing import Any

import msgspec

from streams.mentions.marks.mark import ON_THE_MATTER, Mark
from streams.mentions.text import extract_terms

MAX_NETWORKS = 20
REST = "others"
TERMS_ON_THE_MATTER = 2
REPEATED_LEAST = 5
"""Replies of an hour with one beginning that stand for a statement."""
MAX_LEADS = 128
_ON_THE_MATTER = int(ON_THE_MATTER)


class Case(msgspec.Struct, array_like=True):
    """One incident's answering; times are minutes since the epoch, 0 for not yet.

    Parameters
    ----------
    incident
        Id of the incident that opened it.
    opened, since
        When it opened, and when the incident began.
    calm_at
        When the incident ended.
    critical_at
        When the incident became critical.
    severity
        Of the incident.
    terms
        The terms that spread in the incident.
    first_word_at, matter_at
        The first official word of any kind, and the latest on the matter.
    statement_at
        The first statement on the matter.
    spoken
        By network, the first word on the matter there.
    leader_at
        The first word of a leader.
    update_due
        By when the brand has said that it will say more.
    answered
        Customers answered in public with more than an invitation to a private message; at most five are held.
    negatives
        Customers' negatives by network since it opened.
    suspended
        Whether the incident is a flood of copies: its deadlines do not run.
    said
        Marks of what was said in public.
    leads
        Public replies of the last hour with more than an invitation: network, first words, minute; at most `MAX_LEADS`.
    """

    incident: str
    opened: int
    since: int
    calm_at: int = 0
    critical_at: int = 0
    severity: str = "warning"
    terms: list[str] = []
    first_word_at: int = 0
    matter_at: int = 0
    statement_at: int = 0
    spoken: dict[str, int] = {}
    leader_at: int = 0
    update_due: int = 0
    answered: list[int] = []
    negatives: dict[str, int] = {}
    suspended: bool = False
    said: int = 0
    leads: list[tuple[str, int, int]] = []

    def on_the_matter(self, marks: int, text: str = "") -> bool:
        """Return whether an official text speaks of what happened: by its marks, or by two terms that spread.

        Examples
        --------
        >>> case = Case("Acme/1", 1, 1, terms=["battery", "recall"])
        >>> case.on_the_matter(0, "Battery recall: what to do"), case.on_the_matter(0, "Win a battery")
        (True, False)
        """
        if marks & _ON_THE_MATTER:
            return True
        if not text or marks & Mark.PRIVATE or len(self.terms) < TERMS_ON_THE_MATTER:
            return False
        return len(set(extract_terms(text)).intersection(self.terms)) >= TERMS_ON_THE_MATTER

    def speak(self, network: str, minute: int, marks: int) -> None:
        """Note a public word on the matter."""
        self.matter_at = max(self.matter_at, minute)
        if network not in self.spoken and len(self.spoken) < MAX_NETWORKS:
            self.spoken[network] = minute
        self.said |= marks
        self.update_due = 0

    def repeat(self, network: str, lead: int, minute: int) -> bool:
        """Note a reply; return whether so many of the last hour begin with its words that they are a statement.

        Examples
        --------
        >>> case = Case("Acme/1", 1, 1)
        >>> [case.repeat("forum", 7, minute) for minute in range(5)]
        [False, False, False, False, True]
        """
        self.leads = [item for item in self.leads if minute - item[2] < 60][-MAX_LEADS:]
        self.leads.append((network, lead, minute))
        return sum(item[:2] == (network, lead) for item in self.leads) >= REPEATED_LEAST

    def count_negatives(self, network: str, count: int) -> None:
        """Count customers' negatives on a network; networks beyond `MAX_NETWORKS` are counted together."""
        if network not in self.negatives and len(self.negatives) >= MAX_NETWORKS:
            network = REST
        self.negatives[network] = self.negatives.get(network, 0) + count

    @property
    def outcome(self) -> str:
        """How it was answered: `answered`, `partly` (single replies alone) or `unanswered`."""
        if self.statement_at:
            return "answered"
        return "partly" if self.matter_at or self.answered else "unanswered"


def case_from(state: Any) -> Case | None:
    """Return a case from its state."""
    return None if state is None else msgspec.convert(state, Case)
