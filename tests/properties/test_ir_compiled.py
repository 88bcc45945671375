"""Compiled kernels against the interpreter, bit for bit: random programs, every operation on every pair of edges."""

from __future__ import annotations

import itertools
from typing import Any

import kernel_runner
import model_strategies as models
import numpy as np
import plan_builder as pb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ranvier.compiler import ir
from ranvier.compiler.options import CompileOptions
from ranvier.compiler.render import render
from ranvier.runtime.checks.engines import different, hexadecimal
from ranvier.runtime.planning.plan import Binding
from ranvier.runtime.reference.events import events
from ranvier.runtime.reference.kernel import BoundKernel
from ranvier.runtime.reference.ops import execute

_mathlib = pytest.importorskip("ranvier.runtime._mathlib")

WIDTHS = {"double": 64, "single": 32}
DT = 0.1
both_precisions = pytest.mark.parametrize("precision", ["double", "single"])
few = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
many = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def column(data: st.DataObject, type_: ir.Type, n: int, width: int) -> Any:
    kinds: dict[ir.Type, st.SearchStrategy[Any]] = {
        "float": models.floats(width),
        "int": st.one_of(st.sampled_from(models.INTEGERS), st.integers(-(2 ** (width - 1)), 2 ** (width - 1) - 1)),
        "bool": st.booleans(),
    }
    some = data.draw(st.lists(kinds[type_], min_size=1, max_size=12))
    return np.resize(np.array(some, np.float64 if type_ == "float" else np.int64), n)


def assert_same(kernel: ir.KernelIR, one: dict[str, Any], other: dict[str, Any], sizes: dict[str, int]) -> None:
    """Compare the arrays that programs write; who spiked is in a list, and may be nowhere else."""
    written = ("derived", "propagator", "state", "input", "mask", "until", "lastupdate", "subtotal", "post")
    for entry in kernel.layout:
        if entry.role in written and entry.name != "@mask":
            a, b = one[entry.name], other[entry.name]
            n = min(sizes.get(entry.role, sizes[""]), a.size, b.size)
            unlike = np.flatnonzero(different(a[:n], b[:n]))
            assert not unlike.size, (
                f"{entry.name}[{unlike[0]}]: compiled {hexadecimal(a[unlike[0]])}, "
                f"interpreted {hexadecimal(b[unlike[0]])}\n{kernel.dump()}"
            )


def compare_population(kernel: ir.KernelIR, n: int, values: dict[str, Any], precision: str, steps: int = 3) -> None:
    """Run `prepare`, `update` and `reset` both ways; where all params are shared, the uniform form too."""
    forms = ["rv_update_general"]
    bindings: list[Binding] = [pb.bind(kernel, n, values, precision, keys=range(1, 9)) for _ in range(3)]
    if all(s for s, e in zip(bindings[0].shared, kernel.layout, strict=True) if e.role == "param"):
        forms.append("rv_update_uniform")
    interpreted = BoundKernel(bindings[2], precision, DT, _mathlib)
    interpreted.prepare()
    compiled = [kernel_runner.CompiledKernel(kernel, b, precision, DT) for b in bindings[: len(forms)]]
    programs = {p.name: p for p in kernel.programs}
    for c in compiled:
        if "prepare" in programs:
            derived = [c.arrays[e.name].size for e in kernel.layout if e.role == "derived"]
            c.call("rv_prepare", 0, max(derived, default=64))
    for step in range(steps):
        execute(programs["update"], interpreted.range_environment(step))
        for entry in kernel.layout:
            if entry.role == "input":
                interpreted.arrays[entry.name][...] = 0
        spikes = np.flatnonzero(interpreted.arrays["@mask"][:n])
        for form, c in zip(forms, compiled, strict=True):
            c.call(form, 0, bindings[0].npad, step)
            assert_same(kernel, c.arrays, interpreted.arrays, {"": n})
            np.testing.assert_array_equal(c.spikes[: c.n_spikes[0]], spikes)
        if "reset" in programs and spikes.size:
            execute(programs["reset"], interpreted.range_environment(step, spikes))
            for c in compiled:
                c.call("rv_reset", 0, spikes.size, step)
                assert_same(kernel, c.arrays, interpreted.arrays, {"": n})


def random_population(data: st.DataObject, precision: str, library: bool) -> None:
    width = WIDTHS[precision]
    kernel = data.draw(models.population_kernels(width, library))
    n = data.draw(st.integers(1, 200))
    uniform = data.draw(st.booleans())
    values = {}
    for entry in kernel.layout:
        if entry.role in ("param", "state", "input"):
            shared = entry.role == "param" and (uniform or data.draw(st.booleans()))
            values[entry.name] = column(data, entry.type, 1, width)[0] if shared else column(data, entry.type, n, width)
    compare_population(kernel, n, values, precision)


@both_precisions
@few
@given(data=st.data())
def test_populations(precision: str, data: st.DataObject) -> None:
    random_population(data, precision, library=True)


@pytest.mark.long
@both_precisions
@many
@given(data=st.data())
def test_many_populations(precision: str, data: st.DataObject) -> None:
    random_population(data, precision, library=data.draw(st.booleans()))


def random_synapses(data: st.DataObject, precision: str, library: bool) -> None:
    """All four entry points of each side: indices of 16 and 32 bits, uniform and general."""
    width, n_pre, n_post = WIDTHS[precision], 5, data.draw(st.integers(1, 6))
    kernel = data.draw(models.synapse_kernels(width, library))
    ends = st.tuples(st.integers(0, n_pre - 1), st.integers(0, n_post - 1), st.integers(1, 2))
    synapses = data.draw(st.lists(ends, min_size=1, max_size=40))
    uniform = data.draw(st.booleans())
    values = {
        e.name: column(data, e.type, 1, width)[0]
        if e.role == "param" and uniform
        else column(data, e.type, len(synapses), width)
        for e in kernel.layout
        if e.role in ("param", "state")
    }
    values["@lastupdate"] = column(data, "int", len(synapses), width)
    cells = ir.KernelIR("neuron", (ir.Entry("x", "state", "float"), ir.Entry("y", "state", "float")), ())
    ranks = sorted(data.draw(st.sets(st.integers(0, n_pre - 1), min_size=1)))
    x, y = column(data, "float", n_pre, width), column(data, "float", n_post, width)

    for wide, form in itertools.product((False, True), "ug" if uniform else "g"):
        sides = []
        for _ in range(2):
            populations = [pb.population("pre", n_pre, cells, {"x": x}, precision=precision)]
            populations.append(pb.population("post", n_post, cells, {"y": y}, precision=precision))
            targets = {"+post.g_exc": "x"}
            sides.append(
                pb.projection(
                    "p", populations, 0, 1, kernel, synapses, values, targets=targets, precision=precision,
                    keys=range(1, 9), wide=wide,
                )
            )  # fmt: skip
        interpreted = BoundKernel(sides[0].binding, precision, DT, _mathlib, {"subtotal": 64})
        compiled = kernel_runner.CompiledKernel(kernel, sides[1].binding, precision, DT, 64)
        for step in range(2):
            for arrays in (interpreted.arrays, compiled.arrays):
                arrays["+post.g_exc"][...] = -0.0
            _presynaptic(sides, interpreted, compiled, ranks, form, wide, step)
            _postsynaptic(sides, interpreted, compiled, form, wide, step, n_post)
            assert_same(
                kernel, compiled.arrays, interpreted.arrays, {"": len(synapses), "subtotal": n_post, "post": n_post}
            )


def _presynaptic(
    sides: Any, interpreted: BoundKernel, compiled: Any, ranks: list[int], form: str, wide: bool, step: int
) -> None:
    pathway = sides[1].pathways[0]
    nd = pathway.delays.size
    rows = [(r * nd + d, r) for d in range(nd) for r in ranks]
    segments = np.array([[pathway.indptr[row], pathway.indptr[row + 1], r] for row, r in rows], np.int64)
    compiled.call(f"rv_pre0_{form}{32 if wide else 16}", 0, len(rows), step, seg=segments, target=pathway.target)
    position = np.concatenate([np.arange(a, b) for a, b, _ in segments]).astype(np.intp)
    pre = np.repeat(segments[:, 2], segments[:, 1] - segments[:, 0])
    events(interpreted, pathway.program, step, pre, pathway.target[position].astype(np.intp), position)


def _postsynaptic(
    sides: Any, interpreted: BoundKernel, compiled: Any, form: str, wide: bool, step: int, n: int
) -> None:
    pathway = sides[1].post_pathways[0]
    segments = np.array([[pathway.indptr[j], pathway.indptr[j + 1], j] for j in range(n)], np.int64)
    name = f"rv_post0_{form}{32 if wide else 16}"
    compiled.call(name, 0, n, step, seg=segments, target=pathway.source, order=pathway.order)
    post = np.repeat(np.arange(n), np.diff(pathway.indptr))
    events(interpreted, pathway.program, step, pathway.source.astype(np.intp), post, pathway.order)


@both_precisions
@few
@given(data=st.data())
def test_synapses(precision: str, data: st.DataObject) -> None:
    random_synapses(data, precision, library=True)


@pytest.mark.long
@both_precisions
@many
@given(data=st.data())
def test_many_synapses(precision: str, data: st.DataObject) -> None:
    random_synapses(data, precision, library=data.draw(st.booleans()))


def one_of_each(signatures: dict[str, list[tuple[tuple[ir.Type, ...], ir.Type]]]) -> ir.KernelIR:
    """A kernel that applies every operation to the same operands."""
    operands: dict[str, tuple[ir.Type, str]] = {
        f"{t}{k}": (t, f"{t}{k}") for t in ("float", "int", "bool") for k in range(3)
    }
    layout = [ir.Entry(name, "state", t) for name, (t, _) in operands.items()]
    code: list[ir.Statement] = []
    for op, rows in signatures.items():
        for types, result in rows:
            name = f"{op}_{'_'.join(types)}"
            layout.append(ir.Entry(name, "state", result, (), True))
            args = tuple(ir.Ref(f"{t}{k}", t) for k, t in enumerate(types))
            code.append(ir.Store(name, ir.Op(op, args, result)))
    layout.append(ir.Entry("@mask", "mask", "bool", (), True))
    code.append(ir.Store("@mask", ir.Op("lt", (ir.Ref("float0", "float"), ir.Ref("float1", "float")), "bool")))
    return ir.KernelIR("neuron", tuple(layout), (ir.Program("update", tuple(code)),))


@both_precisions
@pytest.mark.parametrize("signatures", [models.SIGNATURES, models.LIBRARY_SIGNATURES], ids=["elementary", "library"])
def test_every_operation_on_every_pair(precision: str, signatures: Any) -> None:
    kind = pb.DTYPES[precision]["float"]
    limits = np.iinfo(pb.DTYPES[precision]["int"])
    with np.errstate(over="ignore"):
        floats = np.unique(np.array(models.EDGES).astype(kind).view(f"u{kind().itemsize}")).view(kind)
    integers = np.array(sorted({*models.INTEGERS, limits.min, limits.max}))
    first, second = (a.reshape(-1) for a in np.meshgrid(floats, floats))
    n = first.size
    i0, i1 = (np.resize(a.reshape(-1), n) for a in np.meshgrid(integers, integers))
    values = {
        "float0": first, "float1": second, "float2": first[::-1], "int0": i0, "int1": i1, "int2": i0[::-1],
        "bool0": np.arange(n) % 2, "bool1": np.arange(n) // 2 % 2, "bool2": np.arange(n) // 4 % 2,
    }  # fmt: skip
    compare_population(one_of_each(signatures), n, values, precision, steps=1)


@both_precisions
def test_draws(precision: str) -> None:
    """Every distribution, with arguments that vary by element, at step numbers of one and of two words."""
    layout = [ir.Entry("mean", "param", "float"), ir.Entry("trials", "param", "float"), ir.Entry("p", "param", "float")]
    layout += [ir.Entry("fixed", "param", "float")]
    code: list[ir.Statement] = []
    arguments: dict[str, tuple[str, ...]] = {"poisson": ("mean",), "gamma": ("mean",), "binomial": ("trials", "p")}
    for k, kind in enumerate(ir.DRAWS):
        layout.append(ir.Entry(kind, "state", "float", (), True))
        args = tuple(ir.Ref(a, "float") for a in arguments.get(kind, ()))
        code += [ir.Let(f"%{k}", ir.Draw(kind, k, args, "float"))]
    code.append(ir.Let("%9", ir.Draw("poisson", len(ir.DRAWS), (ir.Ref("fixed", "float"),), "float")))
    code += [ir.Store(kind, ir.Ref(f"%{k}", "float")) for k, kind in enumerate(ir.DRAWS)]
    layout += [ir.Entry("block", "state", "float", (), True), ir.Entry("@mask", "mask", "bool", (), True)]
    code += [ir.Store("block", ir.Ref("%9", "float")), ir.Store("@mask", ir.Const(False, "bool"))]
    infos = tuple(ir.DrawInfo(k, kind, kind) for k, kind in enumerate((*ir.DRAWS, "poisson")))
    kernel = ir.KernelIR("neuron", tuple(layout), (ir.Program("update", tuple(code)),), draws=infos)
    n = 150
    values = {
        "mean": np.resize([0.0, 0.1, 3.0, 9.9, 10.0, 50.0, 1e4], n),
        "trials": np.resize([1.0, 5.0, 20.0, 100.0, 1000.0], n),
        "p": np.resize([0.0, 0.01, 0.3, 0.5, 0.9, 1.0, 0.7], n),
        "fixed": 2.5,
    }
    compare_population(kernel, n, values, precision)
    compare_population(kernel, n, {name: np.max(v) * 0.5 for name, v in values.items()}, precision)


def chance(op: str, swapped: bool, threshold: ir.Expr, scales: int = 0, busy: bool = False) -> ir.KernelIR:
    """A neuron that spikes where ``2 - 3 u``, scaled some times by 2, compares with a threshold; `busy`: and counts."""
    u = ir.Ref("%0", "float")
    number = ir.Op("sub", (ir.Const(2.0, "float"), ir.Op("mul", (u, ir.Const(3.0, "float")), "float")), "float")
    for _ in range(scales):
        number = ir.Op("mul", (number, ir.Const(2.0, "float")), "float")
    args = (threshold, number) if swapped else (number, threshold)
    code = (
        ir.Let("%0", ir.Draw("packed", 0, (), "float")),
        ir.Store("@mask", ir.Op(op, args, "bool")),
    )
    if busy:
        code += (ir.Store("z", ir.Op("add", (ir.Ref("z", "float"), ir.Const(1.0, "float")), "float")),)
    layout = (
        *(ir.Entry(name, role, "float") for name, role in (("x", "param"), ("y", "state"), ("z", "state"))),
        ir.Entry("@mask", "mask", "bool"),
    )
    return ir.KernelIR("neuron", layout, (ir.Program("update", code),), draws=(ir.DrawInfo(0, "uniform", "uniform0"),))


@both_precisions
@pytest.mark.parametrize("op", ["lt", "le", "gt", "ge"])
def test_comparisons_by_the_first_bits(precision: str, op: str) -> None:
    """Thresholds on a number itself, beside it, within what 16 bits leave, and beyond all numbers."""
    n, real = 330, np.float64 if precision == "double" else np.float32
    u = _mathlib.draw("packed", 1, np.arange(n), 0, 0, precision=precision)
    exact = (real(2) - u * real(3)).astype(real)
    spread = np.resize(np.array([0, 1e-7, -1e-7, 2.0**-18, -(2.0**-18), 1e-4, -1e-4], real), n)
    edges = np.resize(np.array([np.nan, np.inf, -np.inf, -1.0, 2.0, 2.5, -1.5, 0.0, -0.0], real), n)
    for x in (exact, np.nextafter(exact, real(9)), np.nextafter(exact, -real(9)), exact + spread, edges):
        values = {"x": x, "y": x, "z": 0.0}
        for swapped in (False, True):
            for threshold in ("x", "y"):
                compare_population(chance(op, swapped, ir.Ref(threshold, "float"), busy=swapped), n, values, precision)
    rare = {"x": float(real(2) - real(0.003) * real(3)), "y": 0.0, "z": 0.0}
    compare_population(chance(op, False, ir.Ref("x", "float")), 4500, rare, precision, steps=20)
    lowest = exact[:64][u[:64].argmin()]
    for k, one in enumerate((*exact[:70:23], lowest, np.nextafter(lowest, real(9)), *edges[:9])):
        values = {"x": float(one), "y": exact, "z": 0.0}
        compare_population(chance(op, False, ir.Ref("x", "float"), busy=k % 2 > 0), n, values, precision)


def test_which_comparisons_need_only_the_first_bits() -> None:
    """Those of numbers that nothing else reads with values that stand before the loop; others draw all bits."""
    x, y, u = ir.Ref("x", "float"), ir.Ref("y", "float"), ir.Ref("%0", "float")
    costly = ir.Op("exp", (x,), "float")
    scaled = ir.Op("mul", (ir.Op("mul", (x, y), "float"), y), "float")
    for threshold, first in ((x, True), (scaled, True), (costly, False), (u, False)):
        text = render(chance("lt", False, threshold), CompileOptions()).text
        assert ("rv_packed_words(" in text) is first
        assert "rv_packed_block(" in text
    for scales, first in ((1, True), (2, False)):
        text = render(chance("lt", False, x, scales), CompileOptions()).text
        assert ("rv_packed_words(" in text) is first


@both_precisions
def test_tables(precision: str) -> None:
    """Values over time, with and without a period, at times that are no exact multiples."""
    rows, columns = 5, 3
    layout = [ir.Entry("one", "table", "float"), ir.Entry("two", "table", "float"), ir.Entry("late", "param", "float")]
    layout += [ir.Entry("a", "state", "float", (), True), ir.Entry("b", "state", "float", (), True)]
    layout += [ir.Entry("@mask", "mask", "bool", (), True)]
    when = ir.Op("add", (ir.Ref("t", "float"), ir.Ref("late", "float")), "float")
    code = (
        ir.Store("a", ir.Op("timed1", (ir.Ref("one", "float"), when), "float")),
        ir.Store("b", ir.Op("timed2", (ir.Ref("two", "float"), when, ir.Ref("@i", "int")), "float")),
        ir.Store("@mask", ir.Const(True, "bool")),
    )
    kernel = ir.KernelIR("neuron", tuple(layout), (ir.Program("update", code),))
    values = np.random.default_rng(3).normal(size=rows * columns)
    n = 100
    tables = {
        "one": np.concatenate([[rows, 1, 0.3, 0.0], values[:rows]]),
        "two": np.concatenate([[rows, columns, 0.1, 0.5], values]),
        "late": np.concatenate([np.linspace(-0.5, 2.5, 97), np.array([1e9, np.nan, -np.inf])]),
    }
    compare_population(kernel, n, tables, precision, steps=40)


@both_precisions
def test_indices(precision: str) -> None:
    """``i``, ``j`` and ``N`` in code of neurons and at the spike."""
    layout = (ir.Entry("a", "state", "int", (), True), ir.Entry("@mask", "mask", "bool", (), True))
    place = ir.Op("mul", (ir.Ref("@i", "int"), ir.Ref("@N", "int")), "int")
    total = ir.Op("add", (ir.Ref("a", "int"), place), "int")
    spike = ir.Op("eq", (ir.Op("imod", (ir.Ref("@i", "int"), ir.Const(3, "int")), "int"), ir.Const(0, "int")), "bool")
    programs = (
        ir.Program("update", (ir.Store("a", place), ir.Store("@mask", spike))),
        ir.Program("reset", (ir.Store("a", total),)),
    )
    compare_population(ir.KernelIR("neuron", layout, programs), 77, {}, precision)
