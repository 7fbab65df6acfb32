"""Reference pages generated from the code: docs/configuration.md, every option, and docs/metrics.md, every metric."""

from pathlib import Path

import click

from streams.cli.main import COMMANDS
from streams.cli.reference_schemas import FOLDER, pages
from streams.metrics.families import FAMILIES
from streams.settings.brands.brand import BrandConfig
from streams.settings.brands.planned import PlannedEvent
from streams.settings.config import OPTIONS
from streams.settings.metrics import LabelLimits
from streams.settings.options import described

_CONFIGURATION = """# Configuration

badbuzz reads `badbuzz.toml` of the working directory, or the file that `--config` or `BADBUZZ_CONFIG` names. Each
option is also an environment variable, which wins over the file; an option on the command line wins over both. Wrong
keys and values end with exit status 2 and a line each: where it was set, what was expected, what came, and the nearest
right name. A variable `BADBUZZ_...` that sets nothing is named, and fails nothing.
"""

_BRANDS = """## Brands

Every brand in the mentions is watched with the same thresholds. A table `[brands."NAME"]` describes one; it has no
environment variables.

```toml
timezone = "Europe/Paris"

[thresholds]
reach_least = 100000

[brands."3 Suisses"]
names = ["3suisses", "les 3 suisses"]
official_accounts = ["3suisses_fr"]

[brands."3 Suisses".weaknesses]
"promo code" = ["code promo", "29343"]
delivery = ["livraison", "colis"]

[brands."3 Suisses".thresholds]
warning_authors = 10
```
"""

_KUBERNETES_RULES = """# Made from deploy/prometheus/NAME.rules.yml for the Prometheus operator: make docs
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: NAME
  labels: {release: kube-prometheus-stack}
spec:
"""

_PLANNED = """## Planned events

What will be talked about without harm: a television spot, a sale. While only a surge is above usual in its window, the
watch says `planned` and its name. Growing negativity and a far-reaching negative post are reported as ever.

```toml
[[planned]]
brand = "3 Suisses"
name = "summer sale"
begins = 2026-06-24T08:00:00+02:00
ends = 2026-06-24T23:59:00+02:00
```
"""

_LIMITS = LabelLimits()
_METRICS = f"""# Metrics

Each worker serves these on `/metrics`; each collector (`badbuzz source run`) those of its sources, `badbuzz_source_*`;
`badbuzz live` both. They are in the text format or, where the scraper asks for it, OpenMetrics: counters of
mentions and the histogram of the latency then carry exemplars, the `mention_id` of one mention they counted.

Every series also has the label `installation`, the name that the option `installation` gives: two installations in one
Prometheus, such as production and staging, are never added up. Aggregate with `by (installation, ...)`.

Labels are bounded. At most {_LIMITS.brands} brands and {_LIMITS.networks} networks have series of their own, those of
the configuration first; later ones are counted together as `other`, and `badbuzz_label_overflow_total` counts how
often. A brand with an open incident has its own series even then: {_LIMITS.alarms} more are reserved for such brands,
and beyond these `badbuzz_incident_severity{{brand="other"}}` holds the worst severity, so that no crisis is lost. The
series of a brand or network without mentions for {_LIMITS.forget_days:g} days are removed. Only `badbuzz_incident_info`
carries words: one series a brand with an open incident, its texts cut and cleaned, replaced when they change.

How a brand answers, from `badbuzz_desk_signal` to `badbuzz_third_replies_total`, is exported for brands that were seen
to speak or have `official_accounts`: for others there is no figure rather than a good one. Its counters and the first
response times are totals of stored state, which a restart does not set back; that histogram has no sum.

Times are event times, in seconds since the epoch, unless it says wall clock. Where a brand moved from one worker to
another, both may export it for a moment: aggregate with `max by (installation, brand)`.
"""


def configuration_page() -> str:
    """Return the text of docs/configuration.md.

    Examples
    --------
    >>> "| `lateness_seconds` | `BADBUZZ_LATENESS_SECONDS` | int | 60 |" in configuration_page()
    True
    """
    rows = ["## Options", "", "| key | environment variable | type | default | meaning |", "|---|---|---|---|---|"]
    rows += [f"| `{o.key}` | `{o.variable}` | {o.type} | {_cell(o.default)} | {o.meaning} |" for o in OPTIONS]
    rows += [
        "",
        "## Options of the commands",
        "",
        "| command | option | environment variable | default | meaning |",
        "|---|---|---|---|---|",
    ]
    rows += [row for name in sorted(COMMANDS) for row in _command_rows(name, COMMANDS[name].load())]
    brand = [f"| `{key}` | {meaning} |" for key, meaning in described(BrandConfig).items()]
    head = ["| key | meaning |", "|---|---|"]
    planned = [f"| `{key}` | {meaning} |" for key, meaning in described(PlannedEvent).items()]
    return "\n".join([_CONFIGURATION, *rows, "", _BRANDS, *head, *brand, "", _PLANNED, *head, *planned, ""])


def metrics_page() -> str:
    """Return the text of docs/metrics.md.

    Examples
    --------
    >>> "| `badbuzz_duplicate_mentions_total` | counter |" in metrics_page()
    True
    """
    rows = [
        f"| `{f.name}` | {f.type} | {', '.join(f'`{label}`' for label in f.labels) or '-'} | {f.meaning} |"
        for f in FAMILIES
    ]
    return "\n".join([_METRICS, "| name | type | labels | meaning |", "|---|---|---|---|", *rows, ""])


def _command_rows(name: str, command: click.Command) -> list[str]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        subcommands = {sub: command.get_command(context, sub) for sub in command.list_commands(context)}
        return [row for sub, own in subcommands.items() if own for row in _command_rows(f"{name} {sub}", own)]
    rows = []
    for option in command.params:
        if isinstance(option, click.Option) and option.envvar:
            default = _cell(option.default) if isinstance(option.default, (str, float, Path)) else ""
            help_text = (option.help or "").split("  [")[0]
            rows.append(f"| `{name}` | `{option.opts[0]}` | `{option.envvar}` | {default} | {help_text} |")
    return rows


def _cell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def kubernetes_rules(name: str, rules: str) -> str:
    r"""Return the alert rules as a resource of the Prometheus operator.

    Parameters
    ----------
    name
        Of the resource.
    rules
        Text of deploy/prometheus/NAME.rules.yml.

    Examples
    --------
    >>> print(kubernetes_rules("badbuzz", "# About.\ngroups:\n  - name: a\n").splitlines()[-2:])
    ['  groups:', '    - name: a']
    """
    groups = rules[rules.index("groups:\n") :]
    return _KUBERNETES_RULES.replace("NAME", name) + "".join(
        f"  {line}\n" if line else "\n" for line in groups.splitlines()
    )


if __name__ == "__main__":
    Path("docs/configuration.md").write_text(configuration_page(), encoding="utf-8")
    Path("docs/metrics.md").write_text(metrics_page(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    for _name, _page in pages().items():
        (FOLDER / _name).write_text(_page, encoding="utf-8")
    for _rules in Path("deploy/prometheus").glob("*.rules.yml"):
        _name = _rules.name.removesuffix(".rules.yml")
        _resource = kubernetes_rules(_name, _rules.read_text(encoding="utf-8"))
        Path(f"deploy/kubernetes/{_name}.rules.yaml").write_text(_resource, encoding="utf-8")
