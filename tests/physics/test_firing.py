"""When neurons fire: f-I curve, refractoriness, order of neurons, and statistics of Poisson input."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import ranvier as rv

DT = 0.1


def intervals(monitor: rv.Monitor) -> list[NDArray[np.int64]]:
    """Return the interspike intervals of each neuron, in steps."""
    return [np.diff(np.asarray(steps, dtype=np.int64)) for steps in monitor.get("spike").values()]


def test_f_i_curve_of_an_integrate_and_fire_neuron() -> None:
    """Interval = refractory time + tau ln((I - Vr)/(I - Vt)), and one grid rule: within one step.

    The exact method puts the potential on the true curve, so the threshold is found at the first grid point after
    the crossing: 0 to 1 step late. The clamp of r steps ends in step k + r, whose integration counts: one step less
    than r. Together the interval lies between the closed form minus one step and the closed form, and all intervals
    of a neuron are equal.
    """
    tau, reset, threshold, refractory = 20.0, -60.0, -50.0, 2.0
    current = np.linspace(10.5, 60.0, 100)
    model = rv.Neuron(
        parameters="tau = 20.0 : population\nI = 0.0",
        equations="tau*dv/dt = I - 60.0 - v : unless_refractory, init=-60.0",
        spike="v > -50.0",
        reset="v = -60.0",
        refractory=refractory,
        method="exact",
    )
    net = rv.Network(dt=DT, seed=1)
    population = net.create(geometry=100, neuron=model, name="cells")
    population.I = current
    monitor = net.monitor(population, "spike")
    net.simulate(1000.0)
    rest = -60.0 + current
    expected = refractory + tau * np.log((rest - reset) / (rest - threshold))
    for steps, closed_form in zip(intervals(monitor), expected, strict=True):
        assert len(steps) > 10
        assert set(steps) == {steps[0]}
        assert -1.0 - 1e-9 <= steps[0] - closed_form / DT <= 1e-9


@pytest.mark.parametrize(("marked", "interval"), [(True, 14), (False, 15)], ids=["B", "A"])
def test_refractoriness_counts_steps(marked: bool, interval: int) -> None:
    """0.5 ms at dt 0.1 ms, ten integrations from reset to threshold.

    A model that marks what is skipped (Brian2's way) integrates again in step k + 5: four skipped steps, 4 + 10 = 14.
    Without a mark everything is skipped (ANNarchy's and NEST's way) up to and including step k + 5: 5 + 10 = 15.
    """
    flags = " : unless_refractory" if marked else ""
    # v = I (1 - exp(-n dt/tau)) passes 1 between n = 9 and n = 10
    current = 1.0 / (1.0 - np.exp(-9.5 * DT / 10.0))
    model = rv.Neuron(
        parameters=dict(I=current),
        equations=f"10.0*dv/dt = I - v{flags}",
        spike="v > 1.0",
        reset="v = 0.0",
        refractory=0.5,
        method="exact",
    )
    net = rv.Network(dt=DT, seed=1)
    monitor = net.monitor(net.create(geometry=1, neuron=model, name="one"), "spike")
    net.simulate(50.0)
    (steps,) = intervals(monitor)
    assert set(steps) == {interval}
    assert len(steps) > 20


def test_a_spike_detector_without_marked_statements() -> None:
    """A unit-checked model with a refractory time and no mark only silences its threshold (COBAHH)."""
    model = rv.Neuron(
        equations="dv/dt = 1/ms : 1",
        threshold="v > 0.05",
        refractory="0.5 ms",
        method="explicit",
    )
    net = rv.Network(dt=DT, seed=1)
    population = net.create(geometry=1, neuron=model, name="one")
    monitor = net.monitor(population, "spike")
    net.simulate(10.0)
    (steps,) = intervals(monitor)
    assert set(steps) == {5}
    assert population.v[0] == pytest.approx(10.0)


def test_order_of_neurons_does_not_matter() -> None:
    """Permuted neurons and synapses give permuted spikes, exactly.

    The weights are multiples of 2^-8, so that sums of any order are exact, and nothing is drawn at random.
    """
    size, rng = 300, np.random.default_rng(3)
    order = rng.permutation(size)
    current = rng.uniform(9.0, 25.0, size)
    weights = np.where(rng.random((size, size)) < 0.1, rng.integers(-64, 64, (size, size)) / 256.0, 0.0)
    np.fill_diagonal(weights, 0.0)
    first = permuted_run(current, weights)
    second = permuted_run(current[order], weights[np.ix_(order, order)])
    assert sum(len(steps) for steps in first) > size
    assert [first[rank] for rank in order] == second


def permuted_run(current: NDArray[np.float64], weights: NDArray[np.float64]) -> list[list[int]]:
    """Return the spike steps of each neuron; `weights` is (pre, post)."""
    from scipy import sparse

    model = rv.Neuron(
        parameters="I = 0.0",
        equations="""
        20.0*dv/dt = I + g_exc - v
        5.0*dg_exc/dt = -g_exc
        """,
        spike="v > 10.0",
        reset="v = 0.0",
        refractory=2.0,
        method="exact",
    )
    net = rv.Network(dt=DT, seed=1)
    population = net.create(geometry=len(current), neuron=model, name="cells")
    population.I = current
    net.connect(population, population, target="exc").from_sparse(sparse.csr_matrix(weights), delays=1.0)
    monitor = net.monitor(population, "spike")
    net.simulate(200.0)
    data = monitor.get("spike")
    return [list(data[rank]) for rank in range(len(current))]


@pytest.mark.parametrize("mean", [0.05, 2.0, 40.0])
def test_mean_and_variance_of_poisson_draws(mean: float) -> None:
    """4e5 draws: the mean within 5 standard errors, sqrt(mean/n); the variance too, sqrt((2 mean^2 + mean)/n)."""
    size, steps = 4000, 100
    model = rv.Neuron(parameters="lam = 1.0 : population", equations="x = Poisson(lam)", spike="x > 1e9", reset="x = 0")
    net = rv.Network(dt=DT, seed=4)
    population = net.create(geometry=size, neuron=model, name="noise")
    population.lam = mean
    monitor = net.monitor(population, "x")
    net.simulate(steps * DT)
    draws = monitor.get("x")
    assert draws.shape == (steps, size)
    assert (draws == np.rint(draws)).all()
    assert draws.min() >= 0
    count = draws.size
    assert abs(draws.mean() - mean) < 5 * np.sqrt(mean / count)
    assert abs(draws.var() - mean) < 5 * np.sqrt((2 * mean**2 + mean) / count)
    # one step and one neuron are no more alike than chance: neither rows nor columns repeat
    assert len(np.unique(draws, axis=0)) == steps


def test_rate_and_regularity_of_poisson_populations() -> None:
    """Bernoulli with p = rate dt per step: mean count within 5 standard errors, Fano factor 1 - p within 5."""
    size, steps, rate = 2000, 2000, 50.0
    p = rate * DT / 1000.0
    net = rv.Network(dt=DT, seed=6)
    source = net.create(population=rv.PoissonPopulation(geometry=size, rates=rate))
    monitor = net.monitor(source, "spike")
    net.simulate(steps * DT)
    counts = np.array([len(steps) for steps in monitor.get("spike").values()])
    assert abs(counts.mean() - p * steps) < 5 * np.sqrt(p * (1 - p) * steps / size)
    fano = counts.var(ddof=1) / counts.mean()
    assert abs(fano - (1 - p)) < 5 * np.sqrt(2.0 / (size - 1))
