"""Linked variables and named constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

SOURCE = rv.Neuron(equations="v : init=0\nn = n + 1 : int\ns = s + 2 : population\nr = v")
FOLLOWER = rv.Neuron(equations="x : linked\nr = r + x")


def pair(n: int, m: int, engine: str = "compiled", precision: str = "double") -> tuple[Any, Any, Any]:
    net = rv.Network(dt=0.1, seed=1, engine=engine, precision=precision)  # type: ignore[arg-type]
    return net, net.create(n, SOURCE, name="source"), net.create(m, FOLLOWER, name="follower")


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_link_reads_what_stands_there_at_the_start_of_the_step(engine: str, precision: str) -> None:
    net, source, follower = pair(100, 100, engine, precision)
    follower.link("x", source, "v")
    source.v = values = np.arange(100.0)
    assert (follower.x == values).all()
    source.run_regularly("v = v + 1", period=0.2)
    monitor = net.monitor(follower, ["x", "r"])
    for _ in range(3):
        net.simulate(0.1)
    data = monitor.get()
    assert (data["x"] == values + np.array([[1], [1], [2]])).all()
    assert (data["r"] == values * [[1], [2], [3]] + [[1], [2], [4]]).all()


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_an_index_a_view_and_one_for_all(engine: str) -> None:
    net, source, follower = pair(3, 100, engine)
    source.v = [1.0, 2.0, 4.0]
    with pytest.raises(rv.RanvierError, match="say which of them"):
        follower.link("x", source, "v")
    follower.link("x", source, "v", index=np.arange(100) % 3)
    net.step()
    assert follower.r[:4].tolist() == [1.0, 2.0, 4.0, 1.0]
    follower.link("x", source[1:2], "v")
    net.step()
    assert follower.r[:4].tolist() == [3.0, 4.0, 6.0, 3.0]
    follower.link("x", source, "s")
    net.step()
    assert follower.x[0] == source.s == 6.0
    assert follower.r[:4].tolist() == [7.0, 8.0, 10.0, 7.0]


def test_links_of_links_and_shared_ones() -> None:
    net = rv.Network(dt=0.1)
    source = net.create(5, SOURCE)
    middle = net.create(5, rv.Neuron(equations="y : linked\nr = y"))
    last = net.create(70, rv.Neuron(equations="one : linked, shared\nr = one"))
    middle.link("y", source, "v")
    last.link("one", middle[3:4], "y")
    source.v = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert last.one == 4.0
    net.step()
    assert last.r.tolist() == [4.0] * 70
    assert last.one == 4.0
    with pytest.raises(rv.RanvierError, match="circle"):
        middle.link("y", last, "one")


def test_mistakes_about_links() -> None:
    net, source, follower = pair(2, 2)
    with pytest.raises(rv.RanvierError, match="linked to nothing"):
        net.step()
    with pytest.raises(rv.RanvierError, match="is not linked"):
        follower.link("r", source, "v")
    with pytest.raises(rv.RanvierError, match="differ in type"):
        follower.link("x", source, "n")
    with pytest.raises(rv.RanvierError, match="same network"):
        follower.link("x", rv.Network().create(2, SOURCE), "v")
    with pytest.raises(rv.RanvierError, match="ranks below 2"):
        follower.link("x", source, "v", index=[0, 2])
    follower.link("x", source, "v")
    with pytest.raises(rv.RanvierError, match="write the variable it is linked to"):
        follower.x = 3.0
    with pytest.raises(rv.RanvierError, match="is linked to a variable of another population"):
        rv.Neuron(equations="x : linked\nx += 1\nr = x")
    with pytest.raises(rv.RanvierError, match="leave out its other flags"):
        rv.Neuron(equations="x : linked, init=2\nr = x")


def test_constants_belong_to_networks() -> None:
    net = rv.Network(dt=0.1, seed=1)
    net.constant("tau_k", 20.0)
    net.constant("E_k", "-70 mV")
    neuron = rv.Neuron(equations="dv/dt = (E_k - v)/(tau_k*ms) : volt (euler)", spike="v > 0*mV")
    pop = net.create(3, neuron)
    net.step()
    assert pop.v[0] == pytest.approx(-0.35)
    net.constant("tau_k", 10.0)
    assert pop.tau_k == 10.0
    net.step()
    assert pop.v[0] == pytest.approx(-0.35 - 0.6965)
    other = rv.Network(dt=0.1)
    with pytest.raises(rv.RanvierError, match="no constant of the network"):
        other.create(1, neuron)
    other.constant("tau_k", 5.0)
    other.constant("E_k", -60.0)
    assert other.create(1, neuron).tau_k == 5.0
    assert pop.tau_k == 10.0


def test_constants_in_synapses_and_shadowed_ones() -> None:
    net = rv.Network(dt=0.1)
    net.constant("w_big", 3.0)
    pop = net.create(2, rv.Neuron("w_big = 7.0", "x : init=0\nr = w_big", spike="t < 0.05"))
    proj = net.connect(pop, pop, "", rv.Synapse(pre_spike="x_post += w_big*w")).one_to_one(weights=2.0)
    net.simulate(0.3)
    assert (pop.r[0], pop.x[0], proj.w_big) == (7.0, 6.0, 3.0)
    net.constant("w_big", 4.0)
    assert (pop.w_big[0], proj.w_big) == (7.0, 4.0)


def test_names_that_constants_cannot_have() -> None:
    net = rv.Network()
    for name in ("mV", "exp", "dt", "not a name"):
        with pytest.raises(rv.RanvierError, match="cannot name a constant"):
            net.constant(name, 1.0)
