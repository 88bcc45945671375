"""CUBA: a balanced network of integrate-and-fire neurons with current-based synapses.

Benchmark 2 of Brette et al. (2007), after Vogels and Abbott (2005). Synaptic input is a current that decays
exponentially; all equations are linear, so they are solved exactly (`method="exact"`).

What to see: 4000 neurons fire irregularly at a few Hz each, without any external noise. The activity keeps itself
alive, because excitation and inhibition cancel on average and only their fluctuations reach the threshold.

References
----------
Brette et al. (2007), Simulation of networks of spiking neurons, J Comput Neurosci 23:349-398, benchmark 2.
Vogels and Abbott (2005), Signal propagation and logic gating in networks of integrate-and-fire neurons,
J Neurosci 25:10786-10795.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import ranvier as rv

neuron = rv.Neuron(
    name="CUBA",
    parameters=dict(taum="20 ms", tau_exc="5 ms", tau_inh="10 ms", El="-49 mV", Vt="-50 mV", Vr="-60 mV"),
    equations="""
        dv/dt = (g_exc + g_inh - (v - El))/taum : volt (unless refractory)
        dg_exc/dt = -g_exc/tau_exc : volt
        dg_inh/dt = -g_inh/tau_inh : volt
    """,
    spike="v > Vt",
    reset="v = Vr",
    refractory="5 ms",
    method="exact",
)

net = rv.Network(dt=0.1, seed=2007)
neurons = net.create(4000, neuron, name="neurons")
neurons.v = "Vr + rand()*(Vt - Vr)"
excitatory, inhibitory = neurons[:3200], neurons[3200:]

# A spike adds its weight to g_exc or g_inh of its targets; each pair is connected with probability 2 %.
net.connect(excitatory, neurons, target="exc").fixed_probability(0.02, weights="1.62 mV", delays=0.1)
net.connect(inhibitory, neurons, target="inh").fixed_probability(0.02, weights="-9 mV", delays=0.1)

spikes_e = net.monitor(excitatory, "spike")
spikes_i = net.monitor(inhibitory, "spike")
voltage = net.monitor(neurons[:3], ["v", "g_exc", "g_inh"])

net.simulate(1000.0)

print(f"excitatory: {spikes_e.mean_fr():.2f} Hz, inhibitory: {spikes_i.mean_fr():.2f} Hz")

figure = plt.figure(figsize=(7.0, 7.2), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(3, 2))
rv.plot.raster({"excitatory": spikes_e, "inhibitory": spikes_i}, bin=5.0, ax=top.subplots())
rv.plot.traces(voltage, ["v", "g_exc"], neurons=3, units={"v": "mV", "g_exc": "mV"}, window=(0.0, 300.0),
               axes=bottom.subplots(2, 1, sharex=True))
path = Path(__file__).parent / "figures" / "cuba.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
