"""White noise in equations: exact laws of linear equations, strong order of convergence against exact solutions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import ranvier as rv

Array = NDArray[np.float64]


def noisy_run(model: rv.Neuron, size: int, dt: float, duration: float, **options: str) -> rv.Population:
    net = rv.Network(dt=dt, seed=20, **options)
    population = net.create(geometry=size, neuron=model, name="noisy")
    net.simulate(duration)
    return population


def ornstein_uhlenbeck(method: str | None = None) -> rv.Neuron:
    return rv.Neuron(
        parameters="tau = 5.0\nsigma = 2.0",
        equations="dx/dt = -x/tau + sigma*sqrt(2/tau)*xi",
        spike="x > 1e9",
        **({"method": method} if method else {}),
    )


@pytest.mark.parametrize("method", ["euler", "heun", "milstein"])
def test_ornstein_uhlenbeck_is_the_discrete_process_it_should_be(method: str) -> None:
    """Additive noise: all three methods are x <- (1 - dt/tau) x + sigma sqrt(2 dt/tau) N, an AR(1) process whose
    variance is sigma^2/(1 - dt/(2 tau)) and whose autocorrelation at lag k is (1 - dt/tau)^k.

    Standard errors over n independent neurons: variance v: v sqrt(2/n); correlation r: (1 - r^2)/sqrt(n); mean:
    sqrt(v/n). Five of each. The start is forgotten like 0.8^100 < 1e-9.
    """
    size, dt, tau, sigma, lag = 20_000, 1.0, 5.0, 2.0, 4
    net = rv.Network(dt=dt, seed=7)
    population = net.create(geometry=size, neuron=ornstein_uhlenbeck(method), name="ou")
    net.simulate(100.0)
    before = population.x.copy()
    net.simulate(lag * dt)
    variance = sigma**2 / (1 - dt / (2 * tau))
    correlation = (1 - dt / tau) ** lag
    assert abs(population.x.mean()) < 5 * np.sqrt(variance / size)
    assert abs(population.x.var() - variance) < 5 * variance * np.sqrt(2 / size)
    assert abs(np.corrcoef(before, population.x)[0, 1] - correlation) < 5 * (1 - correlation**2) / np.sqrt(size)


def test_draws_are_normal() -> None:
    """One Euler step of dw/dt = xi is sqrt(dt) N: Kolmogorov-Smirnov at the 1e-6 level, sqrt(ln(2/1e-6)/2)/sqrt(n)."""
    from scipy.stats import kstest

    model = rv.Neuron(equations="dw/dt = xi", spike="w > 1e9")
    w = noisy_run(model, 20_000, 0.25, 0.25).w
    assert kstest(w / 0.5, "norm").statistic < np.sqrt(np.log(2 / 1e-6) / 2 / w.size)


def test_equal_names_are_equal_noise_and_others_are_independent() -> None:
    model = rv.Neuron(
        equations="""
        da/dt = xi_1
        db/dt = 2.0*xi_1
        dc/dt = xi_2
        r = noise
        noise = a : inline
        """,
        spike="a > 1e9",
    )
    population = noisy_run(model, 10_000, 0.5, 10.0)
    assert np.array_equal(2.0 * population.a, population.b)
    assert abs(np.corrcoef(population.a, population.c)[0, 1]) < 5 / np.sqrt(10_000)


def strong_error(method: str, ito: bool, dt: float) -> float:
    """Return E|X(T) - exact| of geometric Brownian motion, along the path of its own noise.

    w is the Brownian path itself: dw = dW with the same noise has no error but rounding.
    """
    mu, sigma, duration = -0.4, 0.9, 1.0
    model = rv.Neuron(
        parameters=f"mu = {mu}\nsigma = {sigma}",
        equations=f"""
        dx/dt = mu*x + sigma*x*xi_1 : init=1.0, {method}
        dw/dt = xi_1 : euler
        """,
        spike="x > 1e9",
    )
    population = noisy_run(model, 20_000, dt, duration)
    drift = mu - sigma**2 / 2 if ito else mu
    return float(np.abs(population.x - np.exp(drift * duration + sigma * population.w)).mean())


@pytest.mark.parametrize(
    ("method", "ito", "order"), [("euler", True, 0.5), ("heun", False, 1.0), ("milstein", False, 1.0)]
)
def test_strong_order_on_geometric_brownian_motion(method: str, ito: bool, order: float) -> None:
    """Slope of log error over three halvings. The error is c dt^p (1 + d sqrt(dt)), which at dt = 1/32..1/256 shifts
    the slope by d (sqrt(1/32) - sqrt(1/256))/(3 ln 2), about 0.06 d; the sampling error of each mean over 20 000 paths
    is below 2 %, which is 0.02 of the slope. 0.12 leaves d = 1.7; the two orders are 0.5 apart.
    """
    coarse, fine = strong_error(method, ito, 1 / 32), strong_error(method, ito, 1 / 256)
    assert abs(np.log2(coarse / fine) / 3 - order) < 0.12


@pytest.mark.parametrize(("method", "ito"), [("euler", False), ("heun", True), ("milstein", True)])
def test_the_two_calculi_are_told_apart(method: str, ito: bool) -> None:
    """Against the exact solution of the other calculus, no refinement helps."""
    coarse, fine = strong_error(method, ito, 1 / 32), strong_error(method, ito, 1 / 256)
    assert abs(np.log2(coarse / fine) / 3) < 0.25


def test_heun_without_noise_is_of_order_two() -> None:
    def error(dt: float) -> float:
        model = rv.Neuron(equations="dx/dt = -x*x : init=1.0", spike="x > 1e9", method="heun")
        return abs(float(noisy_run(model, 1, dt, 2.0).x[0]) - 1 / 3)

    assert abs(np.log2(error(1 / 32) / error(1 / 64)) - 2) < 0.1  # c dt^2 (1 + d dt), d of order 1


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("method", ["euler", "heun", "milstein"])
def test_engines_agree(method: str, precision: str) -> None:
    model = rv.Neuron(
        parameters="tau = 5.0\nsigma = 0.3",
        equations="""
        dx/dt = (1 - x)/tau + sigma*x*xi_1
        dy/dt = (x - y)/tau + (0.2 + 0.1*sin(t))*xi_2
        """,
        spike="x > 1.6",
        reset="x = 0.5",
        refractory=2.0,
        method=method,
    )
    one, two = (noisy_run(model, 70, 0.1, 20.0, engine=e, precision=precision) for e in ("compiled", "reference"))
    assert np.array_equal(one.x, two.x)
    assert np.array_equal(one.y, two.y)
    assert np.ptp(one.x) > 0.1


def test_the_default_of_unit_checked_models_follows_the_noise() -> None:
    additive = rv.Neuron(equations="dv/dt = -v/(5*ms) + xi*ms**-0.5 : 1", spike="v > 1e9")
    multiplicative = rv.Neuron(equations="dv/dt = -v/(5*ms) + v*xi*ms**-0.5 : 1", spike="v > 1e9")
    assert "v: explicit (the noise is additive)" in additive.describe()
    assert "v: heun (the strength of the noise depends on 'v')" in multiplicative.describe()
