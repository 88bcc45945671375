"""Event code on the interpreter: which synapses a spike reaches, in which order, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..planning.plan import EventList, PopulationPlan, PostPathway, PrePathway, Subtotal
from .kernel import BoundKernel
from .ops import Array, execute
from .taps import Tap


def list_of(population: PopulationPlan, event: int) -> PopulationPlan | EventList:
    """Return what keeps who spiked (event 0), or had an event, in the last steps."""
    return population.events[event - 1] if event else population


def arrivals(
    source: PopulationPlan | EventList, pathway: PrePathway | PostPathway, k: int
) -> Iterator[tuple[Array, Array]]:
    """Yield the rank of the neuron and the position of the synapses that its events reach in step k, in order.

    What follows delays of the past comes in groups of its own: a synapse may be reached once by each.
    """
    n_delays = pathway.delays.size
    rows: list[Array] = []
    for d, delay in enumerate(pathway.delays.tolist()):
        if k - delay >= pathway.since:
            slot = (k - delay) % source.history.shape[0]
            rows.append(source.history[slot, : source.counts[slot]].astype(np.int64) * n_delays + d)
    row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    position, owner = segments(pathway.indptr, row)
    yield owner // max(n_delays, 1), position
    pending = pathway.pending
    if pending is not None:
        now = pending.steps == k
        for emitted in np.unique(pending.emitted[now])[::-1]:
            first, last, rank = pending.segments.reshape(-1, 3)[now & (pending.emitted == emitted)].T
            yield np.repeat(rank, last - first), np.concatenate(
                [np.arange(a, b) for a, b in zip(first, last, strict=True)]
            )


def segments(indptr: NDArray[np.int64], rows: Array) -> tuple[Array, Array]:
    """Return the positions of all entries of the given rows, in order, and the row of each."""
    lengths = indptr[rows + 1] - indptr[rows]
    owner = np.repeat(rows, lengths)
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return indptr[owner] + np.arange(owner.size) - before, owner


def events(
    kernel: BoundKernel, name: str, k: int, pre: Array, post: Array, synapse: Array, taps: Sequence[Tap] = ()
) -> None:
    """Execute event code for synapses in the given order; `taps` look at them before and after it."""
    program = kernel.binding.ir.program(name)
    if program is None or not synapse.size:
        return
    together = kernel.independent(program) and not any(tap.recorder.singly for tap in taps)
    for group in np.arange(synapse.size).reshape((1, -1) if together else (-1, 1)):
        i, j = pre[group], post[group]
        indices: dict[str, Array | slice] = {"pre": i, "post": j, "subtotal": j, "semi": j, "": synapse[group]}
        for tap in taps:
            tap.look(k, i, j, synapse[group], before=True)
        execute(program, kernel.environment(k, i.astype(np.uint32), j.astype(np.uint32), indices, synapse[group]))
        for tap in taps:
            tap.look(k, i, j, synapse[group], before=False)


def clear_subtotals(kernel: BoundKernel, pathways: list[PrePathway] | list[PostPathway]) -> None:
    """Let the subtotals of a projection start."""
    for name in _targets(kernel, pathways):
        kernel.arrays[name][...] = -0.0  # the neutral element of addition: 0.0 would turn -0.0 into 0.0


def add_subtotals(kernel: BoundKernel, pathways: list[PrePathway] | list[PostPathway], k: int) -> None:
    """Add the subtotals of a projection to their targets, but for neurons that are refractory in step k."""
    for name, to in _targets(kernel, pathways).items():
        subtotal, target = kernel.arrays[name], to.target
        with np.errstate(all="ignore"):
            if kernel.shared[name]:
                target[...] = target[0] + subtotal[0]
                continue
            size = min(subtotal.size, target.size)
            sums = target[:size] + subtotal[:size]
            if to.until is not None and to.last is not None:
                sums = np.where((to.until[:size] <= k) & (to.last[:size] != k), sums, target[:size])
            target[:size] = sums


def _targets(kernel: BoundKernel, pathways: list[PrePathway] | list[PostPathway]) -> dict[str, Subtotal]:
    """Return where each subtotal of the pathways goes, once."""
    layout = kernel.binding.ir.layout
    return {layout[s.entry].name: s for pathway in pathways for s in pathway.subtotals}
