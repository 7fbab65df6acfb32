"""Bursts and alarms in any one series of counts: what `badbuzz detect` runs."""
