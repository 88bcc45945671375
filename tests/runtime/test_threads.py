"""Threads of a network: what may run in parts, how many there are, and what becomes of them."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime import threads as module
from ranvier.runtime.planning.sharing import Group, Split, row_cuts, sharing
from ranvier.runtime.threads import Threads, automatic, available_cores

forks = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")

CELL = rv.Neuron(
    "tau = 10.0",
    "dv/dt = (g_exc + I + 1.2 + 0.5*Uniform(0.0, 1.0) - v)/tau\nI : init=0.0",
    spike="v > 1",
    reset="v = 0",
)
MEAN = rv.Neuron("tau = 10.0", "dv/dt = (mean(v) + g_exc - v)/tau", spike="v > 1", reset="v = 0")


def network(threads: int | str = 1, always: bool = True, cell: rv.Neuron = CELL) -> rv.Network:
    """A recurrent network."""
    net = rv.Network(dt=1.0, seed=3)
    net._context.threads = Threads(threads, always)
    cells = net.create(600, cell, name="cells")
    cells.v = "rand()"
    net.connect(cells, cells, "exc", name="p").fixed_probability(0.05, weights=rv.Uniform(0.0, 0.1))
    return net


def state(net: rv.Network) -> bytes:
    """The state after some steps."""
    return np.asarray(net.get_population("cells").v).tobytes()


def ran(net: rv.Network, duration: float = 30.0) -> bytes:
    net.simulate(duration)
    return state(net)


# -- what may run in parts -------------------------------------------------------------------------------


def groups(*synapses: rv.Synapse | None, cell: rv.Neuron = CELL, target: str = "exc") -> Any:
    """What `sharing` says of a network with these synapses."""
    net = network(cell=cell)
    cells = net.get_population("cells")
    for k, synapse in enumerate(synapses):
        net.connect(cells, cells, target, synapse, name=f"q{k}").fixed_probability(0.05, weights=0.1)
    net.compile()
    plan = net._simulation._runner._plan
    assert plan is not None
    return sharing(plan)


def test_static_projections_and_neurons_are_one_section() -> None:
    found = groups(None, None)
    assert found.forward == ((Group(0, 3, Split.BY_POST),), ())
    assert found.back == ((), ())
    assert found.fused


def test_neurons_wait_for_what_they_write_and_others_read() -> None:
    found = groups(rv.Synapse(pre_spike="g_target += w*v_pre"))
    assert found.forward[0] == (Group(0, 2, Split.BY_POST),)
    assert not found.fused


def test_functions_over_a_population_come_before_the_neurons() -> None:
    assert not groups(cell=MEAN).fused


def test_code_that_reads_here_what_it_writes_there_is_not_divided() -> None:
    found = groups(rv.Synapse(pre_spike="I_post += w*v_pre\nv_post += 0.1*I_pre"), None)
    assert found.forward[0] == (Group(0, 1, Split.BY_POST), Group(1, 2, Split.WHOLE), Group(2, 3, Split.BY_POST))


def test_projections_that_read_what_others_write_are_apart() -> None:
    found = groups(rv.Synapse(pre_spike="I_post += 0.1*w"), rv.Synapse(pre_spike="v_post += w*I_pre"))
    assert found.forward[0] == (Group(0, 2, Split.BY_POST), Group(2, 3, Split.BY_POST))


@pytest.mark.parametrize(
    "synapse",
    [
        rv.Synapse(pre_spike="v_pre += 0.1*w"),
        rv.Synapse(equations="s = s : projection", pre_spike="s += w"),
    ],
    ids=["presynaptic", "one for all"],
)
def test_what_belongs_to_no_postsynaptic_neuron_is_not_divided(synapse: rv.Synapse) -> None:
    assert groups(synapse).forward[0][1] == Group(1, 2, Split.WHOLE)


def test_synapses_of_few_neurons_are_divided_one_by_one() -> None:
    found = groups(rv.Synapse(pre_spike="g_target += w", post_spike="w += 0.1"))
    assert found.back[0] == (Group(1, 2, Split.BY_SYNAPSE),)
    found = groups(rv.Synapse(pre_spike="g_target += w", post_spike="w += 0.1\nI_post += 0.1"))
    assert found.back[0] == (Group(1, 2, Split.BY_POST),)


def test_rows_are_cut_into_equal_numbers_of_synapses() -> None:
    ends = np.cumsum([0, 10, 0, 50, 30, 10])
    segments = np.stack([ends[:-1], ends[1:], np.arange(5)], axis=1).reshape(-1).astype(np.int64)
    assert row_cuts(segments, 1).tolist() == [0, 5]
    assert row_cuts(segments, 2).tolist() == [0, 2, 5]
    assert row_cuts(segments, 7)[[0, -1]].tolist() == [0, 5]
    assert np.all(np.diff(row_cuts(segments, 7)) >= 0)
    assert row_cuts(np.zeros(0, np.int64), 3).tolist() == [0, 0, 0, 0]


# -- how many --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [0, -1, 2.0, True, "many", None, 100_000])
def test_what_is_no_number_of_threads_is_refused(threads: Any) -> None:
    message = "threads must be a number from 1 to 1024 or 'auto'"
    with pytest.raises(rv.RanvierError, match=message):
        rv.Network(threads=threads)
    net = rv.Network(threads=2)
    with pytest.raises(rv.RanvierError, match=message):
        net.threads = threads
    assert net.threads == 2


def test_auto_is_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(module.THREADS, raising=False)
    if multiprocessing.parent_process() is None:
        assert automatic() == available_cores()
    monkeypatch.setenv(module.THREADS, "3")
    assert Threads("auto").number() == 3
    assert Threads(2).number() == 2
    monkeypatch.setenv(module.THREADS, "all")
    with pytest.raises(rv.RanvierError, match="RANVIER_THREADS must be a number"):
        rv.Network(threads="auto").create(3, CELL)._context.threads.number()


def in_a_fork(work: Callable[[], Any]) -> Any:
    """Call a function in a forked process and return its result."""
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=lambda: theirs.send(work()))
    process.start()
    theirs.close()
    assert mine.poll(120.0), "the process does not answer"
    result = mine.recv()
    process.join()
    assert process.exitcode == 0
    return result


@forks
def test_auto_is_one_in_a_worker_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(module.THREADS, raising=False)
    assert in_a_fork(automatic) == 1


def test_a_quota_counts_as_cores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "cpu.max"
    monkeypatch.setattr(module, "_QUOTA", file)
    cores = available_cores()
    for text, expected in (
        ("max 100000", cores),
        ("50000 100000", 1),
        (f"{cores + 1}00000 100000", cores),
        ("?", cores),
    ):
        file.write_text(text)
        assert available_cores() == expected


def test_building_takes_threads_only_for_many_synapses() -> None:
    assert Threads(8).for_building(1000.0, 100) == 1
    assert Threads(8).for_building(600_000.0, 100) == 2
    assert Threads(8).for_building(1e9, 100) == 8
    assert Threads(8).for_building(1e6, 1_000_000) == 1
    assert Threads(8, always=True).for_building(1.0, 1) == 8


# -- what becomes of them --------------------------------------------------------------------------------


def tasks() -> int:
    """Threads of this process that the system knows."""
    return len(os.listdir("/proc/self/task"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="needs /proc")
def test_threads_start_when_there_is_work_and_end_with_the_network() -> None:
    before = tasks()
    net = network(threads=4)
    net.compile()
    assert tasks() == before
    net.simulate(5.0)
    assert tasks() == before + 3
    net._context.threads = Threads(2, always=True)
    net.simulate(5.0)
    assert tasks() == before + 1
    small = network(threads=4, always=False)
    small.simulate(5.0)
    assert tasks() == before + 1
    del net, small
    gc.collect()
    assert tasks() == before


def test_the_number_may_change_at_any_time() -> None:
    expected = ran(network(), 40.0)
    net = network(threads=3)
    net.simulate(10.0)
    net.threads = 1
    net.simulate(10.0)
    net.store()
    net._context.threads = Threads(2, always=True)
    assert ran(net, 20.0) == expected
    net.restore()
    assert ran(net, 20.0) == expected


def test_measuring_what_is_worth_it_changes_nothing() -> None:
    def build(threads: int) -> rv.Network:
        net = rv.Network(dt=1.0, seed=3, threads=threads)
        cells = net.create(20_000, CELL, name="cells")
        net.connect(cells, cells, "exc").fixed_number_pre(50, weights=0.01)
        return net

    assert ran(build(3), 200.0) == ran(build(1), 200.0)


@forks
def test_threads_start_again_after_a_fork() -> None:
    net = network(threads=3)
    net.simulate(10.0)
    in_child = in_a_fork(lambda: ran(net, 20.0))
    assert in_child == ran(net, 20.0) == ran(network(), 30.0)


def test_networks_with_threads_run_at_once() -> None:
    expected = ran(network(), 60.0)
    nets = [network(threads=2) for _ in range(3)]
    found: list[bytes] = []
    workers = [threading.Thread(target=lambda net=net: found.append(ran(net, 60.0))) for net in nets]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [expected] * 3
