"""Variables of synapses that are linked to a population: both engines, store and restore, refusals."""

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


LOCAL = rv.Synapse("", "x_in : linked\nw += 0.01*x_in", pre_spike="g_target += w*x_in")


def local_network(engine: str = "compiled", delays: Any = 1.0) -> tuple[Any, Any, Any]:
    net = rv.Network(dt=0.5, seed=1, engine=engine)  # type: ignore[arg-type]
    signals, cells = net.create(3, SIGNAL, name="signals"), net.create(4, CELL, name="cells")
    signals.s = [0.25, 0.5, -1.0]
    made = net.connect(cells, cells, "exc", LOCAL).all_to_all(weights=1.0, delays=delays)
    return net, signals, made


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_each_synapse_follows_its_own_neuron(engine: str) -> None:
    net, signals, made = local_network(engine)
    index = np.arange(made.nb_synapses) % 3
    made.link("x_in", signals, "s", index=index)
    assert (made.x_in == np.array([0.25, 0.5, -1.0])[index]).all()
    net.simulate(10.0)
    start = np.array([0.25, 0.5, -1.0])[:, None]
    s = 1.0 + (start - 1.0) * 0.9 ** np.arange(1, 21)
    np.testing.assert_allclose(made.w, 1.0 + 0.01 * s.sum(axis=1)[index], rtol=1e-12)
    assert (made.x_in == signals.s[index]).all()
    assert made.synapse(2, 1).x_in == signals.s[index[3 + 1]]


def test_links_of_synapses_follow_them_through_delays() -> None:
    """New delays order the storage anew; nothing of a link depends on it."""
    results = []
    for engine, parts in (("compiled", (12.0,)), ("reference", (12.0,)), ("compiled", (0.5, 7.0, 4.5))):
        net, signals, made = local_network(engine, delays=1.0)
        made.link("x_in", signals, "s", index=np.arange(12) // 4)
        made.delay = 0.5 + 0.5 * (np.arange(12) * 7 % 5)
        for part in parts:
            net.simulate(part)
        assert (made.x_in == signals.s[np.arange(12) // 4]).all()
        results.append((made.w.copy(), net.get_population("cells").x.copy()))
    for w, x in results[1:]:
        assert np.array_equal(w, results[0][0])
        assert np.array_equal(x, results[0][1])


def test_one_neuron_for_all_synapses_and_one_for_each_postsynaptic_neuron(tmp_path: Any) -> None:
    net, signals, made = local_network()
    made.link("x_in", signals[1:2], "s")
    each = net.connect(
        made.pre, made.post, "exc", rv.Synapse("", "y : linked, postsynaptic", pre_spike="g_target += w*y"), name="each"
    ).all_to_all(weights=0.1)
    each.link("y", signals, "s", index=[0, 0, 1, 2])
    net.simulate(2.0)
    assert (made.x_in == signals.s[1]).all()
    assert (each.y == signals.s[[0, 0, 1, 2]]).all()
    net.store()
    net.simulate(5.0)
    w = made.w.copy()
    net.restore()
    net.save(tmp_path / "state.npz")
    again = rv.Network.from_file(tmp_path / "state.npz")
    for one in (net, again):
        one.simulate(5.0)
        assert np.array_equal(one.get_projection(made.name).w, w)


def test_refusals_of_links_of_synapses() -> None:
    net, signals, made = local_network()
    with pytest.raises(rv.RanvierError, match="has 12 elements, 's' of population 'signals' has 3"):
        made.link("x_in", signals, "s")
    with pytest.raises(rv.RanvierError, match="the index needs 12 ranks below 3"):
        made.link("x_in", signals, "s", index=[0, 1, 2])
    made.link("x_in", signals, "s", index=np.arange(12) % 3)
    net.simulate(1.0)
    made.dendrite(0).prune_synapse(2)
    with pytest.raises(rv.RanvierError, match="is linked for 12 synapses; there are 11 now"):
        net.simulate(1.0)
    made.link("x_in", signals[0:1], "s")
    made.dendrite(0).prune_synapse(1)
    net.simulate(1.0)


def test_a_linked_variable_of_a_shared_value_is_shared() -> None:
    """Brette & Guigon (2003): one input, transformed once, drives all neurons."""
    follower = rv.Neuron(
        "", "dv/dt = (B - v)/(10*ms) : 1\nB = 2/(1 + exp(-2*x)) - 1 : 1 (shared)\nx : 1 (linked)", threshold="v > 1e9"
    )
    net = rv.Network(dt=0.5, seed=1)
    signal, cells = net.create(1, SIGNAL, name="signal"), net.create(4, follower, name="cells")
    three = net.create(3, SIGNAL, name="three")
    with pytest.raises(rv.RanvierError, match="link it to one neuron, because something shared is made of it"):
        cells.link("x", three, "s")
    cells.link("x", signal, "s")
    net.simulate(10.0)
    assert cells.x == signal.s[0]
    assert pytest.approx(2 / (1 + np.exp(-2 * signal.s[0])) - 1, rel=1e-14) == cells.B
    with pytest.raises(rv.RanvierError, match="'B' is shared, but 'x' has one value per neuron"):
        rv.Neuron("", "B = 2*x : 1 (shared)\nx : 1 (linked, local)\nr = B")
    apart = rv.Neuron("", "B = mean(x) : 1 (shared)\nx : 1 (linked)\nr = B : 1")
    assert "x" in net.create(4, apart, name="apart").variables
    net.get_population("apart").link("x", cells, "v")
    net.simulate(1.0)
