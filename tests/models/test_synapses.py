"""Ready-made synapses and the rate-coded neuron against a few lines of plain Python each."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import ranvier as rv

STEPS = 60


def rates(synapse: rv.Synapse) -> tuple[Any, Any, Any, np.ndarray, np.ndarray]:
    """A projection between leaky integrators driven by their baselines; returns the rates of every step, too."""
    net = rv.Network(dt=1.0, seed=1)
    a, b = net.create(5, rv.models.LeakyIntegrator()), net.create(3, rv.models.LeakyIntegrator(tau=5.0))
    a.B, b.B = np.linspace(0.2, 1.0, 5), np.array([0.1, 0.3, 0.9])
    projection = net.connect(a, b, "exc", synapse).all_to_all(weights=0.2)
    monitors = net.monitor(a, "r"), net.monitor(b, "r")
    net.simulate(float(STEPS))
    return projection, a, b, monitors[0].get("r"), monitors[1].get("r")


def leaky(drive: np.ndarray, v: np.ndarray, tau: float) -> np.ndarray:
    return v + (drive - v) * (1 - math.exp(-1.0 / tau))


def learned(rule: Any) -> tuple[np.ndarray, np.ndarray]:
    """Rates and weights of the same network in plain numpy; `rule` gives dw from (w, pre, post), rows are post."""
    w, x, y = np.full((3, 5), 0.2), np.zeros(5), np.zeros(3)
    for _ in range(STEPS):
        received = w @ np.maximum(x, 0)
        x, y = leaky(np.linspace(0.2, 1.0, 5), x, 10.0), leaky(received + np.array([0.1, 0.3, 0.9]), y, 5.0)
        w = np.maximum(w + rule(w, np.maximum(x, 0)[None, :], np.maximum(y, 0)[:, None]), 0.0)
    return w, y


class Intrator:
    """The sliding threshold; the weights see the one from before the step."""

    def __init__(self) -> None:
        self.theta = np.zeros((3, 1))

    def __call__(self, w: np.ndarray, pre: np.ndarray, post: np.ndarray) -> np.ndarray:
        change = 0.05 * post * (post - self.theta) * pre
        self.theta = leaky(post**2, self.theta, 20.0)
        return change


RULES = {
    "Hebb": (lambda: rv.models.Hebb(eta=0.02), lambda w, pre, post: 0.02 * pre * post),
    "Oja": (lambda: rv.models.Oja(0.05, 2.0), lambda w, pre, post: 0.05 * (pre * post - 2.0 * post**2 * w)),
    "IBCM": (lambda: rv.models.IBCM(eta=0.05, tau=20.0), Intrator()),
}


@pytest.mark.parametrize("name", RULES)
def test_rules_for_rates(name: str) -> None:
    make, rule = RULES[name]
    projection, _, b, _, _ = rates(make())
    w, v = learned(rule)
    # every step rounds a few times; growth over the run is below a factor of 10
    np.testing.assert_allclose(projection.connectivity_matrix(), w, rtol=10 * STEPS * 1e-15 * 10)
    np.testing.assert_allclose(b.v, v, rtol=10 * STEPS * 1e-15 * 10)


def test_leaky_integrator_with_threshold_sum_and_noise() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(2000, rv.models.LeakyIntegrator(tau=4.0, B=1.0, T=0.5, sum="2*sum(exc)", noise="Normal(0.0, 0.2)"))
    net.simulate(100.0)
    keep = math.exp(-1 / 4.0)
    deviation = 0.2 * (1 - keep) / math.sqrt(1 - keep**2)
    assert abs(np.mean(pop.v) - 1.0) < 5 * deviation / math.sqrt(2000)
    assert abs(np.std(pop.v) / deviation - 1) < 5 / math.sqrt(2 * 2000)
    np.testing.assert_array_equal(pop.r, np.maximum(pop.v - 0.5, 0))


def test_short_term_plasticity() -> None:
    times = [2, 5, 6, 20, 21, 45]
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(rv.SpikeSourceArray(spike_times=[float(t) for t in times]))
    post = net.create(1, rv.Neuron("", "got = g_exc\nr = got"))
    net.connect(source, post, "exc", rv.models.STP(tau_rec=50.0, tau_facil=30.0, U=0.3)).all_to_all(weights=2.0)
    monitor = net.monitor(post, "got")
    net.simulate(50.0)
    x, u, last, expected = 1.0, 0.3, 0, np.zeros(50)
    for t in times:
        now = t + 1
        x = 1 + (x - 1) * math.exp(-(now - last) / 50.0)
        u = 0.3 + (u - 0.3) * math.exp(-(now - last) / 30.0)
        expected[now] = 2.0 * u * x
        x, u, last = x * (1 - u), u + 0.3 * (1 - u), now
    np.testing.assert_allclose(monitor.get("got")[:, 0], expected, rtol=len(times) * 1e-14)


@pytest.mark.parametrize("model", ["STDP", "STDP_online"])
def test_stdp(model: str) -> None:
    pre, post = [1, 8, 9, 30, 44], [2, 9, 10, 28, 44]
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(rv.SpikeSourceArray(spike_times=[float(t) for t in pre]))
    go = net.create(rv.SpikeSourceArray(spike_times=[float(t - 1) for t in post]))
    cell = net.create(1, rv.Neuron("", "v = g_go\ngot = g_exc", "v > 0.5", "v = 0"))
    net.connect(go, cell, "go").all_to_all(weights=1.0)
    synapse = getattr(rv.models, model)(15.0, 25.0, 0.05, 0.07, 0.1, 0.9)
    projection = net.connect(source, cell, "exc", synapse).all_to_all(weights=0.4)
    net.simulate(60.0)
    w, x, y = 0.4, 0.0, 0.0
    for k in range(60):
        if k - 1 in pre:
            x += 0.05 * 0.9
            w = min(max(w + y, 0.1), 0.9)
        if k in post:
            y -= 0.07 * 0.9
            w = min(max(w + x, 0.1), 0.9)
        x, y = x * math.exp(-1 / 15.0), y * math.exp(-1 / 25.0)
    assert projection.w[0] == pytest.approx(w, abs=60 * 1e-15)


def test_the_two_forms_of_stdp_agree() -> None:
    weights = []
    for model in (rv.models.STDP, rv.models.STDP_online):
        net = rv.Network(dt=1.0, seed=2)
        source = net.create(rv.PoissonPopulation(30, rates=40.0))
        cells = net.create(4, rv.Neuron("", "v = 0.9*v + g_exc", "v > 1.5", "v = 0"))
        projection = net.connect(source, cells, "exc", model(A_minus=0.011)).all_to_all(weights=0.4)
        net.simulate(500.0)
        weights.append(projection.w.copy())
    np.testing.assert_allclose(weights[0], weights[1], rtol=0, atol=500 * 30 * 1e-14)
    assert np.ptp(weights[0]) > 0.05
