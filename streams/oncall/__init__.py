"""What on-call people look at beside the alerts: Grafana's annotations, and checks that alerts get through."""
