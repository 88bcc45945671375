"""Wrong arrays are refused before a pointer is taken, by name."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranvier.runtime._bridge import Engine, Library, aligned_empty
from ranvier.runtime.planning.plan import GuardedArray, Plan, SpikeRecorder, Subtotal


def network(lab: Any) -> Plan:
    source, target = lab.source(3, [(0, 0), (1, 2)], slots=4), lab.leaky(5, drive=np.arange(5.0))
    lab.static(source, target, [(0, 1, 4), (1, 3, 0), (2, 1, 2)], w=np.ones(3))
    log = lab.array(0.0, 64)
    lab.traced(source, target, [(0, 1, 4), (1, 3, 0), (2, 1, 2)], log)
    plan: Plan = lab.plan(guarded=[lab.guard(target, "v")], conditions=[lab.above(target, 1.0, True)])
    return plan


def unaligned(array: np.ndarray) -> np.ndarray:
    raw = aligned_empty(array.nbytes + 64, np.uint8)
    return raw[8 : 8 + array.nbytes].view(array.dtype)


def strided(array: np.ndarray) -> np.ndarray:
    return np.repeat(array, 2)[::2]


def read_only(array: np.ndarray) -> np.ndarray:
    array = array[:]
    array.flags.writeable = False
    return array


def put(array: np.ndarray, at: int, value: int) -> np.ndarray:
    array = array.copy()
    array[at] = value
    return array


def change(path: str, function: Callable[[Any], Any]) -> Callable[[Plan], None]:
    """Return what replaces ``plan.<path>`` by ``function(old)``."""

    def apply(plan: Plan) -> None:
        owner: Any = plan
        *steps, last = path.split(".")
        for step in steps:
            owner = owner[int(step)] if step.isdigit() else getattr(owner, step)
        if last.isdigit():
            owner[int(last)] = function(owner[int(last)])
        else:
            setattr(owner, last, function(getattr(owner, last)))

    return apply


V, DRIVE = "populations.1.binding.arrays.0", "populations.1.binding.arrays.3"
PRE, POST = "projections.0.pathways.0", "projections.1.post_pathways.0"
CASES = [
    (V, lambda a: a.astype(np.float32), r"population 'p1': v: expected float64, got float32"),
    (V, lambda a: a[:63], r"population 'p1': v: expected at least 64 elements, got 63"),
    (V, unaligned, r"population 'p1': v: the array must start at a multiple of 64 bytes"),
    (V, strided, r"population 'p1': v: the array must be contiguous"),
    (V, read_only, r"population 'p1': v: the array is read-only"),
    (V, lambda a: None, r"population 'p1': v: expected an array, got NoneType"),
    (V, lambda a: a.reshape(8, 8), r"population 'p1': v: expected 1 dimension\(s\), got 2"),
    (DRIVE, lambda a: a[:8], r"population 'p1': drive: expected at least 64 elements, got 8"),
    ("populations.1.binding.arrays", lambda a: a[:-1], r"population 'p1': expected 6 arrays, got 5"),
    ("populations.1.binding", lambda a: None, r"population 'p1': expected either a model or a spike source"),
    ("populations.1.npad", lambda a: 63, r"population 'p1': 5 neurons do not fit a padded length of 63"),
    ("populations.1.binding.n", lambda a: 4, r"population 'p1': the model is bound to 4 elements, not 5"),
    ("populations.1.history", lambda a: a[:, :32].copy(), r"population 'p1': history: expected rows of 64"),
    ("populations.1.history", lambda a: a.astype(np.int64), r"history: expected int32, got int64"),
    ("populations.1.counts", lambda a: a[:1], r"population 'p1': counts: expected at least 2 elements, got 1"),
    ("populations.1.counts", lambda a: put(a, 1, 6), r"counts: element 1 is 6, not in \[0, 6\)"),
    ("populations.1.last", lambda a: a[:5], r"population 'p1': last: expected at least 64 elements, got 5"),
    ("populations.0.source.ranks", lambda a: put(a, 1, 3), r"source ranks: element 1 is 3, not in \[0, 3\)"),
    ("populations.0.source.ranks", lambda a: a[:1], r"source ranks: expected at least 2 elements, got 1"),
    ("populations.0.source.steps", lambda a: a[::-1].copy(), r"source spikes must be sorted"),
    ("populations.0.source.position", lambda a: put(a, 0, 3), r"source position: element 0 is 3"),
    ("projections.0.binding.arrays.0", lambda a: a[:2], r"projection 'c0': w: expected at least 3 elements, got 2"),
    ("projections.0.pre", lambda a: 2, r"projection 'c0': no such population"),
    (f"{PRE}.delays", lambda a: np.array([1, 4]), r"delays .*: element 1 is 4, not in \[0, 4\)"),
    (f"{PRE}.delays", lambda a: np.array([0, 3]), r"delays: 0 steps is too short"),
    (f"{PRE}.delays", lambda a: np.array([3, 1]), r"delays: element 1 is out of order"),
    (f"{PRE}.indptr", lambda a: a[:-1], r"projection 'c0', pre:pre: indptr: expected at least 7 elements, got 6"),
    (f"{PRE}.indptr", lambda a: put(a, 2, 3), r"indptr: element 3 is out of order"),
    (f"{PRE}.indptr", lambda a: put(a, 6, 4), r"indptr: 4 synapses, but the arrays hold 3"),
    (f"{PRE}.indptr", lambda a: put(a, 0, -1), r"indptr: 3 synapses, but the arrays hold 3"),
    (f"{PRE}.target", lambda a: put(a, 1, 5), r"ranks of the other side: element 1 is 5, not in \[0, 5\)"),
    (f"{PRE}.target", lambda a: a.astype(np.int32), r"expected uint16 or uint32, got int32"),
    (f"{PRE}.program", lambda a: "pre:other", r"projection 'c0': the model has no code for 'pre:other'"),
    (f"{PRE}.subtotals.0.entry", lambda a: 0, r"entry 0 of the layout is not a subtotal"),
    (f"{PRE}.subtotals.0.target", lambda a: a[:5], r"target of post.g: expected at least 64 elements, got 5"),
    (f"{POST}.order", lambda a: put(a, 0, 3), r"post:post: order: element 0 is 3, not in \[0, 3\)"),
    (f"{POST}.order", lambda a: put(a, 0, -1), r"post:post: order: element 0 is -1"),
    (f"{POST}.order", lambda a: a[:2], r"indptr: 3 synapses, but the arrays hold 2"),
    (f"{POST}.source", lambda a: put(a, 2, 3), r"ranks of the other side: element 2 is 3, not in \[0, 3\)"),
    ("guarded.0.data", lambda a: a[:4], r"guarded p1.v: expected at least 5 elements, got 4"),
    ("spike_recorders.0", lambda a: SpikeRecorder(2, None), r"spike recorder 0: no such population"),
    ("spike_recorders.0.select", lambda a: np.ones(2, np.uint8), r"spike recorder 0: expected at least 3 elements"),
    ("conditions.0.binding.arrays.0", lambda a: a[:5], r"stop condition 0: v: expected at least 64 elements, got 5"),
    ("step", lambda a: a.astype(np.int32), r"step: expected int64, got int32"),
    ("populations", lambda a: [], r"at least one population"),
]


@pytest.mark.parametrize(("path", "function", "message"), CASES, ids=[f"{i}-{c[0]}" for i, c in enumerate(CASES)])
def test_wrong_array_is_named(
    new_lab: Callable[[], Any], path: str, function: Callable[[Any], Any], message: str
) -> None:
    plan = network(new_lab())
    Engine(plan)
    change(path, function)(plan)
    with pytest.raises(ValueError, match=message):
        Engine(plan)


def test_one_array_under_two_names(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan = network(lab)
    arrays = plan.projections[1].binding.arrays
    arrays[3] = arrays[1]
    plan.projections[1].binding.shared[3] = False
    with pytest.raises(ValueError, match=r"pre\.x and post\.log are one array, and one of them is written"):
        Engine(plan)


def test_shared_target_cannot_be_direct(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan = network(lab)
    plan.projections[0].binding.shared[1] = True
    plan.projections[0].pathways[0].subtotals[0] = Subtotal(1, lab.array(0.0, 64), True)
    with pytest.raises(ValueError, match="a shared target cannot be written directly"):
        Engine(plan)


def test_library(build_kernel: Callable[[str, bool], str], tmp_path: Path) -> None:
    library = Library(build_kernel("leaky", False))
    assert library.has("rv_update_uniform")
    assert not library.has("rv_condition")
    with pytest.raises(ValueError, match="built for engine interface -1"):
        Library(build_kernel("old", False))
    with pytest.raises(OSError, match="cannot load"):
        Library(str(tmp_path / "missing.so"))


def test_missing_function(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan = network(lab)
    plan.populations[1].binding.library = lab.library("static")
    with pytest.raises(ValueError, match="has no function rv_update_general"):
        Engine(plan)


def mapped(path: str) -> int:
    return sum(line.rstrip().endswith(path) for line in Path("/proc/self/maps").read_text().splitlines())


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer keeps freed memory")
def test_many_networks_leave_nothing_behind(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan = network(lab)
    path = plan.populations[1].binding.library.path
    engine = Engine(plan)
    before = mapped(path)
    assert before > 0

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1])

    def growth(plan: Plan, networks: int) -> int:
        start = resident()
        for _ in range(networks):
            Engine(plan).run(1)
        gc.collect()
        return resident() - start

    growth(plan, 200)
    # Pages of 4 KB: less than half a KB per network. A leak shows in every window; the allocator, which may give memory
    # of earlier tests back or take some more, does not.
    assert min(growth(plan, 500) for _ in range(3)) < 50
    assert mapped(path) == before
    del engine, plan, lab
    gc.collect()
    assert mapped(path) == 0


def test_arrays_live_as_long_as_the_engine(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    plan = network(lab)
    engine = Engine(plan)
    v = weakref.ref(plan.populations[1].binding.arrays[0])
    plan.populations.clear()
    lab.populations.clear()
    plan.guarded[:] = [GuardedArray("x", "x", np.zeros(1), 1)]
    plan.conditions.clear()
    gc.collect()
    assert v() is not None
    del engine
    gc.collect()
    assert v() is None


def test_memory_is_counted(new_lab: Callable[[], Any]) -> None:
    lab = new_lab()
    source, target = lab.source(3, [(0, 0)]), lab.leaky(100_000)
    lab.static(source, target, [(0, 1, 4)])
    used = Engine(lab.plan()).bytes
    scratch = 2 * 8 * 100_000  # mask and subtotal
    assert scratch < used < 1.1 * scratch + 100_000


@pytest.mark.parametrize("shape", [0, 5, (3, 7), (0, 4), 400_000])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32, np.uint16, np.uint8, "int64"])
def test_aligned_empty(shape: Any, dtype: Any) -> None:
    array = aligned_empty(shape, dtype)
    assert array.shape == np.empty(shape, dtype).shape
    assert array.dtype == dtype
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert array.ctypes.data % (2 << 20 if array.nbytes > 2 << 20 else 64) == 0
    array[...] = 1
    assert array.sum() == array.size


def test_aligned_empty_refuses() -> None:
    with pytest.raises(ValueError, match="negative extent"):
        aligned_empty((-1, 2), float)
    with pytest.raises(MemoryError):
        aligned_empty(1 << 60, np.uint8)
