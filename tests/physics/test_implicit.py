"""Implicit and adaptive methods against linear algebra, a root finder, and scipy's solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import RK45, solve_ivp
from scipy.optimize import fsolve

import ranvier as rv
from ranvier.compiler import adaptive
from ranvier.runtime.checks.networks import check_network
from ranvier.runtime.definitions.functions import FUNCTIONS

Array = NDArray[np.float64]
STRICT = "rtol = 1e-10\natol = 1e-12"
FITZHUGH = """
dx/dt = x - x**3/3 - y + 0.5 : init=-1.0
dy/dt = 0.3*(x + 0.7 - 0.8*y) : init=-0.5
"""
HODGKIN_HUXLEY = """
dv/dt = 10.0 - 120*m**3*h*(v - 50) - 36*n**4*(v + 77) - 0.3*(v + 54.4) : init=-60.0
dm/dt = 0.1*(v + 40)/(1 - exp(-(v + 40)/10))*(1 - m) - 4*exp(-(v + 65)/18)*m : init=0.05
dh/dt = 0.07*exp(-(v + 65)/20)*(1 - h) - h/(1 + exp(-(v + 35)/10)) : init=0.6
dn/dt = 0.1*exprel(-(v + 55)/10)**-1*(1 - n) - 0.125*exp(-(v + 65)/80)*n : init=0.3
"""


def final(equations: str, names: str, dt: float, duration: float, method: str, size: int = 1, **options: str) -> Array:
    """Return the variables, one row each, at the end of a run."""
    parameters = options.pop("parameters", "")
    net = rv.Network(dt=dt, seed=1, **options)
    model = rv.Neuron(parameters=parameters, equations=equations, spike=f"{names[0]} > 1e9", method=method)
    population = net.create(geometry=size, neuron=model, name="one")
    net.simulate(duration)
    return np.array([np.asarray(getattr(population, name), float) for name in names])


def fitzhugh(t: float, s: Array) -> Array:
    return np.array([s[0] - s[0] ** 3 / 3 - s[1] + 0.5, 0.3 * (s[0] + 0.7 - 0.8 * s[1])])


def tight(f: Callable[[float, Array], Array], start: list[float], duration: float) -> Array:
    return np.asarray(solve_ivp(f, (0, duration), start, method="DOP853", rtol=2.3e-14, atol=1e-14).y[:, -1])


def test_coupled_linear_equations_are_solved_together() -> None:
    """One step against numpy: (1 - dt A) y = x + dt b(t + dt); rounding is 1e-16 times a condition number below 1e3."""
    a = np.array([[-50.0, 30.0, 0.0], [20.0, -40.0, 5.0], [0.0, 7.0, -0.1]])
    equations = """
    dx/dt = -50*x + 30*y + sin(t) : init=1.0
    dy/dt = 20*x - 40*y + 5*z : init=0.5
    dz/dt = 7*y - 0.1*z + 2.0 : init=-0.25
    """
    dt, state = 0.5, np.array([1.0, 0.5, -0.25])
    for k in range(4):
        state = np.linalg.solve(np.eye(3) - dt * a, state + dt * np.array([np.sin((k + 1) * dt), 0.0, 2.0]))
    assert np.allclose(final(equations, "xyz", dt, 2.0, "implicit")[:, 0], state, rtol=1e-13, atol=0)


def test_newton_finds_the_root_of_backward_euler() -> None:
    dt, state = 0.5, np.array([-1.0, -0.5])
    for _ in range(20):
        old = state
        state = fsolve(lambda y, old=old: y - old - dt * fitzhugh(0, y), state, xtol=1e-12)
    assert np.allclose(final(FITZHUGH, "xy", dt, 10.0, "implicit")[:, 0], state, rtol=1e-10, atol=0)


@pytest.mark.parametrize("method", ["implicit", "semiimplicit"])
def test_first_order(method: str) -> None:
    """Slope of the error over one halving: 1 + O(dt)."""
    exact = tight(fitzhugh, [-1.0, -0.5], 4.0)
    coarse, fine = (np.abs(final(FITZHUGH, "xy", dt, 4.0, method)[:, 0] - exact).max() for dt in (1 / 128, 1 / 256))
    assert abs(np.log2(coarse / fine) - 1) < 0.05


def test_stiff_equations_stay_stable() -> None:
    """dt = 100 tau: explicit Euler multiplies the error by -99 in each step, backward Euler by 1/101."""
    for method in ("implicit", "semiimplicit"):
        assert abs(final("dx/dt = 100*(cos(t) - x) : init=5.0", "x", 1.0, 10.0, method)[0, 0] - np.cos(10.0)) < 0.1


def test_semiimplicit_is_annarchys_formula() -> None:
    """tau v' = I - v:  v + dt/(dt + tau) (I - v), and nonlinear terms are taken at the old value."""
    v, x = 0.3, 0.2
    for _ in range(5):
        v += 0.5 / (0.5 + 4.0) * (2.0 - v)
        x += 0.5 * (x * (1 - x) - 3 * x) / (1 - 0.5 * (1 - 3))
    equations = "4.0*dv/dt = 2.0 - v : init=0.3\ndx/dt = x*(1 - x) - 3*x : init=0.2"
    assert np.allclose(final(equations, "vx", 0.5, 2.5, "semiimplicit")[:, 0], [v, x], rtol=1e-14)


def test_an_equation_without_solution_is_reported() -> None:
    """y = x + dt (y^2 + 1) has no real root when 1 - 4 dt (x + dt) is negative."""
    with pytest.raises(rv.RanvierError, match="x"):
        final("dx/dt = x**2 + 1 : init=1.0", "x", 1.0, 1.0, "implicit")


def test_the_tableau_is_that_of_scipy() -> None:
    """Dormand and Prince's numbers as scipy's RK45 has them (its error weights have the other sign)."""
    weights = np.zeros((6, 5))
    for row, values in enumerate(adaptive.WEIGHTS[:6]):
        weights[row, : len(values)] = values
    assert np.array_equal(weights, RK45.A)
    assert np.array_equal(adaptive.WEIGHTS[6], RK45.B)
    assert np.array_equal(adaptive.NODES[:6], RK45.C)
    assert np.allclose(adaptive.ERRORS, -RK45.E, rtol=1e-15)


@pytest.mark.parametrize("dt", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("method", ["dopri5", "rkf45"])
def test_chosen_steps_keep_the_tolerance_whatever_the_step(dt: float, method: str) -> None:
    """Each sub-step errs by at most rtol |x| + atol; on a contracting orbit (50 to 500 sub-steps in 20 ms) errors add
    up at most: 500 (1e-6 * 2 + 1e-9) = 1e-3. A hundred times tighter tolerances must be that much better too.
    """
    exact = tight(fitzhugh, [-1.0, -0.5], 20.0)
    loose = np.abs(final(FITZHUGH, "xy", dt, 20.0, method)[:, 0] - exact).max()
    strict = np.abs(final(FITZHUGH, "xy", dt, 20.0, method, parameters=STRICT)[:, 0] - exact).max()
    assert loose < 1e-3
    assert strict < 1e-7


@pytest.mark.parametrize("method", ["dopri5", "rkf45"])
def test_chosen_steps_read_the_time_of_their_stages(method: str) -> None:
    exact = tight(lambda t, s: np.array([-s[0] + np.cos(1.3 * t)]), [1.0], 10.0)
    result = final("dx/dt = -x + cos(1.3*t) : init=1.0", "x", 5.0, 10.0, method, parameters=STRICT)
    assert abs(result[0, 0] - exact[0]) < 1e-7


def test_rkf45_keeps_the_length_of_its_steps() -> None:
    """In a variable `substep`, if the model has one: it grows fivefold at most where nothing happens."""
    net = rv.Network(dt=1.0)
    equations = "dx/dt = -0.001*x : init=1.0\nsubstep = substep : init=0.0\nr = x"
    calm = net.create(1, rv.Neuron("", equations, method="rkf45"))
    net.simulate(3.0)
    assert calm.substep[0] == 5.0
    assert abs(calm.x[0] - np.exp(-0.003)) < 1e-12


def test_dopri5_takes_a_stiff_cell() -> None:
    """Van der Pol's oscillator, mu = 100, which no fixed step of 1 ms survives."""
    def vanderpol(t: float, s: Array) -> Array:
        return np.array([s[1], 100 * (1 - s[0] ** 2) * s[1] - s[0]])

    exact = solve_ivp(vanderpol, (0, 50), [2.0, 0.0], method="Radau", rtol=1e-11, atol=1e-13).y[:, -1]
    result = final("dx/dt = y : init=2.0\ndy/dt = 100*(1 - x**2)*y - x", "xy", 1.0, 50.0, "dopri5")
    assert np.allclose(result[:, 0], exact, rtol=1e-5)


def test_dopri5_reports_a_singularity() -> None:
    """x' = x^2 from 1 is infinite at t = 1."""
    with pytest.raises(rv.RanvierError, match="x"):
        final("dx/dt = x**2 : init=1.0", "x", 0.5, 2.0, "dopri5")


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("method", ["implicit", "semiimplicit", "dopri5"])
def test_engines_agree_on_iterations(method: str, precision: str) -> None:
    """Elements stop after different numbers of rounds: they start at different voltages."""
    states = []
    for engine in ("compiled", "reference"):
        net = rv.Network(dt=0.1, seed=3, precision=precision, engine=engine)
        model = rv.Neuron(equations=HODGKIN_HUXLEY, spike="v > 0", method=method)
        population = net.create(geometry=70, neuron=model, name="cells")
        population.v = np.linspace(-90.0, -20.0, 70)
        net.simulate(5.0)
        states.append([np.array(getattr(population, name)) for name in "vmhn"])
    assert np.array_equal(*states)
    assert np.ptp(states[0][0]) > 1.0
    assert np.isfinite(states[0]).all()


@pytest.mark.filterwarnings("ignore:.*W401")
def test_two_iterations_in_one_program() -> None:
    """Blocks separated by an assignment, the second of which uses the first."""
    equations = """
    dx/dt = -x**3 : init=1.0, implicit
    u = 2*x
    dy/dt = u - y**3 : init=0.5, dopri5
    """
    one, two = (final(equations, "xy", 0.5, 5.0, "explicit", engine=e) for e in ("compiled", "reference"))
    assert np.array_equal(one, two)


@pytest.fixture
def registered() -> Iterator[None]:
    """A function of one argument and one of two, for the time of a test."""
    tables = FUNCTIONS._texts, FUNCTIONS._registered
    FUNCTIONS._texts, FUNCTIONS._registered = dict(tables[0]), dict(tables[1])
    rv.register_function("sigmoid", lambda x, k: 1.0 / (1.0 + np.exp(-k * x)), c="1.0/(1.0 + exp(-k*x))")
    rv.register_function("third", lambda x: x * x * x / 3.0, c="x*x*x/3.0")
    yield
    FUNCTIONS._texts, FUNCTIONS._registered = tables


@pytest.mark.parametrize("dt", [0.5, 5.0])
def test_registered_functions_have_numerical_derivatives(registered: None, dt: float) -> None:
    """The slope is off by about 1e-7 of itself, so each round of Newton leaves 1e-7 of the error instead of its square.

    A round is the last one when it moved by less than 1e-6 of the size: 1e-13 is left, and what rounding adds.
    """
    text = """
    dx/dt = x - x*x*x/3 - y + 0.5 : init=-1.0
    dy/dt = 40*(1/(1 + exp(-(3 + y)*x)) - y) : init=-0.5
    """
    own = text.replace("x*x*x/3", "third(x)").replace("1/(1 + exp(-(3 + y)*x))", "sigmoid(x, 3 + y)")
    expected, found = (final(e, "xy", dt, 20 * dt, "implicit") for e in (text, own))
    assert np.allclose(found, expected, rtol=1e-11, atol=1e-12)
    assert np.ptp(expected) > 0.1
    single = final(own, "xy", dt, 20 * dt, "implicit", precision="single")
    assert np.allclose(single, expected, rtol=2e-4, atol=2e-4), "the criterion, 1e-6, is 8 ulp of a float"


def test_registered_functions_agree_between_engines(registered: None) -> None:
    net = rv.Network(dt=0.5, seed=1)
    stiff = rv.Neuron("", "dv/dt = 50*(third(1.5 - v) - v)", spike="v > 10", reset="v = 0", method="implicit")
    cells = net.create(5, stiff)
    cells.v = "i*0.7"
    assert check_network(net, 40) is None
    net.simulate(50.0)
    assert np.allclose((1.5 - cells.v) ** 3, 3 * cells.v, rtol=1e-9), "the fixed point"
