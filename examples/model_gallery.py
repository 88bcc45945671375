"""The neuron models of `ranvier.models`: each one with the behaviour that it was made for.

What to see: the leaky neuron fires at a regular rate; currents and conductances shape its potential after the same
spikes (solid: exponential, dashed: alpha-shaped); Izhikevich's neuron chatters, adapts or fires fast, by its
parameters; the adaptive exponential neuron slows down, or bursts where its reset is high; the Hodgkin-Huxley neuron
makes spikes of its own; the generalised neuron fires at random, and its threshold rises with every spike.

References
----------
Lapicque (1907), Recherches quantitatives sur l'excitation electrique des nerfs, J Physiol Pathol Gen 9:620-635.
Rotter and Diesmann (1999), Exact digital simulation of time-invariant linear systems, Biol Cybern 81:381-402.
Izhikevich (2003), Simple model of spiking neurons, IEEE Trans Neural Netw 14:1569-1572, figure 2.
Brette and Gerstner (2005), Adaptive exponential integrate-and-fire model, J Neurophysiol 94:3637-3642.
Naud et al. (2008), Firing patterns in the adaptive exponential model, Biol Cybern 99:335-347.
Traub and Miles (1991), Neuronal networks of the hippocampus, Cambridge University Press.
Schwalger, Deger and Gerstner (2017), Towards a theory of cortical columns, PLoS Comput Biol 13:e1005507.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

BLUE, RED = "#33658a", "#b5483a"


def trace(neuron, variables, duration, dt=0.05, arrivals=None, start=None):
    """Return times, samples and spike times of one cell; `arrivals` maps target to (times, weight)."""
    net = rv.Network(dt=dt, seed=4)
    cell = net.create(1, neuron, name="cell")
    for name, value in (start or {}).items():
        setattr(cell, name, value)
    for target, (times, weight) in (arrivals or {}).items():
        source = net.create(population=rv.SpikeSourceArray([times]))
        net.connect(source, cell, target).all_to_all(weights=weight, delays=dt)
    monitor = net.monitor(cell, [*variables, "spike"])
    net.simulate(duration)
    samples = [monitor.get(name, keep=True)[:, 0] for name in variables]
    return np.arange(samples[0].size)*dt, samples, np.array(monitor.get("spike")[0])*dt


def show(axes, title, times, v, spikes, top=None, color=BLUE):
    """Draw a potential, with a line where a model without spikes of its own fires."""
    axes.plot(times, v, color=color, lw=0.9)
    if top is not None:
        axes.vlines(spikes, np.interp(spikes, times, v), top, color=color, lw=0.9)
    axes.set_title(title, loc="left", fontsize=9)


figure, panels = plt.subplots(5, 2, figsize=(10, 11), layout="constrained")
m = rv.models

t, (v,), spikes = trace(m.LIF(i_offset=1.2), ["v"], 200.0)
show(panels[0, 0], "LIF: regular firing", t, v, spikes, top=1.6)
panels[0, 0].set_ylabel("v")

arrivals = {"exc": ([10.0, 20.0, 25.0], 1.0), "inh": ([60.0], 1.0)}
for model, style in ((m.IF_curr_exp, "-"), (m.IF_curr_alpha, "--")):
    t, (v,), _ = trace(model(v_thresh=0.0), ["v"], 120.0, arrivals=arrivals)
    panels[0, 1].plot(t, v, style, color=BLUE, lw=0.9, label=model.__name__)
conductances = {target: (times, 0.05) for target, (times, _) in arrivals.items()}
for model, style in ((m.IF_cond_exp, "-"), (m.IF_cond_alpha, "--")):
    t, (v,), _ = trace(model(v_thresh=0.0), ["v"], 120.0, arrivals=conductances)
    panels[0, 1].plot(t, v, style, color=RED, lw=0.9, label=model.__name__)
panels[0, 1].set_title("Synaptic potentials: three excitatory spikes, one inhibitory", loc="left", fontsize=9)
panels[0, 1].legend(frameon=False, fontsize=7)

kinds = {
    "regular spiking": dict(a=0.02, b=0.2, c=-65.0, d=8.0),
    "chattering": dict(a=0.02, b=0.2, c=-50.0, d=2.0),
    "fast spiking": dict(a=0.1, b=0.2, c=-65.0, d=2.0),
    "low-threshold spiking": dict(a=0.02, b=0.25, c=-65.0, d=2.0),
}
for axes, (name, values) in zip(panels[1:3].flat, kinds.items(), strict=True):
    t, (v,), spikes = trace(m.Izhikevich(i_offset=10.0, **values), ["v"], 200.0)
    show(axes, f"Izhikevich: {name}", t, v, spikes, top=30.0)

for axes, name, values in (
    (panels[3, 0], "adapting", dict(i_offset=1.0)),
    (panels[3, 1], "bursting", dict(i_offset=0.8, v_reset=-47.4)),
):
    t, (v,), spikes = trace(m.EIF_cond_exp_isfa_ista(**values), ["v"], 300.0, start={"v": -70.6})
    show(axes, f"EIF_cond_exp_isfa_ista (AdEx): {name}", t, v, spikes, top=0.0)

t, (v,), _ = trace(m.HH_cond_exp(i_offset=0.5), ["v"], 60.0, dt=0.01)
show(panels[4, 0], "HH_cond_exp: spikes of its own", t, v, [])

t, (u, threshold), spikes = trace(m.GIF_curr_exp(I_ext=450.0, J_v=4000.0), ["u", "v"], 2000.0)
show(panels[4, 1], "GIF_curr_exp: random spikes, adaptive threshold", t, u, spikes, top=-35.0)
panels[4, 1].plot(t, threshold, color=RED, lw=0.9)

for axes in panels.flat:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7)
for axes in [*panels[1:, 0], panels[0, 1]]:
    axes.set_ylabel("mV", fontsize=8)
for axes in panels[4]:
    axes.set_xlabel("ms", fontsize=8)

output = Path(__file__).parent / "figures" / "model_gallery.png"
output.parent.mkdir(exist_ok=True)
figure.savefig(output, dpi=110)
print(f"figure: {output}")
