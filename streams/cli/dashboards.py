"""`badbuzz dashboards`: build the JSON of the Grafana dashboards, or push them to a server."""

from pathlib import Path

import click

from dashboards.build import JSON_DIR, build, write
from dashboards.push import push_dashboards, push_datasource, push_folder
from streams.errors import ConfigError
from streams.oncall.grafana import Grafana, grafana_token


@click.group()
def dashboards_group() -> None:
    """Build the Grafana dashboards, or push them to a server."""


@dashboards_group.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def build_command(folder: Path | None) -> None:
    """Write the dashboards' JSON into FOLDER, by default where the repository has it."""
    if folder is None and "site-packages" in JSON_DIR.parts:
        raise ConfigError("expected the FOLDER to write to, got none: `badbuzz dashboards build dashboards`")
    try:
        for file in write(folder or JSON_DIR):
            click.echo(file)
    except OSError as error:
        raise ConfigError(f"expected a folder that can be written, got {folder}: {error.strerror}") from None


@dashboards_group.command()
@click.option("--url", required=True, envvar="BADBUZZ_GRAFANA_URL", help="Where Grafana is.")
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="BADBUZZ_GRAFANA_TOKEN_FILE",
    help="File with the token of a service account; or the token itself in BADBUZZ_GRAFANA_TOKEN.",
)
@click.option(
    "--prometheus-url",
    default="http://localhost:9090",
    show_default=True,
    envvar="BADBUZZ_PROMETHEUS_URL",
    help="Where Grafana reaches Prometheus.",
)
@click.option(
    "--folder", default="badbuzz", show_default=True, envvar="BADBUZZ_GRAFANA_FOLDER", help="Title of their folder."
)
def push_command(url: str, token_file: Path | None, prometheus_url: str, folder: str) -> None:
    """Push data source, folder and dashboards to a Grafana, replacing earlier versions."""
    grafana = Grafana(url, grafana_token(token_file))
    push_datasource(grafana, prometheus_url)
    push_folder(grafana, folder)
    for address in push_dashboards(grafana, build().values()):
        click.echo(address)
