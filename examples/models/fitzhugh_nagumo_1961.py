"""FitzHugh (1961) and Nagumo, Arimoto and Yoshizawa (1962): excitability with two variables.

A cubic for the fast variable, a line for the slow one.

What to see: after a pulse the state takes a long way back when the pulse was large enough, and a short one when it was
not, with no threshold that one could name; a constant current makes it oscillate.

References
----------
FitzHugh (1961), Impulses and physiological states in theoretical models of nerve membrane, Biophys J 1:445-466.
Nagumo, Arimoto and Yoshizawa (1962), An active pulse transmission line simulating nerve axon, Proc IRE 50:2061-2070.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="FitzHughNagumo",
    parameters="""
        a = 0.7 : population
        b = 0.8 : population
        tau = 12.5 : population
        I = 0.0
    """,
    equations="""
        dv/dt = v - v^3/3 - w + I : init = -1.1994
        tau*dw/dt = v + a - b*w : init = -0.6243
        before = v
    """,
    spike="v > 1.0 and before <= 1.0",
    method="rk4",
)

titles = ["small pulse", "large pulse", "constant current"]
net = rv.Network(dt=0.05)
cells = net.create(3, neuron)
cells.I = [0.0, 0.0, 0.5]
record = net.monitor(cells, ["v", "w"])
net.simulate(20.0)
cells.v = np.array(cells.v) + np.array([0.5, 0.7, 0.0])
net.simulate(130.0)
data = record.get()
times = np.arange(len(data["v"]))*net.dt

figure, axes = plt.subplots(3, 2, figsize=(8.0, 6.0), layout="constrained", sharex="col", sharey="row")
v = np.linspace(-2.3, 2.3, 200)
for k, (title, (left, right)) in enumerate(zip(titles, axes, strict=True)):
    left.plot(times, data["v"][:, k], color="#1f4e79")
    left.set_ylabel("v")
    left.set_title(title, loc="left", fontsize="medium")
    right.plot(data["w"][:, k], data["v"][:, k], color="#1f4e79")
    right.plot(v - v**3/3 + (0.5 if k == 2 else 0.0), v, color="#d55e00", linewidth=0.8)
    right.plot((v + 0.7)/0.8, v, color="#555555", linewidth=0.8)
    right.set_xlim(-1.2, 2.0)
axes[2, 0].set_xlabel("time")
axes[2, 1].set_xlabel("w")
path = Path(__file__).parent / "figures" / "fitzhugh_nagumo_1961.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
