"""`check_plans` finds the first bit in which two runs differ, and names it."""

from __future__ import annotations

from typing import Any

import numpy as np
import plan_builder as pb
import pytest

from ranvier.compiler import ir
from ranvier.runtime.checks.engines import check_plans, different
from ranvier.runtime.planning.plan import Plan, RunStatus
from ranvier.runtime.reference.engine import ReferenceEngine

NEW = ir.Ref("%0", "float")
KERNEL = ir.KernelIR(
    "neuron",
    (
        ir.Entry("p", "param", "float"),
        ir.Entry("v", "state", "float", (), True),
        ir.Entry("@mask", "mask", "bool", (), True),
    ),
    (
        ir.Program(
            "update",
            (
                ir.Let("%0", ir.Op("add", (ir.Ref("v", "float"), ir.Ref("p", "float")), "float")),
                ir.Store("v", NEW),
                ir.Store("@mask", ir.Op("ge", (NEW, ir.Const(1.0, "float")), "bool")),
            ),
        ),
        ir.Program("reset", (ir.Store("v", ir.Const(0.0, "float")),)),
    ),
)
STATIC = ir.KernelIR(
    "synapse",
    (ir.Entry("w", "state", "float", (), True),),
    (ir.Program("pre:pre", (ir.Store("w", ir.Op("mul", (ir.Ref("w", "float"), ir.Const(1.5, "float")), "float")),)),),
)


def network() -> Plan:
    pop = pb.population("cells", 4, KERNEL, {"p": [0.25, 0.5, 0.0, 1.0]})
    synapses = [(i, j, 1) for i in range(4) for j in range(4)]
    return pb.plan([pop], [pb.projection("loop", [pop], 0, 0, STATIC, synapses, {"w": 1.0})])


def make(plan: Plan) -> ReferenceEngine:
    return ReferenceEngine(plan, object())  # type: ignore[arg-type]


class Disturbed(ReferenceEngine):
    """Writes a wrong bit in one step."""

    def __init__(self, plan: Plan, where: Any, element: int, value: float, step: int) -> None:
        super().__init__(plan, object())  # type: ignore[arg-type]
        self._disturb = (where, element, value, step, plan)

    def run(self, n_steps: int, progress: Any = None) -> RunStatus:
        status = super().run(n_steps, progress)
        where, element, value, step, plan = self._disturb
        if plan.step[0] == step + 1:
            where[element] = value
        return status


def test_equal_plans_agree() -> None:
    assert check_plans(network(), network(), make, make, 30) is None


def test_first_difference_of_a_neuron() -> None:
    def disturbed(plan: Plan) -> Disturbed:
        return Disturbed(plan, pb.array_of(plan.populations[0].binding, "v"), 2, -0.0, 5)

    found = check_plans(network(), network(), disturbed, make, 30)
    assert found is not None
    assert (found.owner, found.variable, found.element, found.step) == ("cells", "v", 2, 5)
    assert found.compiled.startswith("-0x0.0p+0")
    assert found.reference.startswith("0x0.0p+0")
    assert "cells.v[2] differs first in step 5" in str(found)


def test_first_difference_of_a_synapse() -> None:
    def disturbed(plan: Plan) -> Disturbed:
        return Disturbed(plan, pb.array_of(plan.projections[0].binding, "w"), 7, 1.0 + 2**-52, 0)

    found = check_plans(network(), network(), disturbed, make, 30)
    assert found is not None
    assert (found.owner, found.variable, found.element, found.step) == ("loop", "w", 7, 0)
    assert found.compiled.startswith("0x1.0000000000001p+0")


def test_padding_does_not_count() -> None:
    def disturbed(plan: Plan) -> Disturbed:
        return Disturbed(plan, pb.array_of(plan.populations[0].binding, "v"), 4, 77.0, 0)

    assert check_plans(network(), network(), disturbed, make, 5) is None


def test_a_different_start_is_found_before_any_step() -> None:
    other = network()
    pb.array_of(other.populations[0].binding, "p")[3] = 2.0
    found = check_plans(network(), other, make, make, 5)
    assert found is not None
    assert (found.variable, found.element, found.step) == ("p", 3, -1)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_bits_are_compared(kind: type) -> None:
    a = np.array([0.0, -0.0, np.nan, np.inf, 1.0, np.nan], kind)
    b = np.array([-0.0, -0.0, -np.nan, np.inf, np.nextafter(kind(1), kind(2)), 1.0], kind)
    assert different(a, b).tolist() == [True, False, False, False, True, True]
