"""Official accounts of the brands on Bluesky: each under the name it is configured by, a DID or a handle.

The stream knows accounts by their DID alone. A handle is resolved once, and again when its account changes identity.
"""

from collections.abc import Awaitable, Callable, Iterable

Resolve = Callable[[str], Awaitable[str | None]]
"""The DID of a handle; `None`: not known now."""


class OfficialAccounts:
    """Official accounts by DID.

    Parameters
    ----------
    configured
        DIDs, and handles with or without `@`.

    Examples
    --------
    >>> accounts = OfficialAccounts(["did:plc:acme", "@acme.example"])
    >>> "did:plc:acme" in accounts, accounts.name("did:plc:somebody")
    (True, 'did:plc:somebody')
    >>> accounts.unresolved
    frozenset({'@acme.example'})
    """

    def __init__(self, configured: Iterable[str]) -> None:
        self._names = {name: name for name in configured if name.startswith("did:")}
        self._unresolved = {name for name in configured if not name.startswith("did:")}

    def __contains__(self, did: str) -> bool:
        return did in self._names

    def __bool__(self) -> bool:
        return bool(self._names or self._unresolved)

    @property
    def unresolved(self) -> frozenset[str]:
        """Handles whose DID is not known, or no longer certain."""
        return frozenset(self._unresolved)

    def name(self, did: str) -> str:
        """Return the name under which an account is configured, or its DID."""
        return self._names.get(did, did)

    def identity_changed(self, did: str) -> None:
        """Look the handle of an account up again, because the account may have passed it on."""
        name = self._names.get(did, did)
        if name != did:
            self._unresolved.add(name)

    async def resolve(self, resolve: Resolve) -> None:
        """Look up the DIDs of handles; one that is not known now stays unresolved, under its earlier DID if any."""
        for name in sorted(self._unresolved):
            did = await resolve(name.removeprefix("@"))
            if did is not None:
                self._names = {known: by for known, by in self._names.items() if by != name} | {did: name}
                self._unresolved.discard(name)
