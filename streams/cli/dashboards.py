"""The commands about Grafana: build the dashboards' JSON, push them to a server."""

from pathlib import Path

import click

from streams.errors import ConfigError
from streams.oncall.grafana import Grafana, grafana_token


@click.group()
def dashboards() -> None:
    """Build the Grafana dashboards, or push them to a server."""


@dashboards.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
def build(folder: Path | None) -> None:
    """Write the dashboards' JSON into FOLDER, or where it is kept."""
    from dashboards import build as building  # noqa: PLC0415  Grafana's builders take a moment to load

    try:
        for file in building.write(folder or building.JSON_DIR):
            click.echo(file)
    except OSError as error:
        raise ConfigError(f"expected a folder that can be written, got {folder}: {error.strerror}") from None


@dashboards.command()
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
def push(url: str, token_file: Path | None, prometheus_url: str, folder: str) -> None:
    """Push data source, folder and dashboards to a Grafana, over what is there of them."""
    from dashboards import push as pushing  # noqa: PLC0415
    from dashboards.build import build as built  # noqa: PLC0415

    grafana = Grafana(url, grafana_token(token_file))
    pushing.push_datasource(grafana, prometheus_url)
    pushing.push_folder(grafana, folder)
    for address in pushing.push_dashboards(grafana, built().values()):
        click.echo(address)
