"""The small algebra on trees: affine forms keep the user's order; expansion decides what the structure does not."""

from __future__ import annotations

import pytest

from ranvier.compiler import Source, parse_expression
from ranvier.compiler.algebra import affine, names, substitute, text
from ranvier.compiler.symbolic import linear_part
from ranvier.compiler.tree import Expr, Name


def read(source: str) -> Expr:
    return parse_expression(Source("string", source))


def is_x(expr: Expr) -> bool:
    return isinstance(expr, Name) and expr.id == "x"


@pytest.mark.parametrize(
    ("source", "a", "b"),
    [
        ("x", "1", "0"),
        ("c", "0", "c"),
        ("-(x - E)/tau", "-1/tau", "E/tau"),
        ("g*(E - x) + h*(F - x)", "-g - h", "g*E + h*F"),
        ("alpha*(1 - x) - beta*x", "-alpha - beta", "alpha"),
        ("(x + 2*x)*k", "(1 + 2)*k", "0"),
        ("x if c > 0 else 2*x + d", "1 if c > 0 else 2", "0 if c > 0 else d"),
    ],
)
def test_affine_splits_without_reordering(source: str, a: str, b: str) -> None:
    found = affine(read(source), is_x)
    assert found is not None
    assert (text(found[0]), text(found[1])) == (a, b)


@pytest.mark.parametrize("source", ["x*x", "exp(x)", "1/x", "x**2", "x if x > 0 else 0", "a*x*x + b"])
def test_affine_refuses_what_is_not_visibly_affine(source: str) -> None:
    assert affine(read(source), is_x) is None


@pytest.mark.parametrize(
    ("source", "a", "b"),
    [("(x - c)*(x + c) - x**2 + 3*x", 3.0, -4.0), ("x*x/x", 1.0, 0.0), ("(x + 1)**2 - x*x", 2.0, 1.0)],
)
def test_expansion_finds_hidden_linear_forms(source: str, a: float, b: float) -> None:
    found = linear_part(read(source), "x")
    assert found is not None

    def value(expr: Expr) -> float:
        return float(eval(text(expr), {"__builtins__": {}}, {"c": 2.0}))

    assert value(found[0]) == a
    assert value(found[1]) == b


@pytest.mark.parametrize("source", ["x**2", "exp(x)", "x*y*x", "sin(x)/x", "1/(x + 1)", "x**0.5"])
def test_expansion_refuses_what_is_not_linear(source: str) -> None:
    assert linear_part(read(source), "x") is None


@pytest.mark.parametrize(
    "source",
    ["a + b*c", "(a + b)*c", "a - (b - c)", "a/(b*c)", "-a**2", "(-a)**2", "a**b**c", "not a and b or c",
     "a if b else c if d else e", "f(a, g(b)) + 1.5", "a < b and b < c", "2**-a"],
)  # fmt: skip
def test_text_reads_back_as_the_same_tree(source: str) -> None:
    from ranvier.compiler.tree import canonical

    tree = read(source)
    assert canonical(read(text(tree))) == canonical(tree)


def test_substitution_shares_what_it_does_not_change() -> None:
    tree = read("f(a) + b")
    new = substitute(tree, {"b": read("c*d")})
    assert names(new) == {"a", "c", "d"}
    assert new.left is tree.left  # type: ignore[union-attr]
