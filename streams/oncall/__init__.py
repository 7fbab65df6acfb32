"""On-call tools beside the alerts: Grafana annotations, and checks that alerts reach people."""
