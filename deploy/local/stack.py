"""The whole stack on this machine without containers: Kafka, a worker, Prometheus, Alertmanager, all on loopback.

Configured from `deploy/`; only addresses are changed, and the receivers: what people would be sent is printed here. In
the foreground until Ctrl-C::

    python -m deploy.local.stack

Grafana is not part of it: no package of it is to be had here. `deploy/compose.yaml` has it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from deploy.local.kafka import KafkaUnavailableError, LocalKafka
from deploy.local.prometheus import (
    LOOPBACK,
    LocalAlertmanager,
    LocalPrometheus,
    PrometheusUnavailableError,
    binary,
    free_port,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEPLOY = Path(__file__).parents[1]
BADBUZZ = Path(sys.executable).with_name("badbuzz")
READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0


class Notification(NamedTuple):
    """What a person was sent: when it came (seconds since the epoch), to whom, its title and its text."""

    at: float
    receiver: str
    title: str
    text: str


class Inbox:
    """Takes what Alertmanager sends, in the form it sends to Slack: rendered by the templates.

    Parameters
    ----------
    told
        Called with each message.
    """

    def __init__(self, told: Callable[[Notification], None] = lambda _: None) -> None:
        self.messages: list[Notification] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                for part in body.get("attachments", ()):
                    message = Notification(
                        time.time(), self.path.strip("/"), part.get("title", ""), part.get("text", "")
                    )
                    inbox.messages.append(message)
                    told(message)
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Every message is told already."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def local_alertmanager(folder: Path, inbox: str, *, quick: bool = False) -> Path:
    """Write deploy/alertmanager with every receiver sending to one address.

    Parameters
    ----------
    folder
        Where to.
    inbox
        An `Inbox`'s address; the receiver's name is added as the path.
    quick
        Tell what changed in a group after 2 s instead of a minute: for tests.
    """
    source = DEPLOY / "alertmanager"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    text = (source / "alertmanager.yml").read_text(encoding="utf-8")
    head, _, receivers = text.partition("\nreceivers:\n")
    if quick:
        head = head.replace("group_interval: 1m", "group_interval: 2s")
    lines = [head, "receivers:"]
    for name in re.findall(r"^  - name: (\S+)$", receivers, re.MULTILINE):
        lines += [
            f"  - name: {name}",
            "    slack_configs:",
            f"      - api_url: {inbox}/{name}",
            f"        channel: {name}",
            "        send_resolved: true",
            "        title: '{{ template \"badbuzz.subject\" . }}'",
            "        text: '{{ template \"badbuzz.text\" . }}'",
        ]
    path = folder / "alertmanager.yml"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    return path


def local_prometheus(folder: Path, worker: str, alertmanager: str, *, quick: bool = False) -> Path:
    """Write deploy/prometheus with the addresses of this machine.

    Parameters
    ----------
    folder
        Where to.
    worker, alertmanager
        Host and port of each.
    quick
        Scrape and evaluate each second, and let alerts end at once: for tests.
    """
    source = DEPLOY / "prometheus"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    path, rules = folder / "prometheus.yml", folder / "badbuzz.rules.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("worker:9464", worker).replace("alertmanager:9093", alertmanager)
    if quick:
        text = text.replace("_interval: 5s", "_interval: 1s")
        ended = rules.read_text(encoding="utf-8").replace("keep_firing_for: 2m", "keep_firing_for: 2s")
        rules.write_text(ended, encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return path


class LocalStack:
    """Everything, started on entry and stopped by process id on exit.

    Parameters
    ----------
    quick
        Short intervals, for tests.
    told
        Called with each message a person would be sent.
    environment
        Options of the worker beside those of this machine: `BADBUZZ_...`.

    Attributes
    ----------
    kafka, prometheus, alertmanager, inbox
        The parts.
    """

    def __init__(
        self,
        *,
        quick: bool = False,
        told: Callable[[Notification], None] = lambda _: None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.quick = quick
        self.told = told
        self.kafka = LocalKafka()
        self.home = Path(tempfile.mkdtemp(prefix="badbuzz-stack-"))
        self.worker_port = free_port()
        self._more = environment or {}
        self._stack = ExitStack()
        self.inbox: Inbox
        self.prometheus: LocalPrometheus
        self.alertmanager: LocalAlertmanager

    @property
    def environment(self) -> dict[str, str]:
        """What commands need to use this stack."""
        return {
            **os.environ,
            "BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap,
            "BADBUZZ_METRICS_PORT": str(self.worker_port),
            **self._more,
        }

    def __enter__(self) -> Self:
        binary("prometheus"), binary("alertmanager")  # told before anything starts
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def badbuzz(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of badbuzz against this stack to its end."""
        command = [str(BADBUZZ), *arguments]
        return subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)  # noqa: S603

    def _start(self) -> None:
        self._stack.callback(shutil.rmtree, self.home, ignore_errors=True)
        self._stack.enter_context(self.kafka)
        self.badbuzz("topics", "create")
        self.inbox = Inbox(self.told)
        self._stack.callback(self.inbox.close)
        self._start_worker()
        config = local_alertmanager(self.home / "alertmanager", self.inbox.url, quick=self.quick)
        self.alertmanager = self._stack.enter_context(LocalAlertmanager(config))
        config = local_prometheus(
            self.home / "prometheus",
            f"{LOOPBACK}:{self.worker_port}",
            f"{LOOPBACK}:{self.alertmanager.port}",
            quick=self.quick,
        )
        self.prometheus = self._stack.enter_context(LocalPrometheus(config))

    def _start_worker(self) -> None:
        log = self._stack.enter_context((self.home / "worker.log").open("ab"))
        bound = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        command = [*bound, str(BADBUZZ), "worker"]
        worker = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)  # noqa: S603
        self._stack.callback(_end, worker)
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not self._worker_ready():
            if worker.poll() is not None or time.monotonic() > deadline:
                end = (self.home / "worker.log").read_text(errors="replace").splitlines()[-5:]
                raise PrometheusUnavailableError("the worker did not become ready:\n" + "\n".join(end))
            time.sleep(0.1)

    def _worker_ready(self) -> bool:
        try:
            address = f"http://{LOOPBACK}:{self.worker_port}/readyz"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Run the stack in the foreground until Ctrl-C or SIGTERM; 0 at an orderly end, 2 where it cannot start."""
    argparse.ArgumentParser(prog="python -m deploy.local.stack", description=main.__doc__).parse_args(argv)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())

    def tell(message: Notification) -> None:
        if message.receiver != "dead-mans-switch":
            print(f"\n--- to {message.receiver}: {message.title}\n{message.text}", flush=True)

    try:
        with LocalStack(told=tell) as stack:
            print(
                f"Kafka         {stack.kafka.bootstrap}\n"
                f"worker        http://{LOOPBACK}:{stack.worker_port}/metrics\n"
                f"Prometheus    {stack.prometheus.url}/alerts\n"
                f"Alertmanager  {stack.alertmanager.url}\n\n"
                "Send it a record, in another terminal:\n"
                f"  BADBUZZ_KAFKA_BOOTSTRAP_SERVERS={stack.kafka.bootstrap} badbuzz replay --to-kafka FILE\n"
                "What people would be sent is printed here; Ctrl-C ends it.",
                flush=True,
            )
            while not stopping.wait(1.0):
                for server in (stack.kafka, stack.prometheus, stack.alertmanager):
                    server.check()
    except (KafkaUnavailableError, PrometheusUnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    print("stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
