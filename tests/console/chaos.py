"""Kill consoles at random moments while people act: every action is logged, and appears once.

`python -m tests.console.chaos --trials 100`
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from deploy.local.kafka import LocalKafka
from streams.console.state import DESK
from streams.console.views.overview import path
from streams.desk_log.action import DeskAction, decode_action
from streams.desk_log.fold import fold
from streams.kafka.clients import consumer_options
from streams.kafka.reading import read_to_end
from streams.kafka.topic_admin import create
from streams.settings.kafka import KafkaSettings, TopicSettings
from tests.helpers.console_process import ConsoleProcess, send
from tests.helpers.situations import records, situation

PEOPLE = 4
NOTES = 5
KILL_WITHIN_S = 0.25


class Result(NamedTuple):
    """What came of a trial: actions sent, answered as logged, in the fold once, and copies in the topic."""

    sent: int
    answered: int
    once: int
    copies: int
    shown: int

    @property
    def good(self) -> bool:
        return self.sent == self.answered == self.once == self.shown


class Chaos:
    """Trials on one console, whose log grows from trial to trial."""

    def __init__(self, settings: KafkaSettings, folder: Path, seed: int) -> None:
        self.settings = settings
        self.rng = random.Random(seed)
        self.shown = situation()
        create(settings, TopicSettings(rollups_partitions=1, mentions_partitions=1))
        send(settings, records(self.shown))
        self.console = ConsoleProcess(settings, folder / "console.log")
        self.console.start()
        self.console.wait_ready()

    def trial(self) -> Result:
        """Let people act, kill the console meanwhile, start it again, and count what is there."""
        act = path(self.shown.incident).replace("/incident/", "/act/")
        ids = [uuid.uuid4().hex for _ in range(PEOPLE * NOTES)]
        statuses: list[int] = []

        def person(own: list[str]) -> None:
            for name in own:
                form = {"kind": "note", "id": name, "seen": "0", "text": f"note {name}"}
                statuses.append(self.console.act(act, form))

        people = [threading.Thread(target=person, args=(ids[i::PEOPLE],)) for i in range(PEOPLE)]
        for each in people:
            each.start()
        time.sleep(self.rng.uniform(0, KILL_WITHIN_S))
        self.console.kill()
        self.console.start()
        for each in people:
            each.join()
        self.console.wait_ready()
        actions = self._actions()
        count = Counter(action.id for action in actions)
        folded = fold(actions)[self.shown.incident]
        once = Counter(action.id for action in folded.of_kind("note"))
        log = self.console.get(path(self.shown.incident).replace("/incident/", "/log/")) or ""
        return Result(
            len(ids),
            statuses.count(200),
            sum(once[name] == 1 for name in ids),
            sum(count[name] for name in ids) - len(ids),
            sum(log.count(f"note {name}") == 1 for name in ids),
        )

    def close(self) -> None:
        self.console.kill()

    def _actions(self) -> list[DeskAction]:
        consumer = KafkaConsumer(**consumer_options(self.settings, None))
        try:
            place = TopicPartition(self.settings.topic(DESK), 0)
            return [decode_action(record.value) for record in read_to_end(consumer, [place])]
        finally:
            consumer.close()


def main() -> int:
    """Run trials; print each, and how many were good in all."""
    parser = argparse.ArgumentParser(prog="python -m tests.console.chaos", description=main.__doc__)
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, LocalKafka() as broker:
        settings = KafkaSettings(bootstrap_servers=broker.bootstrap, topic_prefix=f"chaos{uuid.uuid4().hex[:8]}.")
        chaos = Chaos(settings, Path(folder), options.seed)
        results = []
        try:
            for number in range(options.trials):
                results.append(chaos.trial())
                print(json.dumps({"trial": number, "good": results[-1].good} | results[-1]._asdict()), flush=True)
        finally:
            chaos.close()
    good = sum(result.good for result in results)
    copies = sum(result.copies for result in results)
    actions = sum(result.sent for result in results)
    print(json.dumps({"trials": len(results), "good": good, "actions": actions, "copies in the topic": copies}))
    return int(good < len(results))


if __name__ == "__main__":
    sys.exit(main())
