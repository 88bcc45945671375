"""Shared variables, functions over a population, events and attached code: both engines, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

EQUATIONS = """
    count : int, population
    k : population, init=0.5
    tau : init=20.0
    s = mean(v) + k*peak + 0.1*rand() : population, max=3
    peak = max(abs(v)) : population
    before = v
    tau*dv/dt = s - v + 1.5 + norm2(v - mean(v))/N + g_exc
    ds2/dt = -s2/5.0 + s : population, exponential
    y = s2 + min(v)*sum(v > 0.5) + norm1(y)/N**2 + count
"""


def network(engine: str, precision: str, n: int, spread: bool = True) -> tuple[Any, Any, Any]:
    neuron = rv.Neuron(
        equations=EQUATIONS,
        spike="v > 1.0 + 0.1*mean(v)",
        reset="v = 0\ncount += 1",
        refractory=1.0,
        events={"up": "v > 0.5 and before <= 0.5"},
        axon_spike="rand() < 0.02",
        axon_reset="v -= 0.01 : unless_refractory, min=-0.2",
    )
    net = rv.Network(dt=0.1, seed=2, precision=precision, engine=engine)
    pop = net.create(n, neuron, name="cells")
    pop.v = rv.Uniform(-0.5, 0.5)
    if spread:
        pop.tau = rv.Uniform(15.0, 25.0)
    pop.run_on_event("up", "y += 2*v\ns2 += 0.01")
    pop.run_on_event("spike", "tau = 15.0 + 5.0*rand()")
    pop.run_regularly("v += 0.01*randn()\nk = 0.4 + 0.1*rand()", period=1.0, offset=0.5)
    return net, pop, net.monitor(pop, ["v", "s", "s2", "y", "tau", "spike", "up", "axon_spike"])


def assert_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in one.items():
        if isinstance(value, dict):
            assert value == other[name], name
        else:
            assert value.tobytes() == other[name].tobytes(), name


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("n", [1, 64, 130, 511, 1537])
def test_both_engines(n: int, precision: str) -> None:
    found = []
    for engine in ("compiled", "reference"):
        net, _, monitor = network(engine, precision, n)
        net.simulate(20.0)
        found.append(monitor.get())
    assert_equal(*found)
    assert all(any(found[0][event].values()) for event in ("spike", "up", "axon_spike"))
    assert len(np.unique(found[0]["s"])) > 100


def test_uniform_values_and_pieces_change_nothing() -> None:
    """Parameters that differ, chunks and a store in between: the same bits."""
    net, _, monitor = network("compiled", "double", 70)
    net.simulate(20.0)
    whole = monitor.get()
    net, pop, monitor = network("compiled", "double", 70)
    for _ in range(7):
        net.simulate(1.3)
    net.store()
    net.simulate(5.0)
    net.restore()
    net.simulate(10.9)
    assert_equal(whole, monitor.get())
    last = pop.v.copy(), pop.s, pop.s2, pop.count
    net.reset()
    net.simulate(20.0)
    assert_equal(whole, monitor.get())
    assert (last[0] == pop.v).all()
    assert last[1:] == (pop.s, pop.s2, pop.count)


def events(engine: str, precision: str) -> dict[str, Any]:
    neuron = rv.Neuron(
        "tau = 20.0",
        "was = v > 0.5 : bool\ntau*dv/dt = 1.5 - v + g_exc",
        spike="v > 1",
        reset="v = 0",
        refractory=1.0,
        events={"up": "v > 0.5 and not was"},
        axon_spike="rand() < 0.01",
    )
    net = rv.Network(dt=0.1, seed=2, precision=precision, engine=engine)
    pop = net.create(100, neuron, name="cells")
    pop.v = rv.Uniform(-0.5, 1.0)
    synapse = rv.Synapse(
        equations="x : float\nz : float",
        pre_spike={"a": "g_target += w", "b": "x += 1"},
        pre_axon_spike="post.v += 0.01*w",
        post_spike="z += 1",
        on_event={"b": "up", "post": "axon_spike"},
    )
    proj = net.connect(pop, pop, "exc", synapse)
    proj.fixed_probability(0.1, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.1, 2.0))
    monitor = net.monitor(pop, ["v", "spike", "up", "axon_spike"])
    net.simulate(30.0)
    data: dict[str, Any] = monitor.get()
    return {**data, "x": np.asarray(proj.x), "z": np.asarray(proj.z), "pre": proj._made.connectivity}


@pytest.mark.parametrize("precision", ["double", "single"])
def test_synapses_that_listen_to_events(precision: str) -> None:
    one, other = (events(engine, precision) for engine in ("compiled", "reference"))
    del one["pre"], other["pre"]
    assert_equal(one, other)
    assert one["x"].any()
    assert one["z"].any()


BLOCKS = {
    **{
        method: f"""
            ds/dt = (mean(v) - s)/5.0 - 0.1*s**3 : population, {method}
            tau*dv/dt = s - v + 0.2*sin(v) + 0.1 : {method}
            dq/dt = -q*s + 1 : {method}
        """
        for method in ("explicit", "midpoint", "rk4", "implicit", "semiimplicit", "dopri5", "rkf45")
    },
    "exact": """
        ds/dt = (mean(v) - s)/5.0 + q/10 : population, exact
        dq/dt = -q/3 - s/10 : population, exact
        tau*dv/dt = s - v + 0.1 + 0.3*x : exact
        5*dx/dt = v - x : exact
    """,
    "noise": """
        ds/dt = (mean(v) - s)/5.0 + 0.1*xi_1 : population, euler
        tau*dv/dt = s - v + 0.1*xi_2 : euler
        dq/dt = -q/10 + 0.1*s*xi_2 : euler
    """,
}


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("method", BLOCKS)
def test_shared_and_local_equations_in_one_block(method: str, precision: str) -> None:
    found = []
    for engine in ("compiled", "reference"):
        net = rv.Network(dt=0.5, seed=2, precision=precision, engine=engine)
        neuron = rv.Neuron("tau = 20.0", BLOCKS[method], spike="v > 1", reset="v = 0\ns += 0.01")
        pop = net.create(130, neuron, name="cells")
        pop.tau = rv.Uniform(15.0, 25.0)
        pop.v = rv.Uniform(-0.5, 2.0)
        pop.s = 0.5
        monitor = net.monitor(pop, ["v", "s", "q", "spike"])
        net.simulate(20.0)
        found.append(monitor.get())
    assert_equal(*found)
    assert len(np.unique(found[0]["s"])) == 40
