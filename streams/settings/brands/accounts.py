"""Accounts: the form in which official accounts are compared with authors, without case and `@`."""

import re
import unicodedata
from collections.abc import Iterable

_AT = re.compile(r"(^|:)@")


def folded_account(account: str) -> str:
    """Return an account in its compared form: case-folded, NFC, without the `@` before the name.

    Examples
    --------
    >>> folded_account("@FournilDeLise"), folded_account("mastodon:@Acme@social.example")
    ('fournildelise', 'mastodon:acme@social.example')
    """
    return unicodedata.normalize("NFC", _AT.sub(r"\1", account.strip(), count=1).casefold())


class Accounts:
    """A set of accounts, each as mentions have it or as `network:account`.

    Parameters
    ----------
    accounts
        As people write them.

    Examples
    --------
    >>> official = Accounts(["@Acme", "x:AcmeCare"])
    >>> official.has("x", "acme"), official.has("x", "@acmecare"), official.has("forum", "acmecare")
    (True, True, False)
    """

    def __init__(self, accounts: Iterable[str] = ()) -> None:
        self._accounts = frozenset(map(folded_account, accounts))

    def has(self, network: str, author: str | None) -> bool:
        """Return whether the author of a mention on a network is one of them."""
        if not self._accounts or not author:
            return False
        name = folded_account(author)
        return name in self._accounts or f"{network.casefold()}:{name}" in self._accounts
