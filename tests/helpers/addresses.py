"""Addresses that hold secrets, as people write them into settings."""

SECRET = "S3cretPw"  # noqa: S105  made up
ADDRESSES = (
    f"http://ops:{SECRET}@127.0.0.1:9/grafana",
    f"https://ops:{SECRET}@127.0.0.1:9",
    f"http://127.0.0.1:9/a?token={SECRET}",
    f"http://127.0.0.1:9/a#{SECRET}",
    f"http://ops:{SECRET}/x@127.0.0.1:9",
    f"ftp://ops:{SECRET}@127.0.0.1",
    f"ops:{SECRET}@127.0.0.1:9092",
    f"wss://ops:{SECRET}@127.0.0.1:9/subscribe?key={SECRET}",
    f"ws://ops:{SECRET}@127.0.0.1:9",
    f"//ops:{SECRET}@127.0.0.1",
)
