"""Wilson and Cowan (1972): an excitatory and an inhibitory population make a limit cycle.

Two rate equations per node, E and I, each a sigmoid of what it receives. Many nodes without connections show how the
answer depends on the drive P of the excitatory population.

What to see: weak drive leaves both at rest, strong drive saturates them; between two values of P lies the oscillation
of figure 11 of the paper.

References
----------
Wilson and Cowan (1972), Excitatory and inhibitory interactions in localized populations of model neurons,
Biophys J 12:1-24.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

node = rv.Neuron(
    name="WilsonCowan",
    parameters="""
        c1 = 16.0 : population
        c2 = 12.0 : population
        c3 = 15.0 : population
        c4 = 3.0 : population
        tau = 8.0 : population
        P = 1.25
    """,
    functions="S(x, a, theta) = 1.0/(1.0 + exp(-a*(x - theta))) - 1.0/(1.0 + exp(a*theta))",
    equations="""
        tau*dr/dt = -r + (1.0 - r)*S(c1*r - c2*inhibition + P, 1.3, 4.0) : init = 0.1
        tau*dinhibition/dt = -inhibition + (1.0 - inhibition)*S(c3*r - c4*inhibition, 2.0, 3.7) : init = 0.05
    """,
    method="rk4",
)

drives = np.linspace(0.0, 4.0, 161)
net = rv.Network(dt=0.1)
nodes = net.create(len(drives), node, name="nodes")
nodes.P = drives
record = net.monitor(nodes, ["r", "inhibition"])
net.simulate(1500.0)
E, I = record.get("r"), record.get("inhibition")
late = E[10000:]
beyond = late > late.mean(axis=0)
risings = np.sum(beyond[1:] & ~beyond[:-1], axis=0)
frequencies = np.where(np.ptp(late, axis=0) > 0.01, risings/0.5, np.nan)
shown = int(np.argmin(np.abs(drives - 1.25)))
found = drives[np.isfinite(frequencies)]
print(f"oscillates for P from {found[0]:.2f} to {found[-1]:.2f}; at 1.25 with {frequencies[shown]:.0f} Hz")

figure, axes = plt.subplots(2, 2, figsize=(8.5, 6.0), layout="constrained")
(trace, plane), (extent, rate) = axes
times = np.arange(len(E))*net.dt
trace.plot(times[:3000], E[:3000, shown], color="#1f4e79", label="E")
trace.plot(times[:3000], I[:3000, shown], color="#d55e00", label="I")
trace.set(xlabel="time (ms)", ylabel="activity")
trace.set_title("P = 1.25", loc="left", fontsize="medium")
trace.legend(frameon=False)
plane.plot(E[:10000, shown], I[:10000, shown], color="#009e73", linewidth=1.0)
plane.set(xlabel="E", ylabel="I")
extent.fill_between(drives, late.min(axis=0), late.max(axis=0), color="#1f4e79", alpha=0.3)
extent.plot(drives, late.mean(axis=0), color="#1f4e79")
extent.set(xlabel="P", ylabel="E: mean and extent")
rate.plot(drives, frequencies, ".", color="#d55e00")
rate.set(xlabel="P", ylabel="frequency (Hz)", ylim=(0.0, None))
path = Path(__file__).parent / "figures" / "wilson_cowan_1972.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
