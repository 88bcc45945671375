"""Brunel (2000): four states of a sparse network of 12,500 inhibitory and excitatory neurons.

10,000 excitatory and 2,500 inhibitory integrate-and-fire neurons; each receives 1,000 excitatory and 250 inhibitory
synapses, and Poisson spikes from outside. A spike moves the potential of its targets by J at once, 1.5 ms later.
Two numbers decide the state: g, the strength of inhibition relative to excitation, and the external rate relative to
the one that would reach the threshold on its own.

What to see: the four panels of figure 8 of the paper. They are four runs of one network; g and the rate are values,
so nothing is compiled again.

References
----------
Brunel (2000), Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons,
J Comput Neurosci 8:183-208, model A, figure 8.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

J = 0.1  # mV
C_E = 1000  # excitatory inputs of a neuron
THRESHOLD_RATE = 20.0/(J*C_E*20.0)  # per ms and synapse: theta/(J*C_E*tau)

neuron = rv.Neuron(
    name="Brunel",
    parameters="""
        tau = 20.0 : population          # ms
        theta = 20.0 : population        # mV
        v_reset = 10.0 : population      # mV
        J = 0.1 : population             # mV
        external = 10.0 : population     # spikes per ms from outside, all C_E synapses together
    """,
    # g_exc and g_inh have no equation: they are the weights that arrive in this step.
    equations="""
        tau*dv/dt = -v : exact
        v += g_exc - g_inh + J*Poisson(external*dt)
    """,
    spike="v > theta",
    reset="v = v_reset",
    refractory=2.0,
)

net = rv.Network(dt=0.1, seed=2000)
neurons = net.create(12_500, neuron, name="neurons")
excitatory, inhibitory = neurons[:10_000], neurons[10_000:]
exc = net.connect(excitatory, neurons, target="exc")
exc.fixed_number_pre(1000, weights=J, delays=1.5)
inh = net.connect(inhibitory, neurons, target="inh")
inh.fixed_number_pre(250, weights=5.0*J, delays=1.5)
spikes = net.monitor(neurons, "spike")

STATES = [
    ("A  synchronous regular", 3.0, 2.0, (500.0, 600.0)),
    ("B  fast oscillation", 6.0, 4.0, (900.0, 1000.0)),
    ("C  asynchronous irregular", 5.0, 2.0, (900.0, 1000.0)),
    ("D  slow oscillation", 4.5, 0.9, (800.0, 1000.0)),
]

figure = plt.figure(figsize=(9.0, 8.4), layout="constrained")
for part, (title, g, ratio, window) in zip(figure.subfigures(2, 2).flat, STATES, strict=True):
    net.reset(populations=True, monitors=True)
    inh.w = g*J
    neurons.external = ratio*THRESHOLD_RATE*C_E
    neurons.v = rv.Uniform(0.0, 20.0)
    net.simulate(window[1])
    data = spikes.get("spike")
    times, ranks = spikes.raster_plot(data)
    print(f"{title}: g = {g}, external/threshold = {ratio}: {len(times)/12_500/window[1]*1000:.1f} Hz")
    times, ranks = np.asarray(times), np.asarray(ranks)
    shown = ranks % 250 == 0  # 50 neurons, as in the paper; the rate is that of all
    top, bottom = part.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    rv.plot.raster((times[shown], ranks[shown]//250), n=50, show_rate=False, window=window, ax=top)
    rv.plot.rates((times, ranks), n=12_500, bin=0.5, window=window, ax=bottom)
    top.set_title(f"{title}: g = {g:g}, rate x {ratio:g}", loc="left", fontsize="medium")
    top.set_xlabel("")
path = Path(__file__).parent / "figures" / "brunel_2000.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
