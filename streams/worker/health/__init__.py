"""Health of a worker: what each stage has done, what its client lost, and the answers of liveness and readiness."""
