"""Settings: `badbuzz.toml` and its environment variables, strictly validated."""
