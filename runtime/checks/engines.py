"""Compare two engines step by step, bit for bit: the compiled one against the interpreter of the IR.

Each engine gets its own copy of the network's plan. After every step all arrays that the step may have written are
compared; the first difference is reported with object, variable, element, step and both values in hexadecimal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..planning.plan import Binding, Plan, RunStatus
from ..reference.events import list_of

Array: TypeAlias = NDArray[Any]


class StepEngine(Protocol):
    """What both engines offer."""

    def run(self, n_steps: int) -> RunStatus:
        """Execute steps."""

    def drain_spikes(self, k: int, /) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return and forget recorded spikes."""


@dataclass(frozen=True, slots=True)
class FirstDifference:
    """Where two runs part.

    Attributes
    ----------
    owner : str
        Population or projection.
    variable : str
        Name of the variable, or ``"spikes"``, ``"status"``.
    element : int
        Rank of the neuron, or storage position of the synapse.
    step : int
        The step k that wrote it.
    compiled, reference : str
        The values, floats in hexadecimal.
    """

    owner: str
    variable: str
    element: int
    step: int
    compiled: str
    reference: str

    def __str__(self) -> str:
        return (
            f"{self.owner}.{self.variable}[{self.element}] differs first in step {self.step}: "
            f"compiled {self.compiled}, reference {self.reference}"
        )


@dataclass(frozen=True, slots=True)
class NamedArray:
    """An array that a step may write, with the names by which the user knows it; `n` elements have a meaning."""

    owner: str
    variable: str
    array: Array
    n: int


def named_arrays(plan: Plan) -> list[NamedArray]:
    """Return every array of a plan that influences the future, once, in the order in which a step writes them."""
    found: list[NamedArray] = []
    for population in plan.populations:
        if population.binding is not None:
            found += _bound(population.name, population.binding)
        for code in population.codes:
            found += _bound(population.name, code.binding)
        found.append(NamedArray(population.name, "last spike step", population.last, population.n))
        for ring in population.rings:
            for row in ring.rows.reshape(-1, population.npad):
                found.append(NamedArray(population.name, "an earlier value", row, population.n))
    for projection in plan.projections:
        found += _bound(projection.name, projection.binding)
    for regular in plan.regular:
        found += _bound(plan.populations[regular.population].name, regular.binding)
    for number, recorder in enumerate(plan.recorders):
        found.append(NamedArray(f"recorder {number}", "samples", recorder.out.reshape(-1), recorder.out.size))
    unique: dict[int, NamedArray] = {}
    for named in found:
        unique.setdefault(named.array.ctypes.data, named)
    return list(unique.values())


def _bound(owner: str, binding: Binding) -> Iterator[NamedArray]:
    for k, entry in enumerate(binding.ir.layout):
        array = binding.arrays[k]
        if array is not None and entry.role not in ("table", "pre", "post", "late"):
            yield NamedArray(owner, entry.name, array, 1 if binding.shared[k] else min(binding.n, array.size))


def different(a: Array, b: Array) -> NDArray[np.bool_]:
    """Return where two arrays do not hold the same bits; all NaNs count as the same value."""
    unlike: NDArray[np.bool_] = a != b
    if a.dtype.kind == "f":
        unlike = np.where(np.isnan(a) & np.isnan(b), False, unlike | (np.signbit(a) != np.signbit(b)))
    return unlike


def first_difference(compiled: list[NamedArray], reference: list[NamedArray], step: int) -> FirstDifference | None:
    """Return the first element in which two lists of arrays differ, or None."""
    for one, other in zip(compiled, reference, strict=True):
        unlike = np.flatnonzero(different(one.array[: one.n], other.array[: other.n]))
        if unlike.size:
            k = int(unlike[0])
            values = hexadecimal(one.array[k]), hexadecimal(other.array[k])
            return FirstDifference(one.owner, one.variable, k, step, *values)
    return None


def hexadecimal(value: Any) -> str:
    """Return a number as text that shows its bits, and a float's decimal value."""
    if isinstance(value, np.floating):
        return f"{float(value).hex()} ({value!s})"
    return str(value)


def _spikes(plan: Plan, population: int, step: int, event: int) -> Array:
    source = list_of(plan.populations[population], event)
    slot = step % source.history.shape[0]
    ranks: Array = source.history[slot, : source.counts[slot]].copy()
    return ranks


def _spike_difference(compiled: Plan, reference: Plan, step: int) -> FirstDifference | None:
    for number, population in enumerate(compiled.populations):
        names = ["spike" if population.spiking else "", *(event.name for event in population.events)]
        for event, name in enumerate(names):
            if not name:
                continue
            one, other = (_spikes(plan, number, step, event) for plan in (compiled, reference))
            if not np.array_equal(one, other):
                missing = np.setxor1d(one, other)
                rank = int(missing[0] if missing.size else one[one != other][0])
                said = [name if rank in ranks else f"no {name}" for ranks in (one, other)]
                what = "spikes" if name == "spike" else f"event '{name}'"
                return FirstDifference(population.name, what, rank, step, said[0], said[1])
    return None


def check_plans(
    plan_compiled: Plan,
    plan_reference: Plan,
    make_compiled: Callable[[Plan], StepEngine],
    make_reference: Callable[[Plan], StepEngine],
    steps: int,
) -> FirstDifference | None:
    """Run two copies of a plan, one step at a time, on two engines, and return the first difference.

    Parameters
    ----------
    plan_compiled, plan_reference : Plan
        Two plans of the same network that share no array. Both are changed.
    make_compiled, make_reference : callable
        Make the engine of a plan.
    steps : int
        Number of steps; the comparison ends early at a stop condition or a value that is not finite.

    Returns
    -------
    FirstDifference or None
        None when every bit of every step agreed.
    """
    arrays = named_arrays(plan_compiled), named_arrays(plan_reference)
    before = first_difference(*arrays, int(plan_compiled.step[0]) - 1)
    if before is not None:
        return before
    compiled, reference = make_compiled(plan_compiled), make_reference(plan_reference)
    for _ in range(steps):
        step = int(plan_compiled.step[0])
        status = compiled.run(1), reference.run(1)
        found = first_difference(*arrays, step) or _spike_difference(plan_compiled, plan_reference, step)
        if found is not None:
            return found
        if status[0] != status[1]:
            return FirstDifference("network", "status", 0, step, str(status[0]), str(status[1]))
        for number, recorder in enumerate(plan_compiled.spike_recorders):
            one, other = compiled.drain_spikes(number), reference.drain_spikes(number)
            if not (np.array_equal(one[0], other[0]) and np.array_equal(one[1], other[1])):
                owner = plan_compiled.populations[recorder.population].name
                return FirstDifference(owner, "recorded spikes", number, step, str(one), str(other))
        if status[0].kind != "done":
            return None
    return None
