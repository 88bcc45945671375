"""What methods refuse, and what they say."""

from __future__ import annotations

import pytest

from ranvier.compiler import RanvierError, Source, parse, resolve_neuron
from ranvier.compiler.integrate import integrate


def refusal(equations: str, method: str | None = None, reset: str = "v = 0") -> RanvierError:
    sources = (Source("equations", equations), Source("spike", "v > 1"), Source("reset", reset))
    with pytest.raises(RanvierError) as caught:
        integrate(resolve_neuron(parse("neuron", "N", sources), method=method))
    assert "^" in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("equations", "part"),
    [
        ("dv/dt = -v + xi\ndu/dt = -u + xi", "'xi' appears in two equations"),
        ("dv/dt = -v\nI = xi", "'xi' may only stand in differential equations"),
        ("dv/dt = -v + xi**2", "not linear in 'xi'; see the term xi**2"),
        ("dv/dt = -v + exp(xi_2)", "not linear in 'xi_2'; see the term exp(xi_2)"),
        ("dv/dt = -v + xi_1*xi_2", "not linear in 'xi_1'"),
        ("dv/dt = -v : init=xi", "'xi' may only stand in differential equations"),
    ],
)
def test_noise_where_it_cannot_be(equations: str, part: str) -> None:
    error = refusal(equations)
    assert error.code == "E403"
    assert part in str(error)


def test_noise_in_a_reset() -> None:
    error = refusal("dv/dt = -v", reset="v = xi")
    assert error.code == "E403"
    assert "randn()" in str(error)


@pytest.mark.parametrize("method", ["exponential", "rk4", "midpoint", "exact"])
def test_methods_without_noise_name_the_term(method: str) -> None:
    error = refusal("dv/dt = -v + 0.5*xi", method)
    assert error.code == "E402"
    assert f"'{method}' has no form for noise; the equation for 'v' has the term 0.5*xi" in str(error)


@pytest.mark.parametrize(
    ("equations", "part"),
    [
        ("dv/dt = -v + xi_1*v + xi_2", "several sources"),
        ("dv/dt = -v + xi_1\ndu/dt = -u + xi_1", "'xi_1' drives other equations too"),
        ("dv/dt = -v + u*xi_1\ndu/dt = -u + xi_2", "depends on 'u'"),
    ],
)
def test_milstein_needs_diagonal_noise(equations: str, part: str) -> None:
    error = refusal(equations, "milstein")
    assert error.code == "E402"
    assert part in str(error)
