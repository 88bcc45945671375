"""Small hand-written kernels that keep to the interface, and plans made of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ranvier.compiler.ir import Entry, KernelIR, LinearBlock, Program
from ranvier.runtime._bridge import Library, aligned_empty
from ranvier.runtime.planning.plan import (
    NEVER,
    Binding,
    GuardedArray,
    Plan,
    PopulationPlan,
    PostPathway,
    PrePathway,
    ProjectionPlan,
    Recorder,
    SpikeRecorder,
    SpikeSource,
    StopCondition,
    Subtotal,
)

KERNELS = Path(__file__).parent / "kernels"
TEMPLATES = Path(__file__).parents[2] / "templates"
NO_KEYS = np.zeros(0, np.uint64)

LEAKY = KernelIR(
    "neuron",
    (
        Entry("v", "state", "float", written=True),
        Entry("g", "input", "float", written=True),
        Entry("spiked", "mask", "bool"),
        Entry("drive", "param", "float"),
        Entry("tau", "param", "float"),
        Entry("decay", "derived", "float", ("tau",)),
    ),
    (Program("update", ()), Program("reset", ())),
)
STATIC = KernelIR(
    "synapse", (Entry("w", "param", "float"), Entry("post.g", "subtotal", "float")), (Program("pre:pre", ()),)
)
TRACE = KernelIR(
    "synapse",
    (
        Entry("w", "state", "float", written=True),
        Entry("post.log", "post", "float", written=True),
        Entry("post.g", "subtotal", "float"),
        Entry("pre.x", "pre", "float"),
    ),
    (Program("pre:pre", ()), Program("post:post", ())),
)
ABOVE = KernelIR(
    "condition",
    (Entry("v", "state", "float"), Entry("level", "param", "float"), Entry("true", "mask", "bool")),
    (Program("condition", ()),),
)
LINEAR = KernelIR(
    "neuron",
    (
        Entry("x", "state", "float", written=True),
        Entry("y", "state", "float", written=True),
        *(Entry(f"p{ij}", "propagator", "float", ("ka", "kb")) for ij in ("00", "01", "10", "11")),
        Entry("a00", "matrix", "float", ("ka",)),
        Entry("a01", "matrix", "float", ("kb",)),
        Entry("a11", "matrix", "float", ("kb",)),
        Entry("ka", "param", "float"),
        Entry("kb", "param", "float"),
        Entry("spiked", "mask", "bool"),
    ),
    (Program("update", ()),),
    (LinearBlock(2, ("a00", "a01", "", "a11"), ("p00", "p01", "p10", "p11"), ("", "", "", "")),),
)


def padded(n: int) -> int:
    return -(-n // 64) * 64


@dataclass
class Lab:
    """Builds plans in one precision. Arrays of a population or projection are found by name in `arrays`."""

    build: Callable[[str, bool], str]
    single: bool = False

    def __post_init__(self) -> None:
        self.real = np.float32 if self.single else np.float64
        self.integer = np.int32 if self.single else np.int64
        self.arrays: dict[str, dict[str, NDArray]] = {}
        self.populations: list[PopulationPlan] = []
        self.projections: list[ProjectionPlan] = []

    def library(self, name: str) -> Library:
        return Library(self.build(name, self.single))

    def array(self, values: object, length: int, dtype: type | None = None) -> NDArray:
        out = aligned_empty(length, dtype or self.real)
        values = np.asarray(values)
        out[:] = values if values.ndim == 0 else np.concatenate([values, np.repeat(values[-1:], length - len(values))])
        return out

    def bind(
        self,
        ir: KernelIR,
        library: Library,
        n: int,
        live: dict[str, NDArray],
        shared: tuple[str, ...] = (),
        **values: object,
    ) -> Binding:
        """Bind a kernel to `live` arrays and to new ones with the given values."""
        npad = padded(n)
        length = n if ir.kind == "synapse" else npad
        arrays: list[NDArray | None] = []
        for entry in ir.layout:
            array = live.get(entry.name)
            if array is None and entry.name in values:
                array = self.array(values[entry.name], 64 if entry.name in shared else length)
            arrays.append(array)
        return Binding(ir, self.library(library), arrays, [e.name in shared for e in ir.layout], NO_KEYS, n, npad)

    def spikes(self, n: int, slots: int) -> dict[str, NDArray]:
        npad = padded(n)
        return {
            "history": np.zeros((slots, npad), np.int32),
            "counts": np.zeros(slots, np.int64),
            "last": self.array(NEVER, npad, self.integer),
        }

    def leaky(self, n: int, *, v: object = 0.0, drive: object = 0.0, tau: object = 10.0, slots: int = 2) -> int:
        shared = tuple(k for k, x in (("drive", drive), ("tau", tau)) if np.ndim(x) == 0)
        arrays = {"v": self.array(v, padded(n)), "g": self.array(0.0, padded(n))}
        binding = self.bind(LEAKY, "leaky", n, arrays, shared, drive=drive, tau=tau)
        return self.add(PopulationPlan(f"p{len(self.populations)}", n, padded(n), binding, **self.spikes(n, slots)))

    def source(self, n: int, spikes: list[tuple[int, int]], slots: int = 2) -> int:
        steps, ranks = np.array(sorted(spikes), np.int64).reshape(-1, 2).T
        source = SpikeSource(steps.copy(), ranks.astype(np.int32), np.zeros(1, np.int64))
        return self.add(
            PopulationPlan(f"p{len(self.populations)}", n, padded(n), None, **self.spikes(n, slots), source=source)
        )

    def add(self, population: PopulationPlan) -> int:
        self.populations.append(population)
        return len(self.populations) - 1

    def value(self, population: int, name: str) -> NDArray:
        """The live values of a population, without the padding."""
        binding = self.populations[population].binding
        assert binding is not None
        array = binding.arrays[[e.name for e in binding.ir.layout].index(name)]
        assert array is not None
        return array if array.size == 64 < binding.n else array[: binding.n]

    def full(self, population: int, name: str) -> NDArray:
        """The whole array that `value` shows a part of."""
        binding = self.populations[population].binding
        assert binding is not None
        array = binding.arrays[[e.name for e in binding.ir.layout].index(name)]
        assert array is not None
        return array

    def static(
        self,
        pre: int,
        post: int,
        synapses: list[tuple[int, int, int]],
        w: object = 1.0,
        *,
        direct: bool = False,
        same_step: bool = False,
        wide: bool = False,
        target: NDArray | None = None,
    ) -> ProjectionPlan:
        """Connect by (pre, delay, post) triples, sorted; `w` is one value or one per synapse."""
        n_pre = self.populations[pre].n
        rows, delays, indptr, ranks = rows_of(synapses, n_pre, wide)
        shared = ("w",) if np.ndim(w) == 0 else ()
        binding = self.bind(STATIC, "static", max(len(rows), 1), {}, shared, w=w)
        binding.n, binding.npad = len(rows), padded(len(rows))
        subtotal = Subtotal(1, self.full(post, "g") if target is None else target, direct)
        path = PrePathway("pre:pre", indptr, delays, ranks, [subtotal])
        return self.connect(ProjectionPlan(self.label(), pre, post, binding, [path], [], same_step))

    def traced(
        self, pre: int, post: int, synapses: list[tuple[int, int, int]], log: NDArray, *, same_step: bool = False
    ) -> ProjectionPlan:
        """As `static`, with the kernel that leaves traces, and post code."""
        n_pre, n_post = self.populations[pre].n, self.populations[post].n
        rows, delays, indptr, ranks = rows_of(synapses, n_pre, False)
        live = {"post.log": log, "pre.x": self.array(1.0, 64)}
        binding = self.bind(TRACE, "trace", len(rows), live, ("pre.x",), w=np.zeros(len(rows)))
        order = np.lexsort((rows[:, 0], rows[:, 2]))
        counts = np.bincount(rows[:, 2], minlength=n_post)
        back = PostPathway(
            "post:post",
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            order.astype(np.int64),
            rows[order, 0].astype(np.uint16),
        )
        path = PrePathway("pre:pre", indptr, delays, ranks, [Subtotal(2, self.full(post, "g"), False)])
        return self.connect(ProjectionPlan(self.label(), pre, post, binding, [path], [back], same_step))

    def label(self) -> str:
        return f"c{len(self.projections)}"

    def connect(self, projection: ProjectionPlan) -> ProjectionPlan:
        self.projections.append(projection)
        return projection

    def recorder(self, population: int, name: str, capacity: int, period: int = 1, start: int = 0) -> Recorder:
        data = self.full(population, name)
        n = self.populations[population].n
        return Recorder(data, n, None, period, start, np.zeros((capacity, n), data.dtype), np.zeros(1, np.int64))

    def above(self, population: int, level: float, every: bool) -> StopCondition:
        n = self.populations[population].n
        binding = self.bind(ABOVE, "above", n, {"v": self.full(population, "v")}, ("level",), level=level)
        return StopCondition(population, binding, every)

    def plan(self, **changes: object) -> Plan:
        """All populations and projections so far; spikes of population i come from spike recorder i."""
        fields: dict[str, object] = {
            "dt": 1.0,
            "step": np.zeros(1, np.int64),
            "populations": self.populations,
            "projections": self.projections,
            "recorders": [],
            "spike_recorders": [SpikeRecorder(i, None) for i in range(len(self.populations))],
            "conditions": [],
            "conditions_all": False,
            "guarded": [],
            "nan_every": 0,
        }
        return Plan(**{**fields, **changes})  # type: ignore[arg-type]

    def guard(self, population: int, name: str) -> GuardedArray:
        p = self.populations[population]
        return GuardedArray(p.name, name, self.full(population, name), p.n)


def rows_of(synapses: list[tuple[int, int, int]], n_pre: int, wide: bool) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Sorted (pre, delay, post) rows, the delays, the row pointers and the targets."""
    rows = np.array(sorted(synapses), np.int64).reshape(-1, 3)
    delays = np.unique(rows[:, 1])
    keys = rows[:, 0] * len(delays) + np.searchsorted(delays, rows[:, 1])
    counts = np.bincount(keys, minlength=n_pre * len(delays)) if len(rows) else np.zeros(n_pre * len(delays), int)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return rows, delays, indptr, rows[:, 2].astype(np.uint32 if wide else np.uint16)


@pytest.fixture(scope="session")
def build_kernel(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, bool], str]:
    """Return ``build(name, single)``: the path of the compiled kernel file."""
    folder = tmp_path_factory.mktemp("kernels")

    def build(name: str, single: bool) -> str:
        out = folder / f"{name}{4 if single else 8}.so"
        if not out.exists():
            types = ["-DREAL=float", "-DINT=int32_t"] if single else ["-DREAL=double", "-DINT=int64_t"]
            flags = ["-O1", "-g", "-shared", "-fPIC", "-ffp-contract=off", f"-I{TEMPLATES}", *types]
            subprocess.run(["gcc", *flags, str(KERNELS / f"{name}.c"), "-o", str(out)], check=True)
        return str(out)

    return build


@pytest.fixture(params=[False, True], ids=["double", "single"])
def lab(request: pytest.FixtureRequest, build_kernel: Callable[[str, bool], str]) -> Lab:
    """A fresh `Lab`, once in each precision."""
    return Lab(build_kernel, request.param)


@pytest.fixture
def new_lab(build_kernel: Callable[[str, bool], str]) -> Callable[[], Lab]:
    """Return a function that makes fresh `Lab`s in double precision."""
    return lambda: Lab(build_kernel)


@pytest.fixture
def linear_ir() -> KernelIR:
    return LINEAR
