"""Connor and Stevens (1971), Connor, Walter and McKown (1977): what the A-current does.

A transient potassium current beside those of Hodgkin and Huxley. It is released from inactivation by
hyperpolarisation and then delays the next spike.

What to see: with the A-current the f-I curve starts near zero (type 1); without it, at about 80 Hz (type 2).
Left, both cells just above their thresholds.

References
----------
Connor and Stevens (1971), Prediction of repetitive firing behaviour from voltage clamp data on an isolated neurone
soma, J Physiol 213:31-53.
Connor, Walter and McKown (1977), Neural repetitive firing: modifications of the Hodgkin-Huxley axon suggested by
experimental results from crustacean axons, Biophys J 18:81-102. Parameters as in Dayan and Abbott (2001), chapter 6.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="ConnorStevens",
    parameters="""
        C = 1.0 : population
        g_L = 0.3 : population
        g_Na = 120.0 : population
        g_K = 20.0 : population
        E_L = -17.0 : population
        E_Na = 55.0 : population
        E_K = -72.0 : population
        E_A = -75.0 : population
        g_A = 47.7
        I = 0.0
    """,
    equations="""
        before = v
        ionic = g_Na*m^3*h*(v - E_Na) + g_K*n^4*(v - E_K) + g_A*a^3*b*(v - E_A) + g_L*(v - E_L) : inline
        a_inf = (0.0761*exp(0.0314*(v + 94.22))/(1.0 + exp(0.0346*(v + 1.17))))^(1.0/3.0) : inline
        tau_a = 0.3632 + 1.158/(1.0 + exp(0.0497*(v + 55.96))) : inline
        b_inf = (1.0/(1.0 + exp(0.0688*(v + 53.3))))^4 : inline
        tau_b = 1.24 + 2.678/(1.0 + exp(0.0624*(v + 50.0))) : inline
        C*dv/dt = I - ionic : init = -68.0
        dm/dt = 3.8/exprel(-0.1*(v + 29.7))*(1.0 - m) - 15.2*exp(-0.0556*(v + 54.7))*m : init = 0.01
        dh/dt = 0.266*exp(-0.05*(v + 48.0))*(1.0 - h) - 3.8/(1.0 + exp(-0.1*(v + 18.0)))*h : init = 0.97
        dn/dt = 0.2/exprel(-0.1*(v + 45.7))*(1.0 - n) - 0.25*exp(-0.0125*(v + 55.7))*n : init = 0.16
        tau_a*da/dt = a_inf - a : init = 0.54
        tau_b*db/dt = b_inf - b : init = 0.29
    """,
    spike="v > 0.0 and before <= 0.0",
    method="rk4",
)

currents = np.linspace(-5.0, 25.0, 151)
net = rv.Network(dt=0.02)
groups = {"with A-current": net.create(len(currents), neuron), "without": net.create(len(currents), neuron)}
groups["without"].g_A = 0.0
groups["without"].E_L = -72.0  # the leak keeps the resting potential, as in Dayan and Abbott
records = {}
for title, cells in groups.items():
    cells.I = currents
    records[title] = net.monitor(cells, "spike"), net.monitor(cells, "v", period=0.1)
net.simulate(600.0)

figure, axes = plt.subplots(2, 2, figsize=(8.5, 5.4), layout="constrained", width_ratios=(3, 2))
for (left, right), (title, (spikes, voltage)) in zip(axes, records.items(), strict=True):
    trains = [np.asarray(s)*net.dt for s in spikes.get("spike").values()]
    late = [t[t > 200.0] for t in trains]
    rates = np.array([1000.0*(len(t) - 1)/(t[-1] - t[0]) if len(t) > 1 else 0.0 for t in late])
    first = int(np.argmax(rates > 0.0)) + 2
    v = voltage.get("v")[:3000, first]
    left.plot(np.arange(len(v))*0.1, v, color="#1f4e79", linewidth=0.8)
    left.set(ylabel="v (mV)")
    left.set_title(f"{title}, I = {currents[first]:.1f} uA/cm$^2$", loc="left", fontsize="medium")
    right.plot(currents, rates, ".", color="#d55e00", markersize=3)
    right.set(ylabel="firing rate (Hz)", ylim=(-10, None))
axes[1, 0].set_xlabel("time (ms)")
axes[1, 1].set_xlabel("current (uA/cm$^2$)")
path = Path(__file__).parent / "figures" / "connor_stevens_1971.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
