"""Vogels and Abbott (2005), Brette et al. (2007), benchmark 1: self-sustained activity with conductances.

4000 integrate-and-fire neurons, four in five excitatory, each pair connected with probability 2 %; a spike opens a
conductance. The only input is a constant current that alone would make every neuron fire.

What to see: the activity keeps itself going, irregular and asynchronous, while every neuron's conductances fluctuate
far above the leak.

References
----------
Vogels and Abbott (2005), Signal propagation and logic gating in networks of integrate-and-fire neurons,
J Neurosci 25:10786-10795.
Brette et al. (2007), Simulation of networks of spiking neurons, J Comput Neurosci 23:349-398.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import ranvier as rv

neuron = rv.Neuron(
    name="COBA",
    parameters=dict(
        tau="20 ms", El="-60 mV", Ee="0 mV", Ei="-80 mV", Vt="-50 mV", Vr="-60 mV", gl="10 nS", I="200 pA",
        tau_exc="5 ms", tau_inh="10 ms",
    ),
    equations="""
        dv/dt = (El - v + (g_exc*(Ee - v) + g_inh*(Ei - v) + I)/gl)/tau : volt (unless refractory)
        dg_exc/dt = -g_exc/tau_exc : siemens
        dg_inh/dt = -g_inh/tau_inh : siemens
    """,
    spike="v > Vt",
    reset="v = Vr",
    refractory="5 ms",
)

net = rv.Network(dt=0.1, seed=2005)
neurons = net.create(4000, neuron, name="neurons")
neurons.v = "El + (randn()*5 - 5)*mV"
neurons.g_exc = "(randn()*1.5 + 4)*nS"
neurons.g_inh = "(randn()*12 + 20)*nS"
excitatory, inhibitory = neurons[:3200], neurons[3200:]
net.connect(excitatory, neurons, target="exc").fixed_probability(0.02, weights="6 nS", delays=0.1)
net.connect(inhibitory, neurons, target="inh").fixed_probability(0.02, weights="67 nS", delays=0.1)
spikes_e, spikes_i = net.monitor(excitatory, "spike"), net.monitor(inhibitory, "spike")
voltage = net.monitor(neurons[:1], ["v", "g_exc", "g_inh"])
net.simulate(500.0)
print(f"excitatory: {spikes_e.mean_fr():.1f} Hz, inhibitory: {spikes_i.mean_fr():.1f} Hz")

figure = plt.figure(figsize=(7.0, 7.2), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(3, 2))
rv.plot.raster({"excitatory": spikes_e, "inhibitory": spikes_i}, bin=5.0, ax=top.subplots())
rv.plot.traces(voltage, ["v", "g_exc", "g_inh"], units={"v": "mV", "g_exc": "nS", "g_inh": "nS"},
               axes=bottom.subplots(3, 1, sharex=True))
path = Path(__file__).parent / "figures" / "vogels_abbott_2005.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
