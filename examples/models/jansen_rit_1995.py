"""Jansen and Rit (1995): a column of cortex as three coupled masses, and its alpha rhythm.

Pyramidal cells, excitatory and inhibitory interneurons, each a second-order filter and a sigmoid of the mean
potential. Nothing spikes: the model is a rate model of six equations, here six columns that differ in their
connectivity C.

What to see: with growing C the column goes from noise to alpha waves near 10 Hz (C = 128, 135), to large slow
spikes like those of epileptic activity (C = 270), as figure 3 of the paper.

References
----------
Jansen and Rit (1995), Electroencephalogram and visual evoked potential generation in a mathematical model of coupled
cortical columns, Biol Cybern 73:357-366.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

column = rv.Neuron(
    name="JansenRit",
    parameters="""
        A = 3.25 : population        # mV
        B = 22.0 : population
        a = 0.1 : population         # 1/ms
        b = 0.05 : population
        e_0 = 0.0025 : population    # 1/ms
        v_0 = 6.0 : population
        s = 0.56 : population        # 1/mV
        C = 135.0
    """,
    equations="""
        p = Uniform(0.12, 0.32)
        dy_0/dt = y_3
        dy_3/dt = A*a*fire(y_1 - y_2, e_0, v_0, s) - 2*a*y_3 - a^2*y_0
        dy_1/dt = y_4
        dy_4/dt = A*a*(p + 0.8*C*fire(C*y_0, e_0, v_0, s)) - 2*a*y_4 - a^2*y_1
        dy_2/dt = y_5
        dy_5/dt = B*b*0.25*C*fire(0.25*C*y_0, e_0, v_0, s) - 2*b*y_5 - b^2*y_2
        r = y_1 - y_2
    """,
    functions="fire(v, e, threshold, slope) = 2*e/(1 + exp(slope*(threshold - v)))",
)

connectivity = [68.0, 128.0, 135.0, 270.0, 675.0, 1350.0]
net = rv.Network(dt=1.0, seed=1995)
columns = net.create(len(connectivity), column)
columns.C = connectivity
record = net.monitor(columns, "r")
net.simulate(3000.0)
eeg = record.get("r")[1000:]

figure, axes = plt.subplots(3, 2, figsize=(8.5, 6.0), layout="constrained", sharex=True)
for ax, trace, value in zip(axes.flat, eeg.T, connectivity, strict=True):
    ax.plot(np.arange(len(trace))/1000.0, trace, color="#1f4e79", linewidth=0.8)
    ax.set_title(f"C = {value:g}", loc="left", fontsize="medium")
for ax in axes[:, 0]:
    ax.set_ylabel("potential (mV)")
for ax in axes[-1]:
    ax.set_xlabel("time (s)")
path = Path(__file__).parent / "figures" / "jansen_rit_1995.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
