"""Destexhe, Bal, McCormick and Sejnowski (1996): a thalamic relay cell bursts when it is released from inhibition.

Spikes, the low-threshold calcium current T, and the cation current h, whose open state calcium stabilises by way of a
regulating factor. One compartment at 36 degrees; a small current holds it near -64 mV, where it would else oscillate.

What to see: the end of a hyperpolarising pulse draws a low-threshold calcium spike with a burst of action potentials on
top; the deeper the pulse, the more inactivation it removes, and the more spikes there are. Calcium that entered keeps
the h channels open afterwards (bottom).

References
----------
Destexhe, Bal, McCormick and Sejnowski (1996), Ionic mechanisms underlying synchronized oscillations and propagating
waves in a model of ferret thalamic slices, J Neurophysiol 76:2049-2070.
Destexhe, Babloyantz and Sejnowski (1993), Ionic mechanisms for intrinsic slow oscillations in thalamic relay neurons,
Biophys J 65:1538-1552.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

# uF, mS and uA per cm^2, mV, ms, mM. The currents T and h: activation is shifted by 2 mV, T is at its steady state.
neuron = rv.Neuron(
    name="ThalamicRelay",
    parameters="""
        C = 1.0 : population
        g_L = 0.01 : population
        E_L = -70.0 : population
        g_KL = 0.0138 : population
        g_Na = 90.0 : population
        g_K = 10.0 : population
        g_T = 2.0 : population
        g_h = 0.02 : population
        E_Na = 50.0 : population
        E_K = -100.0 : population
        E_h = -40.0 : population
        V_T = -25.0 : population
        strength = 0.0
        hold = 0.2 : population
        ending = 1500.0 : population
    """,
    equations="""
        before = v
        I = hold + strength*int(t >= 1300.0)*int(t < ending)

        u = v - V_T : inline
        alpha_m = 1.28/exprel((13.0 - u)/4.0) : inline
        beta_m = 1.4/exprel((u - 40.0)/5.0) : inline
        alpha_h = 0.128*exp((17.0 - u)/18.0) : inline
        beta_h = 4.0/(1.0 + exp((40.0 - u)/5.0)) : inline
        alpha_n = 0.16/exprel((15.0 - u)/5.0) : inline
        beta_n = 0.5*exp((10.0 - u)/40.0) : inline

        s_inf = 1.0/(1.0 + exp(-(v + 59.0)/6.2)) : inline
        k_inf = 1.0/(1.0 + exp((v + 83.0)/4.0)) : inline
        tau_k = 30.8 + (211.4 + exp((v + 115.2)/5.0))/(1.0 + exp((v + 86.0)/3.2)) : inline
        E_Ca = 13.32*log(2.0/Ca) : inline
        I_T = g_T*s_inf^2*k*(v - E_Ca) : inline

        o_inf = 1.0/(1.0 + exp((v + 75.0)/5.5)) : inline
        tau_o = 20.0 + 1000.0/(exp((v + 71.5)/14.2) + exp(-(v + 89.0)/11.6)) : inline
        closed = 1.0 - open - locked : inline
        I_h = g_h*(open + 2.0*locked)*(v - E_h) : inline

        ionic = g_L*(v - E_L) + g_KL*(v - E_K) + g_Na*m^3*h*(v - E_Na) + g_K*n^4*(v - E_K) + I_T + I_h : inline
        C*dv/dt = I - ionic : init = -70.0
        dm/dt = alpha_m*(1.0 - m) - beta_m*m : init = 0.0
        dh/dt = alpha_h*(1.0 - h) - beta_h*h : init = 1.0
        dn/dt = alpha_n*(1.0 - n) - beta_n*n : init = 0.0
        dk/dt = 3.74*(k_inf - k)/tau_k : init = 0.05
        dCa/dt = -5.18e-5*I_T + (2.4e-4 - Ca)/5.0 : init = 2.4e-4
        dopen/dt = (o_inf*closed - (1.0 - o_inf)*open)/tau_o - 0.001*(open*bound/0.01 - locked) : init = 0.2
        dlocked/dt = 0.001*(open*bound/0.01 - locked) : init = 0.0
        dbound/dt = 4e-4*((Ca/0.002)^4*(1.0 - bound) - bound) : init = 0.0
    """,
    spike="v > -10.0 and before <= -10.0",
    method="rk4",
)

strengths = -np.linspace(0.0, 1.0, 21)
net = rv.Network(dt=0.02)
cells = net.create(len(strengths), neuron, name="cells")
cells.strength = strengths
spikes = net.monitor(cells, "spike")
record = net.monitor(cells, ["v", "locked"], period=0.1)
net.simulate(2000.0)

trains = [np.asarray(train)*net.dt for train in spikes.get("spike").values()]
counts = [int(np.sum((t > 1500.0) & (t < 1700.0))) for t in trains]
v, locked = record.get("v"), record.get("locked")
times = np.arange(len(v))*0.1 - 1300.0
print(f"at rest {v[12900, 0]:.1f} mV; spikes in the rebound: {counts[::4]}")
figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(7.5, 7.6), layout="constrained", height_ratios=(3, 2, 2))
for index, color in ((5, "#56b4e9"), (8, "#1f4e79"), (20, "#d55e00")):
    label = f"{strengths[index]:.2f} uA/cm$^2$"
    top.plot(times, v[:, index], color=color, linewidth=0.8, label=label)
    bottom.plot(times, locked[:, index], color=color, label=label)
top.set(xlabel="time (ms)", ylabel="v (mV)", xlim=(-50.0, 500.0))
top.legend(frameon=False)
middle.plot(strengths, counts, ".-", color="#1f4e79")
middle.invert_xaxis()
middle.set(xlabel="pulse (uA/cm$^2$)", ylabel="spikes of the rebound")
bottom.set(xlabel="time (ms)", ylabel="h channels held open", xlim=(-50.0, 700.0))
path = Path(__file__).parent / "figures" / "destexhe_1996.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
