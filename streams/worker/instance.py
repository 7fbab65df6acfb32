"""The name of a worker: configured, or claimed by a lock file that the process holds."""

import contextlib
import fcntl
import hashlib
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from streams.errors import BrokerError
from streams.settings.config import Config

MAX_INSTANCES = 1000


@contextlib.contextmanager
def claimed_instance(config: Config) -> Iterator[str]:
    """Claim this worker's name: the configured one, or the host's name and the first number that is free here.

    A number is claimed by a file lock that ends with the process, however it ends: its next start claims it again.

    Raises
    ------
    BrokerError
        Every number is in use.

    Examples
    --------
    >>> from streams.settings.worker import WorkerSettings
    >>> with claimed_instance(Config(worker=WorkerSettings(instance="blue"))) as instance:
    ...     instance
    'blue'
    """
    if config.worker.instance:
        yield config.worker.instance
        return
    group = f"{config.kafka.bootstrap_servers}\0{config.kafka.topic_prefix}\0{config.kafka.scorer_group}"
    folder = Path(tempfile.gettempdir()) / f"badbuzz-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    host = socket.gethostname()
    for number in range(MAX_INSTANCES):
        lock = folder / f"{hashlib.sha256(group.encode()).hexdigest()[:16]}-{number}.lock"
        with lock.open("w") as file:
            if _locked(file):
                yield f"{host}-{number}"
                return
    raise BrokerError(f"{MAX_INSTANCES} workers run here already: name this one with BADBUZZ_WORKER_INSTANCE")


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
