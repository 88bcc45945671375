"""Song, Miller and Abbott (2000): competition of 1000 synapses under spike-timing-dependent plasticity.

One integrate-and-fire neuron is driven by 1000 Poisson inputs of 15 Hz through plastic synapses. A synapse grows when
its spike comes before that of the neuron and shrinks when it comes after; shrinking is 5 % stronger, so that chance
pairs weaken.

What to see: all weights start between the bounds and end near one of them (the bimodal distribution of figure 2 of
the paper), and the neuron finds a moderate rate on its own.

References
----------
Song, Miller and Abbott (2000), Competitive Hebbian learning through spike-timing-dependent synaptic plasticity,
Nat Neurosci 3:919-926.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

SECONDS = 500
N = 1000

neuron = rv.Neuron(
    name="LIF",
    parameters="""
        tau_m = 10.0
        tau_e = 5.0
        E_l = -74.0
        E_e = 0.0
        v_t = -54.0
        v_r = -60.0
    """,
    equations="""
        tau_m*dv/dt = g_exc*(E_e - v) + E_l - v : init = -60.0
        tau_e*dg_exc/dt = -g_exc
    """,
    spike="v > v_t",
    reset="v = v_r",
)

# The traces decay between spikes and are only needed at spikes: event-driven. A conductance is in units of the leak.
stdp = rv.Synapse(
    name="STDP",
    parameters="""
        tau_plus = 20.0 : projection
        tau_minus = 20.0 : projection
        A_plus = 0.01 : projection          # of w_max per pair
        A_minus = 0.0105 : projection
        w_max = 0.01 : projection
    """,
    equations="""
        tau_plus*dx/dt = -x : event-driven
        tau_minus*dy/dt = -y : event-driven
    """,
    pre_spike="""
        g_target += w
        x += A_plus*w_max
        w = clip(w - y, 0.0, w_max)
    """,
    post_spike="""
        y += A_minus*w_max
        w = clip(w + x, 0.0, w_max)
    """,
)

net = rv.Network(dt=0.1, seed=1)
inputs = net.create(population=rv.PoissonPopulation(N, rates=15.0, name="inputs"))
post = net.create(1, neuron, name="post")
synapses = net.connect(inputs, post, target="exc", synapse=stdp)
synapses.all_to_all(weights=rv.Uniform(0.0, 0.01), delays=0.1)
spikes = net.monitor(post, "spike")
weights = net.monitor(synapses, "w", period=500.0)

before = np.asarray(synapses.w)/0.01
net.simulate(SECONDS*1000.0)
after = np.asarray(synapses.w)/0.01
history = weights.get("w").reshape(-1, N)/0.01
times, _ = spikes.raster_plot()
low, high = np.mean(after < 0.1), np.mean(after > 0.9)
print(f"{len(times)/SECONDS:.1f} Hz; {low:.0%} of the weights below 0.1, {high:.0%} above 0.9 of their maximum")

figure = plt.figure(figsize=(7.0, 6.6), layout="constrained")
grid = figure.add_gridspec(3, 2)
axes = [figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[0, 1])]
axes[1].sharey(axes[0])
for ax, w, title in zip(axes, (before, after), ("before", f"after {SECONDS} s"), strict=True):
    ax.hist(w, bins=np.linspace(0.0, 1.0, 26), color="#1f4e79")
    ax.set(xlabel="weight / maximum", title=title)
    ax.spines[["top", "right"]].set_visible(False)
axes[0].set_ylabel("synapses")
middle, bottom = figure.add_subplot(grid[1, :]), figure.add_subplot(grid[2, :])
rv.plot.traces({"weight / maximum": history}, times=np.arange(len(history))*weights.period, neurons=7, axes=[middle])
middle.get_legend().remove()
middle.set_xlabel("")
rv.plot.rates((times, np.zeros(len(times))), n=1, bin=5000.0, window=(0.0, SECONDS*1000.0), ax=bottom)
path = Path(__file__).parent / "figures" / "stdp_song_abbott.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
