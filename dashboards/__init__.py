"""Grafana dashboards as code: their panels, the JSON built from them, and pushing it to a server."""
