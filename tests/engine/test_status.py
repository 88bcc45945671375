"""How a run ends: NaN, stop conditions, signals; and who may call it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from ranvier.runtime._bridge import Engine
from ranvier.runtime.planning.plan import RunStatus


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_not_finite(lab: Any, value: float) -> None:
    p = lab.leaky(2000, tau=1e30)
    plan = lab.plan(guarded=[lab.guard(p, "v"), lab.guard(p, "g")], nan_every=8)
    engine = Engine(plan)
    assert engine.run(13) == RunStatus("done", 13)
    lab.value(p, "v")[1777] = value
    assert engine.scan() == RunStatus("nan", 0, "p0", "v", 1777)
    assert engine.run(100) == RunStatus("nan", 3, "p0", "v", 1777)
    assert plan.step[0] == 16
    assert not np.isfinite(lab.value(p, "v")[1777])
    lab.value(p, "v")[1777] = 0.0
    assert engine.scan() == RunStatus("done", 0)
    assert engine.run(20) == RunStatus("done", 20)


def test_large_finite_values_and_padding_are_no_alarm(lab: Any) -> None:
    p = lab.leaky(65)
    limits = np.finfo(lab.real)
    extremes = [limits.max, limits.min, limits.tiny, -0.0, limits.smallest_subnormal]
    lab.value(p, "v")[:5] = extremes
    lab.full(p, "v")[65:] = np.nan
    assert Engine(lab.plan(guarded=[lab.guard(p, "v")])).scan().kind == "done"


def test_nan_check_off(lab: Any) -> None:
    p = lab.leaky(3, v=np.nan)
    assert Engine(lab.plan(guarded=[lab.guard(p, "v")])).run(100).kind == "done"


@pytest.mark.parametrize(("both", "expected"), [(False, 5), (True, 9)])
def test_conditions_across_populations(lab: Any, both: bool, expected: int) -> None:
    a, b = lab.leaky(3, drive=0.1, tau=1e30), lab.leaky(70, drive=np.linspace(0.05, 0.06, 70), tau=1e30)
    conditions = [lab.above(a, 0.44, True), lab.above(b, 0.44, True)]
    status = Engine(lab.plan(conditions=conditions, conditions_all=both)).run(1000)
    assert status == RunStatus("stopped", expected)


def test_any_and_all_of_a_population(lab: Any) -> None:
    p = lab.leaky(3, drive=np.array([0.1, 0.2, 0.05]), tau=1e30)
    plan = lab.plan(conditions=[lab.above(p, 0.28, False)])
    engine = Engine(plan)
    assert engine.run(100) == RunStatus("stopped", 2)
    assert engine.run(100) == RunStatus("stopped", 1)
    assert plan.step[0] == 3
    q = lab.leaky(3, drive=np.array([0.1, 0.2, 0.05]), tau=1e30)
    assert Engine(lab.plan(conditions=[lab.above(q, 0.14, True)])).run(100) == RunStatus("stopped", 3)


def slow(lab: Any) -> tuple[Any, Engine]:
    """A network that takes several microseconds per step."""
    p = lab.leaky(20000, drive=0.05, tau=np.linspace(5, 10, 20000))
    plan = lab.plan(spike_recorders=[], recorders=[lab.recorder(p, "v", 1, period=10**9)])
    return plan, Engine(plan)


def test_interrupt_ends_at_a_step_boundary(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan, engine = slow(lab)
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        engine.run(10**7)
    done = int(plan.step[0])
    assert 0 < done < 10**7
    engine.run(50)
    assert plan.step[0] == done + 50
    other = new_lab()
    _, other_engine = slow(other)
    other_engine.run(done + 50)
    assert np.array_equal(lab.value(0, "v"), other.value(0, "v"))


def test_progress_sees_a_consistent_network(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan, engine = slow(lab)
    seen: list[tuple[int, int]] = []
    started = time.monotonic()

    def progress(done: int) -> None:
        seen.append((done, int(plan.step[0])))
        with pytest.raises(RuntimeError, match="already running"):
            engine.run(1)
        if len(seen) == 5:
            raise StopIteration

    with pytest.raises(StopIteration):
        engine.run(10**7, progress)
    assert all(done == step for done, step in seen)
    assert (time.monotonic() - started) / 5 < 0.5  # 20 ms each, were the machine idle
    assert engine.run(1).kind == "done"


def test_a_second_thread_is_refused_and_two_networks_run_at_once(new_lab: Callable[[], Any]) -> None:
    labs = [new_lab(), new_lab()]
    networks = [slow(lab) for lab in labs]
    ends: list[RunStatus] = []
    threads = [threading.Thread(target=lambda e=e: ends.append(e.run(3000))) for _, e in networks]
    for thread in threads:
        thread.start()
    while networks[0][0].step[0] == 0:
        time.sleep(0)
    with pytest.raises(RuntimeError, match="running"):
        networks[0][1].run(1)
    for thread in threads:
        thread.join()
    assert [e.steps for e in ends] == [3000, 3000]
    assert np.array_equal(labs[0].value(0, "v"), labs[1].value(0, "v"))


def test_no_steps(lab: Any) -> None:
    lab.leaky(1)
    engine = Engine(lab.plan())
    assert engine.run(0) == RunStatus("done", 0)
    with pytest.raises(ValueError, match="cannot run -1 steps"):
        engine.run(-1)
