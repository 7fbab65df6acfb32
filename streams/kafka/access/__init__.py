"""Access to the broker: how clients log in, which rights they need, and why a connection fails."""
