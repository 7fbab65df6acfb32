import subprocess
import sys

import pytest

import detectors


@pytest.mark.parametrize("name", detectors.__all__)
def test_every_exported_name_exists(name: str) -> None:
    assert getattr(detectors, name) is not None


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Burst'"):
        _ = detectors.Burst


def test_importing_the_package_imports_no_numerical_library() -> None:
    code = "import sys, detectors; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "scipy", "river"} & set(loaded)
