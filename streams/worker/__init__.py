"""The long-running processes: `badbuzz worker` with its scorer (`scorer_worker`), its watcher (`watcher`), or both.

The scorer consumes `mentions` and produces `rollups`; the watcher consumes `rollups` and produces `incidents`.
"""
