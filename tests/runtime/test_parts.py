"""Parts that need no network: schedules, spike statistics, geometry, arrays, streams, spike histories."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ranvier as rv
from ranvier.runtime.arrays import ReadOnlyArray, aligned_zeros, padded, read_only
from ranvier.runtime.context import Context
from ranvier.runtime.groups.geometry import select
from ranvier.runtime.groups.history import SpikeHistory
from ranvier.runtime.planning.plan import NEVER
from ranvier.runtime.recording import statistics
from ranvier.runtime.recording.tapes import Samples, SpikeTape, Windows
from ranvier.runtime.rng import hash64
from ranvier.runtime.schedule import next_due, steps, steps_of


@pytest.mark.parametrize(
    ("x", "dt", "expected"),
    [
        (0.3, 0.1, 3),
        (0.0, 0.1, 0),
        (0.25, 0.1, 3),
        (0.05, 0.1, 1),
        (0.049, 0.1, 0),
        (1e6, 0.1, 10**7),
        (5.0, 0.025, 200),
    ],
)
def test_steps(x: float, dt: float, expected: int) -> None:
    assert steps(x, dt) == expected
    assert steps_of(np.array([x]), dt)[0] == expected


@given(st.integers(0, 10**9), st.sampled_from([0.1, 0.025, 0.05, 1.0, 0.3, 1 / 3]))
def test_whole_multiples_round_to_themselves(k: int, dt: float) -> None:
    assert steps(k * dt, dt) == k


@given(st.integers(0, 1000), st.integers(1, 50), st.integers(0, 60), st.integers(0, 200))
def test_next_due_is_the_first(now: int, period: int, offset: int, wait: int) -> None:
    def is_due(k: int) -> bool:
        return k >= wait and (k - wait - offset) % period == 0

    due = next_due(now, period, offset, wait)
    assert is_due(due)
    assert due >= now
    assert not any(is_due(k) for k in range(now, due))


def test_statistics_of_small_trains() -> None:
    spikes = {3: [0, 10, 30], 5: [], 7: [10]}
    times, ranks = statistics.raster_plot(spikes, 0.1)
    assert list(times) == pytest.approx([0.0, 1.0, 1.0, 3.0])
    assert list(ranks) == [3, 3, 7, 3]
    assert statistics.mean_fr(spikes, 0.1, 1000) == pytest.approx(4 / 3 / 0.1)
    assert statistics.mean_fr({}, 0.1, 1000) == 0.0
    assert statistics.inter_spike_interval(spikes, 0.1) == pytest.approx([1.0, 2.0])
    assert statistics.coefficient_of_variation(spikes, 0.1) == pytest.approx([1 / 3])
    assert list(statistics.histogram(spikes, 0.1, (0, 40), 1.0)) == [1, 2, 0, 1]
    assert statistics.histogram(spikes, 0.1, (0, 40), 1.0, per_neuron=True).sum(axis=1).tolist() == [3, 0, 1]
    assert statistics.histogram(spikes, 0.1, (0, 0)).size == 0
    rate = statistics.smoothed_rate(spikes, 0.1, (0, 40))
    assert rate[0, :10] == pytest.approx(1000.0)
    assert rate[0, 10:30] == pytest.approx(500.0)
    assert not rate[0, 30:].any()
    assert not rate[1:].any()
    assert statistics.population_rate(spikes, 0.1, (0, 40)).sum() * 0.1e-3 == pytest.approx(4 / 3)
    with pytest.raises(rv.RanvierError):
        statistics.histogram(spikes, 0.1, (0, 40), 0.01)


def test_smoothing_is_a_first_order_low_pass() -> None:
    """A constant rate r filtered from 0 is r*(1 - exp(-t/tau)) at the end of each step, exactly."""
    smooth = statistics.population_rate({0: list(range(100))}, 0.1, (0, 100), smooth=5.0)
    expected = 1e4 * (1 - np.exp(-0.1 * np.arange(1, 101) / 5.0))
    np.testing.assert_allclose(smooth, expected, rtol=1e-12)


def test_select() -> None:
    assert select(slice(1, 7, 2), (3, 4), "p")[0].tolist() == [1, 3, 5]
    assert select((slice(None), -1), (3, 4), "p")[0].tolist() == [3, 7, 11]
    assert select([-1, 0], (12,), "p")[0].tolist() == [11, 0]
    assert select(np.eye(3, dtype=bool), (3, 3), "p")[0].tolist() == [0, 4, 8]
    assert select([], (5,), "p")[0].size == 0


def test_memory() -> None:
    assert [padded(n) for n in (0, 1, 64, 65)] == [64, 64, 64, 128]
    for n in (1, 7, 1000):
        assert aligned_zeros(n, np.float32).ctypes.data % 64 == 0
    copy = read_only(np.arange(4.0))
    assert isinstance(copy, ReadOnlyArray)
    with pytest.raises(rv.RanvierError):
        copy[0] = 1.0
    with pytest.raises(rv.RanvierError):
        copy[1:][0] = 1.0
    before = copy
    copy += 1.0
    assert before[0] == 0.0
    assert copy[0] == 1.0
    copy[0] = 5.0
    assert (copy * 2)[0] == 10.0


def test_streams_are_told_apart() -> None:
    keys = {
        hash64(seed, epoch, name, k) for seed in (1, 2) for epoch in (0, 1) for name in ("a", "b", "1") for k in (0, 1)
    }
    assert len(keys) == 24
    assert hash64(1, 11, "a", 0) != hash64(11, 1, "a", 0)
    assert hash64(3, 0, "exc:uniform0", 0) == hash64(3, 0, "exc:uniform0", 0)


def context() -> Context:
    return Context(0.1, 1, rv.CompileOptions())


def put(history: SpikeHistory, now: int, ranks: list[int]) -> None:
    slot = now % history.slots
    history.history[slot, : len(ranks)] = ranks
    history.counts[slot] = len(ranks)


def seen(history: SpikeHistory, step: int) -> list[int]:
    slot = step % history.slots
    return history.history[slot, : history.counts[slot]].tolist()


@pytest.mark.parametrize("now", [3, 7, 23])
def test_histories_grow_and_move_with_the_clock(now: int) -> None:
    shared = context()
    history = SpikeHistory(shared, 64)
    history.ensure(5)
    for k in range(max(0, now - 5), now):
        put(history, k, [k, k + 1])
    history.last[:3] = [now - 1, now - 4, NEVER]
    shared.step[0] = now
    recent = range(max(0, now - 5), now)
    history.ensure(12)
    assert [seen(history, k) for k in recent] == [[k, k + 1] for k in recent]
    assert history.pending(5)
    saved = history.copy()
    history.rewind(now)
    shared.step[0] = 0
    assert [seen(history, k - now) for k in recent] == [[k, k + 1] for k in recent]
    assert history.last[:3].tolist() == [-1, -4, NEVER]
    history.clear()
    assert not history.pending(12)
    history.ensure(30)
    history.restore(saved, now)
    assert [seen(history, k) for k in recent] == [[k, k + 1] for k in recent]
    assert history.last[:3].tolist() == [now - 1, now - 4, NEVER]


def test_windows() -> None:
    windows = Windows()
    windows.open(3)
    windows.open(4)
    windows.close(7)
    windows.open(7)
    windows.close(9)
    windows.open(12)
    windows.close(12)
    assert windows.closed(20) == [(3, 9)]
    windows.open(15)
    assert windows.closed(20) == [(3, 9), (15, 20)]
    windows.restart(20)
    assert windows.closed(25) == [(20, 25)]


def test_samples_and_spikes_are_counted_and_cut() -> None:
    samples = Samples(2, np.dtype(float))
    for k in range(3):
        samples.add(np.full((2, 2), float(k)), np.array([2 * k, 2 * k + 1]))
    assert samples.count == 6
    samples.truncate(3)
    assert samples.all()[:, 0].tolist() == [0, 0, 1]
    assert samples.steps().tolist() == [0, 1, 2]
    samples.clear()
    assert samples.count == 3
    samples.add(np.zeros((4, 2)), np.arange(4))
    samples.truncate(5)
    assert len(samples.all()) == 2
    tape = SpikeTape()
    tape.add(np.array([1, 2]), np.array([5, 3], np.int32))
    tape.add(np.array([2, 9]), np.array([5, 5], np.int32))
    assert tape.trains(np.array([3, 4, 5])) == {3: [2], 4: [], 5: [1, 2, 9]}
    tape.truncate(3)
    assert tape.trains(np.array([5])) == {5: [1, 2]}


def test_seed_and_dt_are_checked() -> None:
    for seed in (-1, 1.5, "a", True):
        with pytest.raises(rv.RanvierError):
            rv.Network(seed=seed)  # type: ignore[arg-type]
    assert math.isclose(rv.Network(dt="0.1 ms").dt, 0.1)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, pickle.dumps])
def test_objects_of_a_network_are_copied_with_it(make: Any) -> None:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(2, rv.Neuron("", "dv/dt = 1.0 - v + g_exc", spike="v > 9"))
    proj = net.connect(pop, pop, "exc").all_to_all()
    for one in (net, pop, pop[:1], pop.neuron(0), proj, proj.dendrite(0), net.monitor(pop, "v")):
        with pytest.raises(rv.RanvierError, match=r"can neither be pickled nor copied(.|\n)*net.copy\(\)"):
            make(one)
