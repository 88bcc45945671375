"""W401: methods of several stages that read a stored assignment."""

from __future__ import annotations

import warnings

import pytest

from ranvier.compiler import RanvierWarning, Source, parse, resolve_neuron


def resolve(equations: str, method: str | None) -> None:
    resolve_neuron(parse("neuron", "N", (Source("equations", equations), Source("spike", "v > 1"))), method=method)


@pytest.mark.parametrize("method", ["rk4", "midpoint", "heun"])
@pytest.mark.parametrize(
    "equations", ["a = 2*v\ndv/dt = -a", "a = 2*v\nb = a + 1\ndv/dt = -b", "a = v\ndv/dt = -c\nc = a : inline"]
)
def test_a_stale_assignment_is_pointed_out(equations: str, method: str) -> None:
    with pytest.warns(RanvierWarning, match=r"W401.*every stage.*first order"):
        resolve(equations, method)


@pytest.mark.parametrize(
    ("equations", "method"),
    [
        ("a = 2*v\ndv/dt = -a", None),
        ("a = 2*v\ndv/dt = -a", "exponential"),
        ("a = 2*v : inline\ndv/dt = -a", "rk4"),
        ("dv/dt = -v\nprev = v", "rk4"),
        ("a = 2*t\ndv/dt = -a", "rk4"),
    ],
)
def test_no_false_alarm(equations: str, method: str | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        resolve(equations, method)
