"""A script in CompNeuroPy's published style: no network is named anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import ranvier.compat.annarchy as ann
from ranvier.experiment import CompNeuroExp, CompNeuroModel, CompNeuroMonitors


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ann.clear()
    yield
    ann.clear()


def two_populations(sizes: list[int]) -> None:
    cell = ann.Neuron("tau = 10.0 : population\nI = 0.0", "tau*dv/dt = I - v", spike="v > 1.0", reset="v = 0.0")
    ann.Population(sizes[0], neuron=cell, name="first")
    ann.Population(sizes[1], neuron=cell, name="second")


class Steps(CompNeuroExp):
    def run(self, label: str) -> Any:
        self.reset()
        self.monitors.start()
        ann.simulate(20.0)
        ann.get_population("first").I = 2.0
        ann.simulate(30.0)
        self.reset(parameters=False)
        ann.simulate(10.0)
        self.data["label"] = label
        return self.results()


@pytest.mark.parametrize("first", ["setup", "model"])
def test_model_monitors_and_runs_mean_the_current_network(first: str) -> None:
    if first == "setup":
        ann.setup(dt=0.5)
    model = CompNeuroModel(two_populations, {"sizes": [2, 3]}, name="pair")
    assert model.populations == ["first", "second"]
    dt = 0.5 if first == "setup" else 1.0
    assert ann.dt() == dt
    monitors = CompNeuroMonitors({"first": ["v", "spike"], f"second;{2 * dt}": ["v"]})
    experiment = Steps(monitors=monitors)
    one, two = experiment.run("one"), experiment.run("two")
    assert (one.data, two.data) == ({"label": "one"}, {"label": "two"})
    assert len(one.recordings) == 2
    assert one.recordings[0]["first;v"].shape == (round(50 / dt), 2)
    assert one.recordings[0]["second;v"].shape == (round(25 / dt), 3)
    for chunk, again in zip(one.recordings, two.recordings, strict=True):
        np.testing.assert_array_equal(chunk["first;v"], again["first;v"])
    # the parameter stays through reset(parameters=False): v follows 2 (1 - (1 - dt/10)**k) until it exceeds 1
    k = np.arange(1, 6)
    np.testing.assert_allclose(one.recordings[1]["first;v"][:5, 0], 2.0 * (1.0 - (1.0 - dt / 10.0) ** k), rtol=1e-12)
    assert ann.get_population("first").I[0] == 2.0
