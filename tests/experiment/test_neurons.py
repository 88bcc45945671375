"""Ready-made models: all of them run; four equal values recorded from ANNarchy 5.0.4 with the same equations."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

import ranvier as rv
from ranvier import experiment
from ranvier.experiment import FactorSynapse, IntegratorNeuron, Izhikevich2007, PoissonNeuron

#: v every 10 ms and the steps of spikes: 100 ms of rest, 100 ms of current, dt = 0.01 ms, 9 decimals.
RECORDED = json.loads((Path(__file__).parent / "data" / "annarchy_models.json").read_text(encoding="utf-8"))
MODELS = [n for n in experiment.__all__ if inspect.isfunction(f := getattr(experiment, n)) and n[0].isupper()]
NEURONS = [n for n in MODELS if n != "FactorSynapse"]


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_equals_annarchy(name: str) -> None:
    """Both add up the same Euler steps; what may differ is the last bit of exp, over 20000 steps, and the rounding of
    the recorded values to 9 decimals (5e-10).
    """
    net = rv.Network(dt=0.01, seed=1)
    cell = net.create(1, getattr(experiment, name)(), name="cell")
    mon = net.monitor(cell, ["v", "spike"], period=1.0)
    for current in (0.0, RECORDED[name]["I_app"]):
        cell.I_app = current
        net.simulate(100.0)
    data = mon.get()
    assert data["spike"][0] == RECORDED[name]["spike"]
    assert data["v"][::10, 0] == pytest.approx(np.array(RECORDED[name]["v"]), abs=1e-9)


@pytest.mark.parametrize("name", NEURONS)
def test_every_neuron_runs(name: str) -> None:
    net = rv.Network(dt=0.1, seed=1)
    maker = getattr(experiment, name)
    named = {"init": {"v": -61.0}} if "init" in inspect.signature(maker).parameters else {}
    cells = net.create(3, maker(**named), name="cells")
    if named:
        assert np.all(cells.v == -61.0)
    for target in cells.targets:
        source = net.create(10, PoissonNeuron(rates=100.0), name=f"to_{target}")
        net.connect(source, cells, target).all_to_all(weights=0.1)
    net.simulate(50.0)
    for variable in cells.variables:
        assert np.all(np.isfinite(cells.get(variable))), variable


def test_shared_parameters_and_unknown_initial_values() -> None:
    net = rv.Network(dt=0.1)
    shared = net.create(2, Izhikevich2007(params_for_pop=True), name="shared")
    assert shared.C == 100.0
    assert shared.I_app.shape == (2,)
    assert net.create(2, Izhikevich2007(), name="own").C.shape == (2,)
    with pytest.raises(rv.RanvierError, match="'w' is no variable of Izhikevich2007"):
        Izhikevich2007(init={"w": 1.0})


def test_poisson_neurons_have_their_rate() -> None:
    """The count of n steps with probability p has the deviation sqrt(n p (1 - p)); four of them are allowed."""
    net = rv.Network(dt=1.0, seed=2)
    cells = net.create(500, PoissonNeuron(rates=40.0), name="cells")
    mon = net.monitor(cells, "spike")
    net.simulate(1000.0)
    count, trials, p = sum(map(len, mon.get("spike").values())), 500_000, 0.04
    assert abs(count - trials * p) < 4 * np.sqrt(trials * p * (1 - p))


def test_integrator_decides_and_factor_scales() -> None:
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(population=rv.SpikeSourceArray([[3.0], [3.0], [5.0]]), name="source")
    deciders = net.create(
        2, IntegratorNeuron(tau=1e9, threshold=2.5), name="deciders", stop_condition="decision >= 0 : any"
    )
    deciders.neuron_id = [7.0, 9.0]
    net.connect(source, deciders[0], "ampa", FactorSynapse(mod_factor=1.0)).all_to_all(weights=1.0)
    net.connect(source, deciders[1], "ampa", FactorSynapse(max_trans=1.5, mod_factor=2.0)).all_to_all(weights=1.0)
    assert net.simulate_until(100.0, deciders) == 7.0
    assert deciders.decision.tolist() == [7.0, -1.0]
    assert deciders.g_ampa == pytest.approx([3.0, 1.5], abs=1e-7)
