"""What synapses do in every step, on the interpreter: psp, statements, functions over either end."""

from __future__ import annotations

import numpy as np

from ranvier.compiler import ir

from ..planning.plan import ContinuousTerm, EndReduction, Plan, PopulationPlan, ProjectionPlan, SynapticStep
from .kernel import BoundKernel
from .ops import Array, elementary, execute, values_of


def changes_fixed(projection: ProjectionPlan, plan: Plan) -> bool:
    """Tell whether code over synapses writes what the neuron model of either end takes as fixed."""
    ends = [b for b in (plan.populations[n].binding for n in (projection.pre, projection.post)) if b is not None]
    fixed = {id(a) for b in ends for e, a in zip(b.ir.layout, b.arrays, strict=True) if e.role == "param"}
    binding = projection.binding
    written = [a for e, a in zip(binding.ir.layout, binding.arrays, strict=True) if e.written and a is not None]
    written += [term.target for term in projection.terms]
    subtotals = [p.subtotals for p in projection.pathways] + [p.subtotals for p in projection.post_pathways]
    written += [s.target for some in subtotals for s in some]
    return any(id(a) in fixed for a in written)


def push_rings(population: PopulationPlan, k: int) -> None:
    """Keep the values of this moment; say where in the rings each delay is found."""
    rows = population.ring_rows
    if rows is None:
        return
    slots = rows.size - 1
    for ring in population.rings:
        if slots > 1:
            values = ring.rows.reshape(slots, population.npad)
            values[k % slots if ring.started[0] else slice(None)] = ring.source
            ring.started[0] = 1
    rows[:] = (k + 1 - np.maximum(np.arange(slots + 1), 1)) % slots * population.npad


def fold(operation: str, values: Array, places: Array, precision: str) -> Array:
    """Combine values in the order of all sums: blocks of 512 ranks, 16 lanes, halves of lanes; pairs of blocks.

    `places` are the ranks of the values, ascending; what is missing changes nothing.
    """
    neutral = {"min": np.inf, "max": -np.inf}.get(operation, -0.0)
    op = operation if operation in ("min", "max") else "add"
    blocks = 1 << max(0, int(places.max(initial=0)) // ir.REDUCE_BLOCK).bit_length()
    lanes = np.full((blocks, ir.REDUCE_LANES), neutral, values.dtype)
    block, lane = places // ir.REDUCE_BLOCK, places % ir.REDUCE_LANES

    def combine(a: Array, b: Array) -> Array:
        return elementary(op, (a, b), "float", precision)

    with np.errstate(all="ignore"):
        if op == "add":
            np.add.at(lanes, (block, lane), values)
        else:
            for n in range(places.size):
                lanes[block[n], lane[n]] = combine(lanes[block[n], lane[n]], values[n])
        while lanes.shape[1] > 1:
            half = lanes.shape[1] // 2
            lanes = combine(lanes[:, :half], lanes[:, half:])
        folded = lanes[:, 0]
        while folded.size > 1:
            folded = combine(folded[0::2], folded[1::2])
    return np.asarray(folded[0])


def _term(operation: str, values: Array, pre: Array, precision: str) -> Array:
    """Combine what the synapses of one neuron send."""
    if operation in ("min", "max"):
        best = values[:1]
        for n in range(1, values.size):
            best = elementary(operation, (best, values[n : n + 1]), "float", precision)
        return np.asarray(best[0])
    total = fold("sum", values, pre, precision)
    with np.errstate(all="ignore"):
        return np.asarray(total / values.dtype.type(values.size) if operation == "mean" else total)


def reduce_ends(projection: ProjectionPlan, kernel: BoundKernel) -> None:
    """Compute the functions over all neurons of either end."""
    for reduction in projection.reductions:
        kernel.arrays[kernel.binding.ir.layout[reduction.entry].name][...] = _reduced(reduction, kernel.precision)


def _reduced(reduction: EndReduction, precision: str) -> Array:
    values = reduction.source[: reduction.n].copy()
    if reduction.operation == "norm1":
        values = np.abs(values)
    with np.errstate(all="ignore"):
        if reduction.operation == "norm2":
            values = values * values
        total = fold(reduction.operation, values, np.arange(reduction.n), precision)
        if reduction.operation == "mean":
            return np.asarray(total / values.dtype.type(reduction.n))
        return np.asarray(np.sqrt(total)) if reduction.operation == "norm2" else np.asarray(total)


def compute_term(population: PopulationPlan, kernel: BoundKernel, term: ContinuousTerm, k: int) -> None:
    """Leave what each neuron of the term's side receives in its total."""
    program = kernel.binding.ir.program(term.program)
    assert program is not None
    name, operation = kernel.binding.ir.layout[term.entry].name, term.program.split(":")[2]
    first, last, owner = term.segments.reshape(-1, 3).T
    position = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)] or [np.zeros(0, np.int64)])
    if not position.size:
        return
    row = np.repeat(owner, last - first).astype(np.intp)
    other, synapse = position - np.repeat(first, last - first), position
    if term.source is not None and term.order is not None:
        other, synapse = term.source[position].astype(np.intp), term.order[position]
    pre, post = (row, other) if term.side == "pre" else (other, row)
    indices: dict[str, Array | slice] = {"pre": pre, "post": post, "semi": post, "": synapse}
    indices |= _late(kernel, population, pre, synapse)
    environment = kernel.environment(k, pre.astype(np.uint32), post.astype(np.uint32), indices, synapse)
    values = np.broadcast_to(values_of(program, environment)[name], (position.size,))
    for a, b, j in zip(np.cumsum(last - first) - (last - first), np.cumsum(last - first), owner, strict=True):
        kernel.arrays[name][j] = _term(operation, values[a:b], other[a:b], kernel.precision)


def _late(
    kernel: BoundKernel, population: PopulationPlan | None, pre: Array, synapse: Array
) -> dict[str, Array | slice]:
    """Return where the delayed values of the presynaptic neurons are found."""
    if population is None or population.ring_rows is None or "@delay" not in kernel.arrays:
        return {}
    delay = kernel.arrays["@delay"][:1] if kernel.shared["@delay"] else kernel.arrays["@delay"][synapse]
    return {"late": population.ring_rows[delay] + pre}


def receive(kernel: BoundKernel, term: ContinuousTerm) -> None:
    """Add the total of a term to its target, or put it there."""
    total = kernel.arrays[kernel.binding.ir.layout[term.entry].name][: term.target.size]
    with np.errstate(all="ignore"):
        term.target[...] = (term.target.dtype.type(0) if term.assign else term.target) + total


def synaptic_step(
    kernel: BoundKernel, step: SynapticStep, k: int, pre_population: PopulationPlan | None = None
) -> None:
    """Execute statements of every step; `pre_population` keeps the delayed values that they read."""
    program = kernel.binding.ir.program(step.program)
    assert program is not None
    if step.program.endswith(":local"):
        first, last, owner = step.segments.reshape(-1, 3).T
        synapse = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)] or [np.zeros(0, np.int64)])
        if not synapse.size:
            return
        pre = np.repeat(owner, last - first).astype(np.intp)
        if step.target is None:
            pre, post = synapse - np.repeat(first, last - first), pre
        else:
            post = step.target[synapse].astype(np.intp)
        indices: dict[str, Array | slice] = {"pre": pre, "post": post, "semi": post, "": synapse}
        indices |= _late(kernel, pre_population, pre, synapse)
        execute(program, kernel.environment(k, pre.astype(np.uint32), post.astype(np.uint32), indices, synapse))
        return
    post = np.arange(step.count)
    none = np.zeros(step.count, np.uint32)
    execute(program, kernel.environment(k, none, post.astype(np.uint32), {"post": post, "semi": post, "": post}))
