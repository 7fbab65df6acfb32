"""Per-brand stream state: rollups in, incident events out; snapshots and the state store that persists them."""
