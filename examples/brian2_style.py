"""Short-term plasticity, in pure Brian2 string style.

Equations with units after the colon, flags in parentheses, `on_pre`, variables of the target named with `_post`, and no
`target`: whoever writes Brian2 models can paste their strings. Forty sources fire regularly, each at its own rate,
and drive two neurons each: one through depressing synapses, one through facilitating ones.

What to see: left, the answers to the spikes of one source, at 20 Hz and once more after a pause: one synapse tires,
one warms up. Right, the answer in the steady state falls as 1/rate for the depressing synapse (so that the total drive
no longer tells the rate), and has an optimal rate for the facilitating one.

References
----------
Tsodyks and Markram (1997), The neural code between neocortical pyramidal neurons depends on neurotransmitter release
probability, PNAS 94:719-723.
Tsodyks, Pawelzik and Markram (1998), Neural networks with dynamic synapses, Neural Comput 10:821-835.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

cell = rv.Neuron(
    name="Cell",
    parameters=dict(tau_m="30 ms", tau_s="3 ms", R="0.1 Gohm", El="-70 mV", Vt="-40 mV"),
    equations="""
        dv/dt = (El - v + R*I)/tau_m : volt
        dI/dt = -I/tau_s : amp
    """,
    threshold="v > Vt",
    reset="v = El",
    method="exact",
)

# u: the fraction of the resources that a spike uses; x: the fraction that is there.
PLASTICITY = dict(
    equations="""
        dx/dt = (1 - x)/tau_rec : 1 (event-driven, init=1)
        du/dt = -u/tau_facil : 1 (event-driven)
    """,
    on_pre="""
        u += U*(1 - u)
        I_post += A*u*x
        x -= u*x
    """,
)
depressing = rv.Synapse(name="Depressing", **PLASTICITY,
                        parameters=dict(tau_rec="800 ms", tau_facil="1 ms", U=0.5, A="500 pA"))
facilitating = rv.Synapse(name="Facilitating", **PLASTICITY,
                          parameters=dict(tau_rec="130 ms", tau_facil="530 ms", U=0.03, A="2500 pA"))

rates = np.geomspace(1.0, 100.0, 40)
SHOWN = int(np.argmin(np.abs(rates - 20.0)))
END = 4000.0
trains = [list(np.arange(100.0, END, 1000.0/rate)) for rate in rates]
trains[SHOWN] = [*np.arange(100.0, 500.0, 1000.0/rates[SHOWN]), 1200.0]

net = rv.Network(dt=0.1)
sources = net.create(population=rv.SpikeSourceArray(trains, name="sources"))
tired = net.create(len(rates), cell, name="tired")
warm = net.create(len(rates), cell, name="warm")
net.connect(sources, tired, synapse=depressing).one_to_one(delays="1 ms")
net.connect(sources, warm, synapse=facilitating).one_to_one(delays="1 ms")
records = [net.monitor(population, ["v", "I"]) for population in (tired, warm)]
net.simulate(END)

figure, axes = plt.subplots(2, 2, figsize=(8.0, 5.0), layout="constrained", width_ratios=(3, 2), sharex="col")
for (left, right), record, name in zip(axes, records, ["depressing", "facilitating"], strict=True):
    data = record.get()
    times = np.arange(len(data["v"]))*net.dt
    rv.plot.traces({"v": data["v"][:, SHOWN]}, times=times, window=(0.0, 1400.0), units={"v": "mV"}, axes=[left])
    left.set_title(f"{name}: one source at 20 Hz", loc="left", fontsize="medium")
    # The current jumps at a spike by the answer of the synapse: its largest step over the last second.
    answer = np.diff(data["I"][times > END - 1100.0], axis=0).max(axis=0)
    kept = np.arange(len(rates)) != SHOWN
    right.loglog(rates[kept], answer[kept], ".", color="#d55e00")
    right.set_ylabel("answer per spike (pA)")
    right.set_ylim(4.0, 600.0)
    right.xaxis.set_major_formatter("{x:g}")
    right.yaxis.set_major_formatter("{x:g}")
    right.spines[["top", "right"]].set_visible(False)
high = rates > 15.0
axes[0, 1].plot(rates[high], 500.0/0.8/rates[high], color="#555555", linewidth=0.8)
axes[0, 1].text(18.0, 55.0, "A/(tau_rec rate)", fontsize="small", color="#555555")
axes[0, 0].set_xlabel("")
axes[1, 1].set_xlabel("rate of the source (Hz)")
path = Path(__file__).parent / "figures" / "brian2_style.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
