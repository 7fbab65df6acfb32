"""Settings of a brand: its names, accounts, opening hours and planned events."""
