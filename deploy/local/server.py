"""A server process on this machine: started on entry, stopped by its process id on exit, on a loopback port."""

from __future__ import annotations

import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LOOPBACK = "127.0.0.1"
# Below the ports that Linux lends to outgoing connections (from 32768): while a server is down for a restart, a client
# that keeps trying its port could otherwise be lent that very port and connect to itself.
PORTS = range(20_000, 32_700)
START_TIMEOUT_S = 60.0
POLL_INTERVAL_S = 0.05
LOG_TAIL_LINES = 15


class LocalServerError(RuntimeError):
    """A server is not installed, did not start, or has ended by itself; the message says why and gives the remedy."""


class LocalServer(ABC):
    """One server process, its log and its data in a folder of its own.

    Start it in the main thread: where ``setpriv`` is installed, the server ends with the thread that started it, so
    that a killed test run leaves no server behind.

    Parameters
    ----------
    home : Path, optional
        Folder of its log and data, created if missing and never removed, so that a later server can continue with it;
        by default a fresh folder that is removed by :meth:`stop`.
    port : int, optional
        Port it listens on; a free one by default.
    """

    name: ClassVar[str]
    stop_timeout_s: ClassVar[float] = 15.0
    environment: Mapping[str, str] | None = None

    def __init__(self, home: Path | None = None, port: int | None = None) -> None:
        self.port = port or free_port()
        self._named_home = home
        self._temporary_home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        """The folder of its log and data."""
        if self._named_home is not None:
            return self._named_home
        if self._temporary_home is None:
            self._temporary_home = Path(tempfile.mkdtemp(prefix=f"badbuzz-{self.name}-"))
        return self._temporary_home

    @property
    def log(self) -> Path:
        """The file with its output."""
        return self.home / f"{self.name}.log"

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def url(self) -> str:
        """Address of its HTTP interface, for those that have one."""
        return f"http://{self.address}"

    @property
    def pid(self) -> int | None:
        """Its process id, or None while it is not running."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return the command line."""

    @abstractmethod
    def ready(self) -> bool:
        """Return whether it serves requests."""

    def prepare(self) -> None:
        """Create its folder, and the files it needs in it, before each start."""
        self.home.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start it and wait until it serves; do nothing while it is running.

        Raises
        ------
        LocalServerError
            It is not installed, its port is in use, it ends, or it is not ready within a minute.
        """
        if self._process is not None:
            return
        if _in_use(self.port):
            raise LocalServerError(
                f"port {self.port} is in use: stop the process that listens there or choose another port"
            )
        try:
            self.prepare()
            command = [*_bound_to_parent(), *self.command()]
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603
                    command,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Ctrl-C in a terminal is for the parent, which then stops the server in order.
                    start_new_session=True,
                )
            self._await_ready()
        except BaseException:
            # Also where Ctrl-C cuts the wait short: leave no server behind.
            self.kill()
            self._remove_temporary_home()
            raise

    def check(self) -> None:
        """Raise :class:`LocalServerError`, with the end of its log, if it has ended by itself."""
        if self._process is None:
            raise LocalServerError(f"{self.name} has not been started")
        if self._process.poll() is not None:
            raise LocalServerError(f"{self.name} is not running; the end of its log:\n{self._log_tail()}")

    def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL); its data stays for :meth:`restart`."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def terminate(self) -> None:
        """End it in order (SIGTERM; SIGKILL after `stop_timeout_s`); its data stays for :meth:`restart`."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(self.stop_timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def restart(self) -> None:
        """Start it again on the same port and data, after ending it in order if it is running."""
        self.terminate()
        self.start()

    def stop(self) -> None:
        """End it and remove its folder, unless one was named; harmless when repeated."""
        if self._named_home is None:
            # Its data is removed: there is no need to flush it.
            self.kill()
            self._remove_temporary_home()
        else:
            self.terminate()

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.ready():
            self.check()
            if time.monotonic() > deadline:
                raise LocalServerError(
                    f"{self.name} was not ready within {START_TIMEOUT_S:.0f} s; the end of its log:\n{self._log_tail()}"
                )
            time.sleep(POLL_INTERVAL_S)

    def _log_tail(self) -> str:
        return tail(self.log.read_text(errors="replace"))

    def _remove_temporary_home(self) -> None:
        if self._temporary_home is not None:
            shutil.rmtree(self._temporary_home, ignore_errors=True)
            self._temporary_home = None


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on, a different one at each call.

    Raises
    ------
    LocalServerError
        All are in use.
    """
    for port in itertools.islice(_candidates, len(PORTS)):
        if not _in_use(port):
            return port
    raise LocalServerError(f"no free port between {PORTS.start} and {PORTS.stop}")


def _cycle_ports() -> Iterator[int]:
    # Processes that start together begin at different ports.
    offset = os.getpid() * 61
    for step in itertools.count():
        yield PORTS[(offset + step) % len(PORTS)]


_candidates = _cycle_ports()


def _in_use(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only lingering is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def answers(url: str) -> bool:
    """Return whether a GET request of our own server is answered with 200."""
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310  (our own loopback server)
            return bool(response.status == 200)
    except OSError:
        return False


def tail(text: str, lines: int = LOG_TAIL_LINES) -> str:
    """Return the last lines of a log."""
    return "\n".join(text.strip().splitlines()[-lines:])


def _bound_to_parent() -> list[str]:
    # It asks the kernel for a signal at the parent's end, then becomes the server: the pid is the server's.
    return ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
