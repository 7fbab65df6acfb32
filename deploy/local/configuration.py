"""The deployed configuration of Prometheus and Alertmanager, with the addresses and receivers of this machine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

DEPLOY = Path(__file__).parents[1]


def local_alertmanager(folder: Path, inbox: str, *, quick: bool = False) -> Path:
    """Write deploy/alertmanager with every receiver sending to one inbox.

    Parameters
    ----------
    folder
        Folder to write into.
    inbox
        Address of an `Inbox`; the receiver's name is appended as the path.
    quick
        Notify of changes within a group after 2 s instead of a minute: for tests.

    Returns
    -------
    Path
        The `alertmanager.yml`.
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


def local_prometheus(folder: Path, targets: str, alertmanager: str, *, quick: bool = False) -> Path:
    """Write deploy/prometheus with the addresses of this machine.

    Parameters
    ----------
    folder
        Folder to write into.
    targets
        Host and port of each worker and collector, separated by commas.
    alertmanager
        Its host and port.
    quick
        Scrape and evaluate each second, and resolve alerts at once: for tests.

    Returns
    -------
    Path
        The `prometheus.yml`.
    """
    source = DEPLOY / "prometheus"
    shutil.copytree(source, folder, dirs_exist_ok=True)
    path = folder / "prometheus.yml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("worker:9464, collector:9466", targets).replace("alertmanager:9093", alertmanager)
    if quick:
        text = text.replace("_interval: 5s", "_interval: 1s")
        for rules in folder.glob("*.rules.yml"):
            resolving = rules.read_text(encoding="utf-8").replace("keep_firing_for: 2m", "keep_firing_for: 2s")
            rules.write_text(resolving, encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return path
