"""Izhikevich (2003): 1000 randomly coupled neurons of different kinds, and the rhythms that they make.

Every neuron has its own parameters: excitatory ones spread from regular spiking to chattering, inhibitory ones from
fast spiking to low-threshold spiking. Input is noise, redrawn at every step of 1 ms (as in the paper's program, the
standard deviation belongs to that step).

What to see: asynchronous firing, and from time to time a synchronised event of the gamma or alpha range; and, below,
the different answers of three excitatory neurons, from regular spiking (top) to chattering.

References
----------
Izhikevich (2003), Simple model of spiking neurons, IEEE Trans Neural Netw 14:1569-1572.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="Izhikevich",
    parameters="""
        a = 0.02
        b = 0.2
        c = -65.0
        d = 8.0
        noise = 5.0
    """,
    # No units: numbers are ms and mV. A line without d/dt is an assignment, executed where it stands.
    equations="""
        I = g_exc - g_inh + noise*Normal(0.0, 1.0)
        dv/dt = 0.04*v^2 + 5*v + 140 - u + I : init = -65.0
        du/dt = a*(b*v - u) : init = -13.0
    """,
    spike="v >= 30.0",
    reset="""
        v = c
        u += d
    """,
)

net = rv.Network(dt=1.0, seed=3)
neurons = net.create(1000, neuron, name="neurons")
excitatory, inhibitory = neurons[:800], neurons[800:]

# One random number per neuron moves it between two kinds (re and ri of the paper).
random = np.random.default_rng(3)
kind = random.random(800)
excitatory.c = -65.0 + 15.0*kind**2
excitatory.d = 8.0 - 6.0*kind**2
kind_i = random.random(200)
inhibitory.a = 0.02 + 0.08*kind_i
inhibitory.b = 0.25 - 0.05*kind_i
inhibitory.d = 2.0
inhibitory.noise = 2.0
neurons.u = neurons.b * neurons.v

net.connect(excitatory, neurons, target="exc").all_to_all(weights=rv.Uniform(0.0, 0.5), allow_self_connections=True)
net.connect(inhibitory, neurons, target="inh").all_to_all(weights=rv.Uniform(0.0, 1.0), allow_self_connections=True)

spikes_e = net.monitor(excitatory, "spike")
spikes_i = net.monitor(inhibitory, "spike")
shown = [int(rank) for rank in np.argsort(kind)[[0, 400, 799]]]
voltage = net.monitor(neurons[shown], "v")

net.simulate(1000.0)

print(f"excitatory: {spikes_e.mean_fr():.2f} Hz, inhibitory: {spikes_i.mean_fr():.2f} Hz")

figure = plt.figure(figsize=(7.0, 7.6), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(5, 3))
rv.plot.raster({"excitatory": spikes_e, "inhibitory": spikes_i}, bin=5.0, ax=top.subplots())
panels = bottom.subplots(3, 1, sharex=True, sharey=True)
traces = np.minimum(voltage.get("v"), 30.0)  # the sample after the last step of a spike has no meaning above the peak
for panel, trace, name in zip(panels, traces.T, ["regular", "between", "chattering"], strict=True):
    rv.plot.traces({"v": trace}, units={"v": "mV"}, axes=[panel])
    panel.set_title(name, loc="left", fontsize="small", color="#555555", pad=2)
for panel in panels[:-1]:
    panel.set_xlabel("")
path = Path(__file__).parent / "figures" / "izhikevich_2003.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
