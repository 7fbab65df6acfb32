"""Pushing to a Grafana server: data source, folder and dashboards, over what is there of them."""

import json
from collections.abc import Iterable
from functools import partial

from streams.errors import GrafanaError
from streams.oncall.grafana import DATASOURCE_UID, FOLDER_UID, Grafana


def push_datasource(grafana: Grafana, prometheus_url: str) -> None:
    """Create the data source the dashboards query, or point it at this Prometheus; leave a provisioned one alone."""
    wanted = {
        "uid": DATASOURCE_UID,
        "name": "badbuzz",
        "type": "prometheus",
        "access": "proxy",
        "url": prometheus_url,
        "jsonData": {"httpMethod": "POST", "timeInterval": "5s"},
    }
    path = f"/datasources/uid/{DATASOURCE_UID}"
    found = grafana.find(lambda: grafana.face.api.GET(path))
    if found is None:
        grafana.ask(lambda: grafana.face.datasource.create_datasource(wanted))
    elif not found.get("readOnly"):
        grafana.ask(lambda: grafana.face.api.PUT(path, json=wanted))


def push_folder(grafana: Grafana, title: str = "badbuzz") -> None:
    """Create the folder of the dashboards unless it is there."""
    if grafana.find(lambda: grafana.face.folder.get_folder(FOLDER_UID)) is None:
        try:
            grafana.ask(lambda: grafana.face.folder.create_folder(title, uid=FOLDER_UID))
        except GrafanaError as error:
            # Somebody else has just created it.
            if error.status not in {409, 412}:
                raise


def push_dashboards(grafana: Grafana, boards: Iterable[str]) -> list[str]:
    """Write dashboards into the folder, over what is there.

    Parameters
    ----------
    grafana
        The server.
    boards
        The JSON of each.

    Returns
    -------
    list of str
        The address of each.
    """
    addresses = []
    for text in boards:
        board = json.loads(text)
        request = {"dashboard": board, "folderUid": FOLDER_UID, "overwrite": True, "message": "badbuzz"}
        answer = grafana.ask(partial(grafana.face.dashboard.update_dashboard, request))
        addresses.append(grafana.url + str((answer or {}).get("url", f"/d/{board['uid']}")))
    return addresses
