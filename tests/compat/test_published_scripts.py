"""Scripts in ANNarchy's style run with the import changed, and give what ANNarchy gave."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import ranvier.compat.annarchy as ann

HERE = Path(__file__).resolve().parent


def loaded(name: str) -> ModuleType:
    """Return a module of this folder."""
    spec = importlib.util.spec_from_file_location(f"annarchy_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


scripts, more = loaded("scripts"), loaded("more_scripts")
RECORDED = json.loads((HERE / "data" / "annarchy_scripts.json").read_text())


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ann.clear()
    yield
    ann.clear()


@pytest.mark.filterwarnings("ignore:.*W401")  # rates held for a step, as ANNarchy holds them
@pytest.mark.parametrize("script", [*scripts.DETERMINISTIC, *more.DETERMINISTIC], ids=lambda f: f.__name__)
def test_deterministic_scripts_give_the_same(script: Any) -> None:
    """Values agree to the rounding of a few thousand steps; spikes fall into the same steps."""
    values, recorded = script(ann, 1), RECORDED[script.__name__]
    assert values.keys() == recorded.keys()
    for name, expected in recorded.items():
        if name == "spikes":
            assert list(values[name]) == expected
            assert expected, "a script that shows nothing"
        else:
            np.testing.assert_allclose(values[name], expected, rtol=1e-9, atol=1e-9, err_msg=name)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*W401")  # currents held for a step, as ANNarchy holds them
@pytest.mark.parametrize("script", [*scripts.RANDOM, *more.RANDOM], ids=lambda f: f.__name__)
def test_random_scripts_agree_over_ten_seeds(script: Any) -> None:
    """Means agree within three standard errors of their difference."""
    runs = []
    for seed in scripts.SEEDS:
        ann.clear()
        runs.append(script(ann, seed))
    for name in runs[0]:
        ours = np.array([run[name] for run in runs])
        theirs = np.array([run[name] for run in RECORDED[script.__name__]])
        error = np.sqrt((ours.var(ddof=1) + theirs.var(ddof=1)) / len(scripts.SEEDS))
        assert abs(ours.mean() - theirs.mean()) < 3 * error, (name, ours.mean(), theirs.mean(), error)
