"""Grafana dashboards as code: what is drawn, the JSON it gives, and pushing it to a server."""
