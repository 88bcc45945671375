"""Tsodyks, Pawelzik and Markram (1998): synapses that tire and synapses that warm up.

A spike uses the fraction u of the resources x of its synapse; x recovers with tau_rec, and u, where the synapse
facilitates, jumps at a spike and returns with tau_f. Both are advanced at spikes only.

What to see: to a regular train of 20 spikes per second the depressing synapse answers with its first responses, the
facilitating one with its last. Below, the stationary response: a depressing synapse falls as one over the rate and so
transmits no rate above a few Hz; a facilitating one has a rate that it likes best. Lines are the paper's stationary
solution, points the simulation.

References
----------
Tsodyks, Pawelzik and Markram (1998), Neural networks with dynamic synapses, Neural Comput 10:821-835.
Markram, Wang and Tsodyks (1998), Differential signaling via the same axon of neocortical pyramidal neurons,
PNAS 95:5323-5328.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

neuron = rv.Neuron(
    name="Passive",
    parameters=dict(tau="40 ms", R="100 MOhm", tau_in="3 ms"),
    equations="""
        dv/dt = (-v + R*g_exc)/tau : volt
        dg_exc/dt = -g_exc/tau_in : amp
    """,
    spike="v > 1*volt",
    method="exact",
)
synapse = rv.Synapse(
    name="TsodyksMarkram",
    parameters=dict(A="250 pA", U=0.5, tau_rec="800 ms", tau_f="1 ms"),
    equations="""
        dx/dt = (1 - x)/tau_rec : 1 (event-driven, init=1)
        du/dt = -u/tau_f : 1 (event-driven)
        response : 1
    """,
    pre_spike="""
        u += U*(1 - u)
        response = u*x
        g_target += A*response
        x -= response
    """,
)
KINDS = {"depressing": dict(A="250 pA", U=0.5, tau_rec="800 ms", tau_f="1 ms"),
         "facilitating": dict(A="1540 pA", U=0.03, tau_rec="130 ms", tau_f="530 ms")}

rates = np.unique(np.r_[20.0, np.geomspace(1.0, 100.0, 30)])
trains = [list(np.arange(100.0, 5100.0, 1000.0/rate)) for rate in rates]
net = rv.Network(dt=0.1, seed=1)
sources = net.create(population=rv.SpikeSourceArray(trains))
records = {}
for kind, values in KINDS.items():
    cells = net.create(len(rates), neuron, name=kind)
    made = net.connect(sources, cells, "exc", synapse).one_to_one(delays=0.1)
    for name, value in values.items():
        setattr(made, name, value)
    records[kind] = made, net.monitor(cells, "v")
net.simulate(5100.0)

figure, axes = plt.subplots(2, 2, figsize=(8.5, 5.6), layout="constrained")
for (top, bottom), (kind, (made, voltage)) in zip(axes.T, records.items(), strict=True):
    v = voltage.get("v")[:9000, int(np.argmin(np.abs(rates - 20.0)))]
    top.plot(np.arange(len(v))*net.dt, v, color="#1f4e79")
    top.set(xlabel="time (ms)", ylabel="v (mV)")
    top.set_title(f"{kind}, 20 per second", loc="left", fontsize="medium")
    U, tau_rec, tau_f = (float(np.ravel(getattr(made, name))[0]) for name in ("U", "tau_rec", "tau_f"))
    gap = 1000.0/rates
    u = U/(1.0 - (1.0 - U)*np.exp(-gap/tau_f))
    expected = u*(1.0 - np.exp(-gap/tau_rec))/(1.0 - (1.0 - u)*np.exp(-gap/tau_rec))
    found = np.ravel(np.asarray(made.response))
    print(f"{kind}: last and stationary response differ by at most {np.max(np.abs(found - expected)):.1e}")
    bottom.plot(rates, expected, color="#d55e00", label="stationary solution")
    bottom.plot(rates, found, "o", color="#1f4e79", markersize=4, label="after 5 s")
    bottom.set(xlabel="rate (1/s)", ylabel="u x", xscale="log", ylim=(0.0, None))
    bottom.legend(frameon=False)
path = Path(__file__).parent / "figures" / "tsodyks_markram_1998.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
