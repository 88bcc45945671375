"""The statement of iteration: what it means, in the interpreter and in C, against a plain loop; what is refused."""

from __future__ import annotations

from dataclasses import replace

import kernel_runner
import numpy as np
import plan_builder as pb
import pytest

from ranvier.compiler import ir
from ranvier.compiler.emit import Hoister, Root, emit
from ranvier.compiler.errors import InternalError
from ranvier.compiler.values import Builder
from ranvier.compiler.verify import verify
from ranvier.runtime.reference.kernel import BoundKernel
from ranvier.runtime.reference.ops import execute

_mathlib = pytest.importorskip("ranvier.runtime._mathlib")
LIMIT = 100
LAYOUT = (
    ir.Entry("x", "state", "float", (), True),
    ir.Entry("n", "state", "float", (), True),
    ir.Entry("p", "param", "float"),
)


def collatz_kernel(limit: int = LIMIT) -> ir.KernelIR:
    """x: number of steps of 3n + 1 from n down to p; then n: their number again, by a second iteration."""
    b = Builder(["p"])
    x, n, p = (b.ref(name, "float") for name in ("x", "n", "p"))
    one, two, three = (b.number(v) for v in (1.0, 2.0, 3.0))
    top = b.add(p, b.mul(p, p))  # does not depend on what is carried: computed once, and hoisted

    def hop(carried: tuple[ir.Expr, ...]) -> tuple[list[ir.Expr], ir.Expr]:
        value, count = carried
        even = b.compare("==", b.mod(value, two), b.number(0.0))
        after = b.select(even, b.mul(value, b.number(0.5)), b.add(b.mul(three, value), one))
        return [after, b.add(count, one)], b.compare("<=", b.mul(after, two), top)

    def down(carried: tuple[ir.Expr, ...]) -> tuple[list[ir.Expr], ir.Expr]:
        after = b.sub(carried[0], one)
        return [after, b.add(carried[1], one)], b.compare("<=", after, b.number(0.0))

    _, hops = b.repeat(limit, [n, x], hop)
    _, again = b.repeat(limit, [hops, b.number(0.0)], down)
    hoister = Hoister(b, ["p"])
    roots = [Root("store", "x", hoister.hoist(hops)), Root("store", "n", hoister.hoist(again))]
    update = emit("update", roots)
    prepare = emit("prepare", hoister.roots)
    layout = LAYOUT + tuple(hoister.entries)
    return ir.KernelIR("neuron", layout, (prepare, update))


def collatz(n: int) -> int:
    count = 0
    while count < LIMIT:
        n, count = (n // 2 if n % 2 == 0 else 3 * n + 1), count + 1
        if n <= 1:
            break
    return count


@pytest.mark.parametrize("precision", ["double", "single"])
def test_each_element_goes_its_own_number_of_rounds(precision: str) -> None:
    """27 needs 111 rounds and is cut off at the limit; 1 and 2 need one round at least."""
    kernel = collatz_kernel()
    verify(kernel)
    size = 64
    start = np.arange(1.0, size + 1)
    values = {"x": 0.0, "n": start, "p": 1.0}
    interpreted = BoundKernel(pb.bind(kernel, size, values, precision, keys=()), precision, 0.1, _mathlib)
    compiled = kernel_runner.CompiledKernel(kernel, pb.bind(kernel, size, values, precision, keys=()), precision, 0.1)
    interpreted.prepare()
    compiled.call("rv_prepare", 0, 64)
    update = kernel.program("update")
    assert update is not None
    execute(update, interpreted.range_environment(0))
    compiled.call("rv_update_general", 0, size)
    expected = np.array([collatz(int(n)) for n in start])
    for arrays in (interpreted.arrays, compiled.arrays):
        assert np.array_equal(arrays["x"][:size], expected)
        assert np.array_equal(arrays["n"][:size], expected)
    assert expected.max() == LIMIT


def test_what_no_round_changes_is_computed_once() -> None:
    repeats = [s for p in collatz_kernel().programs for s in p.statements if isinstance(s, ir.Repeat)]
    assert len(repeats) == 2
    inside = {e.name for let in repeats[0].body for e in ir.walk(let.expr) if isinstance(e, ir.Ref)}
    assert "p" not in inside
    assert any(e.name.startswith("@d") for e in ir.walk(repeats[0].until) if isinstance(e, ir.Ref))


def broken(**changes: object) -> ir.KernelIR:
    kernel = collatz_kernel()
    prepare, update = kernel.programs
    statements = tuple(
        replace(s, **changes) if isinstance(s, ir.Repeat) else s  # type: ignore[arg-type]
        for s in update.statements
    )
    return replace(kernel, programs=(prepare, ir.Program("update", statements)))


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": 0},
        {"until": ir.Const(1.0, "float")},
        {"until": ir.Ref("%unknown", "bool")},
        {"carried": (ir.Carried("%c0", "%r0", ir.Const(1.0, "float"), ir.Const(1, "int")),)},
        {"body": (ir.Let("x", ir.Const(1.0, "float")),)},
    ],
)
def test_broken_iterations_are_found(changes: dict[str, object]) -> None:
    with pytest.raises(InternalError):
        verify(broken(**changes))


def test_an_iteration_after_an_effect_is_found() -> None:
    kernel = collatz_kernel()
    prepare, update = kernel.programs
    turned = ir.Program("update", tuple(reversed(update.statements)))
    with pytest.raises(InternalError):
        verify(replace(kernel, programs=(prepare, turned)))
