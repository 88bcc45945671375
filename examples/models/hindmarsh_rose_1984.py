"""Hindmarsh and Rose (1984): bursts from three equations.

Two variables make spikes, a third, much slower one, switches between spiking and silence.

What to see: with more current silence becomes regular bursting, then irregular (chaotic) bursting near I = 3.25, then
fast tonic firing.

References
----------
Hindmarsh and Rose (1984), A model of neuronal bursting using three coupled first order differential equations,
Proc R Soc Lond B 221:87-102.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="HindmarshRose",
    parameters="""
        r = 0.005 : population
        s = 4.0 : population
        x_1 = -1.6 : population
        I = 0.0
    """,
    equations="""
        dx/dt = y - x^3 + 3.0*x^2 + I - z : init = -1.6
        dy/dt = 1.0 - 5.0*x^2 - y : init = -12.0
        dz/dt = r*(s*(x - x_1) - z) : init = 0.0
        before = x
    """,
    spike="x > 1.0 and before <= 1.0",
    method="rk4",
)

currents = [0.4, 2.0, 3.25, 4.0]
net = rv.Network(dt=0.02)
cells = net.create(len(currents), neuron)
cells.I = currents
record = net.monitor(cells, "x", period=0.2)
net.simulate(3000.0)
x = record.get("x")
times = np.arange(len(x))*0.2
settled = times >= 1500.0

figure, axes = plt.subplots(len(currents), 1, figsize=(8.0, 6.5), layout="constrained", sharex=True, sharey=True)
for ax, trace, current in zip(axes, x.T, currents, strict=True):
    ax.plot(times[settled], trace[settled], color="#1f4e79", linewidth=0.6)
    ax.set(ylabel="x")
    ax.set_title(f"I = {current:g}", loc="left", fontsize="medium")
axes[-1].set_xlabel("time")
path = Path(__file__).parent / "figures" / "hindmarsh_rose_1984.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
