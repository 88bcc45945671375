"""What happens when a segment starts: uniformity, derived values, padding."""

from __future__ import annotations

import math
import timeit
from typing import Any

import numpy as np
import pytest

from ranvier.compiler.ir import KernelIR
from ranvier.runtime._bridge import Engine
from ranvier.runtime.planning.plan import PopulationPlan


@pytest.mark.parametrize("n", [1, 63, 64, 130])
def test_equal_arrays_equal_a_shared_value_and_changes_are_seen(lab: Any, n: int) -> None:
    a = lab.leaky(n, drive=0.125, tau=7.0)
    b = lab.leaky(n, drive=np.full(n, 0.125), tau=np.full(n, 7.0))
    engine = Engine(lab.plan())
    engine.run(5)
    assert np.array_equal(lab.value(a, "v"), lab.value(b, "v"))
    lab.full(a, "tau")[:] = 3.0
    lab.value(b, "tau")[:] = 3.0
    engine.run(3)
    assert np.array_equal(lab.value(a, "v"), lab.value(b, "v"))
    before = lab.value(b, "v")[0]
    lab.value(b, "tau")[n - 1] = 50.0
    lab.full(b, "tau")[n:] = np.nan  # padding has no meaning: it is filled again
    engine.run(1)
    decay = lab.real(1) - lab.real(1) / lab.real(50.0)
    assert lab.value(b, "v")[n - 1] == before * decay + lab.real(0.125)
    assert n == 1 or lab.value(b, "v")[0] == lab.value(a, "v")[0]
    lab.value(b, "tau")[n - 1] = 3.0
    engine.run(4)
    assert n == 1 or np.array_equal(lab.value(b, "v")[:-1], lab.value(a, "v")[:-1])


def test_parameter_without_derived_values(lab: Any) -> None:
    p = lab.leaky(70, drive=np.full(70, 0.1), tau=1e30)
    engine = Engine(lab.plan())
    engine.run(1)
    lab.value(p, "drive")[69] = 0.2
    engine.run(1)
    assert lab.value(p, "v")[69] == lab.real(0.1) + lab.real(0.2)
    assert lab.value(p, "v")[68] == lab.real(0.1) + lab.real(0.1)


@pytest.mark.parametrize("changed", [None, 0, 99])
def test_weights_uniform_or_not(lab: Any, changed: int | None) -> None:
    source, target = lab.source(1, [(0, 0)]), lab.leaky(100)
    projection = lab.static(source, target, [(0, 1, j) for j in range(100)], np.full(100, 0.25))
    if changed is not None:
        projection.binding.arrays[0][changed] = 0.5
    Engine(lab.plan()).run(2)
    expected = np.full(100, 0.25)
    expected[changed if changed is not None else []] = 0.5
    assert np.array_equal(lab.value(target, "v"), expected)


def linear(lab: Any, linear_ir: KernelIR, n: int, ka: object, kb: object) -> Any:
    shared = tuple(k for k, x in (("ka", ka), ("kb", kb)) if np.ndim(x) == 0)
    xy = {"x": lab.array(1.0, -(-n // 64) * 64), "y": lab.array(2.0, -(-n // 64) * 64)}
    binding = lab.bind(linear_ir, "linear", n, xy, shared, ka=ka, kb=kb)
    lab.add(
        PopulationPlan(f"linear{len(lab.populations)}", n, binding.npad, binding, spiking=False, **lab.spikes(n, 1))
    )
    return binding


def test_propagators_of_coupled_equations(lab: Any, linear_ir: KernelIR) -> None:
    """x' = -ka x + kb y, y' = -kb y: ten steps equal exp(10 A); with equal rates too."""
    n, kb = 100, 0.3
    ka = np.where(np.arange(n) < 50, 0.1, 0.3)
    mixed, fast, slow = (linear(lab, linear_ir, n, k, kb) for k in (ka, 0.3, 0.1))
    Engine(lab.plan(spike_recorders=[])).run(10)
    for k, elements in ((0.1, slice(0, 50)), (0.3, slice(50, n))):
        joint = 10 * math.exp(-10 * k) if k == kb else (math.exp(-10 * k) - math.exp(-10 * kb)) / (kb - k)
        exact = math.exp(-10 * k) + 2 * kb * joint, 2 * math.exp(-10 * kb)
        rounding = 100 * np.finfo(lab.real).eps  # ten steps of four operations on values of order one
        for got, expected in zip((mixed.arrays[0], mixed.arrays[1]), exact, strict=True):
            assert np.allclose(got[elements], expected, rtol=rounding, atol=0)
    for name in (0, 1):
        assert np.array_equal(mixed.arrays[name][:50], slow.arrays[name][:50])
        assert np.array_equal(mixed.arrays[name][50:n], fast.arrays[name][50:n])


def test_propagators_follow_parameters(lab: Any, linear_ir: KernelIR) -> None:
    a, b = linear(lab, linear_ir, 3, 0.1, 0.2), linear(lab, linear_ir, 3, np.full(3, 0.5), 0.2)
    engine = Engine(lab.plan(spike_recorders=[]))
    engine.run(1)
    for array in (0, 1):
        b.arrays[array][:] = a.arrays[array]
    b.arrays[9][:] = 0.1
    engine.run(3)
    assert np.array_equal(a.arrays[0][:3], b.arrays[0][:3])


def test_one_step_segments_are_cheap(lab: Any) -> None:
    """Four microseconds are usual; the bound leaves room for a busy machine."""
    p = lab.leaky(64, drive=np.full(64, 0.01), tau=np.full(64, 9.0), slots=3)
    lab.static(p, p, [(0, 1, 1), (1, 2, 0)])
    engine = Engine(lab.plan())
    assert min(timeit.repeat(lambda: engine.run(1), number=200, repeat=20)) / 200 < 40e-6
