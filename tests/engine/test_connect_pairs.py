"""Kernels of connection texts: checks of what is handed over, and equality with the interpreter on random texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ranvier as rv
from ranvier.compiler import CompileOptions, Generator, Line, SynapseBinding, compile_model, generator, resolve_connect
from ranvier.runtime import _bridge as bridge

BINDING = SynapseBinding((), (), pre_is_post=False)


@pytest.fixture(scope="module")
def library() -> bridge.Library:
    """A kernel over one number for all pairs and one per pair; its layout: number, loop, result."""
    model = resolve_connect(
        "p",
        [Line("connect_if", "i + k > number", "bool"), Line("connect_count", "if connect_if: 10*i + j else: -k")],
        BINDING,
        given=[("number", None, "float", "shared"), ("k", None, "int", "local")],
    )
    compiled = compile_model(model, CompileOptions())
    assert [e.name for e in compiled.kernel.layout] == ["number", "k", "connect_count"]
    assert compiled.library is not None
    return bridge.Library(compiled.library)


def kernel(library: bridge.Library, *, shared: list[bool] | None = None) -> bridge.PairKernel:
    number = np.full(64, 2.5)
    return bridge.PairKernel(
        library, [number, None, None], shared or [True, False, False], np.zeros(0, np.uint64), 9, 9, 0, 0.1
    )


def test_segments(library: bridge.Library) -> None:
    target, k = np.array([3, 4, 8, 0], np.uint32), np.array([1, 2, 0, 9], np.int64)
    result = np.zeros(4, np.int64)
    kernel(library).run({1: k, 2: result}, np.array([0, 2, 1, 2, 4, 2], np.int64), target)
    assert result.tolist() == [-1, 14, 0, 20]


def test_what_does_not_fit_is_refused(library: bridge.Library) -> None:
    pairs = {1: np.zeros(3, np.int64), 2: np.zeros(3, np.int64)}
    seg, target = np.array([0, 3, 0], np.int64), np.zeros(3, np.uint32)
    kernel(library).run(pairs, seg, target)
    wrong: list[tuple[dict[int, Any], Any, Any, str]] = [
        (pairs, np.array([0, 4, 0], np.int64), target, "outside"),
        (pairs, np.array([-1, 2, 0], np.int64), target, "outside"),
        (pairs, seg, np.array([0, 9, 0], np.uint32), "not in"),
        (pairs, seg, target.astype(np.int64), "expected uint32"),
        ({2: pairs[2]}, seg, target, "missing"),
        ({1: pairs[1][:2], 2: pairs[2]}, seg, target, "at least 3"),
        ({1: pairs[1], 2: pairs[2], 3: pairs[2]}, seg, target, "no array 3"),
    ]
    for given_pairs, segments, targets, message in wrong:
        with pytest.raises(ValueError, match=message):
            kernel(library).run(given_pairs, segments, targets)
    with pytest.raises(ValueError, match="up to 64"):
        kernel(library, shared=[True])


_TERMS = st.sampled_from(
    ["i", "j", "a_pre", "post.a", "x_pre", "position_y_post", "dist", "N_pre", "3", "0.5", "rand()", "c", "kind_post"]
)
_SUMS = st.builds(lambda x, op, y: f"({x} {op} {y})", _TERMS, st.sampled_from(["+", "-", "*", "/", "%"]), _TERMS)
_CALLS = st.builds(lambda f, x: f"{f}({x})", st.sampled_from(["exp", "abs", "sin", "floor", "sqrt"]), _SUMS)
_VALUES = st.one_of(_TERMS, _SUMS, _CALLS)
_TESTS = st.builds(lambda x, op, y: f"{x} {op} {y}", _VALUES, st.sampled_from(["<", ">=", "==", "!="]), _VALUES)
_CONDITIONS = st.one_of(
    _TESTS, st.builds(lambda x, op, y: f"not ({x}) {op} {y}", _TESTS, st.sampled_from(["and", "or"]), _TESTS)
)


@settings(max_examples=12)
@given(
    condition=_CONDITIONS,
    probability=st.one_of(st.floats(0, 1), _VALUES),
    n=st.one_of(st.integers(0, 3), _VALUES),
    precision=st.sampled_from(["double", "single"]),
    part=st.tuples(st.integers(0, 9), st.integers(10, 20)),
    seed=st.integers(0, 5),
)
def test_compiled_equals_interpreted(
    condition: str, probability: Any, n: Any, precision: Any, part: tuple[int, int], seed: int
) -> None:
    n = f"min(abs({n}), 3)" if isinstance(n, str) else n
    found = []
    for engine in ("compiled", "reference"):
        net = rv.Network(seed=seed, precision=precision, engine=engine)  # type: ignore[arg-type]
        net.constant("c", 4.25)
        cell = rv.Neuron("a = 1.0\nkind = 2", "dv/dt = -v + g_exc", spike="v > 1e9")
        a, b = net.create((4, 5), cell), net.create((3, 8), cell)
        a.a, b.a = rv.Normal(0.0, 2.0), rv.Normal(1.0, 2.0)
        proj = net.connect(a[slice(*part)], b, "exc", name="p").where(condition, probability=probability, n=n)
        built = proj.connectivity
        found.append((built.indptr.tolist(), built.target.tolist(), built.creation is None))
    assert found[0] == found[1]


READ: list[tuple[str, Generator]] = [
    ("k for k in range(3)", Generator("k", "k", "range", ("0", "3", "1"))),
    (
        "int(k/2) for k in range(f(i, 1), (i), 2) if k != (i)",
        Generator("int(k/2)", "k", "range", ("f(i, 1)", "(i)", "2"), condition="k != (i)"),
    ),
    (
        "m for m in sample(N_post, p=min(1, x_pre))",
        Generator("m", "m", "sample", ("0", "N_post", "1"), ("p", "min(1, x_pre)")),
    ),
    ("(i + 1) % N_post", Generator("(i + 1) % N_post")),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[r[0] for r in READ])
def test_generators_are_read(text: str, expected: Generator) -> None:
    assert generator(text, "p") == expected


WRONG = """
k for
k for k
k for k in
k for k in range
k for k in range(3
k for k in range()
k for k in range(1, 2, 3, 4)
k for k in sample(3)
k for k in range(3, p=0.1)
k for k in sample(3, q=2)
k for k in range(3) if
k for k in range(3) or k
k for in range(3)
k for 3 in range(3)
k for if in range(3)
k for k in [1]
"""


@pytest.mark.parametrize("text", ["", *WRONG.split("\n")[1:-1]])
def test_wrong_generators_show_the_place(text: str) -> None:
    with pytest.raises(rv.RanvierError) as caught:
        generator(text, "p")
    assert caught.value.code.startswith("E")
    assert "^" in str(caught.value)
