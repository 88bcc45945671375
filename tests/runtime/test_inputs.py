"""Poisson populations, given spikes, timed arrays, and the distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

import ranvier as rv
from ranvier.runtime.checks.networks import check_network


def rate_of(population: Any, duration: float = 2000.0, dt: float = 0.1) -> tuple[float, int]:
    net = rv.Network(dt=dt, seed=9)
    pop = net.create(population=population)
    mon = net.monitor(pop, "spike")
    net.simulate(duration)
    count = sum(map(len, mon.get("spike", keep=True).values()))
    return mon.mean_fr(), count


@pytest.mark.parametrize("rates", [40.0, "40 Hz", "0.04 kHz", np.full(100, 40.0), "20.0 + 20.0", "20*Hz + 0.02*kHz"])
def test_poisson_rates_are_in_hz(rates: Any) -> None:
    rate, count = rate_of(rv.PoissonPopulation(100, rates=rates))
    assert abs(rate - 40.0) < 5 * 40.0 / np.sqrt(count), "within five standard errors"


def test_poisson_rates_can_be_changed() -> None:
    net = rv.Network(dt=0.1, seed=2)
    pop = net.create(population=rv.PoissonPopulation((10, 10), rates=0.0, name="noise"))
    assert pop.name == "noise"
    mon = net.monitor(pop, "spike")
    net.simulate(100.0)
    assert mon.mean_fr() == 0.0
    pop.rates = "200 Hz"
    assert np.all(pop.rates == 200.0)
    net.simulate(500.0)
    assert 100.0 < mon.mean_fr() < 250.0
    pop[0, :].rates = 0.0
    assert np.all(pop.rates[0] == 0.0)


def test_poisson_rates_that_are_none() -> None:
    net = rv.Network(dt=1.0, seed=2)
    for wrong in (-1.0, np.nan, [1.0, np.inf], "0.0 - 5.0*i"):
        pop = net.create(population=rv.PoissonPopulation(2, rates=10.0))
        with pytest.raises(rv.RanvierError, match="must be finite"):
            pop.rates = wrong
        assert np.all(pop.rates == 10.0)
    with pytest.raises(rv.RanvierError, match="not negative"):
        net.create(population=rv.PoissonPopulation(2, rates=-1.0))
    with pytest.warns(rv.RanvierWarning, match="one spike per step of 1 ms is 1000 Hz, below the given 3000 Hz"):
        net.create(population=rv.PoissonPopulation(2, rates="3 kHz"))


def test_poisson_rates_as_text_in_time() -> None:
    net = rv.Network(dt=0.1, seed=2)
    pop = net.create(population=rv.PoissonPopulation(200, "base*(1.0 + sin(2*pi*t/100.0))", parameters="base = 50.0"))
    mon = net.monitor(pop, "spike")
    net.simulate(1000.0)
    counts = mon.histogram(bins=50.0).reshape(10, 2).sum(axis=0)
    ratio = counts[0] / counts[1]
    # mean of 1 + sin over the two halves of a period: 1 + 2/pi and 1 - 2/pi
    assert ratio == pytest.approx((1 + 2 / np.pi) / (1 - 2 / np.pi), rel=0.15)


def test_timed_poisson() -> None:
    net = rv.Network(dt=0.1, seed=2)
    pop = net.create(population=rv.TimedPoissonPopulation(100, rates=[0.0, 100.0], schedule=50.0, period=100.0))
    mon = net.monitor(pop, "spike")
    net.simulate(400.0)
    counts = mon.histogram(bins=50.0)
    assert np.all(counts[::2] == 0)
    assert np.all(counts[1::2] > 300)


def test_given_spikes() -> None:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(population=rv.SpikeSourceArray([[1.0, 0.5], [2.0, 2.01, 5.0], []]))
    mon = net.monitor(pop, "spike")
    net.simulate(3.0)
    net.simulate(3.0)
    assert mon.get("spike") == {0: [5, 10], 1: [20, 50], 2: []}
    assert pop.spike_times == [[0.5, 1.0], [2.0, 2.01, 5.0], []]
    pop.spike_times = [[7.0], [1.0], [6.5]]
    net.simulate(3.0)
    assert mon.get("spike") == {0: [70], 1: [], 2: [65]}
    net.reset(keep=["spike_times"])
    net.simulate(9.0)
    assert mon.get("spike") == {0: [70], 1: [10], 2: [65]}
    net.reset()
    net.simulate(3.0)
    assert mon.get("spike") == {0: [5, 10], 1: [20], 2: []}, "as at the first compile"
    with pytest.raises(rv.RanvierError):
        pop.spike_times = [[1.0]]
    for bad in ([[-1.0]], [["x"]], [[float("nan")]]):
        with pytest.raises(rv.RanvierError):
            rv.SpikeSourceArray(bad)


def test_timed_arrays_in_equations() -> None:
    stim = rv.TimedArray([1.0, 2.0, 3.0], schedule=2.0)
    columns = rv.TimedArray([[1.0, 10.0], [2.0, 20.0]], schedule="1 ms", period=2.0)
    net = rv.Network(dt=1.0, seed=1)
    neuron = rv.Neuron(equations="a = stim(t)\nb = rows(t, i)", spike="a > 99", namespace=dict(stim=stim, rows=columns))
    pop = net.create(2, neuron)
    mon = net.monitor(pop, ["a", "b"])
    net.simulate(8.0)
    data = mon.get()
    assert list(data["a"][:, 0]) == [1, 1, 2, 2, 3, 3, 3, 3]
    assert list(data["b"][:, 0]) == [1, 2, 1, 2, 1, 2, 1, 2]
    assert list(data["b"][:, 1]) == [10, 20, 10, 20, 10, 20, 10, 20]
    with pytest.raises(rv.RanvierError, match="columns"):
        net.create(3, neuron)


def test_timed_arrays_in_single_precision() -> None:
    stim = rv.TimedArray(np.arange(100.0), schedule=1.0)
    net = rv.Network(dt=0.1, seed=1, precision="single")
    pop = net.create(2, rv.Neuron(equations="a = stim(t)", spike="a > 999", namespace=dict(stim=stim)))
    mon = net.monitor(pop, "a", period=1.0)
    net.simulate(100.0)
    assert np.array_equal(mon.get("a")[:, 0], np.arange(100.0))


def test_namespace_values_are_shared_parameters() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, rv.Neuron(equations="v = v + k", spike="v > 99", namespace=dict(k=2.0)))
    net.simulate(2.0)
    assert np.all(pop.v == 4.0)
    assert pop.k == 2.0
    pop.k = 5.0
    net.simulate(1.0)
    assert np.all(pop.v == 9.0)


N = 200_000
CASES = [
    (rv.Uniform(2.0, 6.0), 4.0, 4.0 / np.sqrt(12.0)),
    (rv.DiscreteUniform(1, 6), 3.5, np.sqrt(35.0 / 12.0)),
    (rv.Normal(-3.0, 2.0), -3.0, 2.0),
    (rv.LogNormal(0.5, 0.25), np.exp(0.5 + 0.25**2 / 2), np.exp(0.5 + 0.25**2 / 2) * np.sqrt(np.expm1(0.25**2))),
    (rv.Exponential(0.5), 2.0, 2.0),
    (rv.Gamma(3.0, 2.0), 6.0, np.sqrt(12.0)),
    (rv.Binomial(20, 0.3), 6.0, np.sqrt(4.2)),
    (rv.Poisson(7.0), 7.0, np.sqrt(7.0)),
]


@pytest.mark.parametrize(("distribution", "mean", "deviation"), CASES, ids=lambda x: type(x).__name__)
def test_moments_of_distributions(distribution: Any, mean: float, deviation: float) -> None:
    """Mean within five standard errors; the deviation within 2 %, far beyond its own error at this size."""
    values = distribution.get_values(N, seed=4)
    assert abs(values.mean() - mean) < 5 * deviation / np.sqrt(N)
    assert abs(values.std() / deviation - 1) < 0.02
    assert np.array_equal(values, distribution.get_values(N, seed=4))
    assert not np.array_equal(values, distribution.get_values(N, seed=5))
    assert distribution.get_values((3, 4)).shape == (3, 4)


def test_limits_and_quantities_of_distributions() -> None:
    values = rv.Normal(0.0, 1.0, min=-0.5, max=0.25).get_values(1000, seed=1)
    assert values.min() == -0.5
    assert values.max() == 0.25
    assert rv.Uniform("1 ms", "2 ms").get_values(10, seed=1).min() >= 1.0
    with pytest.raises(rv.RanvierError):
        rv.Uniform("a", 1.0).get_values(3)


ROWS = np.array([[1.0, 0.0, 0.5], [0.0, 2.0, 0.25], [3.0, 0.0, 0.125]])
#: Row of ROWS in each of 20 steps of 1 ms, -1 for none (zeros), by schedule and period.
SCHEDULES = {
    "every": ({}, [0, 1, *[2] * 18]),
    "interval": (dict(schedule=3.0), [0, 0, 0, 1, 1, 1, *[2] * 14]),
    "list": (dict(schedule=[0.0, 2.0, 5.0]), [0, 0, 1, 1, 1, *[2] * 15]),
    "periodic": (dict(schedule=[0.0, 4.0, 5.0], period=8.0), [0, 0, 0, 0, 1, 2, 2, 2] * 2 + [0, 0, 0, 0]),
    "short": (dict(schedule=3.0, period=6.0), [0, 0, 0, 1, 1, 1] * 3 + [0, 0]),
    "every_periodic": (dict(period=5.0), [0, 1, 2, 2, 2] * 4),
    "late": (dict(schedule=[2.0, 4.0, 5.0], period=8.0), [-1, -1, 0, 0, 1, *[2] * 5, 0, 0, 1, *[2] * 5, 0, 0]),
    "fewer": (dict(schedule=[1.0, 3.0]), [-1, 0, 0, *[1] * 17]),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("precision", ["double", "single"])
def test_timed_array_as_a_population(name: str, precision: Any) -> None:
    """The rows of ANNarchy 5.0.4, recorded from it where it runs (it fails on schedules that begin after 0)."""
    arguments, rows = SCHEDULES[name]
    net = rv.Network(dt=1.0, seed=1, precision=precision)
    pop = net.create(rv.TimedArray(ROWS, **arguments, name="given"))
    read = net.create(3, rv.Neuron(equations="r = sum(exc)"))
    net.connect(pop, read, "exc").one_to_one(2.0)
    monitors = net.monitor(pop, "r"), net.monitor(read, "r")
    net.simulate(20.0)
    expected = np.concatenate([ROWS, np.zeros((1, 3))])[rows]
    assert np.array_equal(monitors[0].get("r"), expected)
    assert np.array_equal(monitors[1].get("r")[1:], 2 * expected[:-1])
    assert check_network(net, 20) is None


def test_irregular_times_hit_their_step_at_any_dt() -> None:
    """t = k dt carries rounding errors; a time of m steps must act in step m."""
    for dt in (0.1, 0.025, 0.01):
        for precision in ("double", "single"):
            at = np.array([0, 3, 7, 8, 40, 333, 1000])
            net = rv.Network(dt=dt, seed=1, precision=precision)
            pop = net.create(rv.TimedArray(np.arange(7.0)[:, None], schedule=(at * dt).tolist()))
            monitor = net.monitor(pop, "r")
            net.simulate(1200 * dt)
            expected = np.searchsorted(at, np.arange(1200), side="right") - 1
            assert np.array_equal(monitor.get("r")[:, 0], expected)


def test_timed_arrays_by_position() -> None:
    named = rv.TimedArray(ROWS, schedule=[0.0, 2.0, 3.0], period=10.0)
    placed = rv.TimedArray(ROWS, [0.0, 2.0, 3.0], 10.0)
    assert placed.schedule == named.schedule == [0.0, 2.0, 3.0]
    assert placed.period == named.period == 10.0
    assert rv.TimedArray(ROWS, 5.0).schedule == 5.0


def test_timed_arrays_change_between_runs() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(rv.TimedArray(ROWS, schedule=[0.0, 2.0, 3.0]))
    monitor = net.monitor(pop, "r")
    net.simulate(4.0)
    compiled = rv.cache.stats()["compiled"]
    assert pop.schedule == [0.0, 2.0, 3.0]
    assert pop.period is None
    assert np.array_equal(pop.rates, ROWS)
    monitor.get()
    pop.update(rates=2 * ROWS, schedule=2.0, period=6.0)
    net.store()
    net.simulate(8.0)
    expected = 2 * ROWS[[0, 0, 1, 1, 2, 2, 0, 0]]
    assert np.array_equal(monitor.get("r"), expected), "the schedule counts from the update"
    pop.rates = 3 * ROWS
    net.restore()
    assert np.array_equal(pop.rates, 2 * ROWS)
    net.simulate(8.0)
    assert np.array_equal(monitor.get("r"), expected)
    pop.update()
    net.simulate(1.0)
    assert np.array_equal(monitor.get("r"), 2 * ROWS[:1])
    pop.update(reset=False, rates=ROWS)
    net.simulate(2.0)
    assert np.array_equal(monitor.get("r"), ROWS[[0, 1]])
    net.reset(keep=["rates"])
    assert pop.period == 6.0
    net.reset()
    assert pop.schedule == [0.0, 2.0, 3.0]
    net.simulate(4.0)
    assert np.array_equal(monitor.get("r"), ROWS[[0, 0, 1, 2]])
    assert rv.cache.stats()["compiled"] == compiled


def test_views_of_timed_arrays_and_geometries() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pictures = np.arange(24.0).reshape(2, 3, 4)
    pop = net.create(rv.TimedArray(pictures, schedule=2.0))
    some = net.create(4, rv.Neuron(equations="r = sum(exc)"))
    net.connect(pop[1, :], some, "exc").one_to_one(1.0)
    net.simulate(3.0)
    assert pop.geometry == (3, 4)
    assert np.array_equal(pop.r, pictures[1])
    assert np.array_equal(some.r, pictures[0, 1])
    assert np.array_equal(pop[2, :].r, pictures[1, 2])


def test_what_is_no_schedule() -> None:
    for arguments, message in (
        (dict(rates=ROWS, schedule=[0.0, 5.0, 4.0]), "must be finite, not negative, and ascend"),
        (dict(rates=ROWS, schedule=[-1.0, 5.0]), "not negative"),
        (dict(rates=ROWS, schedule=[0.0, 1.0, 2.0, 3.0]), "schedule has 4 times for 3 rows"),
        (dict(rates=ROWS, schedule=-1.0), "schedule must be finite and not negative"),
        (dict(rates=ROWS, period=0.0), "period must be above 0"),
        (dict(rates=[[np.nan]]), "rates must be finite"),
        (dict(rates=ROWS, geometry=(2, 2)), "which is not"),
        (dict(rates=[]), "must be a list of values"),
    ):
        with pytest.raises(rv.RanvierError, match=message):
            rv.TimedArray(**arguments)
    net = rv.Network(dt=1.0, seed=1)
    with pytest.raises(rv.RanvierError, match="values over time without neurons"):
        net.create(rv.TimedArray([1.0, 2.0]))
    pop = net.create(rv.TimedArray(ROWS))
    with pytest.raises(rv.RanvierError, match=r"expected \(times,\) or"):
        pop.rates = np.ones((2, 5))
    with pytest.raises(rv.RanvierError, match=r"'rate' is no value given in advance.*\n.*did you mean 'rates'"):
        pop.update(rate=3.0)
    assert np.array_equal(pop.rates, ROWS)
    for arguments, message in (
        (dict(rates=[[1.0, 2.0]], schedule=[0.0]), "expected"),
        (dict(rates=[-1.0], schedule=[0.0]), "not negative"),
    ):
        with pytest.raises(rv.RanvierError, match=message):
            rv.TimedPoissonPopulation(3, **arguments)


def test_timed_poisson_with_irregular_times_and_rates_of_each_neuron() -> None:
    net = rv.Network(dt=0.1, seed=4)
    rates = np.stack([np.full(50, 20.0), np.linspace(0.0, 200.0, 50)])
    pop = net.create(rv.TimedPoissonPopulation(50, rates=rates, schedule=[0.0, 500.0], period=2000.0))
    monitor = net.monitor(pop, "spike")
    net.simulate(4000.0)
    trains = monitor.get("spike").values()
    early = np.array([sum(1 for k in train if k % 20000 < 5000) for train in trains])
    late = np.array([len(train) for train in trains]) - early
    assert abs(early.sum() - 50 * 20.0) < 5 * np.sqrt(50 * 20.0), "twice 0.5 s at 20 Hz"
    expected = rates[1] * 3.0
    assert np.all(np.abs(late - expected) <= 5 * np.sqrt(expected) + 0.01 * expected), "twice 1.5 s"


def test_input_arrays_are_what_is_written() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(rv.InputArray((2, 3), name="image"))
    monitor = net.monitor(pop, "r")
    net.simulate(1.0)
    pop.r = np.arange(6.0).reshape(2, 3)
    pop[0, :].r = 9.0
    net.simulate(2.0)
    assert monitor.get("r").reshape(3, 6).tolist() == [[0] * 6, *[[9, 9, 9, 3, 4, 5]] * 2]
    assert pop.name == "image"


def rectified_covariance(mu: float, sigma: float, rho: np.ndarray) -> np.ndarray:
    """Covariance of max(x, 0) and max(y, 0) for normal x, y of correlation rho, by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(200)
    weights = weights / weights.sum()
    above = np.maximum(mu + sigma * nodes, 0.0)
    mean = weights @ above
    found = []
    for r in rho:
        y = mu + sigma * (r * nodes[:, None] + np.sqrt(1 - r * r) * nodes[None, :])
        found.append(weights @ (above[:, None] * np.maximum(y, 0.0)) @ weights - mean * mean)
    return np.array(found)


@pytest.mark.parametrize(("rate", "corr", "tau"), [(20.0, 0.3, 10.0), (50.0, 0.1, 25.0), (10.0, 0.9, 5.0)])
def test_correlated_spike_trains(rate: float, corr: float, tau: float) -> None:
    """Rate, covariance of counts between neurons and time constant, within five standard errors.

    The common rate max(x, 0) has mean `rate` and variance corr*rate/(2 tau) by construction; counts of two neurons in
    bins of 1 ms have its covariance times the squared width, which falls off as that of a rectified
    Ornstein-Uhlenbeck process. Errors come from 20 independent networks.
    """
    n, bins, runs = 40, 4000, 20
    rates, covariances = [], []
    lags = np.arange(0, 40)
    for seed in range(runs):
        net = rv.Network(dt=1.0, seed=seed)
        pop = net.create(rv.HomogeneousCorrelatedSpikeTrains(n, rates=rate, corr=corr, tau=tau))
        monitor = net.monitor(pop, "spike")
        net.simulate(float(bins))
        counts = np.zeros((n, bins))
        for k, train in monitor.get("spike").items():
            counts[k, train] = 1.0
        total = counts.sum(axis=0)
        rates.append(counts.mean() * 1000.0)
        # pairs of different neurons: what the sum has more than the neurons by themselves
        p = rate / 1000.0
        found = []
        for lag in lags:
            a, b = counts[:, : bins - lag], counts[:, lag:]
            both = (total[: bins - lag] * total[lag:]).mean() - (a * b).sum(axis=0).mean()
            found.append(both / (n * (n - 1)) - p * p)
        covariances.append(found)
    error = np.std(rates) / np.sqrt(runs - 1)
    assert abs(np.mean(rates) - rate) < 5 * error
    variance = corr * rate / (2.0 * tau / 1000.0)
    mu, sigma = float(pop.mu), float(pop.sigma)
    expected = rectified_covariance(mu, sigma, np.exp(-lags / tau))
    moments = [quad(lambda x, n=n: x**n * norm.pdf(x, mu, sigma), 0, mu + 12 * sigma)[0] for n in (1, 2)]
    assert moments[0] == pytest.approx(rate, rel=1e-9)
    assert moments[1] - moments[0] ** 2 == pytest.approx(variance, rel=1e-7)
    mean = np.mean(covariances, axis=0) * 1e6
    deviation = np.std(covariances, axis=0) * 1e6 / np.sqrt(runs - 1)
    assert np.all(np.abs(mean - expected)[1:] < 5 * deviation[1:])
    fitted = np.sum(mean[1:]) / mean[1]
    assert abs(fitted - np.sum(expected[1:]) / expected[1]) < 5 * np.std(np.sum(covariances, axis=1)) * 1e6 / mean[1]


def test_correlated_spike_trains_with_a_schedule() -> None:
    net = rv.Network(dt=1.0, seed=5)
    pop = net.create(
        rv.HomogeneousCorrelatedSpikeTrains(100, rates=[10.0, 60.0], corr=0.2, tau=5.0, schedule=[0.0, 1000.0])
    )
    monitor = net.monitor(pop, ["spike", "mu"])
    net.simulate(1000.0)
    net.store()
    net.simulate(1000.0)
    first = monitor.get("spike", keep=True)
    counts = np.array([[sum(k < 1000 for k in t), sum(k >= 1000 for k in t)] for t in first.values()]).sum(axis=0)
    # of the sum of counts: that of Poisson counts, and the common variance of 100 neurons over 1000 ms
    for count, rate in zip(counts, (10.0, 60.0), strict=True):
        deviation = np.sqrt(100 * rate + 100 * 99 * 0.2 * rate)
        assert abs(count - 100 * rate) < 5 * deviation
    net.restore()
    net.simulate(1000.0)
    assert monitor.get("spike") == first

    compiled = rv.cache.stats()["compiled"]
    pop.update(rates=0.0, corr=0.0, schedule=[0.0])
    pop.x = 0.0
    net.simulate(100.0)
    assert sum(map(len, monitor.get("spike").values())) == 0
    pop.tau = 20.0
    assert pop.get("tau") == 20.0
    assert rv.cache.stats()["compiled"] == compiled
    for arguments, message in (
        (dict(rates=-1.0, corr=0.3, tau=10.0), "rates must be finite and not negative"),
        (dict(rates=10.0, corr=1.5, tau=10.0), "corr must be between 0 and 1"),
        (dict(rates=10.0, corr=0.5, tau=0.0), "tau must be above 0"),
        (dict(rates=[10.0, 20.0], corr=0.5, tau=1.0), "one number, or one for each of 1 times"),
        (dict(rates=10.0, corr=0.5, tau=1.0, schedule=[5.0]), "begins with 0"),
    ):
        with pytest.raises(rv.RanvierError, match=message):
            rv.HomogeneousCorrelatedSpikeTrains(3, **arguments)
