"""The order of one step, delays, subtotals: compared with a few lines of numpy, to the bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ranvier.runtime._bridge import Engine


def random_synapses(seed: int, n_pre: int, n_post: int, n: int, delays: int) -> list[tuple[int, int, int]]:
    rng = np.random.default_rng(seed)
    pre, delay, post = rng.integers(n_pre, size=n), rng.integers(1, delays + 1, size=n), rng.integers(n_post, size=n)
    return list(zip(pre.tolist(), delay.tolist(), post.tolist(), strict=True))


@pytest.mark.parametrize("delay", [1, 2, 5])
def test_a_spike_of_step_k_arrives_in_step_k_plus_delay(lab: Any, delay: int) -> None:
    source = lab.source(3, [(3, 1)], slots=6)
    target = lab.leaky(2, tau=1.0)  # decay 0: v is the input of this step
    lab.static(source, target, [(1, delay, 0)], w=0.5)
    recorder = lab.recorder(target, "v", 12)
    engine = Engine(lab.plan(recorders=[recorder]))
    engine.run(12)
    assert recorder.out[:, 0].nonzero()[0].tolist() == [3 + delay]
    assert not recorder.out[:, 1].any()


def simulate(
    real: type, drive: NDArray, tau: NDArray, rows: list[list[tuple[int, int, int]]], weights: list[NDArray], steps: int
) -> tuple[NDArray, list[tuple[int, int]]]:
    """One population that projects onto itself, `len(rows)` times; returns all v and all spikes."""
    n = len(drive)
    v, fired = np.zeros(n, real), [np.zeros(0, int)] * 0
    decay = real(1) - real(1) / tau.astype(real)
    trace, spikes = np.zeros((steps, n), real), []
    for k in range(steps):
        g = np.zeros(n, real)
        for synapses, w in zip(rows, weights, strict=True):
            subtotal = np.full(n, -0.0, real)
            order = sorted(range(len(synapses)), key=lambda q: (synapses[q][1], synapses[q][0], q))
            for q in order:
                pre, delay, post = synapses[q]
                if k >= delay and pre in fired[k - delay]:
                    subtotal[post] += w[q]
            g += subtotal
        v = v * decay + drive.astype(real)
        v = v + g
        fired.append(np.flatnonzero(v >= 1))
        spikes += [(k, int(i)) for i in fired[k]]
        v[fired[k]] = 0
        trace[k] = v
    return trace, spikes


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("n_delays", [1, 4])
def test_recurrent_network_equals_numpy(lab: Any, n_delays: int, wide: bool) -> None:
    n, steps, rng = 70, 60, np.random.default_rng(5)
    drive, tau = rng.uniform(0.05, 0.25, n).astype(lab.real), rng.uniform(5, 20, n).astype(lab.real)
    rows = [sorted(random_synapses(seed, n, n, 500, n_delays)) for seed in (1, 2)]
    weights = [rng.normal(0, 0.1, 500).astype(lab.real) for _ in rows]
    p = lab.leaky(n, drive=drive, tau=tau, slots=n_delays + 1)
    for synapses, w in zip(rows, weights, strict=True):
        lab.static(p, p, synapses, w, wide=wide)
    recorder = lab.recorder(p, "v", steps)
    engine = Engine(lab.plan(recorders=[recorder]))
    assert engine.run(steps).steps == steps
    trace, spikes = simulate(lab.real, drive, tau, rows, weights, steps)
    assert np.array_equal(recorder.out, trace)
    when, who = engine.drain_spikes(0)
    assert list(zip(when.tolist(), who.tolist(), strict=True)) == spikes
    assert len(spikes) > 100
    last = lab.populations[p].last[:n]
    assert last.tolist() == [max((k for k, i in spikes if i == j), default=-1_000_000_000) for j in range(n)]


def test_few_and_many_events_give_equal_bits(lab: Any) -> None:
    """A large target population takes the sparse way, a small one the dense way."""
    synapses = [(i, 1, j) for i in range(8) for j in range(0, 60, 3)]
    weights = np.random.default_rng(0).normal(size=len(synapses)).astype(lab.real)
    source = lab.source(8, [(k, i) for k in range(5) for i in range(8) if (k + i) % 3])
    values = []
    for n in (60, 6000):
        target = lab.leaky(n, drive=0.01)
        lab.static(source, target, synapses, weights)
        lab.static(source, target, synapses, weights[::-1])
        values.append(lab.value(target, "v"))
    Engine(lab.plan()).run(6)
    assert values[0].any()
    assert np.array_equal(values[0], values[1][:60])
    assert (values[1][60:] == values[1][60]).all()


def test_direct_equals_subtotal(lab: Any) -> None:
    synapses = random_synapses(3, 20, 30, 400, 1)
    weights = np.random.default_rng(1).normal(size=400)
    source = lab.source(20, [(k, i) for k in range(5) for i in range(0, 20, 2)])
    a, b = lab.leaky(30), lab.leaky(30)
    lab.static(source, a, synapses, weights)
    lab.static(source, b, synapses, weights, direct=True)
    Engine(lab.plan()).run(6)
    assert lab.value(a, "v").any()
    assert np.array_equal(lab.value(a, "v"), lab.value(b, "v"))


@pytest.mark.parametrize("n", [64, 64000])
def test_no_event_leaves_minus_zero(lab: Any, n: int) -> None:
    """Dense (n = 64) and sparse: untouched targets keep even the sign of zero, touched ones get the sum."""
    source = lab.source(2, [(0, 0)])
    target = lab.leaky(n)
    own = lab.array(-0.0, n)
    lab.static(source, target, [(0, 1, j) for j in range(16, 40)] + [(1, 1, 3)], w=-0.0, target=own)
    Engine(lab.plan()).run(3)
    assert np.signbit(own).all()
    lab.static(source, target, [(0, 2, 5)], w=2.0, target=own)


def test_subtotals_are_added_one_by_one(lab: Any) -> None:
    """(big + 1) - big is 0 in rounded arithmetic; adding 1 - 1 first would not be."""
    big = 1e30
    source = lab.source(3, [(0, 0), (0, 1), (0, 2)])
    target = lab.leaky(1)
    lab.static(source, target, [(0, 1, 0), (1, 1, 0), (2, 1, 0)], w=np.array([big, 1.0, -big]))
    lab.static(source, target, [(0, 1, 0), (1, 1, 0), (2, 1, 0)], w=np.array([0.25, 0.25, 0.25]))
    Engine(lab.plan()).run(2)
    assert lab.value(target, "v")[0] == 0.75


def test_shared_target(lab: Any) -> None:
    """A subtotal with one value for the whole population."""
    source = lab.source(2, [(0, 0), (0, 1), (1, 1)])
    target = lab.leaky(3)
    own = lab.array(1.0, 64)
    projection = lab.static(source, target, [(0, 1, 0), (1, 1, 2)], w=0.5, target=own)
    projection.binding.shared[1] = True
    Engine(lab.plan()).run(3)
    assert own.tolist() == [2.5] * 64


def test_order_of_pre_post_and_reset(lab: Any) -> None:
    """pre code runs before the update, and so causes a spike, post code after it."""
    source = lab.source(1, [(0, 0)])
    target = lab.leaky(2, drive=np.array([0.0, 2.0]))  # neuron 1 spikes in every step
    log = lab.array(0.0, 64)
    lab.traced(source, target, [(0, 1, 0), (0, 1, 1)], log)
    engine = Engine(lab.plan())
    engine.run(1)
    assert log[:2].tolist() == [0, 2]
    engine.run(1)
    assert log[:2].tolist() == [12, 212]
    engine.run(1)
    assert log[:2].tolist() == [12, 2122]


def test_same_step(lab: Any) -> None:
    """A delay of 0 arrives in the step of the spike, after the update and before the reset, and post code follows at
    once."""
    source = lab.source(1, [(0, 0), (2, 0)])
    target = lab.leaky(2, v=np.array([-0.5, 0.9]), tau=1e30, drive=np.array([0.0, 0.2]))
    log = lab.array(0.0, 64)
    projection = lab.traced(source, target, [(0, 0, 0), (0, 0, 1), (0, 1, 0)], log, same_step=True)
    own = lab.full(target, "v")
    projection.pathways[0].subtotals[0].target = own
    engine = Engine(lab.plan())
    engine.run(1)
    assert log[:2].tolist() == [1, 12]
    w = projection.binding.arrays[0]
    assert w[:3].tolist() == [1, 2, 0]
    assert own[:2].tolist() == [0.5, 0.0]  # neuron 1 got its input before it was reset
    engine.run(1)
    assert log[:2].tolist() == [11, 12]


def test_same_step_projections_finish_all_pre_code_before_post_code(lab: Any) -> None:
    source = lab.source(1, [(0, 0)])
    target = lab.leaky(1, drive=2.0)
    log = lab.array(0.0, 64)
    lab.traced(source, target, [(0, 0, 0)], log, same_step=True)
    lab.traced(source, target, [(0, 0, 0)], log, same_step=True)
    Engine(lab.plan()).run(1)
    assert log[0] == 1122


def test_disabled(lab: Any) -> None:
    """A disabled population stands still, its input is dropped; a disabled projection delivers nothing."""
    source = lab.source(1, [(0, 0), (1, 0), (2, 0), (3, 0)])
    target = lab.leaky(1, tau=1e30)
    projection = lab.static(source, target, [(0, 1, 0)], w=0.25)
    engine = Engine(lab.plan())
    engine.run(2)
    v = lab.value(target, "v")
    assert v[0] == 0.25
    lab.populations[target].enabled = False
    engine.run(1)
    assert v[0] == 0.25
    assert lab.value(target, "g")[0] == 0
    lab.populations[target].enabled = True
    projection.enabled = False
    engine.run(1)
    assert v[0] == 0.25
    projection.enabled = True
    lab.populations[source].enabled = False
    engine.run(1)
    assert v[0] == 0.5  # the spike of step 3 was on its way
    assert engine.drain_spikes(0)[0].tolist() == [0, 1, 2, 3]


def test_disabled_source_loses_its_spikes(lab: Any) -> None:
    source = lab.source(2, [(0, 1), (1, 0), (2, 0), (2, 1)])
    lab.populations[source].enabled = False
    engine = Engine(lab.plan())
    engine.run(2)
    lab.populations[source].enabled = True
    engine.run(2)
    steps, ranks = engine.drain_spikes(0)
    assert (steps.tolist(), ranks.tolist()) == ([2, 2], [0, 1])
    assert lab.populations[source].source.position[0] == 4


def test_chunks_equal_one_run(new_lab: Callable[[], Any]) -> None:
    """1000 segments of one step equal one segment of 1000, for a plastic recurrent network."""
    results = []
    for chunks in ([1000], [1] * 1000, [3, 997], [64] * 15 + [40]):
        lab, rng = new_lab(), np.random.default_rng(9)
        p = lab.leaky(40, drive=rng.uniform(0.05, 0.3, 40), tau=rng.uniform(5, 20, 40), slots=6)
        lab.static(p, p, random_synapses(2, 40, 40, 300, 5), rng.normal(0, 0.1, 300))
        log = lab.array(0.0, 64)
        projection = lab.traced(p, p, sorted(set(random_synapses(4, 40, 40, 50, 3))), log)
        projection.pathways[0].subtotals[0].target = lab.array(0.0, 64)
        recorder = lab.recorder(p, "v", 1000)
        plan = lab.plan(recorders=[recorder])
        engine = Engine(plan)
        spikes = []
        for n in chunks:
            assert engine.run(n).steps == n
            spikes.append(np.stack(engine.drain_spikes(0)))
        assert plan.step[0] == 1000
        w = projection.binding.arrays[0]
        results.append((recorder.out.tobytes(), np.concatenate(spikes, 1).tobytes(), w.tobytes(), log.tobytes()))
    assert results[0][1]
    assert all(result == results[0] for result in results)


def test_no_projection_is_too_empty(lab: Any) -> None:
    source, target = lab.source(3, []), lab.leaky(1)
    lab.static(source, target, [])
    assert Engine(lab.plan()).run(5).kind == "done"
