"""Diesmann, Gewaltig and Aertsen (1999): a synfire chain passes on synchronous spikes, or lets them die.

Ten groups of 100 integrate-and-fire neurons in a chain, each neuron driven by all of the group before and by noise of
its surroundings. A volley of spikes enters the first group.

What to see: a tight volley of 60 spikes is sharpened and travels without loss; the same volley with fewer spikes
disappears on the way.

References
----------
Diesmann, Gewaltig and Aertsen (1999), Stable propagation of synchronous spiking in cortical neural networks,
Nature 402:529-533.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

GROUPS, SIZE = 10, 100
neuron = rv.Neuron(
    name="Diesmann",
    parameters=dict(taum="10 ms", taupsp="0.325 ms", Vr="-70 mV", Vt="-55 mV", drive="25.27 mV", sigma="39.24 mV"),
    equations="""
        dV/dt = (-(V - Vr) + x)/taum : volt
        dx/dt = (-x + y)/taupsp : volt
        dy/dt = -y/taupsp + drive/ms + sigma*xi/ms**0.5 : volt
    """,
    spike="V > Vt",
    reset="V = Vr",
    refractory="1 ms",
    method="euler",
)
excitation = rv.Synapse(parameters=dict(weight="4.86 mV"), on_pre="y_post += weight")

figure, axes = plt.subplots(2, 1, figsize=(7.0, 6.0), layout="constrained", sharex=True)
for ax, count in zip(axes, (85, 40), strict=True):
    net = rv.Network(dt=0.1, seed=2)
    chain = net.create(GROUPS*SIZE, neuron, name="chain")
    chain.V = "Vr + rand()*(Vt - Vr)"
    chain.y = "drive*taupsp/ms"
    chain.x = "drive*taupsp/ms"
    random = np.random.default_rng(4)
    volley = net.create(population=rv.SpikeSourceArray([[50.0 + s] for s in np.abs(random.normal(0.0, 1.0, count))]))
    net.connect(volley, chain[:SIZE], synapse=excitation).all_to_all(delays="5 ms")
    for k in range(GROUPS - 1):
        one, two = chain[k*SIZE:(k + 1)*SIZE], chain[(k + 1)*SIZE:(k + 2)*SIZE]
        net.connect(one, two, synapse=excitation).all_to_all(delays="5 ms")
    spikes = net.monitor(chain, "spike")
    net.simulate(120.0)
    times, ranks = spikes.raster_plot()
    ax.plot(times, np.asarray(ranks)/SIZE, ".", color="#1f4e79", markersize=1.5)
    ax.set(ylabel="group", ylim=(0, GROUPS), yticks=range(GROUPS + 1))
    ax.set_title(f"a volley of {count} spikes", loc="left", fontsize="medium")
axes[-1].set_xlabel("time (ms)")
path = Path(__file__).parent / "figures" / "diesmann_1999.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
