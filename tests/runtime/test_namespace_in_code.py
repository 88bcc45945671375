"""Names of the namespace that only code run beside the equations uses."""

from __future__ import annotations

import numpy as np
import pytest

import ranvier as rv


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_run_regularly(engine: str, precision: str) -> None:
    net = rv.Network(dt=1.0, seed=1, engine=engine, precision=precision)
    pop = net.create(3, rv.Neuron(equations="v : 1\nu : 1", namespace={"K": 20.0, "limit": 5.0}))
    pop.run_regularly("v = K*0.25*i", period=1)
    pop.run_regularly("u = u + K", period=2)
    net.simulate(3.0)
    assert np.array_equal(pop.v, [0.0, 5.0, 10.0])
    assert np.array_equal(pop.u, [40.0] * 3)
    net.reset()
    net.simulate(1.0)
    assert np.array_equal(pop.v, [0.0, 5.0, 10.0])


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_stop_condition(engine: str) -> None:
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    neuron = rv.Neuron(equations="dv/dt = 1.0", spike="v > 1e9", namespace={"limit": 4.5})
    pop = net.create(2, neuron, stop_condition="v > limit : all")
    net.simulate_until(20.0, pop)
    assert np.array_equal(pop.v, [5.0, 5.0])
