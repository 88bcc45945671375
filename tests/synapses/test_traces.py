"""Traces per neuron and per synapse: the same bits. What differs between the synapses of a neuron expands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engine_pairs import values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ranvier as rv
from ranvier.runtime.threads import Threads

CELL = rv.Neuron(
    "tau = 10.0", "dv/dt = (g_exc + 1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau\na = 0.3 + 0.1*v", spike="v > 1", reset="v = 0"
)
#: Models of plasticity: (parameters, equations, pre code, post code).
RULES = {
    "pair": (
        "tau = 20.0 : projection",
        "dx/dt = -x/tau : event-driven\ndy/dt = -y/30 : event-driven",
        "g_target += 0.1*w\nx += 0.1\nw = clip(w + y, 0, 1)",
        "y -= 0.12\nw = clip(w + x, 0, 1)",
    ),
    "triplet": (
        "tau = 20.0",
        "dr1/dt = -r1/tau : event-driven\ndr2/dt = -r2/100 : event-driven\n"
        "do1/dt = -o1/30 : event-driven\ndo2/dt = -o2/90 : event-driven",
        "g_target += 0.1*w\nw = clip(w - 0.02*o1*(1 + 0.3*r2), 0, 1)\nr1 += 1\nr2 += 1",
        "w = clip(w + 0.02*r1*(1 + 0.4*o2), 0, 1)\no1 += 1\no2 += 1",
    ),
    "nearest spike, offset, ends": (
        "tau = 20.0\nu = 0.1",
        "dx/dt = (0.2 - x)/tau : event-driven, max=0.9\ndy/dt = -y/30 : event-driven",
        "x = x + u + 0.1*pre.a\ng_target += 0.1*w*x\nw += 0.01*y",
        "y = 1 + 0*t\nw = clip(w - 0.01*x + 0.001*post.a, 0, 1)",
    ),
    "short-term": (
        "U = 0.4\nrec = 50.0\nfacil = 30.0",
        "dx/dt = (1 - x)/rec : init=1.0, event-driven\ndu/dt = (U - u)/facil : init=0.4, event-driven",
        "g_target += 0.3*w*x*u\nx -= x*u\nu += U*(1 - u)",
        "",
    ),
}
#: Not lifted: written by both sides, different for the synapses of a neuron.
OTHERS = {
    "both sides": ("", "dx/dt = -x/20 : event-driven", "g_target += 0.1*w\nx += 0.1", "x -= 0.05\nw += 0.1*x"),
    "of the weight": ("", "dx/dt = -x/20 : event-driven", "g_target += 0.1*w\nx += 0.1*w", "w += 0.1*x"),
    "at random": ("", "dx/dt = -x/20 : event-driven", "g_target += 0.1*w\nx += rand()", "w += 0.1*x"),
}


def synapse(rule: tuple[str, str, str, str]) -> rv.Synapse:
    parameters, equations, pre, post = rule
    return rv.Synapse(parameters, equations, pre_spike=pre, post_spike=post or None)


def network(
    rule: tuple[str, str, str, str],
    engine: str,
    precision: str = "double",
    connect: Callable[[rv.Projection], Any] | None = None,
    same: bool = False,
    same_step: bool = False,
    sizes: tuple[int, int] = (70, 20),
    threads: int = 1,
) -> tuple[rv.Network, rv.Projection]:
    net = rv.Network(dt=1.0, seed=5, precision=precision, engine=engine)
    net._context.threads = Threads(threads, always=True)
    pre = net.create(sizes[0], CELL, name="pre")
    post = pre if same else net.create(sizes[1], CELL, name="post")
    projection = net.connect(pre, post, "exc", synapse(rule), name="p", same_step=same_step)
    (connect or (lambda p: p.all_to_all(weights=rv.Uniform(0.2, 0.8))))(projection)
    return net, projection


def lifted(projection: rv.Projection) -> bool:
    traces = projection._made.traces.values()
    return bool(traces) and all(trace.lifted is not None for trace in traces)


def same(first: rv.Network, second: rv.Network) -> None:
    one, other = values(first), values(second)
    assert one.keys() == other.keys()
    for name in one:
        assert one[name].tobytes() == other[name].tobytes(), name


SOME = np.where(np.arange(20 * 70).reshape(20, 70) % 7 < 3, 0.5, np.nan)
CONNECTORS: dict[str, Callable[[rv.Projection], Any]] = {
    "dense": lambda p: p.all_to_all(weights=rv.Uniform(0.2, 0.8)),
    "later": lambda p: p.all_to_all(weights=rv.Uniform(0.2, 0.8), delays=3.0),
    "sparse": lambda p: p.fixed_probability(0.3, weights=rv.Uniform(0.2, 0.8), delays=2.0),
    "few": lambda p: p.fixed_number_pre(1, weights=rv.Uniform(0.2, 0.8)),
    "some": lambda p: p.from_matrix(SOME),
}


@pytest.mark.parametrize("name", [*RULES, *OTHERS])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_lifted_traces_are_the_interpreter_s(name: str, precision: str) -> None:
    """The interpreter keeps a value for every synapse."""
    for connect in CONNECTORS.values():
        for same_step in (False, True):
            nets = []
            for engine in ("compiled", "reference"):
                net, projection = network((RULES | OTHERS)[name], engine, precision, connect, same_step=same_step)
                for steps in (15, 1, 24):
                    net.simulate(float(steps))
                assert lifted(projection) == (name in RULES and engine == "compiled")
                nets.append(net)
            same(*nets)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("precision", ["double", "single"])
def test_lifted_traces_in_parts(name: str, precision: str) -> None:
    """Many rows and few, one population and two: the same bits for any number of threads, and really divided."""
    cases = (((300, 210), False, False), ((90, 700), True, False), ((260, 0), False, True))
    for key in ("dense", "later", "sparse", "few"):
        for sizes, same_step, on_itself in cases:
            nets = []
            for threads in (1, 2, 3, 7):
                net, projection = network(
                    RULES[name], "compiled", precision, CONNECTORS[key], on_itself, same_step, sizes, threads
                )
                for steps in (15, 1, 24):
                    net.simulate(float(steps))
                assert lifted(projection)
                nets.append(net)
            for other in nets[1:]:
                same(nets[0], other)


def test_traces_per_synapse_where_indices_are_wide() -> None:
    """One form of the code serves indices of 16 bits and of 32, which more than 65536 neurons need."""
    nets = []
    for engine in ("compiled", "reference"):
        net, projection = network(
            RULES["pair"],
            engine,
            connect=lambda p: p.fixed_number_post(60, weights=rv.Uniform(0.2, 0.8)),
            sizes=(40, 70_000),
        )
        projection.x = rv.Uniform(0.0, 0.1)
        net.simulate(12.0)
        assert not lifted(projection)
        nets.append(net)
    same(*nets)


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_between_runs_the_values_are_the_same(data: st.DataObject) -> None:
    """Writes, reads, snapshots, delays, switches: lifted or not, now or later, on one or two populations."""
    rule = RULES[data.draw(st.sampled_from(sorted(RULES)))]
    connect = CONNECTORS[data.draw(st.sampled_from(["dense", "sparse", "few"]))]
    on_itself, same_step = data.draw(st.booleans()), data.draw(st.booleans())
    pairs = [network(rule, engine, "double", connect, on_itself, same_step) for engine in ("compiled", "reference")]
    actions = data.draw(st.lists(st.sampled_from(sorted(ACTIONS)), min_size=1, max_size=5))
    for net, projection in pairs:
        for action in actions:
            net.simulate(float(7))
            ACTIONS[action](net, projection)
        net.simulate(9.0)
    same(pairs[0][0], pairs[1][0])


def _name(projection: rv.Projection) -> str:
    return next(iter(projection._made.traces))


ACTIONS: dict[str, Callable[[rv.Network, rv.Projection], Any]] = {
    "number": lambda net, p: setattr(p, _name(p), 0.25),
    "array": lambda net, p: setattr(p, _name(p), np.linspace(0, 0.5, p.nb_synapses)),
    "dendrite": lambda net, p: setattr(p.dendrite(3), _name(p), 0.125),
    "read": lambda net, p: getattr(p, _name(p)),
    "weights": lambda net, p: setattr(p, "w", 0.5),
    "parameter": lambda net, p: setattr(p, "tau", 15.0) if "tau" in p.attributes else None,
    "store": lambda net, p: (net.store("here"), net.simulate(3.0), net.restore("here")),
    "reset": lambda net, p: net.reset(),
    "reset with weights": lambda net, p: net.reset(synapses=True, projections=True),
    "rewind": lambda net, p: net.reset(projections=False),
    "off": lambda net, p: p.disable_learning(),
    "monitor": lambda net, p: net.monitor(p, _name(p)),
    "nothing": lambda net, p: None,
}


def test_what_differs_between_synapses_expands_the_traces() -> None:
    net, projection = network(RULES["nearest spike, offset, ends"], "compiled")
    net.simulate(20.0)
    assert lifted(projection)
    compiled = rv.cache.stats()["compiled"]
    projection.x = 0.5  # one value for all: as before
    net.simulate(20.0)
    assert lifted(projection)
    projection.u = np.linspace(0, 0.2, projection.nb_synapses)  # a parameter of each synapse
    net.simulate(5.0)
    assert not lifted(projection)
    assert np.ptp(projection.x[:3]) > 0
    projection.u = 0.1
    projection.x = 0.5
    net.simulate(5.0)
    assert lifted(projection)
    projection.dendrite(2).y = 0.75
    net.simulate(0.0)
    projection.x = np.linspace(0, 1, projection.nb_synapses)
    net.simulate(5.0)
    assert not lifted(projection)
    assert rv.cache.stats()["compiled"] == compiled


def test_different_delays_keep_a_value_for_each_synapse() -> None:
    net, projection = network(
        RULES["pair"], "compiled", connect=lambda p: p.all_to_all(weights=0.5, delays=rv.DiscreteUniform(1, 4))
    )
    net.simulate(30.0)
    assert not lifted(projection)
    arrived = projection._made.traces["x"].stored_since()[projection.connectivity.public].reshape(20, 70)
    assert np.any(np.ptp(arrived, axis=0) > 0)


def test_lifted_traces_take_the_memory_of_neurons() -> None:
    net, projection = network(RULES["triplet"], "compiled", connect=lambda p: p.all_to_all(weights=0.5))
    before = sum(trace.nbytes for trace in projection._made.traces.values())
    net.simulate(2.0)
    assert before == 4 * 16 * 1408  # value and step, padded from 1400 synapses
    after = sum(trace.nbytes for trace in projection._made.traces.values())
    assert after == 2 * 16 * (128 + 64)  # from 70 and 20 neurons


def test_a_write_holds_from_now_on() -> None:
    """A value written between two spikes decays from the moment of writing."""
    net = rv.Network(dt=1.0)
    source = net.create(population=rv.SpikeSourceArray([[2.0, 30.0]]))
    cell = net.create(1, rv.Neuron("", "r = g_exc"))
    equations = "dx/dt = -x/20 : event-driven\nseen : init=0.0"
    projection = net.connect(source, cell, "exc", rv.Synapse("", equations, pre_spike="seen = x\nx += 1"))
    projection.all_to_all()
    net.simulate(11.0)
    projection.x = 4.0
    net.simulate(25.0)
    np.testing.assert_allclose(projection.seen, 4.0 * np.exp(-20 / 20), rtol=1e-15)
