"""Morris and Lecar (1981): oscillations in the barnacle giant muscle fibre.

A calcium current that follows the potential at once, a slow potassium current and a leak: the smallest
conductance-based model that oscillates.

What to see: left, the potential for three currents: rest, oscillation, and block at a depolarised level. Right, the
same runs in the plane of V and w, with both nullclines: the oscillation goes around their crossing.

References
----------
Morris and Lecar (1981), Voltage oscillations in the barnacle giant muscle fiber, Biophys J 35:193-213.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="MorrisLecar",
    # Densities per cm^2: uF, mS, uA; with mV and ms these units are coherent.
    parameters="""
        C = 20.0 : population
        g_L = 2.0 : population
        g_Ca = 4.4 : population
        g_K = 8.0 : population
        E_L = -60.0 : population
        E_Ca = 120.0 : population
        E_K = -84.0 : population
        I = 0.0
    """,
    equations="""
        m = 0.5*(1.0 + tanh((V + 1.2)/18.0)) : inline
        C*dV/dt = I - g_L*(V - E_L) - g_Ca*m*(V - E_Ca) - g_K*w*(V - E_K) : init = -40.0
        dw/dt = 0.04*cosh((V - 2.0)/60.0)*(0.5*(1.0 + tanh((V - 2.0)/30.0)) - w) : init = 0.0
        before = V
    """,
    spike="V > 0.0 and before <= 0.0",
    method="rk4",
)

currents = [60.0, 110.0, 260.0]
net = rv.Network(dt=0.05)
cells = net.create(3, neuron)
cells.I = currents
record = net.monitor(cells, ["V", "w"])
net.simulate(400.0)
data = record.get()
times = np.arange(len(data["V"]))*net.dt

figure, axes = plt.subplots(3, 2, figsize=(8.0, 6.5), layout="constrained", sharex="col", sharey="row")
V = np.linspace(-75.0, 60.0, 300)
m = 0.5*(1.0 + np.tanh((V + 1.2)/18.0))
for k, (current, (left, right)) in enumerate(zip(currents, axes, strict=True)):
    left.plot(times, data["V"][:, k], color="#1f4e79")
    left.set_ylabel("V (mV)")
    left.set_title(f"I = {current:g} uA/cm$^2$", loc="left", fontsize="medium")
    right.plot(data["w"][:, k], data["V"][:, k], color="#1f4e79")
    right.plot((current - 2.0*(V + 60.0) - 4.4*m*(V - 120.0))/(8.0*(V + 84.0)), V, color="#d55e00", linewidth=0.8)
    right.plot(0.5*(1.0 + np.tanh((V - 2.0)/30.0)), V, color="#555555", linewidth=0.8)
    right.set_xlim(-0.05, 0.8)
axes[2, 0].set_xlabel("time (ms)")
axes[2, 1].set_xlabel("w")
path = Path(__file__).parent / "figures" / "morris_lecar_1981.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
