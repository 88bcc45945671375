"""Copies of a network in processes, subclasses that build in `__init__`, and networks in threads."""

from __future__ import annotations

import os
import threading
from typing import Any

import numpy as np
import pytest

import ranvier as rv


class Column(rv.Network):
    """Builds without calling its parent's `__init__`."""

    def __init__(self, size: int, drive: float = 1.2) -> None:
        neuron = rv.Neuron("tau = 10.0\nI = 1.2", "tau*dv/dt = I - v + g_exc + Normal(0.0, 0.5)", "v > 1", "v = 0")
        self.cells = self.create(size, neuron, name="cells")
        self.cells.I = drive
        self.edges = self.connect(self.cells, self.cells, "exc")
        self.edges.fixed_probability(0.2, weights=rv.Uniform(0.0, 1.0))
        self.spikes = self.monitor(self.cells, "spike")


class Explicit(rv.Network):
    """Calls its parent's `__init__` with a time step of its own."""

    def __init__(self, size: int) -> None:
        super().__init__(dt=0.5)
        self.cells = self.create(size, rv.models.LIF(), name="cells")


def run(net: Any, duration: float = 50.0) -> tuple[int, float, list[float], Any]:
    net.simulate(duration)
    return net.seed, net.time, list(net.edges.w[:5]), net.spikes.get("spike")


def test_a_subclass_takes_its_own_arguments_and_those_of_the_network() -> None:
    net = Column(8, dt=0.2, seed=5)  # type: ignore[call-arg]
    assert (net.dt, net.seed, net.cells.size) == (0.2, 5, 8)
    assert (Explicit(3).dt, Explicit(3, seed=4).seed) == (0.5, 4)  # type: ignore[call-arg]
    assert Explicit(3, dt=0.1).dt == 0.1  # type: ignore[call-arg]  # who makes it has the last word
    with pytest.raises(TypeError, match="colour"):
        Column(8, colour=1)  # type: ignore[call-arg]


def test_a_network_cannot_be_initialised_after_it_was_built() -> None:
    class Late(rv.Network):
        def __init__(self) -> None:
            self.create(3, rv.models.LIF())
            super().__init__(dt=0.5)

    with pytest.raises(rv.RanvierError, match="before populations are created"):
        Late()


def test_runs_equal_those_in_one_process() -> None:
    net = Column(30, dt=0.5, seed=1)  # type: ignore[call-arg]
    seeds = [11, 12, 11]
    results = net.parallel_run(run, 3, max_processes=2, seeds=seeds)
    expected = [run(Column(30, dt=0.5, seed=seed)) for seed in seeds]  # type: ignore[call-arg]
    assert results == expected
    assert results[0] != results[1]
    assert net.current_step == 0


def test_lists_are_divided_between_the_class_and_the_function() -> None:
    net = Column(10, dt=0.5, seed=1)  # type: ignore[call-arg]
    results = net.parallel_run(run, 2, seeds="sequential", drive=[0.0, 3.0], duration=[20.0, 40.0])
    assert [r[:2] for r in results] == [(2, 20.0), (3, 40.0)]
    counts = [sum(map(len, r[3].values())) for r in results]
    assert counts[0] < counts[1]


def test_any_other_network_is_copied_as_it_is() -> None:
    def make() -> Any:
        net: Any = rv.Network(dt=0.5, seed=1)
        neuron = rv.Neuron("tau = 10.0", "tau*dv/dt = 1.2 - v + g_exc + Normal(0.0, 0.5)", "v > 1", "v = 0")
        cells = net.create(20, neuron, name="cells")
        net.edges = net.connect(cells, cells, "exc").fixed_probability(0.3, weights=rv.Uniform(0.0, 1.0))
        net.spikes = net.monitor(cells, "spike")
        net.simulate(20.0)
        return net

    net, other = make(), make()
    results = net.parallel_run(run, 3, seeds=[7, 8, 7])
    assert results[0] == results[2] != results[1]
    other.seed = 7
    assert run(other) == results[0]
    assert net.time == 20.0


def test_all_runs_share_one_compile() -> None:
    net = Column(10, dt=0.5, seed=1)  # type: ignore[call-arg]
    net.compile()

    def compiled(copy: Any) -> int:
        before = rv.cache.stats()["compiled"]
        copy.simulate(10.0)
        return rv.cache.stats()["compiled"] - before

    assert net.parallel_run(compiled, 4) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"number": 0}, "number must be a positive integer"),
        ({"number": 2, "seeds": [1]}, "seeds for 2 runs"),
        ({"number": 2, "seeds": "random"}, "'same', 'sequential', or a list of 2 integers"),
        ({"number": 3, "drive": [1.0, 2.0]}, "2 values of 'drive' for 3 runs"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(rv.RanvierError, match=text):
        Column(3).parallel_run(run, **arguments)


def test_an_error_in_a_run_is_raised_with_its_seed() -> None:
    def fail(net: Any, x: int) -> float:
        return 1 / x

    with pytest.raises(ZeroDivisionError) as caught:
        Column(3).parallel_run(fail, 2, seeds=[5, 6], x=[1, 0])
    assert "run 1 of parallel_run (seed 6)" in str(caught.value.__cause__)


def test_a_process_that_dies_and_a_result_that_cannot_travel_are_told() -> None:
    with pytest.raises(rv.RanvierError, match=r"run 0 of parallel_run .* its process ended early, with code 3"):
        Column(3).parallel_run(lambda net: os._exit(3), 1)
    with pytest.raises(rv.RanvierError, match="the result cannot be sent"):
        Column(3).parallel_run(lambda net: lambda: None, 1)


def test_networks_run_in_threads_at_once() -> None:
    expected = [run(Column(40, dt=0.1, seed=seed), 100.0) for seed in range(4)]  # type: ignore[call-arg]
    results: dict[int, Any] = {}

    def work(seed: int) -> None:
        results[seed] = run(Column(40, dt=0.1, seed=seed), 100.0)  # type: ignore[call-arg]

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[seed] for seed in range(4)] == expected
    assert np.isfinite(expected[0][1])
