"""Runs: durations, callbacks, stop conditions, the NaN guard, Ctrl+C, and misuse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import ranvier as rv


def ramp(dt: float = 0.1, **options: Any) -> tuple[rv.Network, Any]:
    net = rv.Network(dt=dt, seed=1, **options)
    return net, net.create(4, rv.Neuron("a = 1.0", "v = v + a", "v > 1e12"), name="p")


def test_time_is_counted_in_steps() -> None:
    net, pop = ramp()
    for _ in range(10):
        net.simulate(0.3)
    assert net.current_step == 30
    assert net.time == pytest.approx(3.0)
    assert np.all(pop.v == 30.0)
    net.simulate("1 ms")
    net.simulate("0.002 second")
    assert net.current_step == 60


def test_durations() -> None:
    net, _ = ramp()
    net.simulate(0.0)
    assert net.current_step == 0
    for bad in (-1.0, float("nan"), float("inf"), 0.04, "3 mV", None):
        with pytest.raises(rv.RanvierError):
            net.simulate(bad)
    with pytest.warns(rv.RanvierWarning, match="multiple"):
        net.simulate(0.26)
    assert net.current_step == 3
    assert isinstance(net.simulate(1.0, measure_time=True), float)
    assert net.simulate(1.0) is None


@pytest.mark.parametrize("dt", [0.0, -0.1, float("nan"), float("inf"), "1 mV", "x"])
def test_bad_steps(dt: Any) -> None:
    with pytest.raises(rv.RanvierError):
        rv.Network(dt=dt)


@pytest.mark.parametrize("duration", [[20.0], [0.7, 9.3, 10.0], [5.0] * 4])
def test_callbacks_on_the_clock_of_the_network(duration: list[float]) -> None:
    net, _ = ramp()
    calls: list[tuple[int, int]] = []

    @net.every(period=2.0, offset=0.5, wait=3.0)
    def note(n: int) -> None:
        calls.append((n, net.current_step))

    for each in duration:
        net.simulate(each)
    assert calls == [(k, 35 + 20 * k) for k in range(9)]


def test_callbacks_write_before_the_step() -> None:
    net, pop = ramp(dt=1.0)

    @net.every(period=5.0)
    def jump() -> None:
        pop.v = 100.0 * net.current_step

    net.simulate(7.0)
    assert np.all(pop.v == 502.0)
    net.reset()
    net.simulate(1.0)
    assert np.all(pop.v == 1.0)


def test_callback_counts_are_state() -> None:
    net, _ = ramp(dt=1.0)
    seen: list[int] = []
    net.every(period=2.0)(lambda n: seen.append(n))
    net.simulate(4.0)
    net.store()
    net.simulate(4.0)
    net.restore()
    net.simulate(2.0)
    net.reset()
    net.simulate(1.0)
    assert seen == [0, 1, 2, 3, 2, 0]


def test_a_network_cannot_be_run_from_its_own_callback() -> None:
    net, _ = ramp()
    net.every(period=1.0)(lambda: net.simulate(1.0))
    with pytest.raises(rv.RanvierError, match="running already"):
        net.simulate(2.0)


def test_an_error_in_a_callback_leaves_a_network_that_can_go_on() -> None:
    net, pop = ramp()
    fail = [True]

    @net.every(period=1.0, wait=1.0)
    def maybe() -> None:
        if fail[0]:
            raise KeyError("mine")

    with pytest.raises(KeyError):
        net.simulate(5.0)
    assert net.current_step == 10
    fail[0] = False
    net.simulate(5.0)
    assert np.all(pop.v == 60.0)


@pytest.mark.parametrize(("operator", "expected"), [("and", 3.0), ("or", 1.0)])
def test_simulate_until(operator: str, expected: float) -> None:
    net = rv.Network(dt=0.1, seed=1)
    neuron = rv.Neuron("a = 1.0", "v = v + a", "v > 1e12")
    first = net.create(4, neuron, stop_condition="v > 9.5 : any")
    second = net.create(4, neuron, stop_condition="v > 29.5 and a > 0 : all")
    assert net.simulate_until(100.0, [first, second], operator) == pytest.approx(expected)
    assert net.simulate_until(0.5, second) <= 0.5
    net.simulate(1.0)
    with pytest.raises(rv.RanvierError, match="stop_condition"):
        net.simulate_until(1.0, net.create(1, neuron))


def test_any_is_the_default_and_all_waits_for_the_last() -> None:
    net = rv.Network(dt=1.0, seed=1)
    neuron = rv.Neuron("a = 1.0", "v = v + a", "v > 1e12")
    some = net.create(4, neuron, stop_condition="v > 9.5")
    every = net.create(4, neuron, stop_condition="v > 9.5 : all")
    some.a = every.a = [1.0, 2.0, 5.0, 0.5]
    assert net.simulate_until(100.0, some) == 2.0
    net.reset(keep=[])
    some.a = every.a = [1.0, 2.0, 5.0, 0.5]
    assert net.simulate_until(100.0, every) == 20.0
    net.reset()
    some.a = every.a = 0.0
    assert net.simulate_until(7.0, every) == 7.0


@pytest.mark.parametrize(("check", "window"), [(True, "steps 0 to 63"), ("step", "step 3")])
def test_the_nan_guard_names_what_happened(check: Any, window: str) -> None:
    net, pop = ramp(nan_check=check)
    mon = net.monitor(pop, "v")

    @net.every(period=0.3, wait=0.3)
    def spoil() -> None:
        pop.v[2] = np.nan

    with pytest.raises(rv.RanvierError, match=window) as error:
        net.simulate(50.0)
    for word in ("'p'", "'v'", "neuron 2"):
        assert word in str(error.value)
    assert error.value.code.startswith("E5")
    assert mon.get("v").shape[0] == net.current_step, "what was recorded is kept"
    assert np.isnan(pop.v[2])


def test_the_nan_guard_looks_at_the_end_of_a_run_and_can_be_switched_off() -> None:
    net, pop = ramp()
    pop.v = np.inf
    net.simulate(1.0)
    net, pop = ramp()
    net.simulate(1.0)
    pop.v[1] = np.nan
    with pytest.raises(rv.RanvierError, match="NaN"):
        net.simulate(1.0)
    net, pop = ramp(nan_check=False)
    pop.v[1] = np.nan
    net.simulate(20.0)


def test_an_empty_network_says_so() -> None:
    net = rv.Network(seed=1)
    net.compile()
    with pytest.raises(rv.RanvierError, match="no populations"):
        net.simulate(1.0)


def test_objects_created_between_runs() -> None:
    net, pop = ramp()
    net.simulate(1.0)
    late = net.create(3, rv.Neuron(equations="v = v + 1", spike="v > 1e9"), name="late")
    net.simulate(1.0)
    assert np.all(pop.v == 20.0)
    assert np.all(late.v == 10.0)
    net.reset()
    net.simulate(0.5)
    assert np.all(late.v == 5.0)


def test_disabled_populations_stand_still() -> None:
    net, pop = ramp()
    net.simulate(1.0)
    pop.disable()
    net.simulate(1.0)
    assert np.all(pop.v == 10.0)
    pop.enable()
    net.simulate(1.0)
    assert np.all(pop.v == 20.0)


def test_networks_are_independent_and_run_side_by_side() -> None:
    def run(results: dict[int, Any], seed: int) -> None:
        net = rv.Network(dt=0.1, seed=seed)
        pop = net.create(200, rv.Neuron(equations="dv/dt = -v + randn()", spike="v > 1", reset="v = 0"), name="p")
        net.simulate(100.0)
        results[seed] = pop.v.copy()

    alone: dict[int, Any] = {}
    together: dict[int, Any] = {}
    for seed in range(3):
        run(alone, seed)
    threads = [threading.Thread(target=run, args=(together, seed)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(3):
        assert np.array_equal(alone[seed], together[seed])


INTERRUPTED = """
import os, signal, threading
import numpy as np
import ranvier as rv

def make():
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(1000, rv.Neuron(equations="dv/dt = -v + randn()", spike="v > 0.4", reset="v = 0"), name="p")
    return net, pop, net.monitor(pop, "spike")

net, pop, mon = make()
net.compile()
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    net.simulate(1e7)
except KeyboardInterrupt:
    done = net.current_step
    assert 0 < done < 10**8
    net.simulate(1.0)
    spikes = mon.get("spike")
    other, again, whole = make()
    other.simulate((done + 10) * 0.1)
    assert np.array_equal(pop.v, again.v)
    assert spikes == whole.get("spike")
    print("kept", done)
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_ends_at_a_step_boundary_with_everything_kept() -> None:
    assert signal.SIGINT
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("kept")


def test_progress_is_told_and_may_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come in order, the last one at the end; an error in a report ends the run, which can go on."""
    monkeypatch.setattr("ranvier.runtime.progress.REPORT_EVERY", 0.0)
    neuron = rv.Neuron("tau = 10.0", "tau*dv/dt = 1.2 + Normal(0.0, 1.0) - v", spike="v > 1", reset="v = 0")
    whole, parts = (rv.Network(dt=0.1, seed=2) for _ in range(2))
    pops = [net.create(2000, neuron) for net in (whole, parts)]  # a run of many looks at the clock, 20 ms apart
    reports: list[Any] = []
    whole.simulate(2000.0, progress=reports.append)
    assert len(reports) > 1
    assert [r.done for r in reports] == sorted(r.done for r in reports)
    assert (reports[-1].done, reports[-1].total, reports[-1].left) == (2000.0, 2000.0, 0.0)
    assert all(r.left >= 0.0 for r in reports)
    assert str(reports[-1]).startswith("2000 of 2000 ms in ")

    def enough(report: Any) -> None:
        raise KeyError(report.done)

    with pytest.raises(KeyError):
        parts.simulate(2000.0, progress=enough)
    assert 0.0 < parts.time < 2000.0
    parts.simulate(2000.0 - parts.time)
    np.testing.assert_array_equal(pops[1].v, pops[0].v)
