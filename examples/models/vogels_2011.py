"""Vogels, Sprekeler, Zenke, Clopath and Gerstner (2011): inhibitory plasticity balances a network.

10000 integrate-and-fire neurons as in Vogels and Abbott (2005). The synapses from inhibitory to excitatory neurons
start near zero and learn: each spike of either side strengthens them by the trace of the other, a presynaptic spike
alone weakens them. The fixed point is a postsynaptic rate of alpha/(2 tau), here 3 Hz.

What to see: excitatory neurons first fire fast and together; within a second inhibition grows until they fire
asynchronously and irregularly. From then on the rates sink slowly towards 3 Hz (line), which 20 s do not quite reach.

References
----------
Vogels, Sprekeler, Zenke, Clopath and Gerstner (2011), Inhibitory plasticity balances excitation and inhibition in
sensory pathways and memory networks, Science 334:1569-1573.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

N, PROBABILITY = 10000, 0.02
neuron = rv.Neuron(
    name="LIF",
    parameters=dict(
        C="200 pF", g_l="10 nS", El="-60 mV", Ei="-80 mV", Ee="0 mV", Vt="-50 mV", I="200 pA", tau_exc="5 ms",
        tau_inh="10 ms",
    ),
    equations="""
        dv/dt = (g_l*(El - v) + g_exc*(Ee - v) + g_inh*(Ei - v) + I)/C : volt (unless refractory)
        dg_exc/dt = -g_exc/tau_exc : siemens
        dg_inh/dt = -g_inh/tau_inh : siemens
    """,
    spike="v > Vt",
    reset="v = El",
    refractory="5 ms",
    method="euler",
)
plastic = rv.Synapse(
    name="InhibitoryPlasticity",
    parameters=dict(tau="20 ms", eta=0.01, alpha=0.12, w_max=100.0),
    equations="""
        dx/dt = -x/tau : 1 (event-driven)
        dy/dt = -y/tau : 1 (event-driven)
        w : 1
    """,
    pre_spike="""
        x += 1
        w = clip(w + eta*(y - alpha), 0, w_max)
        g_target += w*nS
    """,
    post_spike="""
        y += 1
        w = clip(w + eta*x, 0, w_max)
    """,
)

net = rv.Network(dt=0.1, seed=2011)
neurons = net.create(N, neuron, name="neurons")
neurons.v = "El + rand()*(Vt - El)"
E, I = neurons[:4*N//5], neurons[4*N//5:]
net.connect(E, neurons, target="exc").fixed_probability(PROBABILITY, weights="0.3 nS", delays=0.1)
net.connect(I, I, target="inh").fixed_probability(PROBABILITY, weights="3 nS", delays=0.1)
learning = net.connect(I, E, "inh", plastic).fixed_probability(PROBABILITY, weights=1e-10, delays=0.1)
spikes = net.monitor(E, "spike")
SECONDS = 20
means = [0.0]
for _ in range(SECONDS):
    net.simulate(1000.0)
    means.append(float(np.mean(learning.w)))

times, ranks = (np.asarray(part) for part in spikes.raster_plot())
size = len(E)
early, late = times < 1000.0, times >= 1000.0*(SECONDS - 3)
first, last = np.bincount(ranks[early], minlength=size), np.bincount(ranks[late], minlength=size)/3.0
print(f"excitatory: {first.mean():.1f} Hz in the first second, {last.mean():.1f} Hz in the last three")
figure = plt.figure(figsize=(8.5, 7.2), layout="constrained")
grid = figure.add_gridspec(3, 2)
for column, start in enumerate((0.0, 1000.0*SECONDS - 500.0)):
    ax = figure.add_subplot(grid[0, column])
    shown = (times >= start) & (times < start + 300.0) & (ranks < 300)
    ax.plot(times[shown], ranks[shown], ".", color="#1f4e79", markersize=1.5)
    ax.set(xlabel="time (ms)", ylabel="neuron")
rates = figure.add_subplot(grid[1, :])
rv.plot.rates((times, ranks), n=size, bin=50.0, window=(0.0, 1000.0*SECONDS), ax=rates)
rates.axhline(3.0, color="#d55e00", linewidth=1.2, zorder=3)
weights = figure.add_subplot(grid[2, 0])
weights.plot(means, "o-", color="#d55e00")
weights.set(xlabel="time (s)", ylabel="mean inhibitory weight (nS)")
histogram = figure.add_subplot(grid[2, 1])
bins = np.arange(0.0, 60.0, 1.0)
histogram.hist(np.clip(first, 0.0, 59.0), bins=bins, alpha=0.6, color="#999999", label="first second")
histogram.hist(np.clip(last, 0.0, 59.0), bins=bins, alpha=0.8, color="#1f4e79", label="last three")
histogram.set(xlabel="rate (Hz)", ylabel="neurons")
histogram.legend(frameon=False)
path = Path(__file__).parent / "figures" / "vogels_2011.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
