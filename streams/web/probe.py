"""Health check of a container: exit status 0 where one of some addresses answers 200, else 1.

`python -m streams.web.probe URL...`: the image has no curl, and needs none.
"""

import http.client
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

TIMEOUT_S = 3.0


def healthy(url: str) -> bool:
    """Return whether an http address answers 200.

    Examples
    --------
    >>> healthy("http://127.0.0.1:1/healthz")
    False
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def main(urls: Sequence[str]) -> int:
    """Return the exit status for some addresses."""
    return 0 if any(healthy(url) for url in urls) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
