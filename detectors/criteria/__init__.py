"""Criteria of an incident, one a file, and the judgement that combines them.

A criterion answers one question about a brand: does it hold by the minutes before this one, and which severity does it
ask for? Add one in these steps:

1. Name it in `detectors.severity`: a constant, also in `CRITERIA`. Events and metrics list it from there; the phrase
   that a person reads is in `streams.wording`.
2. Write it in a file of its own here, named as it is, and implement `detectors.criteria.criterion.Criterion`. Read
   windows from `RecentCounts`; a count that is not among its fields yet belongs in `detectors.fresh_voices`.
3. Put its thresholds in `detectors.settings.DetectorSettings`, each with its meaning: they become options of
   `badbuzz.toml`. Run `python -m streams.cli.reference` to list them in `docs/configuration.md`.
4. Add it to `Criteria.criteria` in `detectors.criteria.brand_criteria`: one line. The judgement takes the highest
   severity asked for, and leaves out a criterion that does not exceed an aftermath.
5. Test what it must and must not alert on, and that a restored one continues to the last digit
   (`tests/detectors/criteria/`). Replay the recorded incidents: `python -m tests.benchmarks.accuracy`.
6. Make it actionable: an alert rule in `deploy/prometheus/` and a runbook in `deploy/runbooks/`.
"""
