"""Calls the functions of a compiled kernel through ctypes, without the engine."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import plan_builder as pb

from ranvier.compiler import CompileOptions, KernelIR
from ranvier.compiler.build import build
from ranvier.compiler.render import render
from ranvier.runtime.planning.plan import Binding


class Arguments(ctypes.Structure):
    """`rv_args` of templates/rv_abi.h."""

    _fields_ = (
        ("a", ctypes.c_void_p),
        ("mask", ctypes.c_void_p),
        ("n", ctypes.c_int64),
        ("step", ctypes.c_int64),
        ("dt", ctypes.c_double),
        ("key", ctypes.c_void_p),
        ("spikes", ctypes.c_void_p),
        ("n_spikes", ctypes.c_void_p),
        ("seg", ctypes.c_void_p),
        ("target", ctypes.c_void_p),
        ("order", ctypes.c_void_p),
    )


class CompiledKernel:
    """A kernel built from its IR and bound to the arrays of a `Binding`; scratch arrays are allocated here."""

    def __init__(self, kernel: KernelIR, binding: Binding, precision: str, dt: float, subtotal_size: int = 0) -> None:
        options = CompileOptions(precision=precision)  # type: ignore[arg-type]
        self._library = ctypes.CDLL(str(build(render(kernel, options).text, options, name="test")))
        self._dt, self._binding = dt, binding
        names = [e.name for e in kernel.layout]
        self.arrays: dict[str, np.ndarray] = {}
        mask = []
        for k, entry in enumerate(kernel.layout):
            shared, array = binding.shared[k], binding.arrays[k]
            if entry.role == "derived":
                shared = all(binding.shared[names.index(dep)] for dep in entry.deps)
            if array is None:
                size = 64 if shared else subtotal_size if entry.role == "subtotal" else binding.npad
                array = pb.aligned(size, pb.stored(entry, precision))
            self.arrays[entry.name] = array
            mask.append(0 if shared else -1)
        self._mask = np.array(mask, np.int64)
        self._pointers = np.array([a.ctypes.data for a in self.arrays.values()], np.uint64)
        self.spikes = np.zeros(binding.npad, np.int32)
        self.n_spikes = np.zeros(1, np.int64)

    def call(self, name: str, begin: int, end: int, step: int = 0, **arrays: np.ndarray) -> None:
        """Call an entry point; `arrays` are ``seg``, ``target``, ``order``."""

        def pointer(array: Any) -> Any:
            return None if array is None else array.ctypes.data

        arguments = Arguments(
            pointer(self._pointers), pointer(self._mask), self._binding.n, step, self._dt, pointer(self._binding.keys),
            pointer(self.spikes), pointer(self.n_spikes), *(pointer(arrays.get(n)) for n in ("seg", "target", "order")),
        )  # fmt: skip
        getattr(self._library, name)(ctypes.byref(arguments), ctypes.c_int64(begin), ctypes.c_int64(end))
