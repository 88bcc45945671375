"""Brette and Gerstner (2005), Naud et al. (2008): the adaptive exponential neuron and its firing patterns.

One equation for the potential, with an exponential upstroke, and one for the adaptation. Eight cells of one population
differ only in their parameters.

What to see: each panel answers the same step of current in its own way, as figure 4 of Naud et al.

References
----------
Brette and Gerstner (2005), Adaptive exponential integrate-and-fire model as an effective description of neuronal
activity, J Neurophysiol 94:3637-3642.
Naud, Marcille, Clopath and Gerstner (2008), Firing patterns in the adaptive exponential integrate-and-fire model,
Biol Cybern 99:335-347.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

# Table 1 of Naud et al.: C (pF), gL (nS), EL, VT, DeltaT (mV), a (nS), tau_w (ms), b (pA), V_r (mV), I (pA)
NAMES = ("C", "gL", "EL", "VT", "DeltaT", "a", "tau_w", "b", "V_r", "I")
PATTERNS = {
    "tonic spiking": (200, 10, -70, -50, 2, 2, 30, 0, -58, 500),
    "adaptation": (200, 12, -70, -50, 2, 2, 300, 60, -58, 500),
    "initial burst": (130, 18, -58, -50, 2, 4, 150, 120, -50, 400),
    "regular bursting": (200, 10, -58, -50, 2, 2, 120, 100, -46, 210),
    "delayed accelerating": (200, 12, -70, -50, 2, -10, 300, 0, -58, 300),
    "delayed regular bursting": (100, 10, -65, -50, 2, -10, 90, 30, -47, 110),
    "transient spiking": (100, 10, -65, -50, 2, 10, 90, 100, -47, 180),
    "irregular spiking": (100, 12, -60, -50, 2, -11, 130, 30, -48, 160),
}

neuron = rv.Neuron(
    name="AdEx",
    parameters="\n".join(f"{name} = 1.0" for name in NAMES),
    equations="""
        C*dv/dt = gL*(EL - v) + gL*DeltaT*exp((v - VT)/DeltaT) - w + I
        tau_w*dw/dt = a*(v - EL) - w
    """,
    spike="v > 0.0",
    reset="""
        v = V_r
        w += b
    """,
)

net = rv.Network(dt=0.01)
cells = net.create(len(PATTERNS), neuron)
for name, values in zip(NAMES, zip(*PATTERNS.values(), strict=True), strict=True):
    setattr(cells, name, np.array(values, dtype=float))
step, cells.I = np.array(cells.I), 0.0
cells.v = cells.EL
record = net.monitor(cells, "v", period=0.1)
spikes = net.monitor(cells, "spike")
net.simulate(50.0)
cells.I = step
net.simulate(450.0)
v = record.get("v")
times = np.arange(len(v))*0.1
for rank, steps in spikes.get("spike").items():  # a spike is drawn to 20 mV
    v[np.minimum(np.array(steps, dtype=int)//10, len(v) - 1), rank] = 20.0

figure, axes = plt.subplots(4, 2, figsize=(8.5, 7.5), layout="constrained", sharex=True, sharey=True)
for ax, trace, title in zip(axes.flat, v.T, PATTERNS, strict=True):
    ax.plot(times, trace, color="#1f4e79", linewidth=0.8)
    ax.set_title(title, loc="left", fontsize="medium")
for ax in axes[:, 0]:
    ax.set_ylabel("v (mV)")
for ax in axes[-1]:
    ax.set_xlabel("time (ms)")
path = Path(__file__).parent / "figures" / "adex_2005.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
