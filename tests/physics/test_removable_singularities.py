"""Rates like ``x/(exp(x) - 1)`` at and near their holes, in every shape that papers write them in.

Truth is the closed form in mpmath with 50 digits. Every factor of the rewritten form is within 2 ulp and there are at
most eight operations, so 16 ulp (3.6e-15) bound the relative error.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import ranvier as rv

X = np.array([0.0, 1e-300, 1e-18, -1e-18, 1e-9, -1e-9, 1e-3, -0.5, 3.0, -20.0, 40.0])


def bernoulli(x: float, k: float) -> mpmath.mpf:
    """Return ``x/(exp(k x) - 1)``, ``1/k`` at 0."""
    with mpmath.workdps(50):
        return mpmath.mpf(1) / k if x == 0 else mpmath.mpf(x) / mpmath.expm1(mpmath.mpf(k) * x)


@pytest.mark.parametrize(
    ("text", "factor", "k"),
    [
        ("x/(exp(x) - 1)", 1.0, 1.0),
        ("0.25*x/(exp(0.5*x) - 1)", 0.25, 0.5),
        ("0.5*x/(1 - exp(-0.5*x))", -0.5, -0.5),
        ("-x/(1 - exp(x))", 1.0, 1.0),
        ("0.5*(x)/(1 - exp(-(x)/4))", -0.5, -0.25),
        ("x*0.5/(exp(x/2) - 1.0)", 0.5, 0.5),
        ("x/(2*(exp(x*4) - 1))", 0.5, 4.0),
        ("(x/4)/(-1 + exp(x/4))", 0.25, 0.25),
        ("a*x/(exp(x/k) - 1)", 3.0, 0.125),
    ],
)
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_the_hole_is_closed(text: str, factor: float, k: float, engine: str) -> None:
    net = rv.Network(dt=1.0, seed=1)
    net.engine = engine
    neuron = rv.Neuron(parameters="a = 3.0\nk = 8.0", equations=f"dx/dt = 0\nr = {text}")
    pop = net.create(X.size, neuron)
    pop.x = X
    net.simulate(1.0)
    truth = np.array([float(factor * bernoulli(x, k)) for x in X])
    np.testing.assert_allclose(pop.r, truth, rtol=3.6e-15, atol=0)


def test_hodgkin_huxley_rates_at_their_holes() -> None:
    neuron = rv.Neuron(
        equations="""
        dv/dt = 0
        alpha_n = 0.01*(v + 55)/(1 - exp(-(v + 55)/10))
        alpha_m = 0.1*(v + 40)/(1 - exp(-(v + 40)/10))
        r = alpha_n
        """,
    )
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(3, neuron)
    pop.v = [-55.0, -40.0, 0.0]
    net.simulate(0.1)
    assert pop.alpha_n[0] == pytest.approx(0.1, rel=1e-15)
    assert pop.alpha_m[1] == pytest.approx(1.0, rel=1e-15)
    assert np.isfinite(pop.alpha_n).all()
