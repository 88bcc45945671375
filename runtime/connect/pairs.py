"""Texts about pairs of neurons: compiled once per text, or run by the interpreter, with equal results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import KernelIR, Line, Model, lower_model, resolve_connect

from ..arrays import BLOCK, aligned_copy
from ..definitions.functions import FUNCTIONS
from ..groups.positions import with_positions
from ..loading import compile_and_load
from ..planning.plan import Binding
from ..problems import ValueProblem
from ..quantities import dimension_of, number
from ..reference.kernel import BoundKernel
from ..reference.ops import execute
from .patterns import Sides

#: Pairs that are decided at once: their results stay in the cache.
CHUNK = 1 << 16
_WORD = re.compile(r"[A-Za-z_]\w*")


class Runner(Protocol):
    """Executes the lines for segments (first, last + 1, presynaptic rank) over postsynaptic ranks."""

    def run(self, pairs: dict[int, NDArray[Any]], seg: NDArray[np.int64], target: NDArray[np.uint32]) -> None:
        """Compute one value per pair; `pairs` holds arrays by number in the layout, the result among them."""


class _Interpreted:
    def __init__(
        self,
        ir: KernelIR,
        arrays: list[NDArray[Any] | None],
        shared: list[bool],
        keys: NDArray[np.uint64],
        sides: Sides,
    ) -> None:
        self._ir, self._arrays, self._shared, self._keys, self._sides = ir, arrays, shared, keys, sides

    def run(self, pairs: dict[int, NDArray[Any]], seg: NDArray[np.int64], target: NDArray[np.uint32]) -> None:
        from .. import _mathlib

        arrays = [pairs.get(k, array) for k, array in enumerate(self._arrays)]
        n = self._sides.n_post
        binding = Binding(self._ir, None, arrays, self._shared, self._keys, n, n)
        context = self._sides.context
        kernel = BoundKernel(binding, context.precision, context.dt, _mathlib)
        first, last, rank = seg.reshape(-1, 3).T
        pre = np.repeat(rank, last - first)
        whole = np.arange(target.size)
        indices: dict[str, Any] = {"": whole, "pre": pre, "post": target.astype(np.int64)}
        program = self._ir.programs[0]
        execute(program, kernel.environment(context.now, pre.astype(np.uint32), target, indices))


class PairText:
    """Lines of text about a pair of neurons; the last one is an int.

    Parameters
    ----------
    sides : Sides
    lines : sequence of Line
    stream : str
        Tells the draws of several texts of one projection apart.
    numbers : mapping
        Values (numbers or quantities) of names that are the same for all pairs.
    loop : str
        Name that has a value for each pair.
    interpreted : bool
        Compile nothing: few pairs are asked for.
    """

    def __init__(
        self, sides: Sides, lines: Sequence[Line], stream: str = "", numbers: Mapping[str, Any] | None = None,
        loop: str = "", interpreted: bool = False,
    ) -> None:  # fmt: skip
        self._sides = sides
        self._interpreted = interpreted or sides.context.interpreted
        context, ends = sides.context, sides.ends
        text = "\n".join(line.text for line in lines)
        groups = {"pre": {a.name: a for a in ends.pre._table}, "post": {a.name: a for a in ends.post._table}}
        populations = {"pre": ends.pre, "post": ends.post}
        binding, self._groups, before = with_positions(text, ends.binding, groups, populations, context)
        given_numbers = dict(numbers or {})
        self._numbers = {k: float(number(v, f"{sides.owner}: {k}")) for k, v in given_numbers.items()}
        dimensions = {name: dimension_of(value) for name, value in given_numbers.items()}
        words = set(_WORD.findall(text)) | set(_WORD.findall(sides.definitions))
        known = words & {name for name in words if name in context.constants}
        known -= self._numbers.keys() | {loop} | self._groups["post"].keys()
        self._numbers |= {name: context.constants.value(name, sides.owner) for name in sorted(known)}
        dimensions |= {name: context.constants.dimension(name) for name in known}
        given: list[tuple[str, Any, Any, Any]] = [
            (name, dimensions.get(name), "float", "shared") for name in sorted(self._numbers)
        ]
        if loop:
            given.append((loop, None, "int", "local"))
        parts = (sides.definitions, FUNCTIONS.used_by([text], sides.definitions))
        definitions = "\n".join(part for part in parts if part.strip())
        model = resolve_connect(
            ends.name, (*before, *lines), binding, given=given, definitions=definitions,
            functions=FUNCTIONS.registered_in([text, definitions]),
        )  # fmt: skip
        self._result, self._loop = lines[-1].name, loop
        self._runner = self._make(model, f"{ends.name}:connect{stream}")

    def _make(self, model: Model, stream: str) -> Runner:
        context = self._sides.context
        library, kernel = None, None
        if not self._interpreted:
            ((compiled, library),) = compile_and_load([model], context.options)
            kernel = compiled.kernel
        if library is None:
            kernel = lower_model(model, context.options)
        assert kernel is not None
        self._layout = {entry.name: k for k, entry in enumerate(kernel.layout)}
        bound = [self._array(entry.name, entry.role, entry.type) for entry in kernel.layout]
        arrays, shared = [array for array, _ in bound], [one for _, one in bound]
        keys = np.array([context.key(stream, d.occurrence) for d in kernel.draws], np.uint64)
        if library is None:
            return _Interpreted(kernel, arrays, shared, keys, self._sides)
        from .._bridge import PairKernel

        n = self._sides.n_post
        return PairKernel(library, arrays, shared, keys, n, n, context.now, context.dt)

    def _array(self, name: str, role: str, type_: Any) -> tuple[NDArray[Any] | None, bool]:
        """Return the array of a layout entry, and whether it has one value; None: one value per pair."""
        sides, dtype = self._sides, self._sides.context.dtype(type_)
        if name in (self._result, self._loop):
            return None, False
        if name in self._numbers:
            return aligned_copy(np.full(BLOCK, self._numbers[name]), dtype), True
        if name in ("@n_pre", "@n_post"):
            return aligned_copy(np.full(BLOCK, sides.n_pre if name == "@n_pre" else sides.n_post), dtype), True
        attribute = name.partition(".")[2]
        if role in ("pre", "post"):
            attribute = f"g_{sides.ends.binding.target}" if attribute == "g_target" else attribute
            if attribute in self._groups[role]:
                found = self._groups[role][attribute]
                return found.data, found.block
        name = name.replace("@", "")
        raise ValueProblem(f"{sides.owner}: a connection text cannot use '{name}', which only synapses know.")

    def values(
        self,
        pre: NDArray[np.int64],
        counts: NDArray[np.int64],
        post: NDArray[np.uint32],
        loop: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        """Return the value of each pair.

        Parameters
        ----------
        pre : ndarray of int64
            Presynaptic rank of each run of pairs.
        counts : ndarray of int64
            Length of each run.
        post : ndarray of uint32
            Postsynaptic rank of each pair.
        loop : ndarray of int64, optional
            Values of the loop's name.
        """
        ends = np.cumsum(counts)
        seg = np.stack([ends - counts, ends, pre], axis=1).astype(np.int64).reshape(-1)
        integer = self._sides.context.dtype("int")
        result = np.empty(post.size, integer)
        pairs = {self._layout[self._result]: result}
        if loop is not None and self._loop in self._layout:
            pairs[self._layout[self._loop]] = np.ascontiguousarray(loop, dtype=integer)
        if post.size:
            self._runner.run(pairs, seg, np.ascontiguousarray(post))
        return result
