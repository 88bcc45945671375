"""Shared variables of synapses that are linked to a population: both engines, store and restore, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

SIGNAL = rv.Neuron("tau = 5.0", "tau*ds/dt = 1.0 - s", spike="False")
CELL = rv.Neuron("", "dv/dt = 0.3\nx = g_exc", spike="v > 1.0", reset="v = 0.0")
SYNAPSE = rv.Synapse("", "s : linked, projection\nw += 0.01*s", pre_spike="g_target += w*s")


def network(engine: str = "compiled", link: bool = True) -> tuple[Any, Any]:
    net = rv.Network(dt=0.5, seed=1, engine=engine)  # type: ignore[arg-type]
    signal, cells = net.create(1, SIGNAL, name="signal"), net.create(4, CELL, name="cells")
    made = net.connect(cells, cells, "exc", SYNAPSE).all_to_all(weights=1.0, delays=1.0)
    if link:
        made.link("s", signal, "s")
    return net, made


def test_the_value_is_that_of_the_step() -> None:
    """s after step k is 1 - (1 - dt/tau)^(k+1) with Euler's method; the weight has the sum of it."""
    net, made = network()
    net.simulate(10.0)
    s = 1.0 - 0.9 ** np.arange(1, 21)
    np.testing.assert_allclose(made.w, 1.0 + 0.01 * s.sum(), rtol=1e-12)
    assert made.s == pytest.approx(s[-1], rel=1e-12)


def test_both_engines_and_divided_runs_give_the_same_bits() -> None:
    results = []
    for engine, parts in (("compiled", (12.0,)), ("reference", (12.0,)), ("compiled", (0.5, 7.0, 4.5))):
        net, made = network(engine)
        mon = net.monitor(net.get_population("cells"), "x")
        for part in parts:
            net.simulate(part)
        results.append((made.w.copy(), mon.get("x")))
    for w, x in results[1:]:
        assert np.array_equal(w, results[0][0])
        assert np.array_equal(x, results[0][1])
    assert results[0][1].max() > 0.0


def test_store_and_restore() -> None:
    net, made = network()
    net.simulate(3.0)
    net.store()
    net.simulate(5.0)
    first = made.w.copy()
    net.restore()
    net.simulate(5.0)
    assert np.array_equal(made.w, first)


def test_refusals() -> None:
    net, made = network(link=False)
    with pytest.raises(rv.RanvierError, match="'s' is linked to nothing"):
        net.simulate(1.0)
    with pytest.raises(rv.RanvierError, match="w is not linked"):
        made.link("w", net.get_population("signal"), "s")
    with pytest.raises(rv.RanvierError, match="is linked: write the variable"):
        made.s = 3.0
    with pytest.raises(rv.RanvierError, match="is no attribute of population 'signal'"):
        made.link("s", net.get_population("signal"), "r")
    with pytest.raises(rv.RanvierError, match="population of the same network"):
        made.link("s", network()[0].get_population("signal"), "s")
    local = rv.Synapse("", "s : linked", pre_spike="g_target += w*s")
    with pytest.raises(rv.RanvierError, match="a linked variable with a value for each synapse"):
        net.connect(net.get_population("cells"), net.get_population("cells"), "exc", local)
