"""What the language does beside Brian2: values that `make_language_reference.py` recorded from it.

Sample k of Brian2 is the state at the start of step k, our sample k - 1 (where it is not said to be at the end). Both
simulators compute the same formulas in double precision, Brian2 in SI units and we in mV and pA, so values differ by
rounding: the 600 steps of a spiking membrane amplify a relative 1e-16 by less than 1e5, the linear models not at all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "language_brian2.json").read_text())
ENGINES = pytest.mark.parametrize("engine", ["compiled", "reference"])


def samples(case: str, first: int = 1) -> dict[str, Any]:
    return {name: np.array(values)[first:] for name, values in DATA[case]["samples"].items()}


@ENGINES
def test_recorded_subexpressions(engine: str) -> None:
    expected, net = samples("currents"), rv.Network(dt=0.02, seed=1, engine=engine)
    cell = rv.Neuron(
        equations=DATA["currents"]["equations"], threshold="v > -20*mV", refractory="3*ms", method="euler"
    )
    pop = net.create(1, cell)
    pop.v = "-65*mV"
    monitor = net.monitor(pop, list(expected))
    net.simulate(12.0)
    for name, values in monitor.get().items():
        ours, unit = values[:-1, 0], {"v": 1e3, "high": 1.0}.get(name, 1e12)
        theirs = expected[name] * unit
        assert np.max(np.abs(ours - theirs)) <= 1e-11 * np.max(np.abs(theirs)), name
    assert expected["high"].any()


@ENGINES
def test_regular_code_and_refractoriness(engine: str) -> None:
    expected, net = samples("regular", 0), rv.Network(dt=0.1, seed=1, engine=engine)
    cell = rv.Neuron(
        equations=DATA["regular"]["equations"], threshold="v > 1", reset="v = 0", refractory="2*ms", method="exact"
    )
    pop = net.create(1, cell)
    pop.run_regularly("v += 0.05; c = int(not_refractory)", period=0.5)
    monitor = net.monitor(pop, ["v", "c"])
    net.simulate(40.0)
    for name, values in monitor.get().items():
        assert np.max(np.abs(values[:, 0] - expected[name])) <= 1e-14, name
    assert np.count_nonzero(np.diff(expected["v"]) < -0.5) == 5


@ENGINES
def test_refractoriness_in_synapses(engine: str) -> None:
    expected, net = samples("synaptic"), rv.Network(dt=0.1, seed=1, engine=engine)
    times = [[round(0.3*k, 6) for k in range(1, 131)]]
    source = net.create(population=rv.SpikeSourceArray(times))
    cell = rv.Neuron(
        equations=DATA["synaptic"]["equations"], threshold="v > 1", reset="v = 0", refractory="3*ms", method="exact"
    )
    pop = net.create(1, cell)
    synapse = rv.Synapse(
        equations="w : 1\nx : 1\nn : 1",
        on_pre="x = int(not_refractory_post); n += x", on_post="w = 1 + 10*int(not_refractory_post)",
    )  # fmt: skip
    proj = net.connect(source, pop, "", synapse, same_step=True).all_to_all(delays=0.0)
    proj.w = 0.0
    monitor = net.monitor(proj, ["x", "n", "w"])
    net.simulate(40.0)
    for name, values in monitor.get().items():
        assert np.array_equal(values[:-1, 0], expected[name]), name
    assert set(expected["x"]) == {0.0, 1.0}


@ENGINES
def test_clock_driven_equations_in_the_same_step(engine: str) -> None:
    expected, net = samples("driven"), rv.Network(dt=0.1, seed=1, engine=engine)
    source = net.create(population=rv.SpikeSourceArray([[1.0, 2.0, 2.3]]))
    pop = net.create(1, rv.Neuron(equations="s : 1\ndv/dt = (s - v)/(5*ms) : 1", spike="v > 9", method="euler"))
    synapse = rv.Synapse(equations=DATA["driven"]["equations"], on_pre="x += 1; w = x", method="euler")
    proj = net.connect(source, pop, "", synapse, same_step=True).all_to_all(delays=0.0)
    proj.w = 0.0
    one, other = net.monitor(proj, ["x", "y", "w"]), net.monitor(pop, "v")
    net.simulate(5.0)
    for name, values in {**one.get(), **other.get()}.items():
        assert np.max(np.abs(values[:-1, 0] - expected[name])) <= 1e-14, name
