"""Burst detection in any one series of counts, as `badbuzz detect` runs it."""
