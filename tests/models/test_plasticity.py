"""Plasticity of spiking synapses: against sums over all earlier spikes, published data, and NEST."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime.checks.networks import check_network

STEPS = 300
RNG = np.random.default_rng(5)
PRE = [sorted(RNG.choice(np.arange(1, 280), 25, replace=False).tolist()) for _ in range(6)]
POST = [sorted(RNG.choice(np.arange(2, 290), 25, replace=False).tolist()) for _ in range(4)]
DELAYS = RNG.integers(1, 8, size=(4, 6))


def network(synapse: rv.Synapse, weight: float = 0.5) -> tuple[rv.Network, Any, Any]:
    """Six given trains to four cells that spike at given steps; delays of 1 to 7 steps in the order (post, pre)."""
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(rv.SpikeSourceArray([[float(t) for t in train] for train in PRE]))
    drive = net.create(rv.SpikeSourceArray([[float(t - 1) for t in train] for train in POST]))
    cells = net.create(4, rv.Neuron("", "v = g_go\ngot = g_exc", "v > 0.5", "v = 0"))
    net.connect(drive, cells, "go").one_to_one(1.0)
    projection = net.connect(source, cells, "exc", synapse).all_to_all(weight)
    projection.delay = DELAYS.reshape(-1).astype(float)
    return net, cells, projection


class Events:
    """The events of one synapse in their order: in a step arrivals come before spikes of the postsynaptic neuron."""

    def __init__(self, post: int, pre: int) -> None:
        arrivals = [t + int(DELAYS[post, pre]) for t in PRE[pre]]
        events = [(k, 0) for k in arrivals if k < STEPS] + [(k, 1) for k in POST[post]]
        self.all = sorted(events)
        self.times: dict[int, list[int]] = {0: arrivals, 1: POST[post]}

    def trace(self, side: int, at: int, tau: float, inclusive: bool, nearest: bool = False) -> float:
        """The closed form of a trace: a sum over all earlier spikes (or the last one)."""
        earlier = [k for k in self.times[side] if k < at or (inclusive and k == at)]
        return sum(math.exp(-(at - k) / tau) for k in (earlier[-1:] if nearest else earlier))


def bounded(w: float, low: float, high: float) -> float:
    return min(max(w, low), high)


def triplet(events: Events, nearest: bool) -> float:
    w = 0.5
    for k, side in events.all:
        if side == 0:
            o1, r2 = events.trace(1, k, 30.0, False, nearest), events.trace(0, k, 90.0, False, nearest)
            w = bounded(w - o1 * (0.007 + 0.004 * r2), 0.1, 0.9)
        else:
            r1, o2 = events.trace(0, k, 15.0, True, nearest), events.trace(1, k, 110.0, False, nearest)
            w = bounded(w + r1 * (0.006 + 0.003 * o2), 0.1, 0.9)
    return w


def inhibitory(events: Events) -> float:
    w = 0.5
    for k, side in events.all:
        change = events.trace(1, k, 20.0, False) - 2 * 8.0 * 0.02 if side == 0 else events.trace(0, k, 20.0, True)
        w = bounded(w + 0.02 * change, 0.0, 10.0)
    return w


def rewarded(events: Events) -> float:
    """Reward 0.5 at the start; eligibility as a sum over pairs; the weight by the steps of the explicit method."""
    w, c = 0.5, 0.0
    happening: dict[int, list[int]] = {}
    for k, side in events.all:
        happening.setdefault(k, []).append(side)
    for k in range(STEPS):
        for side in happening.get(k, []):
            c += -1.5 * events.trace(1, k, 18.0, False) if side == 0 else events.trace(0, k, 22.0, True)
        w = bounded(w + c * 0.5 * math.exp(-k / 200.0) / 1000.0, 0.0, 4.0)
        c *= math.exp(-1 / 500.0)
    return w


CASES = {
    "triplet": (
        lambda: rv.models.TripletSTDP(15.0, 30.0, 90.0, 110.0, 0.006, 0.003, 0.007, 0.004, 0.1, 0.9),
        lambda e: triplet(e, False),
    ),
    "nearest": (
        lambda: rv.models.TripletSTDP(15.0, 30.0, 90.0, 110.0, 0.006, 0.003, 0.007, 0.004, 0.1, 0.9, "nearest"),
        lambda e: triplet(e, True),
    ),
    "inhibitory": (lambda: rv.models.VogelsSTDP(eta=0.02, tau=20.0, rho=8.0), inhibitory),
    "rewarded": (lambda: rv.models.RewardSTDP(tau_plus=22.0, tau_minus=18.0, tau_c=500.0), rewarded),
}


@pytest.mark.parametrize("name", CASES)
def test_rules_are_sums_over_earlier_spikes(name: str) -> None:
    make, rule = CASES[name]
    net, _, projection = network(make())
    if name == "rewarded":
        projection.d = 0.5
    net.simulate(float(STEPS))
    expected = [rule(Events(post, pre)) for post in range(4) for pre in range(6)]
    assert np.ptp(expected) > 0.01
    # 50 events of a synapse; each rounds its traces (25 terms of at most 1) and the weight a few times
    np.testing.assert_allclose(projection.w, expected, rtol=0, atol=STEPS * 60 * 2.0**-52)
    assert check_network(net, 20) is None


def test_triplets_reproduce_the_frequency_dependence_of_cortical_plasticity() -> None:
    """Sjostrom, Turrigiano and Nelson 2001, as Pfister and Gerstner 2006 (table 1) give it: 60 pairs at 0.1 to 50 Hz.

    Their figure of merit, the mean of ((model - data)/sigma)^2, is 0.34 for the published parameters.
    """
    rates = (0.1, 10.0, 20.0, 40.0, 50.0)
    data = {10: (-0.04, 0.14, 0.29, 0.53, 0.56), -10: (-0.29, -0.41, -0.34, 0.56, 0.75)}
    sigma = {10: (0.05, 0.1, 0.14, 0.11, 0.26), -10: (0.08, 0.11, 0.1, 0.32, 0.19)}
    found: dict[int, list[float]] = {10: [], -10: []}
    for shift in found:
        for rate in rates:
            first = [100.0 + n * 1000.0 / rate for n in range(60)]
            pre, post = [t + max(0, -shift) for t in first], [t + max(0, shift) for t in first]
            net = rv.Network(dt=0.5, seed=1)
            source = net.create(rv.SpikeSourceArray([[t - 0.5 for t in pre]]))
            drive = net.create(rv.SpikeSourceArray([[t - 0.5 for t in post]]))
            cell = net.create(1, rv.Neuron("", "v = g_go\ngot = g_exc", "v > 0.5", "v = 0"))
            net.connect(drive, cell, "go").all_to_all(1.0)
            projection = net.connect(source, cell, "exc", rv.models.TripletSTDP(w_max=10.0)).all_to_all(1.0)
            net.simulate(max(*pre, *post) + 10.0)
            found[shift].append(float(projection.w[0]) - 1.0)
    merit = np.mean([((found[s][k] - data[s][k]) / sigma[s][k]) ** 2 for s in data for k in range(5)])
    assert round(float(merit), 2) == 0.34
    assert found[-10][0] < -0.2 < 0.5 < found[-10][4], "late pairs depress at low and potentiate at high frequency"


def test_inhibition_brings_a_neuron_to_its_target_rate() -> None:
    """The fixed point of the rule is the rate `rho` (Vogels et al. 2011, figure 1)."""
    net = rv.Network(dt=0.5, seed=3)
    excitation, inhibition = (net.create(rv.PoissonPopulation(100, rates=20.0)) for _ in range(2))
    cell = net.create(5, rv.Neuron("", "dv/dt = -v/20.0 + g_exc - g_inh", spike="v > 1", reset="v = 0", refractory=5.0))
    net.connect(excitation, cell, "exc").all_to_all(0.1)
    net.connect(inhibition, cell, "inh", rv.models.VogelsSTDP(eta=2e-3, rho=8.0)).all_to_all(0.0)
    monitor = net.monitor(cell, "spike")
    net.simulate(500.0)
    assert monitor.mean_fr() > 30.0
    net.simulate(20_000.0)
    monitor.get()
    net.simulate(20_000.0)
    count = sum(map(len, monitor.get("spike").values()))
    assert abs(count / 100.0 - 8.0) < 5 * math.sqrt(8.0 / 100.0) + 0.05 * 8.0, "counting, and the walk of the weights"


@pytest.mark.parametrize("v", [-75.0, -65.0, -50.0, -40.0, -20.0, 0.0])
def test_voltage_plasticity_under_voltage_clamp(v: float) -> None:
    """Clopath et al. 2010, figure 1: nothing below theta_minus, depression up to theta_plus, then both, linear in v."""
    net = rv.Network(dt=0.1, seed=1)
    spikes = [float(t) for t in range(200, 1200, 40)]
    source = net.create(rv.SpikeSourceArray([spikes]))
    cell = net.create(1, rv.Neuron("", "v = v\ngot = g_exc", spike="v > 100", reset="v = 0"))
    cell.v = v
    projection = net.connect(source, cell, "exc", rv.models.ClopathSTDP(w_max=500.0)).all_to_all(1.0)
    projection.u_minus = v
    projection.u_plus = v
    net.simulate(1500.0)
    # Every spike adds 1 to the trace; the explicit steps sum up x = q^n for n steps after each arrival.
    q = math.exp(-0.1 / 15.0)
    total = sum(0.1 * sum(q**n for n in range(15000 - round(10 * t) - 1)) for t in spikes)
    below = len(spikes) * 14e-5 * max(v + 70.6, 0.0)
    above = 8e-5 * max(v + 45.3, 0.0) * max(v + 70.6, 0.0) * total
    assert projection.w[0] == pytest.approx(1.0 - below + above, abs=15000 * 2.0**-50)
    assert check_network(net, 20) is None


def test_scaling_brings_a_neuron_to_its_goal() -> None:
    """van Rossum et al. 2000: the integral term leaves no error; the weights keep their ratios."""
    net = rv.Network(dt=1.0, seed=3)
    source = net.create(rv.PoissonPopulation(60, rates=30.0))
    cell = net.create(1, rv.Neuron("", "dv/dt = -v/20.0 + g_exc", spike="v > 1", reset="v = 0"))
    model = rv.models.SynapticScaling(goal=15.0, beta=2e-5, gamma=2e-10, tau=2000.0)
    projection = net.connect(source, cell, "exc", model).all_to_all(rv.Uniform(0.02, 0.06))
    ratios = projection.w / projection.w[0]
    net.simulate(60_000.0)
    monitor = net.monitor(cell, "spike")
    net.simulate(60_000.0)
    count = len(monitor.get("spike")[0])
    assert abs(count / 60.0 - 15.0) < 5 * math.sqrt(15.0 / 60.0)
    np.testing.assert_allclose(projection.w / projection.w[0], ratios, rtol=120_000 * 2.0**-50)


#: NEST 3 `tsodyks_synapse`: u, x, y after spikes at these times (resolution 0.1 ms; not taken after that at 52.5).
TIMES = [10.0, 30.0, 50.0, 52.0, 52.5, 80.0, 200.0, 201.0, 400.0]
NEST = {
    "depressing": (
        dict(U=0.5, tau_rec=800.0, tau_facil=0.001, tau_psc=3.0),
        {
            0: (0.5, 0.5, 0.5), 1: (0.5, 0.2552559248051248, 0.2558922417057947),
            2: (0.5, 0.1363527605507815, 0.1366784176670769), 3: (0.5, 0.06913006632791949, 0.13930310576048344),
            5: (0.5, 0.03343738565848435, 0.033453340810577374), 6: (0.5, 0.08398173292434957, 0.08398173292434957),
            7: (0.5, 0.04251841303124473, 0.10269395418778687), 8: (0.5, 0.1265392373771916, 0.1265392373771916),
        },
    ),
    "facilitating": (
        dict(U=0.05, tau_rec=130.0, tau_facil=530.0, tau_psc=2.0),
        {
            0: (0.05, 0.95, 0.05), 1: (0.09574094561060363, 0.864887608559132, 0.09157465413618505),
            2: (0.13758562771764762, 0.7614492373644792, 0.12148227132813959),
            3: (0.1802140442921425, 0.6262511128642338, 0.1823599923934506),
            5: (0.24937195785924737, 0.4371966637831499, 0.14524479077117725),
            6: (0.238903669469978, 0.5902298766903759, 0.1852696928310591),
            7: (0.27653066616852584, 0.42847689379080023, 0.2761478696311327),
            8: (0.2304685872365257, 0.6736527472251129, 0.20175368330115986),
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", NEST)
def test_tsodyks_markram_as_in_nest(kind: str) -> None:
    parameters, expected = NEST[kind]
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(rv.SpikeSourceArray([TIMES]))
    cell = net.create(1, rv.Neuron("", "got = g_exc\nv = got", spike="v > 100", reset="v = 0"))
    projection = net.connect(source, cell, "exc", rv.models.TsodyksMarkram(**parameters)).all_to_all(2.0)
    for n, time in enumerate(TIMES):
        net.simulate(time + 0.2 - net.time)
        found = (projection.u[0], projection.x[0], projection.y[0])
        if n in expected:
            np.testing.assert_allclose(found, expected[n], rtol=1e-12)
    assert check_network(net, 20) is None


def test_oja_finds_the_first_principal_component() -> None:
    """Oja 1982: the weights of a linear neuron go to the leading eigenvector of C = <x x^T>, with length 1/sqrt(alpha).

    Each sample stays for two steps, so that in the second one both ends hold it; there the rule learns. The weights
    keep fluctuating around the fixed point by about sqrt(eta*lambda).
    """
    mixing = np.array([[2.0, 0.3, 0.1], [1.5, -0.6, 0.2], [1.0, 0.4, -0.5]])
    values, vectors = np.linalg.eigh(mixing @ mixing.T)
    leading = vectors[:, -1] * np.sign(vectors[0, -1])
    assert np.all(leading > 0), "the model keeps weights positive"
    eta, alpha, samples = 2e-4, 2.0, 40_000
    rows = np.random.default_rng(11).normal(size=(samples, 3)) @ mixing.T
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(rv.TimedArray(rows, schedule=2.0))
    linear = net.create(1, rv.Neuron(equations="r = sum(exc)"))
    projection = net.connect(source, linear, "exc", rv.models.Oja(eta, alpha)).all_to_all(0.3)
    projection.enable_learning(period=2.0, offset=1.0)
    net.simulate(2.0 * samples)
    w = np.asarray(projection.w)
    error = 5 * math.sqrt(eta * values[-1])
    assert np.linalg.norm(w) * math.sqrt(alpha) == pytest.approx(1.0, abs=error)
    assert math.acos(min(1.0, float(w @ leading) / float(np.linalg.norm(w)))) < error


@pytest.mark.parametrize("name", ["IBCM", "BCM"])
def test_sliding_thresholds_make_neurons_selective(name: str) -> None:
    """Bienenstock, Cooper and Munro 1982: of two patterns, a neuron comes to respond to one.

    The weights cannot go below 0, so the other keeps the response that the patterns' overlap of 1/5 gives it.
    """
    patterns = np.array([[1.0, 0.2], [0.2, 1.0]])
    net = rv.Network(dt=1.0, seed=4)
    order = np.random.default_rng(3).integers(0, 2, 60_000)
    source = net.create(rv.TimedArray(patterns[order], schedule=2.0))
    cell = net.create(1, rv.Neuron(equations="r = pos(sum(exc))"))
    rule = rv.models.IBCM(eta=2e-3, tau=50.0) if name == "IBCM" else rv.models.BCM(eta=2e-3, tau=50.0)
    projection = net.connect(source, cell, "exc", rule).all_to_all(rv.Uniform(0.4, 0.6))
    projection.enable_learning(period=2.0, offset=1.0)
    net.simulate(120_000.0)
    responses = patterns @ np.asarray(projection.w)
    high, low = responses.max(), responses.min()
    assert high > 3 * low
    assert projection.w.min() < 0.05 * projection.w.max()
