"""A local Apache Kafka with TLS, SCRAM logins and access rights, as production clusters have them: for tests."""

from __future__ import annotations

import ssl
import subprocess
from typing import TYPE_CHECKING, Any

from deploy.local.kafka import HERE, LocalKafka
from deploy.local.server import LocalServerError, tail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MECHANISM = "SCRAM-SHA-512"
ADMIN = "admin"


class LocalSaslKafka(LocalKafka):
    """One broker over SASL_SSL, in which every user but `admin` has no rights until they are granted.

    Parameters
    ----------
    users : mapping of str to str
        Passwords by user name; one of them is `admin`, whom the broker logs in as.
    heap : str
        Heap of the JVM, in the form of ``-Xmx``.
    """

    name = "sasl-broker"
    # Later lines win over those of the same key.
    templates = ("server.properties", "sasl_server.properties")

    def __init__(self, users: Mapping[str, str], heap: str = "384m") -> None:
        super().__init__(heap=heap)
        self._users = dict(users)

    @property
    def keys(self) -> Path:
        """The folder of the certificates: `ca.pem` signed the broker's, `other-ca.pem` did not."""
        return self.home / "keys"

    def prepare(self) -> None:
        """Write the certificates, unless that was done before, and the rest as every local broker does."""
        if not self.keys.exists():
            script = [str(HERE / "keys.sh"), str(self.keys)]
            done = subprocess.run(script, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode != 0:
                raise LocalServerError(f"the keys could not be written (is openssl there?):\n{tail(done.stderr)}")
        super().prepare()

    def names(self) -> dict[str, str]:
        """Return what the templates are filled in with."""
        return super().names() | {"keys": str(self.keys), "admin_password": self._users[ADMIN]}

    def format_options(self) -> Sequence[str]:
        """Return the users, who are stored with the cluster's first metadata."""
        scram = (f"{MECHANISM}=[name={user},password={password}]" for user, password in self._users.items())
        return [part for user in scram for part in ("--add-scram", user)]

    def client_options(self) -> dict[str, Any]:
        """Return the keyword arguments with which kafka-python connects as `admin`."""
        return super().client_options() | {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": ADMIN,
            "sasl_plain_password": self._users[ADMIN],
            "ssl_context": ssl.create_default_context(cafile=str(self.keys / "ca.pem")),
        }
