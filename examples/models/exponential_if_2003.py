"""Fourcaud-Trocme et al. (2003), Ermentrout and Kopell (1986): quadratic and exponential neurons.

Between the leaky neuron, which has a hard threshold, and channels that make their own spike: an upstroke as v^2 (the
normal form at a saddle-node) or as exp(v).

What to see: left, the three right-hand sides and the upstrokes they give; right, the f-I curves, steep for the leaky
neuron at its threshold, as a square root for the other two.

References
----------
Ermentrout and Kopell (1986), Parabolic bursting in an excitable system coupled with a slow oscillation, SIAM J Appl
Math 46:233-253.
Fourcaud-Trocme, Hansel, van Vreeswijk and Brunel (2003), How spike generation mechanisms determine the neuronal
response to fluctuating inputs, J Neurosci 23:11628-11640.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

COMMON = dict(tau="10 ms", El="-65 mV", Vt="-59.9 mV", Vr="-68 mV")
SHARPNESS = dict(D="3.48 mV")
CURRENTS = """
    I : volt (constant)
"""
kinds = {
    "leaky": ("dv/dt = (El - v + I)/tau : volt", "v > Vt", "exact"),
    "quadratic": ("dv/dt = ((v - Vt)**2/(2*D) - (Vt - El) + D + I)/tau : volt", "v > -30*mV", "euler"),
    "exponential": ("dv/dt = (El - v + D*exp((v - Vt)/D) + I)/tau : volt", "v > -30*mV", "euler"),
}
currents = np.linspace(0.0, 15.0, 151)
net = rv.Network(dt=0.01)
records = {}
for name, (equation, threshold, method) in kinds.items():
    parameters = COMMON if name == "leaky" else COMMON | SHARPNESS
    neuron = rv.Neuron(parameters=parameters, equations=equation + CURRENTS, threshold=threshold, reset="v = Vr",
                       refractory="1.7 ms", method=method, name=name)
    cells = net.create(len(currents), neuron, name=name)
    cells.v, cells.I = -65.0, currents
    records[name] = net.monitor(cells, "spike"), net.monitor(cells[80:81], "v")
net.simulate(1000.0)

figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.8), layout="constrained")
for (name, (spikes, voltage)), colour in zip(records.items(), ("#1f4e79", "#d55e00", "#009e73"), strict=True):
    v = voltage.get("v")[:6000, 0]
    left.plot(np.arange(len(v))*net.dt, v, color=colour, linewidth=0.9, label=name)
    counts = [len(steps) for steps in spikes.get("spike").values()]
    right.plot(currents, counts, color=colour, label=name)
left.set(xlabel="time (ms)", ylabel="v (mV)")
left.set_title(f"R I = {currents[80]:g} mV", loc="left", fontsize="medium")
right.set(xlabel="R I (mV)", ylabel="firing rate (Hz)")
right.legend(frameon=False)
path = Path(__file__).parent / "figures" / "exponential_if_2003.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
