"""Order of convergence of every method, against scipy's solver at its tightest tolerance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import ranvier as rv

DURATION = 4.0  # ms
STEPS = (1 / 16, 1 / 32, 1 / 64, 1 / 128)  # ms; powers of two, so that every run ends at the same time


def final_state(model: rv.Neuron, variables: tuple[str, ...], dt: float) -> NDArray[np.float64]:
    """Return the variables of one neuron at the end of the run."""
    net = rv.Network(dt=dt, seed=1)
    population = net.create(geometry=1, neuron=model, name="one")
    net.simulate(DURATION)
    return np.array([float(getattr(population, name)[0]) for name in variables])


def measured_order(errors: NDArray[np.float64]) -> float:
    """Return the slope of log error over log dt between the two smallest steps.

    With error = c dt^p (1 + d dt), the slope is p + O(dt): at dt = 1/64 ms and time scales of 1 ms or slower the
    second term is a few hundredths, so 0.1 is the allowance for it and not for noise.
    """
    return float(np.log2(errors[-2] / errors[-1]))


def reference(
    right_side: Callable[[float, NDArray[np.float64]], list[float]], start: list[float]
) -> NDArray[np.float64]:
    """Return the solution at `DURATION`; good to about 1e-13."""
    solution = solve_ivp(right_side, (0.0, DURATION), start, method="DOP853", rtol=2.3e-14, atol=1e-14)
    return np.asarray(solution.y[:, -1])


@pytest.mark.parametrize(("method", "order"), [("explicit", 1), ("midpoint", 2), ("rk4", 4)])
def test_order_on_a_nonlinear_system(method: str, order: int) -> None:
    """FitzHugh-Nagumo, of which no part is linear in v; both variables move by order 1 over the run."""
    model = rv.Neuron(
        equations="""
        dv/dt = v - v**3/3 - u + 0.5 : init=-1.0
        du/dt = 0.3*(v + 0.7 - 0.8*u) : init=-0.5
        """,
        spike="v > 1e9",
        method=method,
    )
    exact = reference(lambda t, y: [y[0] - y[0] ** 3 / 3 - y[1] + 0.5, 0.3 * (y[0] + 0.7 - 0.8 * y[1])], [-1.0, -0.5])
    errors = np.array([np.abs(final_state(model, ("v", "u"), dt) - exact).max() for dt in STEPS])
    assert abs(measured_order(errors) - order) < 0.1


def test_order_of_exponential_euler() -> None:
    """Linear in each variable with the other held, nonlinear together: first order."""
    model = rv.Neuron(
        equations="""
        dx/dt = 1.5 - x*(1 + y*y) : init=0.2
        dy/dt = x - 0.5*y*(1 + x) : init=1.0
        """,
        spike="x > 1e9",
        method="exponential",
    )
    exact = reference(lambda t, s: [1.5 - s[0] * (1 + s[1] ** 2), s[0] - 0.5 * s[1] * (1 + s[0])], [0.2, 1.0])
    errors = np.array([np.abs(final_state(model, ("x", "y"), dt) - exact).max() for dt in STEPS])
    assert abs(measured_order(errors) - 1) < 0.1


@pytest.mark.parametrize(("method", "order"), [("explicit", 1), ("midpoint", 2), ("rk4", 4)])
def test_order_with_time_in_the_right_side(method: str, order: int) -> None:
    """The stages of a Runge-Kutta method evaluate t at their own times."""
    model = rv.Neuron(equations="dx/dt = -x + cos(1.3*t) : init=1.0", spike="x > 1e9", method=method)
    exact = reference(lambda t, y: [-y[0] + np.cos(1.3 * t)], [1.0])
    errors = np.array([np.abs(final_state(model, ("x",), dt) - exact).max() for dt in STEPS])
    assert abs(measured_order(errors) - order) < 0.1


def test_exponential_euler_is_exact_for_one_linear_equation() -> None:
    """x' = (a - x)/tau has no error but rounding: one part in 2^53 per step, 64 steps."""
    model = rv.Neuron(
        parameters="tau = 3.0", equations="tau*dx/dt = 2.0 - x : init=-1.0", spike="x > 1e9", method="exponential"
    )
    expected = 2.0 - 3.0 * np.exp(-DURATION / 3.0)
    assert abs(final_state(model, ("x",), STEPS[0])[0] - expected) < 64 * 2 * 2.0**-53 * 3.0
