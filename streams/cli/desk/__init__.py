"""The group `badbuzz desk`."""
