"""Plans from a few arguments: what the network objects do, without them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.compiler import ir
from ranvier.runtime._bridge import Library
from ranvier.runtime.planning.plan import (
    NEVER,
    Binding,
    Plan,
    PopulationPlan,
    PostPathway,
    PrePathway,
    ProjectionPlan,
    SpikeSource,
    Subtotal,
)

DTYPES = {"double": {"float": np.float64, "int": np.int64}, "single": {"float": np.float32, "int": np.int32}}
SCRATCH = ("derived", "matrix", "propagator", "mask", "subtotal")


def aligned(size: int, dtype: Any) -> np.ndarray:
    """Zeros whose first element is at a multiple of 64 bytes."""
    item = np.dtype(dtype).itemsize
    raw = np.zeros(size * item + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size * item].view(dtype)


def padded(n: int) -> int:
    return max(64, -(-n // 64) * 64)


def stored(entry: ir.Entry, precision: str) -> Any:
    return DTYPES[precision]["float" if entry.type == "float" else "int"]


def filled(entry: ir.Entry, n: int, size: int, value: Any, precision: str) -> np.ndarray:
    """The array of an entry: `value` is a number (shared param, or one per element of a state) or n numbers."""
    array = aligned(64 if is_shared(entry, value) else size, stored(entry, precision))
    array[...] = value if np.ndim(value) == 0 else np.asarray(value)[-1]
    if np.ndim(value):
        array[:n] = value
    return array


def is_shared(entry: ir.Entry, value: Any) -> bool:
    return entry.role == "param" and np.ndim(value) == 0


def bind(
    kernel: ir.KernelIR, n: int, values: dict[str, Any], precision: str, library: Library | None = None, keys: Any = ()
) -> Binding:
    """Bind a kernel of n elements; arrays that exist already (attributes of populations) are given as they are."""
    size = n if kernel.kind == "synapse" else padded(n)
    arrays: list[np.ndarray | None] = []
    shared = []
    for entry in kernel.layout:
        value = values.get(entry.name, NEVER if entry.role in ("until", "lastupdate") else 0)
        shared.append(is_shared(entry, value))
        if entry.role in SCRATCH:
            arrays.append(None)
        elif entry.role in ("pre", "post", "table", "last"):
            arrays.append(value)
        else:
            arrays.append(filled(entry, n, size, value, precision))
    return Binding(kernel, library, arrays, shared, np.asarray(keys, np.uint64), n, padded(n))


def population(
    name: str,
    n: int,
    kernel: ir.KernelIR | None = None,
    values: dict[str, Any] | None = None,
    *,
    precision: str = "double",
    slots: int = 8,
    library: Library | None = None,
    keys: Any = (),
    spikes: list[tuple[int, int]] | None = None,
) -> PopulationPlan:
    """A population of a kernel, or (`spikes`: pairs of step and rank) one whose spikes are given."""
    npad = padded(n)
    last = aligned(npad, DTYPES[precision]["int"])
    last[...] = NEVER
    values = {**(values or {}), "last": last}
    binding = None if kernel is None else bind(kernel, n, values, precision, library, keys)
    source = None
    if spikes is not None:
        given = sorted(spikes)
        source = SpikeSource(
            np.array([s for s, _ in given], np.int64),
            np.array([r for _, r in given], np.int32),
            np.zeros(1, np.int64),
        )
    history = aligned(slots * npad, np.int32).reshape(slots, npad)
    return PopulationPlan(name, n, npad, binding, history, np.zeros(slots, np.int64), last, source)


def array_of(binding: Binding | None, name: str) -> np.ndarray:
    assert binding is not None
    array = binding.arrays[[e.name for e in binding.ir.layout].index(name)]
    assert array is not None
    return array


def projection(
    name: str,
    plan_populations: list[PopulationPlan],
    pre: int,
    post: int,
    kernel: ir.KernelIR,
    synapses: list[tuple[int, int, int]],
    values: dict[str, Any] | None = None,
    *,
    targets: dict[str, str] | None = None,
    precision: str = "double",
    library: Library | None = None,
    keys: Any = (),
    same_step: bool = False,
    wide: bool = False,
) -> ProjectionPlan:
    """A projection of (pre, post, delay) triples; `values` in that order; `targets`: subtotal entry -> post array."""
    values = dict(values or {})
    order = sorted(range(len(synapses)), key=lambda q: (synapses[q][0], synapses[q][2], q))
    delays = sorted({d for _, _, d in synapses}) or [1]
    source, target = plan_populations[pre], plan_populations[post]
    rows = np.array([synapses[q][0] * len(delays) + delays.index(synapses[q][2]) for q in order], np.int64)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=source.n * len(delays)))]).astype(np.int64)
    index = np.uint32 if wide else np.uint16
    ends = np.array([(synapses[q][0], synapses[q][1]) for q in order], np.int64).reshape(-1, 2)
    by_post = sorted(range(len(order)), key=lambda p: (ends[p, 1], ends[p, 0], order[p]))
    post_indptr = np.concatenate([[0], np.cumsum(np.bincount(ends[:, 1], minlength=target.n))]).astype(np.int64)

    for entry in kernel.layout:
        side, _, attribute = entry.name.partition(".")
        if entry.role in ("pre", "post"):
            group = source if side == "pre" else target
            values[entry.name] = group.last if attribute == "last" else array_of(group.binding, attribute)
        elif entry.name in values and np.ndim(values[entry.name]):
            values[entry.name] = np.asarray(values[entry.name])[order]
    subtotals = [
        Subtotal(k, array_of(target.binding, (targets or {}).get(entry.name, entry.name)), False)
        for k, entry in enumerate(kernel.layout)
        if entry.role == "subtotal"
    ]
    by_side = {side: [p.name for p in kernel.programs if p.name.startswith(side)] for side in ("pre:", "post:")}
    pathways = [
        PrePathway(p, indptr, np.array(delays, np.int64), _indices(ends[:, 1], index), subtotals)
        for p in by_side["pre:"]
    ]
    post_pathways = [
        PostPathway(p, post_indptr, np.array(by_post, np.int64), _indices(ends[by_post, 0], index), subtotals)
        for p in by_side["post:"]
    ]
    binding = bind(kernel, len(order), values, precision, library, keys)
    return ProjectionPlan(name, pre, post, binding, pathways, post_pathways, same_step)


def _indices(values: Any, dtype: Any) -> np.ndarray:
    array = aligned(max(len(values), 1), dtype)[: len(values)]
    array[...] = values
    return array


def plan(
    populations: list[PopulationPlan], projections: list[ProjectionPlan] | None = None, *, dt: float = 0.1
) -> Plan:
    return Plan(
        dt, np.zeros(1, np.int64), populations, projections or [], [], [], [], False, [], 0
    )  # fmt: skip
