"""Values of synapses at events: against a short oracle and hand-made cases, on both engines, any number of threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from engine_pairs import run_both, values
from hypothesis import given, settings
from random_networks import networks
from step_oracle import CODE, step_oracle

import ranvier as rv
from ranvier.runtime.threads import Threads

RELAY = rv.Neuron("", "v = g_go", spike="v > 0.5", reset="v = 0")


def spikes(rng: np.random.Generator, n: int, steps: int) -> list[list[int]]:
    return [[k for k in range(2, steps) if rng.random() < 0.2] for _ in range(n)]


def equal(one: Any, two: Any) -> None:
    for name, a, b in zip(one._fields, one, two, strict=True):
        assert a.dtype == b.dtype, name
        assert a.tobytes() == b.tobytes(), name


@pytest.mark.parametrize(("engine", "threads"), [("compiled", 1), ("compiled", 3), ("reference", 1)])
@pytest.mark.parametrize("case", ["simultaneous", "heterogeneous", "dendritic"])
def test_the_order_inside_a_step_is_the_oracle(case: str, engine: Any, threads: int) -> None:
    """All four pathways, every event in its order, with the weight before and after it: equal to the last bit."""
    rng = np.random.default_rng(8)
    steps, n_pre, n_post = 80, 5, 4
    shape = n_post, n_pre
    pre, post = spikes(rng, n_pre, steps), spikes(rng, n_post, steps)
    post[0] = [k + 1 for k in pre[0]]  # just when its spikes arrive
    start = rng.uniform(0.2, 1.8, shape)
    delays = {name: np.full(shape, name.startswith("pre"), int) for name in CODE}
    if case != "simultaneous":
        delays |= {"pre:a": rng.integers(1, 6, shape), "pre:b": rng.integers(1, 6, shape)}
    if case == "dendritic":
        delays |= {"post:c": rng.integers(0, 5, shape), "post:d": rng.integers(0, 5, shape)}
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    net._context.threads = Threads(threads, always=threads > 1)
    a = net.create(rv.SpikeSourceArray([[float(k) for k in t] for t in pre]))
    go = net.create(rv.SpikeSourceArray([[float(k - 1) for k in t] for t in post]))
    b = net.create(n_post, RELAY)
    net.connect(go, b, "go").one_to_one(weights=1.0)
    sides = {
        side: {p.partition(":")[2]: text for p, (text, _) in CODE.items() if p.startswith(side)}
        for side in ("pre", "post")
    }
    synapse = rv.Synapse(equations="x : init=0.0\ny : init=0.0", pre_spike=sides["pre"], post_spike=sides["post"])
    projection = net.connect(a, b, "", synapse)
    travel = {name.partition(":")[2]: d.ravel().astype(float) for name, d in delays.items()}
    projection.all_to_all(
        weights=start.ravel(), delays={n: travel[n] for n in "ab"}, post_delays={n: travel[n] for n in "cd"}
    )
    both = [net.monitor(projection, "w", at=["pre", "post"], when=when) for when in ("before", "after")]
    some = {name: net.monitor(projection.dendrite(2), "w", at=name) for name in CODE}
    one = net.monitor(projection.synapse(3, 1), "w", at="pre")
    for part in (7, 30, steps - 37):
        net.simulate(float(part))
    weights, events = step_oracle(pre, post, start, delays, steps)
    np.testing.assert_array_equal(projection.connectivity_matrix(), weights)
    assert len(events) > 200
    for monitor, column in zip(both, (4, 5), strict=True):
        found = monitor.get("w")
        assert list(zip(*(c.tolist() for c in found), strict=True)) == [(*e[1:4], e[column]) for e in events]
    for name, monitor in some.items():
        expected = [(*e[1:4], e[5]) for e in events if e[0] == name and e[3] == 2]
        assert list(zip(*(c.tolist() for c in monitor.get("w")), strict=True)) == expected
    expected = [(e[1], e[5]) for e in events if e[0].startswith("pre") and e[2:4] == (3, 1)]
    kept = one.get("w")
    assert list(zip(kept.step.tolist(), kept.value.tolist(), strict=True)) == expected


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_a_synapse_reached_twice_in_a_step(engine: Any) -> None:
    """A spike that was sent with a longer delay arrives with a later one: the later comes first, as in sums."""
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    a = net.create(rv.SpikeSourceArray([[1.0, 4.0], [1.0]]))
    b = net.create(2, RELAY)
    projection = net.connect(a, b, "", rv.Synapse(pre_spike="w = 2*w + 1")).all_to_all(weights=0.0, delays=5.0)
    before, after = (net.monitor(projection, "w", at="pre", when=when) for when in ("before", "after"))
    net.simulate(3.0)
    projection.delay = np.array([2.0, 5.0, 5.0, 5.0])  # of the synapse 0 -> 0
    net.simulate(8.0)
    assert list(zip(*(c.tolist() for c in before.get("w")), strict=True)) == [
        (6, 0, 0, 0.0), (6, 0, 0, 1.0), (6, 0, 1, 0.0), (6, 1, 0, 0.0), (6, 1, 1, 0.0), (9, 0, 1, 1.0),
    ]  # fmt: skip
    assert after.get("w").value.tolist() == [1.0, 3.0, 1.0, 1.0, 1.0, 3.0]


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_what_synapses_share_is_seen_event_by_event(engine: Any) -> None:
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    a = net.create(rv.SpikeSourceArray([[1.0], [1.0, 2.0]]))
    b = net.create(2, RELAY)
    equations = "c : projection\ns : postsynaptic\nn : int\nsquare = 1.0*n*n : 1"
    synapse = rv.Synapse(equations=equations, pre_spike="c += 1\ns += c\nn += 3\nw += 1")
    projection = net.connect(a, b, "", synapse).all_to_all(weights=0.5)
    monitor = net.monitor(projection, ["c", "s", "n", "square", "w"], at="pre")
    net.simulate(5.0)
    found = monitor.get(keep=True)
    assert found["c"].value.tolist() == [1, 2, 3, 4, 5, 6]
    assert found["s"].value.tolist() == [1, 2, 4, 6, 9, 12]
    assert found["n"].value.tolist() == [3, 3, 3, 3, 6, 6]
    assert found["n"].value.dtype == np.int64
    assert found["square"].value.tolist() == [9, 9, 9, 9, 36, 36]
    assert found["w"].value.tolist() == [1.5, 1.5, 1.5, 1.5, 2.5, 2.5]
    assert found["c"].step.tolist() == [2, 2, 2, 2, 3, 3]
    assert found["c"].pre.tolist() == [0, 0, 1, 1, 1, 1]
    assert found["c"].post.tolist() == [0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_event_driven_variables_are_those_of_the_moment(engine: Any) -> None:
    """Traces decay until the event: exp(-age/tau), summed over what happened before."""
    net = rv.Network(dt=0.5, seed=1, engine=engine)
    arrivals, back = np.array([1.0, 4.0, 11.0]), np.array([2.0, 9.5])
    a = net.create(rv.SpikeSourceArray([(arrivals - 0.5).tolist()]))
    b = net.create(rv.SpikeSourceArray([back.tolist()]))
    synapse = rv.Synapse(
        "tau = 7.0", "dx/dt = -x/tau : event-driven\ndy/dt = -y/tau : event-driven", pre_spike="x += 1\nw += y",
        post_spike="y += 1\nw -= x",
    )  # fmt: skip
    projection = net.connect(a, b, "", synapse).one_to_one(weights=1.0)
    monitor = net.monitor(projection, ["x", "y"], at=["pre", "post"], when="before")
    net.simulate(15.0)
    found = monitor.get()
    times = np.sort(np.concatenate([arrivals, back]))
    assert (found["x"].step * 0.5).tolist() == times.tolist()
    for name, own in (("x", arrivals), ("y", back)):
        expected = [np.exp(-(t - own[own < t]) / 7.0).sum() for t in times]
        np.testing.assert_allclose(found[name].value, expected, rtol=1e-14)


@settings(max_examples=25, deadline=None)
@given(networks(before=(1, 7, 64), after=(1, 5, 65)))
def test_recording_changes_nothing_and_both_engines_record_the_same(network: Any) -> None:
    build, precision = network
    recorded: list[dict[str, Any]] = []

    def watched(net: rv.Network) -> None:
        build(net)
        projection = net.get_projection("p")
        if not projection._made.pathways:
            return
        names = [n for n in projection._table.names() if not projection._table[n].shared]
        sides = sorted({p.partition(":")[0] for p in projection._made.pathways})
        for when in ("before", "after"):
            net.monitor(projection, names, at=sides, when=when, name=f"m_{when}")

    plain, _ = run_both(build, 18, precision)
    for net in run_both(watched, 18, precision):
        found = values(net)
        assert all(found[name].tobytes() == value.tobytes() for name, value in values(plain).items())
        recorded.append({m.name: m.get() for m in net.get_monitors()})
    for name, data in recorded[0].items():
        for variable, one in data.items():
            equal(one, recorded[1][name][variable])


def plastic(threads: int = 1, engine: Any = "compiled", file: Any = None) -> rv.Network:
    """Lifted traces, a full matrix, and one with several delays."""
    net = rv.Network(dt=1.0, seed=4, engine=engine)
    net._context.threads = Threads(threads, always=threads > 1)
    source = net.create(rv.PoissonPopulation(30, rates=60.0), name="source")
    cell = rv.Neuron("tau = 10.0", "dv/dt = (0.2*g_exc + 1.2 - v)/tau", spike="v > 1", reset="v = 0")
    pop = net.create(70, cell, name="pop")
    full = net.connect(source, pop, "exc", rv.models.STDP(A_plus=0.1), name="full")
    full.all_to_all(weights=rv.Uniform(0, 1))
    some = net.connect(source, pop, "exc", rv.models.STDP(A_plus=0.1), name="some")
    some.fixed_probability(0.3, weights=rv.Uniform(0, 1), delays=rv.DiscreteUniform(1, 4))
    for projection in (full, some):
        net.monitor(projection, ["w"], at=["pre", "post"], name=f"m_{projection.name}", file=file)
        net.monitor(projection.dendrite(3), ["w"], at="post", when="before", name=f"d_{projection.name}", file=file)
    return net


def recordings(net: rv.Network) -> dict[str, Any]:
    return {m.name: m.get("w", keep=True) for m in net.get_monitors()}


def test_weights_are_recorded_without_expanding_traces() -> None:
    net = plastic()
    net.simulate(40.0)
    assert all(t.lifted is not None for t in net.get_projection("full")._made.traces.values())
    expected = recordings(net)
    assert all(e.step.size for e in expected.values())
    for other in (plastic(threads=3), plastic(engine="reference")):
        other.simulate(13.0)
        other.simulate(27.0)
        for name, events in recordings(other).items():
            equal(expected[name], events)
    last = expected["m_full"]
    matrix = np.full((70, 30), np.nan)
    for j, i, w in zip(last.post, last.pre, last.value, strict=True):
        matrix[j, i] = w
    seen = ~np.isnan(matrix)
    np.testing.assert_array_equal(matrix[seen], net.get_projection("full").connectivity_matrix()[seen])


def test_store_restore_reset_and_get() -> None:
    whole = plastic()
    whole.simulate(40.0)
    expected = recordings(whole)
    net = plastic()
    net.simulate(15.0)
    net.store("here")
    net.simulate(9.0)
    net.restore("here")
    net.simulate(25.0)
    for name, events in recordings(net).items():
        equal(expected[name], events)
    monitor = net.get_monitor("m_full")
    first = monitor.get("w")
    assert not monitor.get("w").step.size
    monitor.pause()
    net.simulate(3.0)
    monitor.resume()
    net.simulate(2.0)
    assert set(monitor.get("w").step.tolist()) <= {43, 44}
    net.reset(projections=True, synapses=True)
    net.simulate(40.0)
    equal(first, monitor.get("w"))
    copy = net.copy()
    copy.simulate(5.0)
    net.simulate(5.0)
    equal(net.get_monitor("m_some").get("w")._replace(**_after(net, "m_some", 40)), copy.get_monitor("m_some").get("w"))


def _after(net: rv.Network, name: str, step: int) -> dict[str, Any]:
    """The events of a monitor (reset and run again) from a step on."""
    net.reset(projections=True, synapses=True)
    net.simulate(45.0)
    found = net.get_monitor(name).get("w")
    return {field: column[found.step >= step] for field, column in zip(found._fields, found, strict=True)}


def test_to_a_file(tmp_path: Path) -> None:
    expected = plastic()
    expected.simulate(40.0)
    net = plastic(file=tmp_path / "events.h5")
    net.simulate(40.0)
    kept = rv.read_recording(tmp_path / "events.h5")
    for name, events in recordings(expected).items():
        equal(events, net.get_monitor(name).get("w", keep=True))
        (segment,) = kept[name]
        for column, key in zip(events, ("steps", "pre", "post", "values"), strict=True):
            np.testing.assert_array_equal(segment["w"][key], column)
    monitor = expected.get_monitor("m_full")
    monitor.save(tmp_path / "m.npz")
    table = monitor.to_pandas()["w"]
    assert list(table.columns) == ["time", "pre", "post", "w"]
    assert len(table) == monitor.get("w").step.size


def test_synapses_that_come_and_go() -> None:
    net = rv.Network(dt=1.0, seed=1)
    a = net.create(rv.SpikeSourceArray([[1.0, 5.0, 9.0]] * 3))
    b = net.create(2, RELAY)
    projection = net.connect(a, b, "", rv.Synapse(pre_spike="w += 1"))
    projection.from_sparse(sp.coo_matrix(([0.5, 0.5], ([0, 1], [0, 1])), shape=(3, 2)))
    monitor = net.monitor(projection.dendrite(1), "w", at="pre")
    lost = net.monitor(projection.synapse(1, 1), "w", at="pre")
    net.simulate(4.0)
    projection.dendrite(1).create_synapse(2, w=7.0)
    net.simulate(4.0)
    projection.dendrite(1).prune_synapse(1)
    net.simulate(4.0)
    found = monitor.get("w")
    assert list(zip(*(c.tolist() for c in found), strict=True)) == [
        (2, 1, 1, 1.5), (6, 1, 1, 2.5), (6, 2, 1, 8.0), (10, 2, 1, 9.0)
    ]  # fmt: skip
    assert lost.get("w").step.tolist() == [2, 6]


def test_traces_of_library_models_are_sampled_too() -> None:
    net, other = plastic(), plastic(engine="reference")
    found = []
    for each in (net, other):
        monitor = each.monitor(each.get_projection("full"), ["x", "y"], period=3.0)
        each.simulate(20.0)
        found.append(monitor.get())
    for name in ("x", "y"):
        assert found[0][name].any()
        assert found[0][name].tobytes() == found[1][name].tobytes()


def test_nothing_is_compiled_for_a_stored_variable() -> None:
    net = plastic()
    net.simulate(2.0)
    before = rv.cache.stats()["compiled"]
    net.monitor(net.get_projection("some"), "w", at="post")
    net.simulate(2.0)
    assert rv.cache.stats()["compiled"] == before


REFUSED = [
    (dict(at="spike"), "'spike' is no pathway of projection 'some'"),
    (dict(at="pre:fast"), "'pre:fast' is no pathway of projection 'some'"),
    (dict(at=[]), "at must name at least one pathway"),
    (dict(at="pre", when="during"), "when must be 'after' or 'before', not 'during'"),
    (dict(at="pre", period=2.0), "period is for samples, not for values at events"),
    (dict(at="pre", reduce="mean"), "reduce is for samples"),
    (dict(at="pre", times=[1.0]), "times is for samples"),
]


@pytest.mark.parametrize(("options", "message"), REFUSED)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    net = plastic()
    with pytest.raises(rv.RanvierError, match=message):
        net.monitor(net.get_projection("some"), "w", **options)


def test_more_that_is_refused() -> None:
    net = plastic()
    with pytest.raises(rv.RanvierError, match="at='pre' is for synapses"):
        net.monitor(net.get_population("pop"), "v", at="pre")
    with pytest.raises(rv.RanvierError, match="does not record with a period"):
        net.get_monitor("m_some").start(period=2.0)
    synapse = rv.Synapse("p = 1.0 : projection", "twice = 2*p : projection", pre_spike="w += 1")
    projection = net.connect(net.get_population("source"), net.get_population("pop"), "", synapse, name="q")
    projection.all_to_all()
    if projection._table.is_subexpression("twice"):
        with pytest.raises(rv.RanvierError, match="no value of each synapse"):
            net.monitor(projection, "twice", at="pre")


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_samples_at_given_times(engine: Any) -> None:
    net = rv.Network(dt=0.5, seed=1, engine=engine)
    pop = net.create(3, rv.Neuron("tau = 20.0", "tau*dv/dt = 1.5 - v + 0.1*i\nu = 2*v", spike="v > 1", reset="v = 0"))
    every = net.monitor(pop, ["v", "u"])
    some = net.monitor(pop, ["v", "u"], times=[7.0, 2.5, 2.5, 30.0, 100.0])
    mean = net.monitor(pop, "v", times=3.0, reduce="mean")
    net.simulate(6.0)
    net.store("here")
    net.simulate(2.0)
    net.restore("here")
    net.simulate(34.0)
    kept = every.get()
    steps = [5, 14, 60]
    found = some.get(keep=True)
    for name in ("v", "u"):
        np.testing.assert_array_equal(found[name], kept[name][steps])
    assert some.sample_times("v").tolist() == [2.5, 7.0, 30.0]
    assert mean.get("v").shape == (1,)
    net.reset()
    net.simulate(10.0)
    np.testing.assert_array_equal(some.get("v"), kept["v"][steps[:2]])
    with pytest.raises(rv.RanvierError, match="a period or at given times, not both"):
        net.monitor(pop, "v", period=1.0, times=[3.0])
    with pytest.raises(rv.RanvierError, match="times must not be negative"):
        net.monitor(pop, "v", times=[-3.0])
    with pytest.raises(rv.RanvierError, match="does not record with a period"):
        some.start(period=1.0)


def test_given_times_are_in_files_of_networks(tmp_path: Path) -> None:
    net = plastic()
    net.monitor(net.get_projection("some"), "w", times=[3.0, 12.0], name="given")
    net.monitor(net.get_projection("some").synapse(*_first(net)), "w", at="pre:pre", when="before", name="single")
    net.simulate(5.0)
    net.save(tmp_path / "net.h5")
    other = rv.Network.from_file(tmp_path / "net.h5")
    for monitor in net.get_monitors():
        monitor.reset()
    for each in (net, other):
        each.simulate(20.0)
    np.testing.assert_array_equal(net.get_monitor("given").get("w"), other.get_monitor("given").get("w"))
    for name in ("m_full", "d_some", "single"):
        equal(net.get_monitor(name).get("w"), other.get_monitor(name).get("w"))


def _first(net: rv.Network) -> tuple[int, int]:
    projection = net.get_projection("some")
    return projection.dendrite(projection.post_ranks[0]).pre_ranks[0], projection.post_ranks[0]
