"""The time step can be set until something counts in it."""

from __future__ import annotations

import numpy as np
import pytest

import ranvier as rv


def decay(net: rv.Network) -> np.ndarray:
    pop = net.create(3, rv.Neuron(equations="dv/dt = -v/10.0 : exponential, init=1.0", spike="v > 2", refractory=2.0))
    return pop.v


def test_a_new_time_step_compiles_nothing_and_counts() -> None:
    net = rv.Network(dt=1.0, seed=1)
    v = decay(net)
    net.compile(silent=True)
    compiled = rv.cache.stats()["compiled"]
    net.dt = 0.1
    net.simulate(10.0)
    assert net.dt == 0.1
    assert net.current_step == 100
    # 100 factors exp(-0.01), each within 2 ulp, and as many roundings
    np.testing.assert_allclose(v, np.exp(-1.0), rtol=100 * 3 * 2.2e-16)
    assert rv.cache.stats()["compiled"] == compiled


def test_when_it_cannot_be_set() -> None:
    net = rv.Network(dt=1.0, seed=1)
    decay(net)
    with pytest.raises(rv.RanvierError, match="above 0"):
        net.dt = 0.0
    net.simulate(1.0)
    with pytest.raises(rv.RanvierError, match="step 0 only"):
        net.dt = 0.1
    net.reset()
    net.monitor(net.get_population("population0"), "v")
    with pytest.raises(rv.RanvierError, match="counted in steps"):
        net.dt = 0.1
    assert net.dt == 1.0
