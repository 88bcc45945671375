"""Izhikevich (2003, 2004): firing patterns of one equation with four parameters.

Twelve cells of one population; each has its own a, b, c, d and its own current, which a timed array holds.

What to see: the panels of figure 1 of the paper of 2004 that differ in parameters and in a step, ramp or pulse of
current.

References
----------
Izhikevich (2003), Simple model of spiking neurons, IEEE Trans Neural Netw 14:1569-1572.
Izhikevich (2004), Which model to use for cortical spiking neurons?, IEEE Trans Neural Netw 15:1063-1070.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

DT, DURATION = 0.1, 200.0
t = np.arange(0.0, DURATION, DT)


def step(size, start=20.0, before=0.0):
    """A current that changes at `start`."""
    return np.where(t >= start, size, before)


def pulses(size, *starts, width=1.0, base=0.0):
    """Short pulses on a constant current."""
    return base + size*sum(((t >= s) & (t < s + width)).astype(float) for s in starts)


# a, b, c, d, v at the start, current
PATTERNS = {
    "tonic spiking": (0.02, 0.20, -65.0, 6.0, -70.0, step(14.0)),
    "phasic spiking": (0.02, 0.25, -65.0, 6.0, -64.0, step(0.5)),
    "tonic bursting": (0.02, 0.20, -50.0, 2.0, -70.0, step(15.0)),
    "phasic bursting": (0.02, 0.25, -55.0, 0.05, -64.0, step(0.6)),
    "mixed mode": (0.02, 0.20, -55.0, 4.0, -70.0, step(10.0)),
    "spike frequency adaptation": (0.01, 0.20, -65.0, 8.0, -70.0, step(30.0)),
    "class 2 excitability": (0.20, 0.26, -65.0, 0.0, -64.0, -0.5 + 0.015*np.maximum(t - 20.0, 0.0)*1.5),
    "resonator": (0.10, 0.26, -60.0, -1.0, -62.0, pulses(0.65, 20.0, 40.0, 120.0, 160.0, width=4.0)),
    "rebound spike": (0.03, 0.25, -60.0, 4.0, -64.0, pulses(-15.0, 20.0, width=5.0)),
    "rebound burst": (0.03, 0.25, -52.0, 0.0, -64.0, pulses(-15.0, 20.0, width=5.0)),
    "inhibition-induced spiking": (-0.02, -1.0, -60.0, 8.0, -63.8, np.where((t >= 50.0) & (t < 150.0), 75.0, 80.0)),
    "fast spiking": (0.10, 0.20, -65.0, 2.0, -70.0, step(12.0)),
}

a, b, c, d, v, currents = (np.array(column) for column in zip(*PATTERNS.values(), strict=True))
neuron = rv.Neuron(
    name="Izhikevich",
    parameters="a = 0.02\nb = 0.2\nc = -65.0\nd = 8.0",
    equations="""
        dv/dt = 0.04*v^2 + 5.0*v + 140.0 - u + I(t, i)
        du/dt = a*(b*v - u)
    """,
    spike="v >= 30.0",
    reset="""
        v = c
        u += d
    """,
    namespace=dict(I=rv.TimedArray(currents.T, schedule=DT)),
)

net = rv.Network(dt=DT)
cells = net.create(len(PATTERNS), neuron)
cells.a, cells.b, cells.c, cells.d, cells.v, cells.u = a, b, c, d, v, b*v
record = net.monitor(cells, "v")
spikes = net.monitor(cells, "spike")
net.simulate(DURATION)
traces = np.minimum(record.get("v"), 30.0)
for rank, steps in spikes.get("spike").items():
    traces[np.array(steps, dtype=int), rank] = 30.0

figure, axes = plt.subplots(4, 3, figsize=(9.0, 7.5), layout="constrained", sharex=True, sharey=True)
for ax, trace, current, title in zip(axes.flat, traces.T, currents, PATTERNS, strict=True):
    ax.plot(t, trace, color="#1f4e79", linewidth=0.8)
    ax.plot(t, -95.0 + 10.0*(current - current[0])/np.ptp(current), color="#d55e00", linewidth=0.8)
    ax.set_title(title, loc="left", fontsize="medium")
for ax in axes[:, 0]:
    ax.set_ylabel("v (mV)")
for ax in axes[-1]:
    ax.set_xlabel("time (ms)")
path = Path(__file__).parent / "figures" / "izhikevich_2004.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
