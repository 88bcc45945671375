"""Recorders and spike recorders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ranvier.runtime._bridge import Engine
from ranvier.runtime.planning.plan import Recorder, SpikeRecorder


@pytest.mark.parametrize(("period", "start"), [(1, 0), (3, 0), (3, 1), (5, 7), (2, -1)])
def test_period_and_start(lab: Any, period: int, start: int) -> None:
    p = lab.leaky(3, drive=0.001, tau=1e30)
    every, some = lab.recorder(p, "v", 20), lab.recorder(p, "v", 20, period, start)
    engine = Engine(lab.plan(recorders=[every, some]))
    for n in (4, 1, 15):
        engine.run(n)
    due = [k for k in range(20) if k >= start and (k - start) % period == 0]
    assert some.count[0] == len(due)
    assert np.array_equal(some.out[: len(due)], every.out[due])


def test_ranks_are_gathered_from_floats_and_integers(lab: Any) -> None:
    p = lab.leaky(100, v=np.arange(100) / 1000, tau=1e30)
    ranks = np.array([90, 3, 3, 0], np.int64)
    last = lab.populations[p].last
    last[:100] = np.arange(100)
    recorders = [
        Recorder(data, 4, ranks, 1, 0, np.zeros((2, 4), data.dtype), np.zeros(1, np.int64))
        for data in (lab.full(p, "v"), last)
    ]
    Engine(lab.plan(recorders=recorders)).run(2)
    assert np.array_equal(recorders[0].out[1], lab.value(p, "v")[ranks])
    assert recorders[1].out[0].tolist() == ranks.tolist()


def test_recorders_may_change_between_runs(lab: Any) -> None:
    p = lab.leaky(2, drive=0.001, tau=1e30)
    plan = lab.plan()
    engine = Engine(plan)
    engine.run(1)
    first, second = lab.recorder(p, "v", 2), lab.recorder(p, "g", 2)
    plan.recorders.append(first)
    engine.run(1)
    plan.recorders.append(second)
    first.out = np.zeros((50, 2), first.out.dtype)
    engine.run(1)
    plan.recorders.remove(first)
    engine.run(1)
    assert (first.count[0], second.count[0]) == (2, 2)
    assert not first.out[0].any()
    assert first.out[1].all()


def test_too_small_is_refused_before_anything_is_run(lab: Any) -> None:
    p = lab.leaky(2)
    plan = lab.plan(recorders=[lab.recorder(p, "v", 4)])
    engine = Engine(plan)
    with pytest.raises(ValueError, match=r"recorder 0: out: 0 \+ 5 samples do not fit 4 rows"):
        engine.run(5)
    assert plan.step[0] == 0
    assert engine.run(4).steps == 4


def test_recording_changes_nothing(lab: Any) -> None:
    a, b = (lab.leaky(5, drive=0.3, v=np.linspace(0, 0.9, 5)) for _ in range(2))
    plan = lab.plan(recorders=[lab.recorder(a, "v", 30)], spike_recorders=[SpikeRecorder(a, None)])
    Engine(plan).run(30)
    assert np.array_equal(lab.value(a, "v"), lab.value(b, "v"))


def test_spikes_of_some_neurons_and_drain(lab: Any) -> None:
    given = [(k, i) for k in range(300) for i in range(0, 90, 1 + k % 7)]
    source = lab.source(90, given)
    select = (np.arange(90) % 5 == 0).astype(np.uint8)
    engine = Engine(lab.plan(spike_recorders=[SpikeRecorder(source, None), SpikeRecorder(source, select)]))
    engine.run(100)
    first = engine.drain_spikes(0)
    engine.run(200)
    assert engine.pending_spikes(0) == sum(k >= 100 for k, _ in given)
    second, chosen = engine.drain_spikes(0), engine.drain_spikes(1)
    assert (first[0].dtype, first[1].dtype) == (np.int64, np.int32)
    assert list(zip(*(np.concatenate(x).tolist() for x in zip(first, second, strict=True)), strict=True)) == given
    assert list(zip(*(x.tolist() for x in chosen), strict=True)) == [(k, i) for k, i in given if i % 5 == 0]
    assert engine.drain_spikes(0)[0].size == 0
    with pytest.raises(ValueError, match="no spike recorder 2"):
        engine.drain_spikes(2)
