"""Wang and Buzsaki (1996): a fast-spiking interneuron.

Hodgkin-Huxley channels with sodium activation at its steady state and kinetics five times faster, so that the
afterhyperpolarisation is short and the cell fires up to several hundred Hz.

What to see: the trace at 1 uA/cm^2, and the f-I curve: from arbitrarily low rates (type 1) to more than 300 Hz, as in
figure 1 of the paper.

References
----------
Wang and Buzsaki (1996), Gamma oscillation by synaptic inhibition in a hippocampal interneuronal network model,
J Neurosci 16:6402-6413.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="WangBuzsaki",
    parameters="""
        C = 1.0 : population
        g_Na = 35.0 : population
        g_K = 9.0 : population
        g_L = 0.1 : population
        E_Na = 55.0 : population
        E_K = -90.0 : population
        E_L = -65.0 : population
        phi = 5.0 : population
        I = 0.0
    """,
    equations="""
        before = v
        alpha_m = 1.0/exprel(-(v + 35.0)/10.0) : inline
        beta_m = 4.0*exp(-(v + 60.0)/18.0) : inline
        m = alpha_m/(alpha_m + beta_m) : inline
        C*dv/dt = I - g_Na*m^3*h*(v - E_Na) - g_K*n^4*(v - E_K) - g_L*(v - E_L) : init = -64.0
        dh/dt = phi*(0.07*exp(-(v + 58.0)/20.0)*(1.0 - h) - h/(1.0 + exp(-(v + 28.0)/10.0))) : init = 0.78
        dn/dt = phi*(0.1/exprel(-(v + 34.0)/10.0)*(1.0 - n) - 0.125*exp(-(v + 44.0)/80.0)*n) : init = 0.09
    """,
    spike="v > 0.0 and before <= 0.0",
    method="rk4",
)

currents = np.linspace(0.0, 20.0, 101)
net = rv.Network(dt=0.02)
cells = net.create(len(currents), neuron)
cells.I = currents
spikes = net.monitor(cells, "spike")
voltage = net.monitor(cells[5:6], "v")
net.simulate(1000.0)
rates = [1000.0*(len(s) - 1)/((s[-1] - s[0])*net.dt) if len(s) > 1 else 0.0 for s in spikes.get("spike").values()]
v = voltage.get("v")[:, 0]
times = np.arange(len(v))*net.dt

figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.0, 5.6), layout="constrained")
top.plot(times[times < 150.0], v[times < 150.0], color="#1f4e79")
top.set(xlabel="time (ms)", ylabel="v (mV)")
top.set_title(f"I = {currents[5]:g} uA/cm$^2$", loc="left", fontsize="medium")
bottom.plot(currents, rates, ".-", color="#d55e00")
bottom.set(xlabel="current (uA/cm$^2$)", ylabel="firing rate (Hz)")
path = Path(__file__).parent / "figures" / "wang_buzsaki_1996.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
