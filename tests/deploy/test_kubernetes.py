"""What `kubectl apply -k deploy/kubernetes` would create is valid, hardened, and true to the rest of the repository."""

import shutil
import subprocess
from typing import Any

import kubernetes_validate
import pytest
import yaml

from streams.cli.reference import kubernetes_rules
from streams.settings.config import OPTIONS, parse
from tests.helpers.paths import DEPLOY

OURS = {"StatefulSet", "PodDisruptionBudget", "Service", "ConfigMap"}


@pytest.fixture(scope="module")
def objects() -> list[dict[str, Any]]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed: it builds deploy/kubernetes")
    done = subprocess.run([kubectl, "kustomize", str(DEPLOY / "kubernetes")], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return list(yaml.safe_load_all(done.stdout))


def squeezed(value: Any) -> Any:
    """The same with each run of blanks as one."""
    if isinstance(value, dict):
        return {key: squeezed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [squeezed(each) for each in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def of_kind(objects: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [each for each in objects if each["kind"] == kind]


def test_every_object_is_valid_by_the_schemas_of_kubernetes(objects: list[dict[str, Any]]) -> None:
    for each in objects:
        if each["kind"] in OURS:
            kubernetes_validate.validate(each, "1.31", strict=True)
    custom = {each["kind"] for each in objects} - OURS
    assert custom == {"PodMonitor", "PrometheusRule"}  # the operator's: their schemas are not Kubernetes' own


def test_every_container_runs_as_a_numeric_user_without_rights_or_a_writable_root(
    objects: list[dict[str, Any]],
) -> None:
    sets = of_kind(objects, "StatefulSet")
    assert {each["metadata"]["name"] for each in sets} == {"badbuzz-worker", "badbuzz-collector"}
    for each in sets:
        pod = each["spec"]["template"]["spec"]
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] == 10001
        for container in pod["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]


def test_probes_reach_what_the_process_serves(objects: list[dict[str, Any]]) -> None:
    for each in of_kind(objects, "StatefulSet"):
        [container] = each["spec"]["template"]["spec"]["containers"]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        variables = {variable["name"]: variable.get("value") for variable in container["env"]}
        assert variables["BADBUZZ_METRICS_HOST"] == "0.0.0.0"  # noqa: S104
        key = "metrics_port" if container["name"] == "worker" else "source.metrics_port"
        [default] = [option.default for option in OPTIONS if option.key == key]
        assert ports["metrics"] == default
        for probe, path in (("startup", "/healthz"), ("liveness", "/healthz"), ("readiness", "/readyz")):
            assert container[f"{probe}Probe"]["httpGet"] == {"path": path, "port": "metrics"}


def test_variables_are_options_of_badbuzz_and_the_configuration_is_valid(objects: list[dict[str, Any]]) -> None:
    known = {option.variable for option in OPTIONS}
    for each in of_kind(objects, "StatefulSet"):
        [container] = each["spec"]["template"]["spec"]["containers"]
        assert {variable["name"] for variable in container["env"]} <= known
    [config] = [each for each in of_kind(objects, "ConfigMap") if "badbuzz.toml" in each["data"]]
    assert parse(config["data"]["badbuzz.toml"], {}).kafka.security_protocol == "SASL_SSL"


def test_every_dashboard_is_a_config_map_that_grafana_finds(objects: list[dict[str, Any]]) -> None:
    maps = [
        each for each in of_kind(objects, "ConfigMap") if each["metadata"].get("labels", {}).get("grafana_dashboard")
    ]
    names = {name for each in maps for name in each["data"]}
    assert names == {path.name for path in (DEPLOY.parent / "dashboards" / "json").glob("*.json")}
    assert {each["metadata"]["labels"]["grafana_dashboard"] for each in maps} == {"1"}


def test_the_operators_rules_are_those_of_prometheus(objects: list[dict[str, Any]]) -> None:
    resources = {rules["metadata"]["name"]: rules["spec"] for rules in of_kind(objects, "PrometheusRule")}
    sources = {path.name.removesuffix(".rules.yml"): path for path in (DEPLOY / "prometheus").glob("*.rules.yml")}
    assert resources.keys() == sources.keys()
    for name, path in sources.items():
        source = path.read_text(encoding="utf-8")
        made = (DEPLOY / "kubernetes" / f"{name}.rules.yaml").read_text(encoding="utf-8")
        assert made == kubernetes_rules(name, source), "run: make docs"
        # Kustomize breaks long expressions otherwise; blanks mean nothing in them.
        assert squeezed(resources[name]) == squeezed(yaml.safe_load(source))


def test_selectors_find_the_pods(objects: list[dict[str, Any]]) -> None:
    pods = [each["spec"]["template"]["metadata"]["labels"] for each in of_kind(objects, "StatefulSet")]
    [monitor] = of_kind(objects, "PodMonitor")
    [budget] = of_kind(objects, "PodDisruptionBudget")
    selectors = [service["spec"]["selector"] for service in of_kind(objects, "Service")]
    assert all(monitor["spec"]["selector"]["matchLabels"].items() <= pod.items() for pod in pods)
    for selector in (budget["spec"]["selector"]["matchLabels"], *selectors):
        assert sum(selector.items() <= pod.items() for pod in pods) == 1
