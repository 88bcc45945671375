"""Izhikevich (2007): a cortical pyramidal cell with the capacitance and currents of a recording.

The quadratic neuron of 2003 with physical units: k sets the slope between rest and threshold, C is in pF.

What to see: a regular spiking cell at 60, 70, 85 and 100 pA, as figure 8.12 of the book: slow first spikes just above
the rheobase, adaptation above it.

References
----------
Izhikevich (2007), Dynamical Systems in Neuroscience, MIT Press, chapter 8.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="RegularSpiking",
    parameters="""
        C = 100.0 : population       # pF
        k = 0.7 : population         # nS/mV
        v_r = -60.0 : population
        v_t = -40.0 : population
        a = 0.03 : population        # 1/ms
        b = -2.0 : population        # nS
        c = -50.0 : population
        d = 100.0 : population       # pA
        I = 0.0
    """,
    equations="""
        C*dv/dt = k*(v - v_r)*(v - v_t) - u + I : init = -60.0
        du/dt = a*(b*(v - v_r) - u) : init = 0.0
    """,
    spike="v >= 35.0",
    reset="""
        v = c
        u += d
    """,
    method="midpoint",
)

currents = [60.0, 70.0, 85.0, 100.0]
net = rv.Network(dt=0.05)
cells = net.create(len(currents), neuron)
record, spikes = net.monitor(cells, "v"), net.monitor(cells, "spike")
net.simulate(50.0)
cells.I = currents
net.simulate(650.0)
v = record.get("v")
for rank, steps in spikes.get("spike").items():
    v[np.array(steps, dtype=int), rank] = 35.0
times = np.arange(len(v))*net.dt

figure, axes = plt.subplots(len(currents), 1, figsize=(7.0, 6.5), layout="constrained", sharex=True, sharey=True)
for ax, trace, current in zip(axes, v.T, currents, strict=True):
    ax.plot(times, trace, color="#1f4e79", linewidth=0.8)
    ax.set(ylabel="v (mV)")
    ax.set_title(f"{current:g} pA", loc="left", fontsize="medium")
axes[-1].set_xlabel("time (ms)")
path = Path(__file__).parent / "figures" / "izhikevich_2007.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
