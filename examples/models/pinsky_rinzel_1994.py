"""Pinsky and Rinzel (1994): a pyramidal cell of CA3 with two compartments.

The soma has the currents of action potentials, the dendrite calcium and the potassium currents that calcium drives. A
spike of the soma sets off a slow calcium spike in the dendrite, which returns current: ping-pong.

What to see: with a weak current into the soma the cell bursts a few times per second; with a strong one, calcium
spikes no longer follow, and it fires single spikes regularly.

References
----------
Pinsky and Rinzel (1994), Intrinsic and network rhythmogenesis in a reduced Traub model for CA3 neurons,
J Comput Neurosci 1:39-60. Potentials are relative to rest at -60 mV, as there.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="PinskyRinzel",
    parameters="""
        C = 3.0 : population
        g_L = 0.1 : population
        g_Na = 30.0 : population
        g_KDR = 15.0 : population
        g_Ca = 10.0 : population
        g_KC = 15.0 : population
        g_AHP = 0.8 : population
        g_c = 2.1 : population
        part = 0.5 : population
        V_Na = 120.0 : population
        V_Ca = 140.0 : population
        V_K = -15.0 : population
        I = 0.0
    """,
    equations="""
        before = V_s
        alpha_m = 1.28/exprel((13.1 - V_s)/4.0) : inline
        beta_m = 1.4/exprel((V_s - 40.1)/5.0) : inline
        m_inf = alpha_m/(alpha_m + beta_m) : inline
        fast = 2.0*exp((6.5 - V_d)/27.0) : inline
        slow = exp((V_d - 10.0)/11.0 - (V_d - 6.5)/27.0)/18.975 : inline
        alpha_c = ite(V_d > 50.0, fast, slow) : inline
        beta_c = ite(V_d > 50.0, 0.0, fast - slow) : inline
        I_Ca = g_Ca*s^2*(V_d - V_Ca) : inline
        I_soma = g_L*V_s + g_Na*m_inf^2*h*(V_s - V_Na) + g_KDR*n*(V_s - V_K) : inline
        I_dendrite = g_L*V_d + I_Ca + (g_AHP*q + g_KC*c*min(Ca/250.0, 1.0))*(V_d - V_K) : inline
        C*dV_s/dt = -I_soma + g_c/part*(V_d - V_s) + I/part : init = -4.6
        C*dV_d/dt = -I_dendrite + g_c/(1.0 - part)*(V_s - V_d) : init = -4.5
        dh/dt = 0.128*exp((17.0 - V_s)/18.0)*(1.0 - h) - 4.0/(1.0 + exp((40.0 - V_s)/5.0))*h : init = 0.999
        dn/dt = 0.08/exprel((35.1 - V_s)/5.0)*(1.0 - n) - 0.25*exp(0.5 - 0.025*V_s)*n : init = 0.001
        ds/dt = 1.6/(1.0 + exp(-0.072*(V_d - 65.0)))*(1.0 - s) - 0.1/exprel((V_d - 51.1)/5.0)*s : init = 0.009
        dc/dt = alpha_c*(1.0 - c) - beta_c*c : init = 0.007
        dq/dt = min(2e-5*Ca, 0.01)*(1.0 - q) - 0.001*q : init = 0.01
        dCa/dt = -0.13*I_Ca - 0.075*Ca : init = 0.2
    """,
    spike="V_s > 30.0 and before <= 30.0",
    method="rk4",
)

currents = np.linspace(0.0, 3.0, 61)
net = rv.Network(dt=0.02)
cells = net.create(len(currents), neuron, name="cells")
cells.I = currents
spikes = net.monitor(cells, "spike")
record = net.monitor(cells, ["V_s", "V_d"], period=0.1)
net.simulate(4000.0)

trains = [np.asarray(train)*net.dt for train in spikes.get("spike").values()]
counts = [int(np.sum(t > 1000.0))/3.0 for t in trains]
events = [float(np.sum(np.diff(t[t > 1000.0], prepend=0.0) > 30.0))/3.0 for t in trains]
V_s, V_d = record.get("V_s"), record.get("V_d")
times = np.arange(len(V_s))*0.1
figure, (top, middle, bottom) = plt.subplots(3, 1, figsize=(7.5, 7.0), layout="constrained")
for panel, current, shown in ((top, 0.75, 1500.0), (middle, 2.5, 200.0)):
    index = int(np.argmin(np.abs(currents - current)))
    window = (times > 2000.0) & (times < 2000.0 + shown)
    panel.plot(times[window], V_d[window, index], color="#d55e00", linewidth=0.8, label="dendrite")
    panel.plot(times[window], V_s[window, index], color="#1f4e79", linewidth=0.8, label="soma")
    panel.set(xlabel="time (ms)", ylabel="V (mV)")
    panel.set_title(f"I = {current:g} uA/cm$^2$", loc="left", fontsize="medium")
top.legend(frameon=False, loc="center right")
bottom.plot(currents, counts, ".-", color="#1f4e79", label="spikes")
bottom.plot(currents, events, ".-", color="#009e73", label="events after a pause of 30 ms")
bottom.set(xlabel="current into the soma (uA/cm$^2$)", ylabel="per second")
bottom.legend(frameon=False)
print(f"I = 0.75: {counts[15]:.1f} spikes and {events[15]:.1f} bursts per second; I = 2.5: {counts[50]:.1f} spikes")
path = Path(__file__).parent / "figures" / "pinsky_rinzel_1994.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
