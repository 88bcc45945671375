"""Published networks among the examples beside Brian2: statistics of ten seeds each.

The cells and synapses are those of the example's file; `make_network_reference.py` wrote Brian2's statistics, from the
same equations in Brian2's words. Each side draws its own connections, initial values and noise, so single runs differ.
Events have Brian2's timing (`same_step`): its delays are one step longer, and a step of 0.1 ms more in the loop of the
network of Brunel and Hakim lowers the frequency by 4 %, which is nine standard errors.

The bound. With n = 10 runs on each side, the difference of two means has the standard error
s = sqrt(s1^2/n + s2^2/n), estimated without assuming equal variances (Welch). If both sides sample one distribution,
difference/s follows Student's distribution with between n - 1 = 9 and 2n - 2 = 18 degrees of freedom, and exceeds 3
with a probability of 1.5 % to 0.8 %. The seeds are fixed, so a test passes always or never: that is the chance that a
right implementation was unlucky when the data was written, not that a run fails.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus_models import HERE
from network_statistics import CRITICAL, STRENGTHS, VOLLEYS, Spikes, chain, order, oscillation, phases, rates, volley

import ranvier as rv

DATA: dict[str, Any] = json.loads((HERE / "data" / "networks.json").read_text(encoding="utf-8"))
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SEEDS = range(1, 11)
LARGEST = 3.0

pytestmark = pytest.mark.long


def parts(script: str) -> dict[str, Any]:
    """Return the neurons and synapses that a script of `examples` defines, without running the rest of it."""
    found: dict[str, Any] = {}
    for line in ast.parse((EXAMPLES / f"{script}.py").read_text(encoding="utf-8")).body:
        if not isinstance(line, ast.Assign) or not isinstance(line.value, ast.Call):
            continue
        made = ast.unparse(line.value.func)
        if made in ("rv.Neuron", "rv.Synapse"):
            values = {str(word.arg): _value(word.value) for word in line.value.keywords}
            found[ast.unparse(line.targets[0])] = getattr(rv, made.removeprefix("rv."))(**values)
    return found


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):  # dict(tau="20 ms", ...)
        return {str(word.arg): ast.literal_eval(word.value) for word in node.keywords}
    return ast.literal_eval(node)


def spikes_of(monitor: rv.Monitor) -> Spikes:
    times, ranks = monitor.raster_plot()
    return np.asarray(times, dtype=np.float64), np.asarray(ranks, dtype=np.int64)


def vogels_abbott_2005(seed: int) -> dict[str, float]:
    net = rv.Network(dt=0.1, seed=seed)
    cells = net.create(4000, parts("models/vogels_abbott_2005")["neuron"], name="cells")
    cells.v = "El + (randn()*5 - 5)*mV"
    cells.g_exc = "(randn()*1.5 + 4)*nS"
    cells.g_inh = "(randn()*12 + 20)*nS"
    net.connect(cells[:3200], cells, target="exc", same_step=True).fixed_probability(0.02, weights="6 nS", delays=0.0)
    net.connect(cells[3200:], cells, target="inh", same_step=True).fixed_probability(0.02, weights="67 nS", delays=0.0)
    spikes = net.monitor(cells, "spike")
    net.simulate(500.0)
    return rates(spikes_of(spikes), 3200, 4000, 500.0)


def brunel_hakim_1999(seed: int) -> dict[str, float]:
    model = parts("models/brunel_hakim_1999")
    net = rv.Network(dt=0.1, seed=seed)
    cells = net.create(5000, model["neuron"], name="cells")
    cells.V = "Vr"
    made = net.connect(cells, cells, synapse=model["inhibition"], same_step=True)
    made.fixed_probability(0.2, delays="2 ms")
    spikes = net.monitor(cells, "spike")
    net.simulate(300.0)
    return oscillation(spikes_of(spikes), 5000, 100.0, 300.0)


def diesmann_1999(seed: int) -> dict[str, float]:
    model = parts("models/diesmann_1999")
    result: dict[str, float] = {}
    for count in VOLLEYS:
        net = rv.Network(dt=0.1, seed=seed)
        cells = net.create(1000, model["neuron"], name="cells")
        cells.V = "Vr + rand()*(Vt - Vr)"
        cells.x = cells.y = "drive*taupsp/ms"
        source = net.create(population=rv.SpikeSourceArray([[float(t)] for t in volley(seed, count)]))
        net.connect(source, cells[:100], synapse=model["excitation"], same_step=True).all_to_all(delays="5 ms")
        for k in range(0, 900, 100):
            one, two = cells[k : k + 100], cells[k + 100 : k + 200]
            net.connect(one, two, synapse=model["excitation"], same_step=True).all_to_all(delays="5 ms")
        spikes = net.monitor(cells, "spike")
        net.simulate(120.0)
        result |= chain(spikes_of(spikes), count)
    return result


def izhikevich_2003(seed: int) -> dict[str, float]:
    net = rv.Network(dt=1.0, seed=seed)
    cells = net.create(1000, parts("izhikevich_2003")["neuron"], name="cells")
    random = np.random.default_rng(seed)
    kind, kind_i = random.random(800), random.random(200)
    one, two = cells[:800], cells[800:]
    one.c, one.d = -65.0 + 15.0 * kind**2, 8.0 - 6.0 * kind**2
    two.a, two.b, two.d, two.noise = 0.02 + 0.08 * kind_i, 0.25 - 0.05 * kind_i, 2.0, 2.0
    cells.u = cells.b * cells.v
    for view, target, most in ((one, "exc", 0.5), (two, "inh", 1.0)):
        made = net.connect(view, cells, target=target, same_step=True)
        made.all_to_all(weights=rv.Uniform(0.0, most), delays=0.0, allow_self_connections=True)
    spikes = net.monitor(cells, "spike")
    net.simulate(1000.0)
    return rates(spikes_of(spikes), 800, 1000, 1000.0)


def kuramoto_1975(seed: int) -> dict[str, float]:
    model = parts("models/kuramoto_1975")
    result: dict[str, float] = {}
    omega, theta = phases(seed)
    for strength in STRENGTHS:
        net = rv.Network(dt="50 ms", seed=seed)
        cells = net.create(len(omega), model["oscillator"], name="cells")
        net.connect(cells, cells, synapse=model["coupling"]).all_to_all(allow_self_connections=True)
        cells.omega, cells.theta, cells.K = omega, theta, CRITICAL * strength
        record = net.monitor(cells, "theta")
        net.simulate("40 second")
        result |= order(record.get("theta"), strength)
    return result


NETWORKS: tuple[Callable[[int], dict[str, float]], ...] = (
    vogels_abbott_2005,
    brunel_hakim_1999,
    diesmann_1999,
    izhikevich_2003,
    kuramoto_1975,
)


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.__name__)
def test_the_statistics_are_those_of_brian2(network: Callable[[int], dict[str, float]]) -> None:
    theirs: dict[str, list[float]] = DATA["networks"][network.__name__]
    runs = [network(seed) for seed in SEEDS]
    assert theirs.keys() == runs[0].keys()
    far = {}
    for name, values in theirs.items():
        one, two = np.array([run[name] for run in runs]), np.array(values)
        assert len(one) == len(two) == 10
        error = np.sqrt(one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two))
        off = (one.mean() - two.mean()) / error
        print(f"{network.__name__}, {name}: ours {one.mean():.4g}, Brian2 {two.mean():.4g}, {off:+.2f} standard errors")
        if not abs(off) <= LARGEST:
            far[name] = off
    assert not far


def test_equal_oscillators_do_the_same() -> None:
    """Without noise, Brian2's frequencies and phases must give Brian2's order parameter, run by run.

    Records of 800 steps are one step apart (Brian2's samples are those of the start of a step, ours of its end), so
    means over 400 of them differ by the first and the last sample: by at most 1/400, as an order is between 0 and 1.
    """
    theirs: dict[str, list[float]] = DATA["networks"]["kuramoto_1975"]
    for number, seed in enumerate(DATA["seeds"][:3]):
        for name, value in kuramoto_1975(seed).items():
            assert value == pytest.approx(theirs[name][number], abs=1.0 / 400.0)
