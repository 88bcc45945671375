"""Wang (2002): a network that gathers evidence and decides.

1600 excitatory and 400 inhibitory neurons, all connected to all. Two groups of 240 excitatory neurons prefer one of two
stimuli, and are coupled more strongly within themselves. Recurrent excitation goes mostly through slow NMDA receptors;
since all synapses from one group have one weight, a neuron needs the sum of the gating variables of each group alone:
three sums over the population per step in place of 3.2 million synapses. AMPA and GABA synapses are synapses, with
the delay of 0.5 ms that the sums do without.

What to see: during the stimulus (shaded, 2 s) both groups ramp up and compete by way of the inhibitory neurons; the one
that wins keeps firing after the stimulus, the working memory of the decision. Left, a coherence of 51.2 %; right, 0 %,
where chance decides, and later.

References
----------
Wang (2002), Probabilistic decision making by slow reverberation in cortical circuits, Neuron 36:955-968.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

NE, NI, GROUP = 1600, 400, 240
F, W_PLUS = GROUP/NE, 1.7
W_MINUS = 1.0 - F*(W_PLUS - 1.0)/(1.0 - F)

# ms, mV, nS, pF, pA; rates in kHz. S_A, S_B and S_0 are sums over the two groups and over the rest.
COMMON = """
    block = 1.0/(1.0 + exp(-0.062*v)/3.57) : inline
    nmda = g_N*(w_A*S_A + w_B*S_B + w_0*S_0)*block*v : inline
    dv/dt = (-g_L*(v + 70.0) - (g_exc + g_ext)*v - nmda - g_inh*(v + 70.0))/C : init = -70.0, unless_refractory
    dg_exc/dt = -g_exc/2.0
    dg_ext/dt = -g_ext/2.0
    dg_inh/dt = -g_inh/5.0
"""
PARAMETERS = """
    C = {C} : population
    g_L = {g_L} : population
    g_N = {g_N} : population
    w_A = 1.0
    w_B = 1.0
    w_0 = 1.0
    rate = 2.4
"""
excitatory = rv.Neuron(
    name="Pyramidal",
    parameters=PARAMETERS.format(C=500.0, g_L=25.0, g_N=0.165),
    equations="S_A = sum(s*int(i < 240)) : population\nS_B = sum(s*int(i >= 240)*int(i < 480)) : population\n"
    "S_0 = sum(s*int(i >= 480)) : population\n" + COMMON + """
    ds/dt = -s/100.0 + 0.5*x*(1.0 - s)
    dx/dt = -x/2.0
    g_ext += 2.1*Poisson(rate*dt)
    """,
    spike="v > -50.0",
    reset="v = -55.0\nx += 1.0",
    refractory=2.0,
    method="midpoint",
)
inhibitory = rv.Neuron(
    name="Interneuron",
    parameters=PARAMETERS.format(C=200.0, g_L=20.0, g_N=0.13),
    equations="S_A : linked\nS_B : linked\nS_0 : linked\n" + COMMON + "g_ext += 1.62*Poisson(rate*dt)",
    spike="v > -50.0",
    reset="v = -55.0",
    refractory=1.0,
    method="midpoint",
)

net = rv.Network(dt=0.1, seed=4)
E, I = net.create(NE, excitatory, name="E"), net.create(NI, inhibitory, name="I")
for name in ("S_A", "S_B", "S_0"):
    I.link(name, E, name)
A, B, rest = E[:GROUP], E[GROUP:2*GROUP], E[2*GROUP:]
for one, other in ((A, B), (B, A)):
    net.connect(one, one, "exc").all_to_all(weights=0.05*W_PLUS, delays=0.5)
    net.connect(other, one, "exc").all_to_all(weights=0.05*W_MINUS, delays=0.5)
    net.connect(rest, one, "exc").all_to_all(weights=0.05*W_MINUS, delays=0.5)
net.connect(E, rest, "exc").all_to_all(weights=0.05, delays=0.5)
net.connect(E, I, "exc").all_to_all(weights=0.04, delays=0.5)
net.connect(I, E, "inh").all_to_all(weights=1.3, delays=0.5)
net.connect(I, I, "inh").all_to_all(weights=1.0, delays=0.5)
A.w_A, A.w_B, A.w_0 = W_PLUS, W_MINUS, W_MINUS
B.w_A, B.w_B, B.w_0 = W_MINUS, W_PLUS, W_MINUS
spikes = {name: net.monitor(view, "spike") for name, view in (("A", A), ("B", B), ("I", I))}

START, STOP, END = 500.0, 2500.0, 4000.0
COLORS = {"A": "#d55e00", "B": "#1f4e79", "I": "#999999"}
random = np.random.default_rng(5)
figure, axes = plt.subplots(3, 2, figsize=(9.0, 6.6), layout="constrained", sharex=True, height_ratios=(2, 2, 3))
for column, coherence in zip(axes.T, (0.512, 0.0), strict=True):
    net.reset(monitors=True, populations=True, synapses=False)
    A.w_A, A.w_B, A.w_0 = W_PLUS, W_MINUS, W_MINUS
    B.w_A, B.w_B, B.w_0 = W_MINUS, W_PLUS, W_MINUS
    net.simulate(START)
    for _ in range(round((STOP - START)/50.0)):
        A.rate = 2.4 + 0.001*max(0.0, random.normal(40.0*(1.0 + coherence), 4.0))
        B.rate = 2.4 + 0.001*max(0.0, random.normal(40.0*(1.0 - coherence), 4.0))
        net.simulate(50.0)
    A.rate = B.rate = 2.4
    net.simulate(END - STOP)
    ending = {}
    for name, monitor in spikes.items():
        times, ranks = (np.asarray(part) for part in monitor.raster_plot())
        size = NI if name == "I" else GROUP
        counts = np.histogram(times, bins=np.arange(0.0, END + 1.0, 10.0))[0]/(0.01*size)
        smooth = np.convolve(counts, np.full(5, 0.2), mode="valid")
        column[2].plot(np.arange(len(smooth))*10.0 + 25.0, smooth, color=COLORS[name], label=name)
        ending[name] = counts[-50:].mean()
        if name != "I":
            panel = column[0] if name == "A" else column[1]
            panel.plot(times, ranks, ".", color=COLORS[name], markersize=1.0)
            panel.set_ylabel(f"group {name}")
    print(f"coherence {coherence:.1%}: at the end {ending['A']:.1f} Hz in A, {ending['B']:.1f} Hz in B")
    column[0].set_title(f"coherence {coherence:.1%}", loc="left", fontsize="medium")
    for panel in column:
        panel.axvspan(START, STOP, color="#eeeeee", zorder=0)
    column[2].set(xlabel="time (ms)", ylabel="rate (Hz)")
axes[2, 0].legend(frameon=False, loc="upper left")
path = Path(__file__).parent / "figures" / "wang_2002.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
