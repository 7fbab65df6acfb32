"""Push data source, folder and dashboards to a Grafana server; existing ones are updated."""

import json
from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from streams.errors import GrafanaError
from streams.oncall.grafana import DATASOURCE_UID, FOLDER_UID, Grafana


def push_datasource(grafana: Grafana, prometheus_url: str) -> None:
    """Create or update the data source that the dashboards query; a provisioned one stays as it is."""
    datasource = {
        "uid": DATASOURCE_UID,
        "name": "badbuzz",
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus_url,
        "jsonData": {"httpMethod": "POST", "timeInterval": "5s"},
    }
    path = f"/datasources/uid/{DATASOURCE_UID}"
    existing = grafana.find(lambda: grafana.client.api.GET(path))
    if existing is None:
        grafana.call(lambda: grafana.client.datasource.create_datasource(datasource))
    elif not existing.get("readOnly"):
        grafana.call(lambda: grafana.client.api.PUT(path, json=datasource))


def push_folder(grafana: Grafana, title: str = "badbuzz") -> None:
    """Create the folder of the dashboards unless it exists."""
    if grafana.find(lambda: grafana.client.folder.get_folder(FOLDER_UID)) is None:
        try:
            grafana.call(lambda: grafana.client.folder.create_folder(title, uid=FOLDER_UID))
        except GrafanaError as error:
            # Created by another client meanwhile.
            if error.status not in {409, 412}:
                raise


def push_dashboards(grafana: Grafana, dashboards: Iterable[str]) -> list[str]:
    """Create or update dashboards in the folder.

    Parameters
    ----------
    grafana
        The server.
    dashboards
        The JSON of each.

    Returns
    -------
    list of str
        The URL of each.
    """
    urls = []
    for text in dashboards:
        dashboard = json.loads(text)
        request = {"dashboard": dashboard, "folderUid": FOLDER_UID, "overwrite": True, "message": "badbuzz"}
        response = grafana.call(partial(grafana.client.dashboard.update_dashboard, request))
        urls.append(page(grafana.url, str((response or {}).get("url", f"/d/{dashboard['uid']}"))))
    return urls


def page(grafana_url: str, path: str) -> str:
    """Return the address of a page by the path that Grafana gives, which holds the path it is served under.

    Examples
    --------
    >>> page("http://h/monitoring", "/monitoring/d/badbuzz"), page("http://h/monitoring", "/d/badbuzz")
    ('http://h/monitoring/d/badbuzz', 'http://h/monitoring/d/badbuzz')
    """
    prefix = urlsplit(grafana_url).path.rstrip("/")
    return grafana_url + (path.removeprefix(prefix) if prefix and path.startswith(f"{prefix}/") else path)
