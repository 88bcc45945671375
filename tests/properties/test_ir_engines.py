"""The compiled engine against the interpreter's on random networks, step by step, bit for bit."""

from __future__ import annotations

from typing import Any

import model_strategies as models
import numpy as np
import plan_builder as pb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ranvier.compiler import CompileOptions, ir
from ranvier.compiler.build import build
from ranvier.compiler.render import render
from ranvier.runtime._bridge import Library
from ranvier.runtime.checks.engines import check_plans
from ranvier.runtime.planning.plan import Plan, Recorder, SpikeRecorder
from ranvier.runtime.reference.engine import ReferenceEngine

_bridge = pytest.importorskip("ranvier.runtime._bridge")
pytest.importorskip("ranvier.runtime._mathlib")

WIDTHS = {"double": 64, "single": 32}
both_precisions = pytest.mark.parametrize("precision", ["double", "single"])
patient = [HealthCheck.too_slow, HealthCheck.data_too_large]

#: Neurons that spike now and then: v and r move towards the input and a random level; refractory for two steps.
CELL_LAYOUT = (
    ir.Entry("p", "param", "float"),
    ir.Entry("level", "param", "float"),
    ir.Entry("@d0", "derived", "float", ("p",)),
    ir.Entry("@A0_0", "matrix", "float", ("p",)),
    ir.Entry("@A0_1", "matrix", "float", ("level",)),
    ir.Entry("@P0_0", "propagator", "float", ("level", "p")),
    ir.Entry("@P0_1", "propagator", "float", ("level", "p")),
    ir.Entry("@Q0_0", "propagator", "float", ("level", "p")),
    ir.Entry("x", "state", "float", (), True),
    ir.Entry("y", "state", "float", (), True),
    ir.Entry("count", "state", "int", (), True),
    ir.Entry("g_exc", "input", "float"),
    ir.Entry("@until", "until", "int", (), True),
    ir.Entry("@mask", "mask", "bool", (), True),
)


def ref(name: str, type_: ir.Type = "float") -> ir.Ref:
    return ir.Ref(name, type_)


def op(name: str, *args: ir.Expr, kind: ir.Type = "float") -> ir.Op:
    return ir.Op(name, args, kind)


def num(value: float) -> ir.Const:
    return ir.Const(value, "float")


def cells() -> ir.KernelIR:
    """A neuron model with derived values, a linear block, a draw, refractoriness and a reset."""
    prepare = (
        ir.Store("@d0", op("exp", op("neg", op("mul", ref("p"), ref("dt"))))),
        ir.Store("@A0_0", op("neg", ref("p"))),
        ir.Store("@A0_1", op("mul", ref("level"), num(0.5))),
    )
    linear = op("add", op("mul", ref("@P0_0"), ref("x")), op("mul", ref("@P0_1"), ref("y")))
    new = op("add", op("add", linear, op("mul", ref("@Q0_0"), ref("%0"))), ref("g_exc"))
    bounded = op("max", op("min", new, num(50.0)), num(-50.0))
    active = op("ge", ref("@step", "int"), ref("@until", "int"), kind="bool")
    update = (
        ir.Let("%0", ir.Draw("normal", 0, (), "float")),
        ir.Let("%1", active),
        ir.Let("%2", op("select", ref("%1", "bool"), bounded, ref("x"))),
        ir.Store("x", ref("%2")),
        ir.Store("y", op("add", op("mul", ref("y"), ref("@d0")), op("tanh", ref("%2")))),
        ir.Store("@mask", op("and", op("gt", ref("%2"), num(1.0), kind="bool"), ref("%1", "bool"), kind="bool")),
    )
    reset = (
        ir.Store("x", op("sub", ref("x"), num(1.5))),
        ir.Store("count", op("add", ref("count", "int"), ir.Const(1, "int"), kind="int")),
        ir.Store("@until", op("add", ref("@step", "int"), ir.Const(2, "int"), kind="int")),
    )
    block = ir.LinearBlock(2, ("@A0_0", "@A0_1", "", ""), ("@P0_0", "@P0_1", "", ""), ("@Q0_0", "", "", ""))
    programs = (ir.Program("prepare", prepare), ir.Program("update", update), ir.Program("reset", reset))
    draws = (ir.DrawInfo(0, "normal", "noise"),)
    return ir.KernelIR("neuron", CELL_LAYOUT, programs, (block,), draws)


def library(kernel: ir.KernelIR, precision: str) -> Library:
    options = CompileOptions(precision=precision)  # type: ignore[arg-type]
    return Library(str(build(render(kernel, options).text, options, name="test")))


@st.composite
def networks(draw: st.DrawFn, precision: str) -> Any:
    """A function that makes a plan; each call makes an equal one, from its own arrays."""
    width = WIDTHS[precision]
    cell, synapses = (
        cells(),
        [draw(models.synapse_kernels(width, library=True)) for _ in range(draw(st.integers(1, 2)))],
    )
    sizes = draw(st.lists(st.integers(1, 150), min_size=1, max_size=2))
    seed = draw(st.integers(0, 1000))
    uniform = [draw(st.booleans()) for _ in sizes]
    given_spikes = draw(st.sets(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=30))
    ends = [
        (draw(st.integers(0, len(sizes))), draw(st.integers(1, len(sizes))), draw(st.booleans()), draw(st.booleans()))
        for _ in synapses
    ]
    disabled = draw(st.sampled_from((None, None, None, *range(len(synapses)))))
    cell_library = library(cell, precision)

    def make() -> Plan:
        rng = np.random.default_rng(seed)
        source_cells = ir.KernelIR("neuron", (ir.Entry("x", "state", "float"),), ())
        populations = [pb.population("source", 10, precision=precision, spikes=sorted(given_spikes))]
        for number, (n, same) in enumerate(zip(sizes, uniform, strict=True)):
            values = {
                "p": 0.3 if same else rng.uniform(0.1, 1, n),
                "level": 0.2 if same else rng.normal(size=n),
                "x": rng.normal(size=n),
                "y": rng.normal(size=n),
                "@until": rng.integers(0, 3, n),
            }
            populations.append(
                pb.population(
                    f"cells{number}", n, cell, values, precision=precision, keys=[seed + number], library=cell_library
                )
            )
        del source_cells
        projections = []
        for number, (kernel, (pre, post, same_step, wide)) in enumerate(zip(synapses, ends, strict=True)):
            n_pre, n_post = populations[pre].n, populations[post].n
            if pre == 0:
                kernel = without_pre_attributes(kernel)
            kernel = ir.KernelIR("synapse", kernel.layout, kernel.programs, same_ends=pre == post)
            count = int(rng.integers(1, 4 * n_pre))
            delays = rng.integers(0 if same_step else 1, 5, count)
            pairs = zip(rng.integers(0, n_pre, count), rng.integers(0, n_post, count), delays, strict=True)
            chosen = [(int(i), int(j), int(d)) for i, j, d in pairs]
            values = {"w": rng.normal(size=count), "c": 0.7 if same_step else rng.normal(size=count), "k": 3}
            projections.append(
                pb.projection(
                    f"projection{number}", populations, pre, post, kernel, chosen, values,
                    targets={"+post.g_exc": "g_exc"}, precision=precision, same_step=same_step, wide=wide,
                    library=library(kernel, precision),
                )
            )  # fmt: skip
            projections[-1].enabled = number != disabled
        plan = pb.plan(populations, projections)
        plan.spike_recorders += [SpikeRecorder(k, None) for k in range(len(populations))]
        for population in populations[1:]:
            data = pb.array_of(population.binding, "x")
            out = pb.aligned(20 * population.n, data.dtype).reshape(20, population.n)
            plan.recorders.append(Recorder(data, population.n, None, 2, 1, out, np.zeros(1, np.int64)))
        return plan

    return make


def without_pre_attributes(kernel: ir.KernelIR) -> ir.KernelIR:
    """A spike source has no variables: the synapse reads its own weight instead."""

    def replaced(expr: ir.Expr) -> ir.Expr:
        match expr:
            case ir.Ref("pre.x", type_):
                return ir.Ref("w", type_)
            case ir.Op(name, args, type_):
                return ir.Op(name, tuple(replaced(a) for a in args), type_)
        return expr

    def rewritten(s: ir.Statement) -> ir.Statement:
        match s:
            case ir.Let(name, expr, level):
                return ir.Let(name, replaced(expr), level)
            case ir.Store(name, expr):
                return ir.Store(name, replaced(expr))
            case ir.Accumulate(name, sign, expr):
                return ir.Accumulate(name, sign, replaced(expr))

    programs = tuple(ir.Program(p.name, tuple(rewritten(s) for s in p.statements)) for p in kernel.programs)
    return ir.KernelIR("synapse", tuple(e for e in kernel.layout if e.name != "pre.x"), programs)


def agree(make: Any, steps: int = 15) -> None:
    difference = check_plans(make(), make(), _bridge.Engine, ReferenceEngine, steps)
    assert difference is None, str(difference)


@both_precisions
@settings(max_examples=8, suppress_health_check=patient)
@given(data=st.data())
def test_networks(precision: str, data: st.DataObject) -> None:
    agree(data.draw(networks(precision)))


@pytest.mark.long
@both_precisions
@settings(max_examples=100, suppress_health_check=patient)
@given(data=st.data())
def test_many_networks(precision: str, data: st.DataObject) -> None:
    agree(data.draw(networks(precision)))
