"""NEST itself, run in its own interpreter: experiments that were not recorded, and the recorded ones again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from nest_cases import CELLS, DT, POST, PRE, SYNAPSES, experiment, live_experiments
from our_side import cell, synapse

HERE = Path(__file__).parent
#: Linear below threshold, and NEST's Euler steps: both sides are exact, so only rounding is left.
EXACT = ("iaf_psc_delta", "iaf_psc_exp", "iaf_psc_alpha", "mat2_psc_exp", "izhikevich")


def spike_trains(seed: int) -> list[list[float]]:
    """Return two trains of 15 spikes on the grid of steps."""
    rng = np.random.default_rng(seed)
    return [(np.sort(rng.choice(np.arange(10, 950), 15, replace=False)) * DT).round(1).tolist() for _ in range(2)]


def synapse_plan() -> dict[str, dict[str, Any]]:
    made = {}
    for model, case in SYNAPSES.items():
        base = dict(model=model, weight=case["weight"], params=case["params"])
        made[f"{model}/recorded"] = {**base, "pre_times": PRE, "post_times": POST, "delay": 1.0}
        for seed, delay in ((1, 0.5), (2, 2.3)):
            pre, post = spike_trains(seed)
            made[f"{model}/{seed}"] = {**base, "pre_times": pre, "post_times": post, "delay": delay}
    return made


def cell_plan() -> dict[str, dict[str, Any]]:
    made = {f"{model}/spiking": experiment(model, "spiking") for model in CELLS}
    return made | {f"{model}/{name}": e for model in CELLS for name, e in live_experiments(model).items()}


def nest_python() -> str | None:
    """Return an interpreter that has NEST: this one, or the one that RANVIER_NEST_PYTHON names."""
    for candidate in (sys.executable, os.environ.get("RANVIER_NEST_PYTHON")):
        if candidate and not subprocess.run([candidate, "-c", "import nest"], capture_output=True).returncode:
            return candidate
    return None


@pytest.fixture(scope="module")
def nest(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What NEST records of both plans."""
    python = nest_python()
    if python is None:
        pytest.skip("no interpreter with NEST: set RANVIER_NEST_PYTHON")
    path = tmp_path_factory.mktemp("nest") / "live.npz"
    plan = json.dumps({"cells": cell_plan(), "synapses": synapse_plan()})
    script = str(HERE / "record_nest.py")
    done = subprocess.run([python, script, str(path)], input=plan, capture_output=True, text=True, cwd=path.parent)
    assert done.returncode == 0, done.stderr
    return np.load(path)


@pytest.mark.long
@pytest.mark.parametrize("name", ["current step", "one spike", "refractoriness"])
@pytest.mark.parametrize("model", CELLS)
def test_neurons(model: str, name: str, nest: Any) -> None:
    ours = cell(**live_experiments(model)[name])
    np.testing.assert_array_equal(ours["spikes"], nest[f"{model}/{name}/spikes"])
    assert (ours["spikes"].size > 1) == (name == "refractoriness") or model.startswith("hh_")
    for variable in CELLS[model]["record"]:
        theirs = nest[f"{model}/{name}/{variable}"][: ours[variable].size]
        tolerance = 1e-6 if model in EXACT else 1e-3
        np.testing.assert_allclose(ours[variable], theirs, rtol=0, atol=tolerance, err_msg=variable)


@pytest.mark.long
@pytest.mark.parametrize("trains", ["recorded", "1", "2"])
@pytest.mark.parametrize("model", SYNAPSES)
def test_synapses(model: str, trains: str, nest: Any) -> None:
    ours, theirs = synapse(**synapse_plan()[f"{model}/{trains}"]), nest[f"{model}/{trains}"]
    assert np.ptp(ours) > 0.01 * np.abs(ours).max()
    np.testing.assert_allclose(ours, theirs[: ours.size], rtol=1e-5, atol=1e-12)


@pytest.mark.long
def test_recorded_data_are_those_of_nest(nest: Any) -> None:
    cells, synapses = np.load(HERE / "data" / "cells.npz"), np.load(HERE / "data" / "synapses.npz")
    for model in CELLS:
        for name in (*CELLS[model]["record"], "spikes"):
            key = f"{model}/spiking/{name}"
            np.testing.assert_allclose(nest[key], cells[key], rtol=1e-9, atol=1e-12)
    for model in SYNAPSES:
        np.testing.assert_allclose(nest[f"{model}/recorded"], synapses[f"{model}/1.0"], rtol=1e-9)
