"""A kernel bound to arrays, as the interpreter sees it: scratch arrays, derived values, one environment per call."""

from __future__ import annotations

from typing import Any

import numpy as np

from ranvier.compiler import ir

from ..definitions.functions import LibraryWithFunctions
from ..planning.plan import Binding
from .ops import DTYPES, Array, Environment, MathLibrary, Slot, execute

#: Roles of what `prepare` fills; the engine owns these arrays, as it does mask and subtotal.
PREPARED = ("derived", "matrix", "propagator")


class BoundKernel:
    """The programs of a `Binding` with every array they need.

    Parameters
    ----------
    binding : Binding
        IR with statements, arrays, keys.
    precision : {"double", "single"}
        Width of the arrays.
    dt : float
        Step width, ms.
    library : MathLibrary
        Functions and draws of the engine.
    sizes : dict of str to int
        Number of elements of the scratch arrays, by role (``mask``, ``subtotal``); others have `binding.n`.
    """

    def __init__(
        self, binding: Binding, precision: str, dt: float, library: MathLibrary, sizes: dict[str, int] | None = None
    ) -> None:
        self.binding = binding
        self.precision = precision
        self.dt = dt
        self.library = LibraryWithFunctions(library, binding.ir.functions) if binding.ir.functions else library
        self.shared: dict[str, bool] = {}
        self.arrays: dict[str, Array] = {}
        self._independent: dict[str, bool] = {}
        self.entries = {entry.name: entry for entry in binding.ir.layout}
        for k, entry in enumerate(binding.ir.layout):
            array = binding.arrays[k]
            shared = bool(binding.shared[k]) or entry.role == "step"
            if entry.role in PREPARED:
                shared = all(self._is_shared(dep) for dep in entry.deps)
                array = None
            if array is None:
                size = 1 if shared else (sizes or {}).get(entry.role, binding.n)
                array = np.zeros(size, self._stored(entry.type))
                if entry.role == "total":
                    array[...] = -0.0
            self.arrays[entry.name] = array
            self.shared[entry.name] = shared

    def _is_shared(self, name: str) -> bool:
        names = [entry.name for entry in self.binding.ir.layout]
        return name not in names or bool(self.binding.shared[names.index(name)])

    def _stored(self, type_: str) -> np.dtype[Any]:
        return DTYPES[self.precision]["float" if type_ == "float" else "int"]

    def environment(
        self, step: int, c0: Array, c1: Array, indices: dict[str, Array | slice], synapse: Array | None = None
    ) -> Environment:
        """Return what the elements see: `indices` gives the index of each role's arrays; ``""`` stands for the rest.

        `synapse`: storage positions, whose multapse numbers are part of the keys of draws.
        """
        multapse = None
        if synapse is not None and "@multapse" in self.arrays and not self.shared["@multapse"]:
            multapse = self.arrays["@multapse"][synapse]
        everything = slice(None)
        slots = {
            name: Slot(
                self.arrays[name],
                entry.type,
                everything if entry.role == "table" else indices.get(entry.role, indices[""]),
                self.shared[name] and entry.role != "table",
            )
            for name, entry in self.entries.items()
        }
        keys, n = self.binding.keys, self.binding.n
        return Environment(slots, c0.size, self.precision, self.library, step, self.dt, keys, c0, c1, n, multapse)

    @property
    def scratch_bytes(self) -> int:
        """Memory of the arrays that are not the plan's."""
        own = zip(self.binding.ir.layout, self.binding.arrays, strict=True)
        return sum(self.arrays[entry.name].nbytes for entry, array in own if array is not self.arrays[entry.name])

    def range_environment(self, step: int, ranks: Array | None = None) -> Environment:
        """Return the environment of all elements, or of those with the given ranks."""
        index: Array | slice = slice(0, self.binding.n) if ranks is None else ranks
        c0 = np.arange(self.binding.n) if ranks is None else ranks
        return self.environment(step, c0.astype(np.uint32), np.zeros(c0.size, np.uint32), {"": index})

    def before(self, step: int) -> None:
        """Compute the values of the step: functions over all elements, then shared values."""
        for program in self.binding.ir.programs:
            if program.name.startswith("reduce:"):
                execute(program, self.range_environment(step))
            elif program.name == "shared":
                execute(program, self.range_environment(step, np.zeros(1, np.intp)))

    def for_all(self, name: str, step: int) -> None:
        """Execute the program `name` for all elements, after what comes before it."""
        self.before(step)
        program = self.binding.ir.program(name)
        if program is not None:
            execute(program, self.range_environment(step))

    def code(self, name: str, step: int, ranks: Array) -> None:
        """Execute the program `name` for some neurons, in their order where one sees what others write."""
        program = self.binding.ir.program(name)
        if program is None or not program.statements or not ranks.size:
            return
        for some in np.split(ranks, ranks.size) if self.writes_shared(program) else [ranks]:
            execute(program, self.range_environment(step, some.astype(np.intp)))

    def prepare(self) -> None:
        """Fill the derived values, then the propagators of the linear blocks."""
        program = self.binding.ir.program("prepare")
        prepared = [name for name, entry in self.entries.items() if entry.role in PREPARED]
        if program is not None and program.statements:
            single = all(self.shared[name] for name in prepared)
            execute(program, self.range_environment(0, np.zeros(1, np.intp) if single else None))
        for block in self.binding.ir.blocks:
            self._propagate(block)

    def _propagate(self, block: ir.LinearBlock) -> None:
        size = block.size
        count = max((self.arrays[name].size for name in block.a if name), default=1)
        a = np.zeros((count, size * size), np.float64)
        for position, name in enumerate(block.a):
            if name:
                a[:, position] = self.arrays[name]
        p, q = self.library.propagator(a.reshape(count, size, size), self.dt)
        for names, matrix in ((block.p, p), (block.q, q)):
            values = np.asarray(matrix).reshape(count, size * size)
            for position, name in enumerate(names):
                if name:
                    self.arrays[name][...] = values[:1, position] if self.shared[name] else values[:, position]

    def writes_shared(self, program: ir.Program) -> bool:
        """Return whether elements of a program could see each other's writes to values shared by all."""
        return any(isinstance(s, ir.Store) and self.shared[s.name] for s in program.statements)

    def independent(self, program: ir.Program) -> bool:
        """Return whether events may be executed together, with the same result as one after another.

        So when each event writes only its own synapse, no written array is known by a second name, and subtotals are
        added to by one statement each, never read.
        """
        if program.name not in self._independent:
            self._independent[program.name] = self._is_independent(program)
        return self._independent[program.name]

    def _is_independent(self, program: ir.Program) -> bool:
        stored = {s.name for s in program.statements if isinstance(s, ir.Store)}
        added = [s.name for s in program.statements if isinstance(s, ir.Accumulate)]
        read = {e.name for s in program.statements for x in ir.parts(s) for e in ir.walk(x) if isinstance(e, ir.Ref)}
        if len(set(added)) < len(added) or (read | stored) & set(added) or self.writes_shared(program):
            return False
        if any(self.entries[name].role in ("pre", "post", "subtotal", "semi") for name in stored):
            return False
        written = {id(self.arrays[name]) for name in (*stored, *added)}
        return sum(id(array) in written for array in self.arrays.values()) == len(written)
