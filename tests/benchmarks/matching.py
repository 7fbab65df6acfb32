"""Microseconds a text: brands matched under all kinds of rules, at 1,000 and at 10,000 brands in the same run.

``python -m tests.benchmarks.matching [RUNS]`` prints a Markdown table: the least of some runs, in processor time of
this process alone. Half of the brands require a word, a quarter one within ten words, a third exclude a phrase; each
has three names, a handle and a hashtag. The texts are real ones of many languages where the shared records are, made up
otherwise; far more of them name a brand than in any stream, which mostly brings what names none.
"""

import gzip
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from itertools import islice

from streams.matching.folding import fold
from streams.matching.matcher import BrandMatcher
from streams.settings.brands.brand import BrandConfig
from streams.sources.source import Post
from tests.helpers.mentions import START
from tests.helpers.paths import SHARED

TEXTS = 10_000
BRANDS = (1_000, 10_000)
SYLLABLES = "ka ro mi te lo za vi ne su pa do ri be fu gan tor lex mon qui sha ver nix pol dra el ar"
REQUIRED = ("service", "app", "price", "never", "help")
KNOWN = "spotify jetblue united southwest comcast free orange sfr zomato steam apple delta netflix"


def made_up_names(rng: random.Random) -> Iterator[str]:
    """Yield the brands that the shared texts are about, then any number of made-up ones."""
    yield from KNOWN.split()
    syllables = SYLLABLES.split()
    while True:
        yield "".join(rng.choices(syllables, k=rng.randint(2, 4)))


def brands(count: int) -> dict[str, BrandConfig]:
    """Make up brands with all kinds of rules."""
    names: dict[str, None] = {}
    for name in made_up_names(random.Random(2)):
        names[name] = None
        if len(names) == count:
            break
    return {
        name: BrandConfig(
            names=(name, f"{name} support", f"le{name}"),
            handles=(name,),
            hashtags=(name,),
            exclude=(f"{name} pie",) if number % 3 == 0 else (),
            require=REQUIRED if number % 2 else (),
            within=10 if number % 4 == 1 else 0,
        )
        for number, name in enumerate(names)
    }


def texts() -> list[str]:
    """Return real texts in equal shares of the records, or made-up ones where there are none."""
    records = sorted((SHARED / "data" / "incidents").glob("*.jsonl.gz"))
    rng = random.Random(1)
    if not records:
        words = files("streams.matching").joinpath("common_words.toml").read_text(encoding="utf-8").split()
        named = (rng.choice(KNOWN.split()) if rng.random() < 0.2 else "" for _ in range(TEXTS))
        return [" ".join((*rng.choices(words, k=rng.randint(4, 30)), name)) for name in named]
    found: list[str] = []
    for file in records:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            every = [json.loads(line)["text"] for line in islice(lines, 20_000)]
        found += rng.sample(every, min(len(every), TEXTS // len(records)))
    rng.shuffle(found)
    return found


def cost(work: Callable[[], object], count: int, runs: int) -> float:
    """Return the least processor time of some runs, in microseconds a text."""
    tries = []
    for _ in range(runs):
        started = time.process_time()
        work()
        tries.append(time.process_time() - started)
    return min(tries) / count * 1e6


def row(count: int, posts: list[Post], runs: int) -> str:
    """Return the row of so many brands."""
    configuration = brands(count)
    started = time.process_time()
    matcher = BrandMatcher(configuration)
    build = time.process_time() - started
    silent = [post for post in posts if not matcher.names_something(post.text)]
    about = sum(bool(matcher.match(post, "bench")) for post in posts)
    cells = (
        f"{count:,}",
        f"{build * 1e3:.0f}",
        f"{cost(lambda: [fold(post.text) for post in posts], len(posts), runs):.1f}",
        f"{cost(lambda: [matcher.names_something(post.text) for post in posts], len(posts), runs):.1f}",
        f"{cost(lambda: [matcher.match(post, 'bench') for post in silent], len(silent), runs):.1f}",
        f"{cost(lambda: [matcher.match(post, 'bench') for post in posts], len(posts), runs):.1f}",
        f"{about / len(posts):.0%}",
    )
    return f"| {' | '.join(cells)} |"


def main(runs: int = 5) -> int:
    """Print the table."""
    posts = [Post(id=str(n), created_at=START, text=text) for n, text in enumerate(texts())]
    print("| brands | ms to build | folding | first look | match, names no brand | match, all | about a brand |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for count in BRANDS:
        print(row(count, posts, runs), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
