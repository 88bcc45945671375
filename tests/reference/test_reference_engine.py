"""The interpreter's engine on hand-written plans, against values worked out by hand or by plain loops."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
import plan_builder as pb
import pytest

from ranvier.compiler import ir
from ranvier.runtime.planning.plan import NEVER, GuardedArray, Plan, Recorder, SpikeRecorder, StopCondition
from ranvier.runtime.reference.engine import ReferenceEngine


class StubLibrary:
    """Stands for the engine's functions: values that the tests can predict."""

    def call(self, name: str, *arrays: Any) -> Any:
        return {"exp": np.exp, "timed1": lambda table, t: table[np.floor(t).astype(int)]}[name](*arrays)

    def draw(self, kind: str, key: int, c0: Any, c1: Any, step: int, *args: Any, precision: str) -> Any:
        return key + 100.0 * c0 + 10.0 * c1 + step + sum(args)

    def propagator(self, a: Any, dt: float) -> Any:
        return 1 + a * dt, 2 * a


def ref(name: str, type_: ir.Type = "float") -> ir.Ref:
    return ir.Ref(name, type_)


def op(name: str, *args: ir.Expr, type: ir.Type = "float") -> ir.Op:
    return ir.Op(name, args, type)


def num(value: float) -> ir.Const:
    return ir.Const(value, "float")


def neuron(*update: ir.Statement, reset: tuple[ir.Statement, ...] = (), **roles: Any) -> ir.KernelIR:
    """A kernel with state v, input g, param p, and a mask if the update stores one."""
    layout = [
        ir.Entry("v", "state", "float", (), True),
        ir.Entry("g", "input", "float"),
        ir.Entry("p", "param", "float"),
    ]
    if any(s.name == "@mask" for s in update):
        layout.append(ir.Entry("@mask", "mask", "bool", (), True))
    layout += [ir.Entry(name, role, "float") for name, role in roles.items()]
    programs = [ir.Program("update", update)] + ([ir.Program("reset", reset)] if reset else [])
    return ir.KernelIR("neuron", tuple(layout), tuple(programs))


#: v += g + p, spikes when v >= 1, then v = 0.
COUNTING = neuron(
    ir.Let("%0", op("add", op("add", ref("v"), ref("g")), ref("p"))),
    ir.Store("v", ref("%0")),
    ir.Store("@mask", op("ge", ref("%0"), num(1.0), type="bool")),
    reset=(ir.Store("v", num(0.0)),),
)
#: v += g.
SUMMING = neuron(ir.Store("v", op("add", ref("v"), ref("g"))))
#: post.g += w.
STATIC = ir.KernelIR(
    "synapse",
    (ir.Entry("w", "param", "float"), ir.Entry("+post.g", "subtotal", "float", (), True)),
    (ir.Program("pre:pre", (ir.Accumulate("+post.g", 1, ref("w")),)),),
)
TO_G = {"+post.g": "g"}


def run(plan: Plan, steps: int) -> ReferenceEngine:
    engine = ReferenceEngine(plan, StubLibrary())
    assert engine.run(steps).kind == "done"
    return engine


def test_counter_spikes_and_resets() -> None:
    pop = pb.population("a", 3, COUNTING, {"p": [0.25, 0.5, 1.0]})
    plan = pb.plan([pop])
    plan.spike_recorders.append(SpikeRecorder(0, None))
    engine = run(plan, 4)
    steps, ranks = engine.drain_spikes(0)
    assert list(zip(steps.tolist(), ranks.tolist(), strict=True)) == [
        (0, 2), (1, 1), (1, 2), (2, 2), (3, 0), (3, 1), (3, 2),
    ]  # fmt: skip
    assert steps.dtype == np.int64
    assert ranks.dtype == np.int32
    assert pop.last[:3].tolist() == [3, 3, 3]
    assert pb.array_of(pop.binding, "v")[:3].tolist() == [0.0, 0.0, 0.0]
    assert engine.drain_spikes(0)[0].size == engine.pending_spikes(0) == 0


def test_effects_act_after_all_values_are_computed() -> None:
    """Two variables exchange their values: no expression sees an effect of its own program."""
    kernel = neuron(ir.Store("v", ref("x")), ir.Store("x", ref("v")), x="state")
    pop = pb.population("a", 2, kernel, {"v": [1.0, 2.0], "x": [3.0, 4.0]})
    run(pb.plan([pop]), 1)
    assert pb.array_of(pop.binding, "v")[:2].tolist() == [3.0, 4.0]
    assert pb.array_of(pop.binding, "x")[:2].tolist() == [1.0, 2.0]


def test_one_run_equals_many() -> None:
    def network() -> Plan:
        a = pb.population("a", 5, COUNTING, {"p": np.linspace(0.1, 0.7, 5)})
        b = pb.population("b", 5, SUMMING)
        synapses = [(i, j, 1 + (i + j) % 3) for i in range(5) for j in range(5)]
        return pb.plan(
            [a, b], [pb.projection("ab", [a, b], 0, 1, STATIC, synapses, {"w": np.arange(25) / 10}, targets=TO_G)]
        )

    whole, parts = network(), network()
    run(whole, 20)
    for _ in range(20):
        run(parts, 1)
    assert whole.step[0] == parts.step[0] == 20
    for one, other in zip(whole.populations, parts.populations, strict=True):
        assert pb.array_of(one.binding, "v").tobytes() == pb.array_of(other.binding, "v").tobytes()


@pytest.mark.parametrize("delay", [1, 2, 5])
def test_delay(delay: int) -> None:
    """A spike of step 3 with delay d is an input of step 3 + d."""
    source = pb.population("s", 2, spikes=[(3, 1)])
    pop = pb.population("a", 2, SUMMING)
    plan = pb.plan(
        [source, pop], [pb.projection("p", [source, pop], 0, 1, STATIC, [(1, 0, delay)], {"w": 2.0}, targets=TO_G)]
    )
    engine = ReferenceEngine(plan, StubLibrary())
    for k in range(10):
        engine.run(1)
        assert pb.array_of(pop.binding, "v")[0] == (2.0 if k >= 3 + delay else 0.0)
    assert source.last[:2].tolist() == [NEVER, 3]
    assert source.source is not None
    assert source.source.position[0] == 1


@pytest.mark.parametrize("delay", [0, 1, 3])
def test_same_step_delivers_after_the_update(delay: int) -> None:
    """An input delivered between threshold and reset is seen by the update of the next step."""
    source = pb.population("s", 1, spikes=[(3, 0)])
    pop = pb.population("a", 1, SUMMING)
    projection = pb.projection(
        "p", [source, pop], 0, 1, STATIC, [(0, 0, delay)], {"w": 2.0}, targets=TO_G, same_step=True
    )
    engine = ReferenceEngine(pb.plan([source, pop], [projection]), StubLibrary())
    for k in range(10):
        engine.run(1)
        assert pb.array_of(pop.binding, "v")[0] == (2.0 if k >= 3 + delay + 1 else 0.0)
        assert pb.array_of(pop.binding, "g")[0] == (2.0 if k == 3 + delay else 0.0)


def test_canonical_order_of_sums() -> None:
    """Delay ascending, then presynaptic rank, then creation; one subtotal per projection, in creation order."""
    rng = np.random.default_rng(1)
    synapses = [(int(rng.integers(6)), 0, int(rng.integers(1, 4))) for _ in range(40)]
    weights = [rng.normal(size=40) * 10.0 ** rng.integers(-8, 8, 40) for _ in range(2)]
    spikes = [(int(s), r) for s in range(6) for r in range(6) if rng.random() < 0.7]
    source, pop = pb.population("s", 6, spikes=spikes), pb.population("a", 1, SUMMING)
    populations = [source, pop]
    projections = [
        pb.projection(f"p{n}", populations, 0, 1, STATIC, synapses, {"w": weights[n]}, targets=TO_G) for n in range(2)
    ]
    engine = ReferenceEngine(pb.plan(populations, projections), StubLibrary())
    v = 0.0
    for k in range(10):
        engine.run(1)
        g = 0.0
        for w in weights:
            subtotal = -0.0
            for d in (1, 2, 3):
                for i in range(6):
                    if (k - d, i) in spikes:
                        for q, (pre, _, delay) in enumerate(synapses):
                            if (pre, delay) == (i, d):
                                subtotal += w[q]
            g += subtotal
        v += g
        assert pb.array_of(pop.binding, "v")[0] == v


def test_a_subtotal_without_events_keeps_a_negative_zero() -> None:
    source, pop = pb.population("s", 1, spikes=[(0, 0)]), pb.population("a", 2, SUMMING, {"v": -0.0})
    plan = pb.plan(
        [source, pop],
        [pb.projection("p", [source, pop], 0, 1, STATIC, [(0, 0, 1)], {"w": -0.0}, targets={"+post.g": "v"})],
    )
    pop.enabled = False
    run(plan, 2)
    assert np.signbit(pb.array_of(pop.binding, "v")[:2]).all()


def test_events_that_read_what_others_write_run_one_by_one() -> None:
    """post.v = post.v * w + 1: each synapse sees the write of the previous one."""
    kernel = ir.KernelIR(
        "synapse",
        (ir.Entry("w", "param", "float"), ir.Entry("post.v", "post", "float", (), True)),
        (ir.Program("pre:pre", (ir.Store("post.v", op("add", op("mul", ref("post.v"), ref("w")), num(1.0))),)),),
    )
    source, pop = pb.population("s", 3, spikes=[(0, 0), (0, 2)]), pb.population("a", 1, SUMMING)
    synapses, w = [(0, 0, 1), (0, 0, 1), (1, 0, 1), (2, 0, 1)], [2.0, 3.0, 100.0, 5.0]
    run(pb.plan([source, pop], [pb.projection("p", [source, pop], 0, 1, kernel, synapses, {"w": w})]), 2)
    assert pb.array_of(pop.binding, "v")[0] == ((0 * 2 + 1) * 3 + 1) * 5 + 1


def test_pathways_on_both_sides() -> None:
    """Event-driven traces and weights: pre code, then post code of the same step, by hand."""
    layout = (
        ir.Entry("w", "state", "float", (), True),
        ir.Entry("x", "state", "float", (), True),
        ir.Entry("@lastupdate", "lastupdate", "int", (), True),
        ir.Entry("+post.g", "subtotal", "float", (), True),
    )
    stamp = ir.Store("@lastupdate", ref("@step", "int"))
    kernel = ir.KernelIR(
        "synapse",
        layout,
        (
            ir.Program(
                "pre:pre", (ir.Accumulate("+post.g", -1, ref("w")), ir.Store("x", op("add", ref("x"), num(1.0))), stamp)
            ),
            ir.Program("post:post", (ir.Store("w", op("add", ref("w"), ref("x"))), stamp)),
        ),
    )
    source = pb.population("s", 2, spikes=[(0, 0), (2, 0), (2, 1)])
    pop = pb.population("a", 2, COUNTING, {"p": [0.5, 0.0], "v": [0.0, -100.0]})
    projection = pb.projection(
        "p", [source, pop], 0, 1, kernel, [(0, 1, 1), (0, 0, 1), (1, 0, 1)], {"w": [10.0, 20.0, 30.0]}, targets=TO_G
    )
    plan = pb.plan([source, pop], [projection])
    engine = ReferenceEngine(plan, StubLibrary())
    w, x, stamps = (pb.array_of(projection.binding, n) for n in ("w", "x", "@lastupdate"))
    engine.run(1)
    assert w[:3].tolist() == [10.0, 20.0, 30.0]
    engine.run(1)  # the spike of step 0 arrives: g of both targets; neuron 0 gets -20 and is far from its threshold
    assert x[:3].tolist() == [1.0, 1.0, 0.0]
    assert pb.array_of(pop.binding, "v")[:2].tolist() == [0.5 + 0.5 - 20.0, -110.0]
    pb.array_of(pop.binding, "v")[0] = 50.0
    engine.run(1)  # neuron 0 spikes in step 2
    assert w[:3].tolist() == [10.0, 21.0, 30.0]
    engine.run(1)  # the spikes of step 2 arrive
    assert x[:3].tolist() == [2.0, 2.0, 1.0]
    assert stamps[:3].tolist() == [3, 3, 3]


def test_same_step_post_code_runs_before_the_reset() -> None:
    kernel = ir.KernelIR(
        "synapse",
        (ir.Entry("w", "state", "float", (), True), ir.Entry("post.v", "post", "float")),
        (ir.Program("pre:pre", ()), ir.Program("post:post", (ir.Store("w", ref("post.v")),))),
    )
    for same_step, seen in ((True, 1.5), (False, 0.0)):
        source, pop = pb.population("s", 1, spikes=[]), pb.population("a", 1, COUNTING, {"p": 1.5})
        projection = pb.projection("p", [source, pop], 0, 1, kernel, [(0, 0, 1)], {"w": 9.0}, same_step=same_step)
        run(pb.plan([source, pop], [projection]), 1)
        assert pb.array_of(projection.binding, "w")[0] == seen


def test_disabled_objects_rest() -> None:
    source, pop = pb.population("s", 1, spikes=[(0, 0), (1, 0), (3, 0)]), pb.population("a", 1, COUNTING, {"p": 1.0})
    projection = pb.projection("p", [source, pop], 0, 1, STATIC, [(0, 0, 1)], {"w": 0.5}, targets=TO_G)
    plan = pb.plan([source, pop], [projection])
    projection.enabled = False
    run(plan, 2)
    assert pop.last[0] == 1
    pop.enabled, projection.enabled = False, True
    run(plan, 1)
    assert pop.last[0] == 1
    assert pop.counts[2] == 0
    assert pb.array_of(pop.binding, "g")[0] == 0.0
    pop.enabled, source.enabled = True, False
    run(plan, 3)
    assert pb.array_of(pop.binding, "v")[0] == 0.0
    assert source.last[0] == 1


def test_prepare_derived_and_propagators() -> None:
    """Computed again at each run, per element where a param differs; uniform ones once."""
    layout = (
        ir.Entry("p", "param", "float"),
        ir.Entry("s", "param", "float"),
        ir.Entry("@d0", "derived", "float", ("p",)),
        ir.Entry("@d1", "derived", "float", ("s",)),
        ir.Entry("@d2", "derived", "float", ()),
        ir.Entry("@A", "matrix", "float", ("p",)),
        ir.Entry("@P", "propagator", "float", ("p",)),
        ir.Entry("@Q", "propagator", "float", ("p",)),
        ir.Entry("v", "state", "float", (), True),
        ir.Entry("x", "state", "float", (), True),
    )
    prepare = (
        ir.Store("@d0", op("mul", ref("p"), ref("dt"))),
        ir.Store("@d1", op("exp", ref("s"))),
        ir.Store("@d2", ref("dt")),
        ir.Store("@A", op("neg", ref("p"))),
    )
    update = (
        ir.Store("v", op("add", op("add", ref("@d0"), ref("@d1")), ref("@d2"))),
        ir.Store("x", op("sub", ref("@P"), ref("@Q"))),
    )
    kernel = ir.KernelIR(
        "neuron", layout, (ir.Program("prepare", prepare), ir.Program("update", update)),
        blocks=(ir.LinearBlock(1, ("@A",), ("@P",), ("@Q",)),),
    )  # fmt: skip
    pop = pb.population("a", 3, kernel, {"p": [1.0, 2.0, 4.0], "s": 0.0})
    plan = pb.plan([pop], dt=0.5)
    p, v, x = (pb.array_of(pop.binding, n) for n in "pvx")
    engine = run(plan, 1)
    for _ in range(2):
        np.testing.assert_array_equal(v[:3], p[:3] * 0.5 + 1.0 + 0.5)
        np.testing.assert_array_equal(x[:3], (1 - p[:3] * 0.5) + 2 * p[:3])
        p[:3] = [8.0, 16.0, 32.0]
        engine.run(1)


def test_draws_tables_and_scalars() -> None:
    """Draws get the key of their occurrence and the rank; time is step * dt."""
    layout = (
        ir.Entry("table", "table", "float"),
        ir.Entry("v", "state", "float", (), True),
        ir.Entry("x", "state", "float", (), True),
        ir.Entry("n", "state", "int", (), True),
    )
    update = (
        ir.Store("v", ir.Draw("poisson", 1, (num(0.5),), "float")),
        ir.Store("x", op("timed1", ref("table"), op("mul", ref("t"), num(10.0)))),
        ir.Store(
            "n", op("add", op("mul", ref("@N", "int"), ir.Const(10, "int"), type="int"), ref("@i", "int"), type="int")
        ),
    )
    kernel = ir.KernelIR("neuron", layout, (ir.Program("update", update),))
    pop = pb.population("a", 3, kernel, {"table": np.array([3.0, 5.0, 7.0])}, keys=[1, 2000])
    run(pb.plan([pop], dt=0.125), 2)
    assert pb.array_of(pop.binding, "v")[:3].tolist() == [2001.5, 2101.5, 2201.5]
    assert pb.array_of(pop.binding, "x")[:3].tolist() == [5.0, 5.0, 5.0]
    assert pb.array_of(pop.binding, "n")[:3].tolist() == [30, 31, 32]


def test_recorders() -> None:
    kernel = neuron(ir.Store("v", op("add", ref("v"), num(10.0))))
    pop = pb.population("a", 3, kernel, {"v": [1.0, 2.0, 3.0]})
    v = pb.array_of(pop.binding, "v")
    plan = pb.plan([pop])
    every = Recorder(v, 3, None, 1, 0, np.zeros((4, 3)), np.zeros(1, np.int64))
    some = Recorder(v, 2, np.array([2, 0]), 2, 1, np.zeros((4, 2)), np.zeros(1, np.int64))
    plan.recorders += [every, some]
    run(plan, 4)
    assert every.out[:, 0].tolist() == [11.0, 21.0, 31.0, 41.0]
    assert every.count[0] == 4
    assert some.out.tolist() == [[23.0, 21.0], [43.0, 41.0], [0.0, 0.0], [0.0, 0.0]]
    assert some.count[0] == 2


def test_spike_recorder_of_a_selection() -> None:
    source = pb.population("s", 4, spikes=[(0, 1), (0, 3), (2, 2), (2, 3)])
    plan = pb.plan([source])
    plan.spike_recorders.append(SpikeRecorder(0, np.array([0, 0, 1, 1], np.uint8)))
    engine = run(plan, 3)
    assert engine.pending_spikes(0) == 3
    steps, ranks = engine.drain_spikes(0)
    assert (steps.tolist(), ranks.tolist()) == ([0, 2, 2], [3, 2, 3])


def test_nan_guard_names_the_first_bad_element() -> None:
    kernel = neuron(ir.Store("v", op("div", ref("v"), ref("p"))))
    pop = pb.population("a", 3, kernel, {"v": 1.0, "p": [1.0, 0.0, 1.0]})
    plan = pb.plan([pop])
    plan.guarded.append(GuardedArray("a", "v", pb.array_of(pop.binding, "v"), 3))
    plan.nan_every = 4
    engine = ReferenceEngine(plan, StubLibrary())
    status = engine.run(100)
    assert (status.kind, status.steps, status.owner, status.variable, status.rank) == ("nan", 4, "a", "v", 1)
    assert plan.step[0] == 4
    assert engine.scan().kind == "nan"
    pb.array_of(pop.binding, "v")[1] = 0.0
    assert engine.scan().kind == "done"


@pytest.mark.parametrize(("every", "steps"), [(False, 2), (True, 8)])
def test_stop_condition(every: bool, steps: int) -> None:
    kernel = neuron(ir.Store("v", op("add", ref("v"), ref("p"))))
    pop = pb.population("a", 2, kernel, {"p": [1.0, 0.25]})
    layout = (ir.Entry("v", "state", "float"), ir.Entry("@mask", "mask", "bool", (), True))
    reached = ir.Program("condition", (ir.Store("@mask", op("ge", ref("v"), num(2.0), type="bool")),))
    binding = pb.bind(ir.KernelIR("condition", layout, (reached,)), 2, {}, "double")
    binding.arrays[0] = pb.array_of(pop.binding, "v")
    plan = pb.plan([pop])
    plan.conditions.append(StopCondition(0, binding, every))
    status = ReferenceEngine(plan, StubLibrary()).run(100)
    assert (status.kind, status.steps, plan.step[0]) == ("stopped", steps, steps)


def test_single_precision() -> None:
    """Every operation is rounded to 24 bits, the clock is computed in double and rounded once."""
    kernel = neuron(ir.Store("v", op("add", op("mul", ref("v"), ref("p")), ref("t"))))
    pop = pb.population("a", 1, kernel, {"v": 1.0, "p": 0.3}, precision="single")
    run(pb.plan([pop]), 50)
    v = np.float32(1)
    for k in range(50):
        v = v * np.float32(0.3) + np.float32(float(k) * 0.1)
    got = pb.array_of(pop.binding, "v")[0]
    assert got.dtype == np.float32
    assert got == v


def test_reset_code_that_writes_a_shared_value_counts_each_spike() -> None:
    kernel = neuron(
        ir.Store("@mask", op("ge", ref("v"), num(1.0), type="bool")),
        reset=(ir.Store("count", op("add", ref("count"), num(1.0))),),
        count="state",
    )
    pop = pb.population("a", 5, kernel, {"v": [1.0, 0.0, 1.0, 1.0, 0.0]})
    assert pop.binding is not None
    pop.binding.shared[[e.name for e in kernel.layout].index("count")] = True
    run(pb.plan([pop]), 2)
    assert (pb.array_of(pop.binding, "count") == 6.0).all()


def test_interrupt_ends_between_two_steps() -> None:
    """Ctrl+C in the middle of a step lets the step finish; running on gives what an undisturbed run gives."""

    class Interrupting(StubLibrary):
        def call(self, name: str, *arrays: Any) -> Any:
            if plan.step[0] == 3:
                os.kill(os.getpid(), signal.SIGINT)
            return np.exp(arrays[0])

    kernel = neuron(ir.Store("v", op("add", ref("v"), op("exp", ref("p")))), ir.Store("g", num(1.0)))
    pop = pb.population("a", 2, kernel, {"p": 0.0})
    plan = pb.plan([pop])
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        ReferenceEngine(plan, Interrupting()).run(10)
    assert signal.getsignal(signal.SIGINT) is before
    assert plan.step[0] == 4
    assert pb.array_of(pop.binding, "v")[:2].tolist() == [4.0, 4.0]
    run(plan, 6)
    assert pb.array_of(pop.binding, "v")[0] == 10.0


def test_progress_is_told_between_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ranvier.runtime.reference.engine.PROGRESS_INTERVAL", 0.0)
    pop = pb.population("a", 2, SUMMING)
    plan, told = pb.plan([pop]), []
    ReferenceEngine(plan, StubLibrary()).run(3, lambda done: told.append((done, int(plan.step[0]))))
    assert told == [(1, 1), (2, 2), (3, 3)]


def test_no_steps_change_nothing() -> None:
    pop = pb.population("a", 1, COUNTING, {"p": 1.0})
    plan = pb.plan([pop])
    assert ReferenceEngine(plan, StubLibrary()).run(0).steps == 0
    assert plan.step[0] == 0
