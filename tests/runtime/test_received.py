"""Inputs without an equation: read, recorded and named in texts as what the last step received.

The numbers of `ANNARCHY` were recorded from ANNarchy 5.0.4 (``Monitor(pop, "g_exc")``, ``Monitor(pop, "sum(exc)")``,
``pop.sum("exc")``) with the network of `network`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime.checks.networks import check_network
from ranvier.runtime.threads import Threads

ANNARCHY = {
    "g_exc": [0, 0, 0, 2, 4, 0, 0, 0, 2, 0, 2, 0],
    "v": [0, 0, 0, 0.2, 0.58, 0.522, 0.4698, 0.42282, 0.580538, 0.5224842, 0.67023578, 0.603212202],
    "sum(exc)": [0, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
    "r": [0, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20],
}


def network(engine: str = "compiled") -> tuple[Any, Any, Any]:
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    source = net.create(rv.SpikeSourceArray([[2.0, 3.0, 7.0], [3.0, 9.0]]), name="source")
    leaky = rv.Neuron(
        "tau = 10.0", "tau*dv/dt = -v + g_exc\nI = 2*g_exc - v : inline\ncount : init=0",
        spike="v > 100", reset="v = 0", events={"hit": "g_exc > 3"},
    )  # fmt: skip
    spiking = net.create(3, leaky, name="spiking")
    net.connect(source, spiking, "exc").all_to_all(2.0)
    clock = net.create(2, rv.Neuron(equations="r = t : init=0.0"), name="clock")
    rates = net.create(2, rv.Neuron(equations="r = sum(exc) : init=0.0"), name="rates")
    net.connect(clock, rates, "exc").all_to_all(1.0)
    return net, spiking, rates


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("pieces", [[12.0], [1.0] * 12, [5.0, 7.0]])
def test_recorded_as_by_annarchy(engine: str, pieces: list[float]) -> None:
    net, spiking, rates = network(engine)
    of_spikes, of_rates = net.monitor(spiking, ["g_exc", "v", "I"]), net.monitor(rates, ["sum(exc)", "r"])
    for piece in pieces:
        net.simulate(piece)
    data = {**of_spikes.get(), **of_rates.get()}
    for name, expected in ANNARCHY.items():
        np.testing.assert_allclose(data[name], np.stack([expected] * data[name].shape[1], axis=1), rtol=1e-15)
    assert np.array_equal(data["I"], 2 * data["g_exc"] - data["v"]), "a subexpression that names it"


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("steps", [4, 5, 9, 12])
def test_read_after_a_run(engine: str, steps: int) -> None:
    net, spiking, rates = network(engine)
    net.simulate(float(steps))
    assert spiking.sum("exc").tolist() == [ANNARCHY["g_exc"][steps - 1]] * 3
    assert rates.sum("exc").tolist() == [ANNARCHY["sum(exc)"][steps - 1]] * 2
    assert np.array_equal(spiking.g_exc, spiking.sum("exc"))
    assert np.array_equal(spiking.get("g_exc"), spiking.g_exc)
    assert np.array_equal(spiking[1:].g_exc, spiking.g_exc[1:])
    assert spiking.neuron(2).g_exc == spiking.g_exc[2]
    assert np.array_equal(spiking.I, 2 * spiking.g_exc - spiking.v)
    spiking.count = "g_exc + i"
    assert np.array_equal(spiking.count, spiking.g_exc + np.arange(3))


def test_views_periods_and_reductions() -> None:
    net, spiking, rates = network()
    part = net.monitor(spiking[1:], "g_exc", period=2.0)
    total = net.monitor(rates, "sum(exc)", reduce="sum", times=[3.0, 7.0])
    net.simulate(12.0)
    assert part.get("g_exc").tolist() == [[x, x] for x in ANNARCHY["g_exc"][::2]]
    assert total.get("sum(exc)").tolist() == [8.0, 24.0]


def test_engines_threads_and_runs_without_a_look_agree() -> None:
    def run(look: bool, engine: str = "compiled", threads: int = 1) -> list[Any]:
        net = rv.Network(dt=0.1, seed=4, engine=engine)
        net._context.threads = Threads(threads, always=True)
        noise = net.create(rv.PoissonPopulation(200, rates=50.0))
        cell = rv.Neuron("tau = 10.0", "tau*dv/dt = g_exc - g_inh - v", spike="v > 1", reset="v = 0", refractory=2.0)
        cells = net.create(1500, cell)
        for target in ("exc", "inh"):
            some = net.connect(noise, cells, target)
            some.fixed_probability(0.2, weights=rv.Uniform(0, 2), delays=rv.Uniform(0.1, 2))
        net.connect(cells, cells, "exc", same_step=True).fixed_probability(0.01, weights=0.1, delays=0.0)
        kept = net.monitor(cells, ["g_exc", "g_inh"]).get if look else dict
        net.simulate(20.0)
        return [cells.v.copy(), cells.sum("exc"), cells.sum("inh"), *(kept().values())]

    plain, watched = run(False), run(True)
    assert all(np.array_equal(a, b) for a, b in zip(plain, watched[:3], strict=True))
    assert np.array_equal(watched[3][-1], plain[1])
    assert np.any(plain[1])
    for other in (run(True, threads=2), run(True, engine="reference")):
        assert all(np.array_equal(a, b) for a, b in zip(watched, other, strict=True))


def test_the_interpreter_agrees() -> None:
    net, spiking, rates = network()
    net.monitor(spiking, ["g_exc", "I"])
    net.monitor(rates, "sum(exc)")
    assert check_network(net, 12) is None


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_conditions_and_code_look_at_the_last_step(engine: str) -> None:
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    source = net.create(rv.SpikeSourceArray([[2.0, 3.0, 7.0], [3.0, 9.0]]))
    cell = rv.Neuron(
        "tau = 10.0", "tau*dv/dt = -v + g_exc\ncount : init=0\nseen : init=0",
        spike="v > 100", reset="v = 0", events={"late": "t > 2.5"},
    )  # fmt: skip
    cells = net.create(2, cell, stop_condition="g_exc > 3")
    net.connect(source, cells, "exc").all_to_all(2.0)
    cells.run_on_event("late", "seen += g_exc")
    cells.run_regularly("count += g_exc")
    assert net.simulate_until(100.0, cells) == 5.0
    assert cells.g_exc.tolist() == [4.0, 4.0]
    assert cells.seen.tolist() == [6.0, 6.0], "code at events sees the input of its own step"
    assert cells.count.tolist() == [2.0, 2.0], "regular code, which comes first, that of the step before"


def test_it_is_state(tmp_path: Path) -> None:
    net, spiking, rates = network()
    net.simulate(5.0)
    before = spiking.g_exc, rates.sum("exc")
    net.store()
    path = tmp_path / "net.npz"
    net.save(path)
    net.simulate(1.0)
    assert spiking.g_exc.tolist() == [0.0] * 3
    net.restore()
    assert np.array_equal(spiking.g_exc, before[0])
    other = rv.Network.from_file(path)
    assert np.array_equal(other.get_population("spiking").g_exc, before[0])
    assert np.array_equal(other.get_population("rates").sum("exc"), before[1])
    net.reset()
    assert spiking.g_exc.tolist() == [0.0] * 3


def test_looking_recompiles_nothing(fresh_cache: Any) -> None:
    def compiled(look: bool) -> Any:
        net, spiking, rates = network()
        if look:
            net.monitor(spiking, "g_exc")
            net.monitor(rates, "sum(exc)")
        net.simulate(5.0)
        spiking.sum("exc")
        return rv.cache.stats()["compiled"]

    assert compiled(False) == compiled(True)


def test_what_is_refused() -> None:
    net, spiking, _ = network()
    with pytest.raises(rv.RanvierError, match="'g_exc' of population 'spiking' is the summed input of a step"):
        spiking.g_exc = 1.0
    with pytest.raises((ValueError, rv.RanvierError), match=r"read-only|copy"):
        spiking.g_exc[0] = 1.0
    with pytest.raises(rv.RanvierError, match=r"target of population 'spiking'"):
        spiking.sum("inh")
    with pytest.raises(rv.RanvierError, match=r"sum\(inh\)"):
        net.monitor(spiking, "sum(inh)")


def test_views_tell_what_they_received() -> None:
    net, _, rates = network()
    net.simulate(9.0)
    assert rates.sum("exc")[0] > 0
    assert np.array_equal(rates[1:].sum("exc"), rates.sum("exc")[1:])
