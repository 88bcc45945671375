"""Brunel and Hakim (1999): fast global oscillations of neurons that fire slowly.

5000 inhibitory integrate-and-fire neurons, each with 1000 inputs of 0.1 mV and a delay of 2 ms, driven by a noisy
external current.

What to see: each neuron fires at a low rate and irregularly, yet the rate of the population oscillates at more than
100 Hz, at a period set by the delay.

References
----------
Brunel and Hakim (1999), Fast global oscillations in networks of integrate-and-fire neurons with low firing rates,
Neural Comput 11:1621-1671.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

N = 5000
neuron = rv.Neuron(
    name="BrunelHakim",
    parameters=dict(tau="20 ms", muext="25 mV", sigmaext="1 mV", theta="20 mV", Vr="10 mV"),
    equations="dV/dt = (-V + muext + sigmaext*sqrt(tau)*xi)/tau : volt",
    spike="V > theta",
    reset="V = Vr",
    refractory="2 ms",
)
inhibition = rv.Synapse(parameters=dict(J="0.1 mV"), on_pre="V_post -= J")

net = rv.Network(dt=0.1, seed=1999)
neurons = net.create(N, neuron, name="neurons")
neurons.V = "Vr"
net.connect(neurons, neurons, synapse=inhibition).fixed_probability(0.2, delays="2 ms")
spikes = net.monitor(neurons, "spike")
net.simulate(300.0)
print(f"{spikes.mean_fr():.1f} Hz")

times, ranks = (np.asarray(part) for part in spikes.raster_plot())
window = (200.0, 300.0)
shown = ranks < 500
figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.0, 5.4), layout="constrained", sharex=True)
rv.plot.raster((times[shown], ranks[shown]), n=500, show_rate=False, window=window, ax=top)
top.set_xlabel("")
rv.plot.rates((times, ranks), n=N, bin=0.5, window=window, ax=bottom)
path = Path(__file__).parent / "figures" / "brunel_hakim_1999.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
