"""The synapse models of `ranvier.models`: each one with the behaviour that it was made for.

What to see: a depressing synapse answers a train of spikes less and less, a facilitating one more and more; pairs
potentiate or depress by their order and distance; with triplets, late pairs depress at low and potentiate at high
frequency; a clamped potential depresses above one threshold and potentiates above another; inhibition brings a neuron
to its target rate; Oja's rule finds the first principal component; a sliding threshold makes a neuron selective.

References
----------
Tsodyks, Uziel and Markram (2000), Synchrony generation in recurrent networks, J Neurosci 20:RC50.
Song and Abbott (2001), Cortical development and remapping through STDP, Neuron 32:339-350.
Pfister and Gerstner (2006), Triplets of spikes in a model of STDP, J Neurosci 26:9673-9682, figure 4.
Clopath et al. (2010), Connectivity reflects coding, Nat Neurosci 13:344-352, figure 1.
Vogels et al. (2011), Inhibitory plasticity balances excitation and inhibition, Science 334:1569-1573.
Oja (1982), A simplified neuron model as a principal component analyzer, J Math Biol 15:267-273.
Intrator and Cooper (1992), Objective function formulation of the BCM theory, Neural Networks 5:3-17.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

BLUE, RED, GREY = "#33658a", "#b5483a", "#888888"
RELAY = rv.Neuron("", "v = g_go\ngot = g_exc", spike="v > 0.5", reset="v = 0")
m = rv.models


def pairs(model, pre, post, dt=0.5, weight=0.5):
    """Return the change of the weight by spikes at given times."""
    net = rv.Network(dt=dt, seed=1)
    source = net.create(rv.SpikeSourceArray([[t - dt for t in pre]]))
    drive = net.create(rv.SpikeSourceArray([[t - dt for t in post]]))
    cell = net.create(1, RELAY)
    net.connect(drive, cell, "go").all_to_all(1.0)
    synapse = net.connect(source, cell, "exc", model).all_to_all(weight)
    net.simulate(float(round(max(*pre, *post))) + 10.0)
    return synapse.w[0] - weight


figure, panels = plt.subplots(2, 4, figsize=(14, 6), layout="constrained")

train = [50.0 + 25.0*n for n in range(10)] + [800.0]
for axes, name, values in (
    (panels[0, 0], "depression", dict(tau_rec=800.0, tau_facil=0.001, tau_psc=3.0, U=0.5)),
    (panels[0, 1], "facilitation", dict(tau_rec=130.0, tau_facil=530.0, tau_psc=2.0, U=0.05)),
):
    net = rv.Network(dt=0.5, seed=1)
    source = net.create(rv.SpikeSourceArray([train]))
    cell = net.create(1, rv.Neuron("", "dv/dt = -v/15.0 + g_exc", spike="v > 100", reset="v = 0"))
    net.connect(source, cell, "exc", m.TsodyksMarkram(**values)).all_to_all(1.0)
    monitor = net.monitor(cell, "v")
    net.simulate(900.0)
    axes.plot(np.arange(1800)*0.5, monitor.get("v")[:, 0], color=BLUE, lw=0.9)
    axes.set_title(f"TsodyksMarkram: {name}", loc="left", fontsize=9)
    axes.set_xlabel("ms", fontsize=8)

shifts = [s for s in range(-60, 61, 4) if s]
change = [pairs(m.STDP(), [100.0 + max(0, -s)], [100.0 + max(0, s)]) for s in shifts]
panels[0, 2].plot(shifts, change, ".-", color=BLUE, lw=0.8)
panels[0, 2].axhline(0.0, color=GREY, lw=0.5)
panels[0, 2].set_title("STDP: the window of pairs", loc="left", fontsize=9)
panels[0, 2].set_xlabel("post - pre (ms)", fontsize=8)

rates = [1.0, 10.0, 20.0, 30.0, 40.0, 50.0]
for shift, color in ((10.0, BLUE), (-10.0, RED)):
    first = [[100.0 + n*1000.0/rate for n in range(60)] for rate in rates]
    change = [
        pairs(m.TripletSTDP(w_max=10.0), [t + max(0, -shift) for t in f], [t + max(0, shift) for t in f], weight=1.0)
        for f in first
    ]
    panels[0, 3].plot(rates, change, ".-", color=color, lw=0.8, label=f"post - pre = {shift:g} ms")
panels[0, 3].axhline(0.0, color=GREY, lw=0.5)
panels[0, 3].legend(frameon=False, fontsize=7)
panels[0, 3].set_title("TripletSTDP: 60 pairs", loc="left", fontsize=9)
panels[0, 3].set_xlabel("frequency of pairs (Hz)", fontsize=8)

potentials, change = np.arange(-80.0, -41.0, 2.0), []
for v in potentials:
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(rv.SpikeSourceArray([[float(t) for t in range(10, 1010, 40)]]))
    cell = net.create(1, rv.Neuron("", "v = v\ngot = g_exc", spike="v > 100", reset="v = 0"))
    cell.v = v
    synapse = net.connect(source, cell, "exc", m.ClopathSTDP(w_min=-100.0, w_max=100.0)).all_to_all(0.0)
    synapse.u_minus = synapse.u_plus = v
    net.simulate(1100.0)
    change.append(synapse.w[0])
panels[1, 0].plot(potentials, change, ".-", color=BLUE, lw=0.8)
panels[1, 0].axhline(0.0, color=GREY, lw=0.5)
panels[1, 0].set_ylim(-0.15, 1.0)
panels[1, 0].set_title("ClopathSTDP: under voltage clamp", loc="left", fontsize=9)
panels[1, 0].set_xlabel("potential (mV)", fontsize=8)

net = rv.Network(dt=0.5, seed=3)
excitation, inhibition = (net.create(rv.PoissonPopulation(100, rates=20.0)) for _ in range(2))
cells = net.create(
    20, rv.Neuron("", "dv/dt = -v/20.0 + g_exc - g_inh", spike="v > 1", reset="v = 0", refractory=5.0)
)
net.connect(excitation, cells, "exc").all_to_all(0.1)
net.connect(inhibition, cells, "inh", m.VogelsSTDP(eta=2e-3, rho=8.0)).all_to_all(0.0)
monitor = net.monitor(cells, "spike")
net.simulate(20_000.0)
counts = monitor.histogram(bins=500.0)
panels[1, 1].plot(np.arange(len(counts))*0.5, counts/20.0*2.0, color=BLUE, lw=0.9)
panels[1, 1].axhline(8.0, color=RED, lw=0.7)
panels[1, 1].set_title("VogelsSTDP: to the target rate", loc="left", fontsize=9)
panels[1, 1].set_xlabel("s", fontsize=8)
panels[1, 1].set_ylabel("Hz", fontsize=8)

rng = np.random.default_rng(2)
cloud = rng.normal(size=(4000, 2)) @ np.array([[1.6, 0.9], [0.3, -0.5]])
net = rv.Network(dt=1.0, seed=1)
source = net.create(rv.TimedArray(cloud, schedule=2.0))
linear = net.create(1, rv.Neuron(equations="r = sum(exc)"))
synapse = net.connect(source, linear, "exc", m.Oja(eta=2e-3)).all_to_all(weights=[0.05, 0.6])
synapse.enable_learning(period=2.0, offset=1.0)
monitor = net.monitor(synapse, "w", period=20.0)
net.simulate(8000.0)
path = monitor.get("w")
axis = np.linalg.eigh(cloud.T @ cloud)[1][:, -1]
axis = 3.0*axis*np.sign(axis[0])
panels[1, 2].plot(cloud[:, 0], cloud[:, 1], ".", ms=1, color="#cccccc")
panels[1, 2].plot([-axis[0], axis[0]], [-axis[1], axis[1]], color=RED, lw=0.8, label="first principal component")
panels[1, 2].plot(path[:, 0], path[:, 1], color=BLUE, lw=1.5, label="weights")
panels[1, 2].legend(frameon=False, fontsize=7)
panels[1, 2].set_aspect("equal")
panels[1, 2].set_title("Oja: principal component", loc="left", fontsize=9)

patterns = np.array([[1.0, 0.2], [0.2, 1.0]])
net = rv.Network(dt=1.0, seed=4)
source = net.create(rv.TimedArray(patterns[rng.integers(0, 2, 10_000)], schedule=2.0))
cell = net.create(1, rv.Neuron(equations="r = pos(sum(exc))"))
synapse = net.connect(source, cell, "exc", m.IBCM(eta=2e-3, tau=50.0)).all_to_all(rv.Uniform(0.4, 0.6))
synapse.enable_learning(period=2.0, offset=1.0)
monitor = net.monitor(synapse, "w", period=20.0)
net.simulate(20_000.0)
responses = monitor.get("w") @ patterns.T
for k, color in enumerate((BLUE, RED)):
    panels[1, 3].plot(np.arange(len(responses))*0.02, responses[:, k], color=color, lw=0.9, label=f"pattern {k + 1}")
panels[1, 3].legend(frameon=False, fontsize=7)
panels[1, 3].set_title("IBCM: a neuron becomes selective", loc="left", fontsize=9)
panels[1, 3].set_xlabel("s", fontsize=8)

for axes in panels.flat:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7)

output = Path(__file__).parent / "figures" / "plasticity_gallery.png"
output.parent.mkdir(exist_ok=True)
figure.savefig(output, dpi=110)
print(f"figure: {output}")
