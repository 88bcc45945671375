"""Refractoriness: r = steps(period); kind A (no units) is active again in step k + r + 1, kind B in step k + r."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

ENGINES = pytest.mark.parametrize("engine", ["compiled", "reference"])


def intervals(net: Any, pop: Any, steps: int = 200) -> list[set[int]]:
    """The intervals between the spikes of each neuron, in steps."""
    monitor = net.monitor(pop, "spike")
    net.simulate(steps * net.dt)
    return [set(np.diff(train).tolist()) for train in monitor.get("spike").values()]


def cells(engine: str, n: int = 2, **model: Any) -> tuple[Any, Any]:
    net = rv.Network(dt=0.1, seed=3, engine=engine)  # type: ignore[arg-type]
    return net, net.create(n, rv.Neuron(**{"equations": "v = 1", "spike": "v > 0", **model}))


@ENGINES
@pytest.mark.parametrize(
    ("equations", "extra"), [("v = 1", 1), ("v = 1 : unless_refractory", 0), ("v = 1\nx = int(not_refractory)", 0)]
)
def test_a_number(engine: str, equations: str, extra: int) -> None:
    for period, steps in ((0.0, 0), (0.5, 5), (1.04, 10), ("0.7 ms", 7)):
        net, pop = cells(engine, equations=equations, refractory=period)
        assert intervals(net, pop) == [{max(1, steps + extra)}] * 2


@ENGINES
def test_units_make_kind_b(engine: str) -> None:
    """As in COBAHH with nothing marked: 0.5 ms at dt 0.1 ms."""
    net, pop = cells(engine, equations="dv/dt = 1*volt/second : volt", spike="v > -1*volt", refractory="0.5*ms")
    assert intervals(net, pop) == [{5}] * 2


@ENGINES
def test_one_number_per_neuron(engine: str) -> None:
    net, pop = cells(engine, n=4, refractory=1.0)
    pop.refractory = [0.1, 0.2, 0.5, 1.0]
    assert pop.refractory.tolist() == [0.1, 0.2, 0.5, 1.0]
    assert intervals(net, pop) == [{2}, {3}, {6}, {11}]
    net, pop = cells(engine, n=4, refractory=[0.1, 0.2, 0.5, 1.0])
    assert intervals(net, pop) == [{2}, {3}, {6}, {11}]
    net, pop = cells(engine, n=50, refractory=rv.DiscreteUniform(1, 3))
    assert set.union(*intervals(net, pop)) == {11, 21, 31}


@ENGINES
def test_a_parameter_or_an_expression_is_taken_at_the_spike(engine: str) -> None:
    net, pop = cells(engine, parameters="t_ref = 1.0", refractory="t_ref")
    pop.t_ref = [0.3, 0.6]
    assert intervals(net, pop) == [{4}, {7}]
    text = "k : init=1\nv = 1 : unless_refractory"
    net, pop = cells(engine, parameters="t_ref = 0.2", equations=text, reset="k += 1", refractory="t_ref*k")
    monitor = net.monitor(pop, "spike")
    net.simulate(3.0)
    assert monitor.get("spike")[0] == [0, 4, 10, 18, 28]


@ENGINES
def test_a_period_that_has_begun_keeps_its_length(engine: str) -> None:
    net, pop = cells(engine, equations="v = 1 : unless_refractory", refractory=1.0)
    monitor = net.monitor(pop, "spike")
    net.simulate(0.3)
    pop.refractory = 0.2
    net.simulate(1.2)
    assert monitor.get("spike")[0] == [0, 10, 12, 14]


@ENGINES
def test_a_condition_is_evaluated_in_every_step(engine: str) -> None:
    text = "c = c - 1 : init=0\nv = 1 : unless_refractory"
    net, pop = cells(engine, equations=text, reset="c = 3", refractory="c > 0")
    assert intervals(net, pop) == [{4}] * 2


@ENGINES
def test_what_kind_a_and_kind_b_freeze(engine: str) -> None:
    equations = "a = a + 1\nv = 1{}\ng_x = g_x + 1"
    for mark, moving in (("", 2), (" : unless_refractory", 10)):
        net, pop = cells(engine, equations=equations.format(mark), refractory=100.0)
        net.simulate(1.0)
        assert (pop.a[0], pop.g_x[0]) == (1 if not mark else moving, 10)


@ENGINES
def test_the_time_of_the_last_spike(engine: str) -> None:
    net, pop = cells(engine, equations="since = t - t_last\nsame = lastspike == t_last : bool\nv = 1", refractory=0.3,
                     spike="t > 0.45 and v > 0")  # fmt: skip
    net.simulate(0.3)
    assert pop.since[0] > 1e6
    assert pop.same.all()
    monitor = net.monitor(pop, ["since", "spike"])
    net.simulate(0.7)
    data = monitor.get()
    assert data["spike"][0] == [5, 9]
    np.testing.assert_allclose(data["since"][-1], 0.4, rtol=1e-12)


@ENGINES
def test_not_refractory_is_seen_in_code(engine: str) -> None:
    text = "free = not_refractory : bool\nv = 1 : unless_refractory"
    net, pop = cells(engine, equations=text, refractory=0.3, events={"tick": "True"})
    pop.run_on_event("tick", "v += 10 : unless_refractory")
    pop.run_regularly("v += 100 : unless_refractory")
    seen = []
    for _ in range(4):
        net.step()
        seen.append((bool(pop.free[0]), float(pop.v[0])))
    # Steps 0 and 3 are active; after the spike of a step the neuron is refractory, so the event code changes nothing.
    assert seen == [(True, 1.0), (False, 1.0), (False, 1.0), (True, 1.0)]
