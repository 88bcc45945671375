"""Write ``data/networks.json``: statistics of the published networks among the examples, from ten seeds of Brian2.

    ~/.cache/ranvier-peers/brian2/bin/python tests/corpus/make_network_reference.py [NETWORK ...]

The equations are those of the examples, in Brian2's words; seeds 11 to 20, which ours (1 to 10) do not share.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import brian2 as b2
import numpy as np
from brian2 import ms, mV, nS, pA, second
from network_statistics import (
    CRITICAL,
    OSCILLATORS,
    STRENGTHS,
    VOLLEYS,
    chain,
    order,
    oscillation,
    phases,
    rates,
    volley,
)

SEEDS = range(11, 21)


def begin(seed, dt=0.1):
    b2.start_scope()
    b2.seed(seed)
    b2.defaultclock.dt = dt * ms


def got(monitor):
    return np.asarray(monitor.t / ms), np.asarray(monitor.i)


def vogels_abbott_2005(seed):
    begin(seed)
    space = dict(tau=20 * ms, El=-60 * mV, Ee=0 * mV, Ei=-80 * mV, Vt=-50 * mV, Vr=-60 * mV, gl=10 * nS, I=200 * pA)
    cells = b2.NeuronGroup(
        4000,
        """dv/dt = (El - v + (ge*(Ee - v) + gi*(Ei - v) + I)/gl)/tau : volt (unless refractory)
        dge/dt = -ge/(5*ms) : siemens
        dgi/dt = -gi/(10*ms) : siemens""",
        threshold="v > Vt", reset="v = Vr", refractory=5 * ms, method="exponential_euler", namespace=space,
    )  # fmt: skip
    cells.v = "El + (randn()*5 - 5)*mV"
    cells.ge = "(randn()*1.5 + 4)*nS"
    cells.gi = "(randn()*12 + 20)*nS"
    exc = b2.Synapses(cells[:3200], cells, on_pre="ge += 6*nS")
    exc.connect(p=0.02)
    inh = b2.Synapses(cells[3200:], cells, on_pre="gi += 67*nS")
    inh.connect(p=0.02)
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, exc, inh, spikes).run(500 * ms)
    return rates(got(spikes), 3200, 4000, 500.0)


def brunel_hakim_1999(seed):
    begin(seed)
    space = dict(tau=20 * ms, muext=25 * mV, sigmaext=1 * mV, J=0.1 * mV)
    cells = b2.NeuronGroup(
        5000, "dV/dt = (-V + muext + sigmaext*sqrt(tau)*xi)/tau : volt",
        threshold="V > 20*mV", reset="V = 10*mV", refractory=2 * ms, method="euler", namespace=space,
    )  # fmt: skip
    cells.V = 10 * mV
    syn = b2.Synapses(cells, cells, on_pre="V -= J", delay=2 * ms, namespace=space)
    syn.connect(p=0.2)
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, syn, spikes).run(300 * ms)
    return oscillation(got(spikes), 5000, 100.0, 300.0)


def diesmann_1999(seed):
    result = {}
    for count in VOLLEYS:
        begin(seed)
        space = dict(taum=10 * ms, taupsp=0.325 * ms, Vr=-70 * mV, drive=25.27 * mV, sigma=39.24 * mV, weight=4.86 * mV)
        cells = b2.NeuronGroup(
            1000,
            """dV/dt = (-(V - Vr) + x)/taum : volt
            dx/dt = (-x + y)/taupsp : volt
            dy/dt = -y/taupsp + drive/ms + sigma*xi/ms**0.5 : volt""",
            threshold="V > -55*mV", reset="V = Vr", refractory=1 * ms, method="euler", namespace=space,
        )  # fmt: skip
        cells.V = "Vr + rand()*15*mV"
        cells.x = cells.y = "drive*taupsp/ms"
        source = b2.SpikeGeneratorGroup(count, np.arange(count), volley(seed, count) * ms)
        first = b2.Synapses(source, cells, on_pre="y += weight", delay=5 * ms, namespace=space)
        first.connect(condition="j < 100")
        rest = b2.Synapses(cells, cells, on_pre="y += weight", delay=5 * ms, namespace=space)
        rest.connect(condition="j // 100 == i // 100 + 1")
        spikes = b2.SpikeMonitor(cells)
        b2.Network(cells, source, first, rest, spikes).run(120 * ms)
        result |= chain(got(spikes), count)
    return result


def izhikevich_2003(seed):
    begin(seed, 1.0)
    cells = b2.NeuronGroup(
        1000,
        """dv/dt = (0.04*v**2 + 5*v + 140 - u + I)/ms : 1
        du/dt = a*(b*v - u)/ms : 1
        I : 1
        arriving : 1
        a : 1
        b : 1
        c : 1
        d : 1
        noise : 1""",
        threshold="v >= 30", reset="v = c; u += d", method="euler",
    )  # fmt: skip
    cells.run_regularly("I = arriving + noise*randn(); arriving = 0", when="start")
    rng = np.random.default_rng(seed)
    kind, kind_i = rng.random(800), rng.random(200)
    cells.a = np.concatenate([np.full(800, 0.02), 0.02 + 0.08 * kind_i])
    cells.b = np.concatenate([np.full(800, 0.2), 0.25 - 0.05 * kind_i])
    cells.c = np.concatenate([-65.0 + 15.0 * kind**2, np.full(200, -65.0)])
    cells.d = np.concatenate([8.0 - 6.0 * kind**2, np.full(200, 2.0)])
    cells.noise = np.repeat([5.0, 2.0], [800, 200])
    cells.v = -65.0
    cells.u = "b*v"
    syn = b2.Synapses(cells, cells, "w : 1", on_pre="arriving += w")
    syn.connect()
    syn.w = "rand()*(0.5*int(i < 800) - int(i >= 800))"
    spikes = b2.SpikeMonitor(cells)
    b2.Network(cells, syn, spikes).run(1000 * ms)
    return rates(got(spikes), 800, 1000, 1000.0)


def kuramoto_1975(seed):
    result = {}
    omega, theta = phases(seed)
    for strength in STRENGTHS:
        begin(seed, 50.0)
        space = dict(K=CRITICAL * strength)
        cells = b2.NeuronGroup(
            OSCILLATORS, "dtheta/dt = (omega + K*pull)/second : 1\nomega : 1 (constant)\npull : 1",
            method="euler", namespace=space,
        )  # fmt: skip
        cells.omega, cells.theta = omega, theta
        syn = b2.Synapses(cells, cells, "pull_post = sin(theta_pre - theta_post)/N_pre : 1 (summed)")
        syn.connect()
        record = b2.StateMonitor(cells, "theta", record=True)
        b2.Network(cells, syn, record).run(40 * second)
        result |= order(np.asarray(record.theta).T, strength)
    return result


NETWORKS = (kuramoto_1975, diesmann_1999, izhikevich_2003, vogels_abbott_2005, brunel_hakim_1999)


def main():
    b2.prefs.codegen.target = "numpy"
    b2.BrianLogger.suppress_hierarchy("brian2")
    path = Path(__file__).resolve().parent / "data" / "networks.json"
    networks = json.loads(path.read_text(encoding="utf-8"))["networks"] if path.exists() else {}
    for build in [n for n in NETWORKS if n.__name__ in sys.argv[1:] or not sys.argv[1:]]:
        start = time.perf_counter()
        runs = [build(seed) for seed in SEEDS]
        networks[build.__name__] = {name: [round(float(run[name]), 9) for run in runs] for name in runs[0]}
        print(build.__name__, f"{time.perf_counter() - start:.0f} s", flush=True)
        for name, values in networks[build.__name__].items():
            print("   ", name, np.mean(values), np.std(values, ddof=1), flush=True)
        about = {"brian2": b2.__version__, "seeds": list(SEEDS), "networks": networks}
        path.write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
