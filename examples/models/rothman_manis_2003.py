"""Rothman and Manis (2003): one set of channels, and the discharge patterns of the ventral cochlear nucleus.

Sodium, three potassium currents (high threshold, low threshold, transient A), a hyperpolarisation-activated cation
current and a leak, at 22 degrees. Cell types differ in maximal conductances alone.

What to see: type I cells (1c, 1t) fire through the whole of a depolarising step. With more of the low-threshold
potassium current (12, 21, 2) a step that is twice the threshold draws a single spike at its onset, and the steady
part of the current-voltage curve (bottom) bends: the cell rectifies outwards near rest. That is how type II cells
detect coincidences.

References
----------
Rothman and Manis (2003), The roles potassium currents play in regulating the electrical activity of ventral cochlear
nucleus neurons, J Neurophysiol 89:3097-3113.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

# pF, nS, mV, pA, ms.
neuron = rv.Neuron(
    name="RothmanManis",
    parameters="""
        C = 12.0 : population
        E_Na = 55.0 : population
        E_K = -70.0 : population
        E_h = -43.0 : population
        E_L = -65.0 : population
        g_Na = 1000.0 : population
        g_L = 2.0 : population
        g_KHT = 150.0
        g_KLT = 0.0
        g_A = 0.0
        g_h = 0.5
        strength = 0.0
    """,
    equations="""
        before = v
        I = strength*int(t >= 250.0)*int(t < 350.0)

        m_inf = 1.0/(1.0 + exp(-(v + 38.0)/7.0)) : inline
        h_inf = 1.0/(1.0 + exp((v + 65.0)/6.0)) : inline
        tau_m = 10.0/(5.0*exp((v + 60.0)/18.0) + 36.0*exp(-(v + 60.0)/25.0)) + 0.04 : inline
        tau_h = 100.0/(7.0*exp((v + 60.0)/11.0) + 10.0*exp(-(v + 60.0)/25.0)) + 0.6 : inline

        n_inf = (1.0 + exp(-(v + 15.0)/5.0))^-0.5 : inline
        p_inf = 1.0/(1.0 + exp(-(v + 23.0)/6.0)) : inline
        tau_n = 100.0/(11.0*exp((v + 60.0)/24.0) + 21.0*exp(-(v + 60.0)/23.0)) + 0.7 : inline
        tau_p = 100.0/(4.0*exp((v + 60.0)/32.0) + 5.0*exp(-(v + 60.0)/22.0)) + 5.0 : inline

        w_inf = (1.0 + exp(-(v + 48.0)/6.0))^-0.25 : inline
        z_inf = 0.5 + 0.5/(1.0 + exp((v + 71.0)/10.0)) : inline
        tau_w = 100.0/(6.0*exp((v + 60.0)/6.0) + 16.0*exp(-(v + 60.0)/45.0)) + 1.5 : inline
        tau_z = 1000.0/(exp((v + 60.0)/20.0) + exp(-(v + 60.0)/8.0)) + 50.0 : inline

        a_inf = (1.0 + exp(-(v + 31.0)/6.0))^-0.25 : inline
        b_inf = (1.0 + exp((v + 66.0)/7.0))^-0.5 : inline
        tau_a = 100.0/(7.0*exp((v + 60.0)/14.0) + 29.0*exp(-(v + 60.0)/24.0)) + 0.1 : inline
        tau_b = 1000.0/(14.0*exp((v + 60.0)/27.0) + 29.0*exp(-(v + 60.0)/24.0)) + 1.0 : inline
        tau_c = 90.0/(1.0 + exp(-(v + 66.0)/17.0)) + 10.0 : inline

        r_inf = 1.0/(1.0 + exp((v + 76.0)/7.0)) : inline
        tau_r = 1e5/(237.0*exp((v + 60.0)/12.0) + 17.0*exp(-(v + 60.0)/14.0)) + 25.0 : inline

        sodium = g_Na*m^3*h*(v - E_Na) : inline
        potassium = (g_KHT*(0.85*n^2 + 0.15*p) + g_KLT*w^4*z + g_A*a^4*b*c)*(v - E_K) : inline
        C*dv/dt = I - sodium - potassium - g_h*r*(v - E_h) - g_L*(v - E_L) : init = -64.0
        tau_m*dm/dt = m_inf - m : init = 0.03
        tau_h*dh/dt = h_inf - h : init = 0.45
        tau_n*dn/dt = n_inf - n : init = 0.01
        tau_p*dp/dt = p_inf - p : init = 0.0
        tau_w*dw/dt = w_inf - w : init = 0.5
        tau_z*dz/dt = z_inf - z : init = 0.66
        tau_a*da/dt = a_inf - a : init = 0.25
        tau_b*db/dt = b_inf - b : init = 0.65
        tau_c*dc/dt = b_inf - c : init = 0.65
        tau_r*dr/dt = r_inf - r : init = 0.15
    """,
    spike="v > -20.0 and before <= -20.0",
    method="exponential",
)

TYPES = {  # high threshold, low threshold, A, h (nS)
    "1c": (150.0, 0.0, 0.0, 0.5),
    "1t": (80.0, 0.0, 65.0, 0.5),
    "12": (150.0, 20.0, 0.0, 2.0),
    "21": (150.0, 35.0, 0.0, 3.5),
    "2": (150.0, 200.0, 0.0, 20.0),
}
currents = np.arange(-200.0, 801.0, 10.0)
net = rv.Network(dt=0.02)
records = {}
for kind, conductances in TYPES.items():
    cells = net.create(len(currents), neuron, name=f"type_{kind}")
    cells.g_KHT, cells.g_KLT, cells.g_A, cells.g_h = conductances
    cells.strength = currents
    records[kind] = net.monitor(cells, "v", period=0.1), net.monitor(cells, "spike")
net.simulate(400.0)

figure = plt.figure(figsize=(7.5, 8.4), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(5, 2))
panels = top.subplots(len(TYPES), 1, sharex=True, sharey=True)
curve = bottom.subplots()
for panel, (kind, (voltage, spikes)) in zip(panels, records.items(), strict=True):
    v = voltage.get("v")
    counts = np.array([sum(12500 <= step < 17500 for step in train) for train in spikes.get("spike").values()])
    threshold = currents[np.argmax(counts > 0)]
    times = np.arange(len(v))*0.1 - 250.0
    for current, color in ((-100.0, "#999999"), (2.0*threshold, "#1f4e79")):
        panel.plot(times, v[:, np.argmin(np.abs(currents - current))], color=color, linewidth=0.8)
    panel.set(ylabel="v (mV)", xlim=(-20.0, 140.0))
    panel.set_title(f"type {kind}: -100 and {2.0*threshold:g} pA", loc="left", fontsize="small", pad=2)
    silent = counts == 0
    curve.plot(currents[silent], v[3400, silent], ".-", markersize=4, label=kind)
    twice = counts[np.argmin(np.abs(currents - 2.0*threshold))]
    print(f"type {kind}: threshold {threshold:g} pA; spikes at twice that: {twice}")
panels[-1].set_xlabel("time (ms)")
curve.set(xlabel="current (pA)", ylabel="v at the end (mV)")
curve.legend(frameon=False, title="type", ncols=2)
path = Path(__file__).parent / "figures" / "rothman_manis_2003.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
