"""COBAHH: a balanced network of Hodgkin-Huxley neurons with conductance-based synapses.

Benchmark 3 of Brette et al. (2007): 4000 neurons with sodium and potassium channels after Traub and Miles (1991), as
unit-checked equation strings. Nothing here says how to integrate: every equation is linear in its own variable, so
exponential Euler is chosen, and `neuron.describe()` says so.

What to see: self-sustained irregular firing, and real action potentials in the traces. The resets of
integrate-and-fire models are gone: the spike is made by the channels, the threshold only detects it.

References
----------
Brette et al. (2007), Simulation of networks of spiking neurons, J Comput Neurosci 23:349-398, benchmark 3.
Traub and Miles (1991), Neuronal Networks of the Hippocampus, Cambridge University Press.
"""

from pathlib import Path

import matplotlib.pyplot as plt

import ranvier as rv

neuron = rv.Neuron(
    name="COBAHH",
    # A membrane of 20000 um^2 with 1 uF/cm^2; the channel densities are multiplied by the area.
    parameters=dict(
        Cm="200 pF", gl="10 nS", g_na="20 uS", g_kd="6 uS",
        El="-60 mV", EK="-90 mV", ENa="50 mV", VT="-63 mV", Ee="0 mV", Ei="-80 mV",
        tau_exc="5 ms", tau_inh="10 ms",
    ),
    equations="""
        dv/dt = (gl*(El - v) + g_exc*(Ee - v) + g_inh*(Ei - v)
                 - g_na*(m*m*m)*h*(v - ENa) - g_kd*(n*n*n*n)*(v - EK))/Cm : volt
        dm/dt = alpha_m*(1 - m) - beta_m*m : 1
        dn/dt = alpha_n*(1 - n) - beta_n*n : 1
        dh/dt = alpha_h*(1 - h) - beta_h*h : 1
        dg_exc/dt = -g_exc/tau_exc : siemens
        dg_inh/dt = -g_inh/tau_inh : siemens
        alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV - v + VT)/(4*mV))/ms : Hz
        beta_m  = 0.28*(mV**-1)*5*mV/exprel((v - VT - 40*mV)/(5*mV))/ms : Hz
        alpha_h = 0.128*exp((17*mV - v + VT)/(18*mV))/ms : Hz
        beta_h  = 4.0/(1 + exp((40*mV - v + VT)/(5*mV)))/ms : Hz
        alpha_n = 0.032*(mV**-1)*5*mV/exprel((15*mV - v + VT)/(5*mV))/ms : Hz
        beta_n  = 0.5*exp((10*mV - v + VT)/(40*mV))/ms : Hz
    """,
    spike="v > -20*mV",
    refractory="3 ms",
)

net = rv.Network(dt=0.1, seed=2007)
neurons = net.create(4000, neuron, name="neurons")
neurons.v = "El + (randn()*5 - 5)*mV"
neurons.g_exc = "(randn()*1.5 + 4)*10*nS"
neurons.g_inh = "(randn()*12 + 20)*10*nS"
excitatory, inhibitory = neurons[:3200], neurons[3200:]

net.connect(excitatory, neurons, target="exc").fixed_probability(0.02, weights="6 nS", delays=0.1)
net.connect(inhibitory, neurons, target="inh").fixed_probability(0.02, weights="67 nS", delays=0.1)

spikes_e = net.monitor(excitatory, "spike")
spikes_i = net.monitor(inhibitory, "spike")
traces = net.monitor(neurons[[6, 9]], ["v", "g_exc", "g_inh"])

net.simulate(1000.0)

print(f"excitatory: {spikes_e.mean_fr():.2f} Hz, inhibitory: {spikes_i.mean_fr():.2f} Hz")

figure = plt.figure(figsize=(7.0, 7.2), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(3, 2))
rv.plot.raster({"excitatory": spikes_e, "inhibitory": spikes_i}, bin=5.0, ax=top.subplots())
rv.plot.traces(traces, ["v", "g_inh"], neurons=2, units={"v": "mV", "g_inh": "nS"}, window=(0.0, 300.0),
               axes=bottom.subplots(2, 1, sharex=True))
path = Path(__file__).parent / "figures" / "cobahh.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
