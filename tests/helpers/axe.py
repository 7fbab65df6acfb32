"""axe-core in a page of the console, by the debugging protocol: the page's policy allows no other script."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

from tests.helpers.consoles import Viewer


def violations(viewer: Viewer) -> list[str]:
    """Return what axe-core holds against the page that is open: the rule and the elements of each violation."""
    session = viewer.context.new_cdp_session(viewer.page)
    session.send("Runtime.evaluate", {"expression": AXE_SCRIPT})
    run = {"expression": "axe.run(document)", "awaitPromise": True, "returnByValue": True}
    result: dict[str, Any] = session.send("Runtime.evaluate", run)["result"]["value"]
    assert result["passes"], "axe found nothing to look at"
    return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in result["violations"]]
