"""Stimberg, Goodman, Brette and De Pitta (2019): an astrocyte turns a synapse down.

A synapse releases neurotransmitter into the space around it, which binds to receptors of an astrocyte. There it starts
calcium-induced calcium release; where calcium crosses a threshold the astrocyte releases gliotransmitter, which binds
to receptors of the presynaptic terminal and lowers the probability of release. Connections lead from the synapses to
the astrocytes and back: `net.connect` takes a projection as an end; `Y_pre`, `G_post` are variables of its synapses.

What to see: release per spike falls with the rate of the input, because the synapses run out of resources (grey; the
line is the mean field). An astrocyte that oscillates by itself keeps its synapse low at every rate (orange). One that
is driven by its synapse (blue) acts where there is input enough for calcium to cross the threshold now and then (above,
left); beyond 13 Hz calcium stays above the threshold (middle), nothing is released any more, and the synapse is as
strong as if there were no astrocyte.

References
----------
Stimberg, Goodman, Brette and De Pitta (2019), Modeling neuron-glia interactions with the Brian 2 simulator, in:
Computational Glioscience, Springer, 471-505 (arXiv:1909.06280); the synapse is that of De Pitta et al. (2011), PLoS
Comput. Biol. 7:e1002293.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

synapse = rv.Synapse(
    name="Tripartite",
    parameters=dict(rho_c=0.005, Y_T="500 mmolar", Omega_c="40/second", U_rest=0.6, Omega_f="3.33/second",
                    Omega_d="2/second", O_G="1.5/umolar/second", Omega_G="0.5/(60*second)"),
    equations="""
        dY/dt = -Omega_c*Y : mmolar (clock-driven)                         # neurotransmitter outside
        dgamma/dt = O_G*G*(1 - gamma) - Omega_G*gamma : 1 (clock-driven)   # active receptors of the terminal
        du/dt = -Omega_f*u : 1 (event-driven)
        dx/dt = Omega_d*(1 - x) : 1 (event-driven, init=1)
        r : 1                                                              # released by the last spike
        G : mmolar                                                         # gliotransmitter outside
    """,
    pre_spike="""
        u += (1 - gamma)*U_rest*(1 - u)
        r = u*x
        x -= r
        Y += rho_c*Y_T*r
    """,
    method="exact",
)
astrocyte = rv.Neuron(
    name="Astrocyte",
    parameters=dict(
        O_P="0.9 umolar/second", K_P="0.05 umolar", C_T="2 umolar", rho_A=0.18, Omega_C="6/second",
        Omega_L="0.1/second",
        d_1="0.13 umolar", d_2="1.05 umolar", O_2="0.2/umolar/second", d_3="0.9434 umolar", d_5="0.08 umolar",
        O_beta="3.2 umolar/second", O_N="0.3/umolar/second", Omega_N="0.5/second", K_KC="0.5 umolar", zeta=10.0,
        O_delta="0.6 umolar/second", kappa="1.5 umolar", K_delta="0.1 umolar", Omega_5P="0.05/second",
        K_D="0.7 umolar", K_3K="1 umolar", O_3K="4.5 umolar/second", F_ex="2 umolar/second", I_Theta="0.3 umolar",
        omega_I="0.05 umolar", Omega_A="0.6/second", U_A=0.6, G_T="200 mmolar", rho_e=6.5e-4, Omega_e="60/second",
    ),
    equations="""
        Y : mmolar                 # what its synapses release
        I_bias : mmolar (constant)
        dgamma/dt = O_N*Y*(1 - gamma) - Omega_N*(1 + zeta*C/(C + K_KC))*gamma : 1
        dI/dt = O_beta*gamma + O_delta/(1 + I/kappa)*C**2/(C**2 + K_delta**2)
                - O_3K*C**4/(C**4 + K_D**4)*I/(I + K_3K) - Omega_5P*I + J_ex : mmolar    # IP3
        J_ex = -F_ex/2*(1 + tanh((abs(I - I_bias) - I_Theta)/omega_I))*sign(I - I_bias) : mmolar/second
        dC/dt = (Omega_C*(I/(I + d_1)*C/(C + d_5))**3*h**3 + Omega_L)*(C_T - (1 + rho_A)*C)
                - O_P*C**2/(C**2 + K_P**2) : mmolar                                      # calcium
        Q_2 = d_2*(I + d_1)/(I + d_3) : mmolar
        dh/dt = (Q_2/(Q_2 + C) - h)*O_2*(Q_2 + C) : 1 (init=0.9)
        dx/dt = Omega_A*(1 - x) : 1 (init=1)
        dG/dt = -Omega_e*G : mmolar                                                      # gliotransmitter outside
    """,
    spike="C > 0.5*umolar",
    refractory="C > 0.5*umolar",  # one release at each crossing
    reset="G += rho_e*G_T*U_A*x; x -= U_A*x",
    method="rk4",
)

N, TRANSIENT, END = 60, 15_000.0, 115_000.0
rates = np.geomspace(0.1, 100.0, N)
net = rv.Network(dt=1.0, seed=3)
source = net.create(population=rv.PoissonPopulation(N, rates=rates), name="input")
target = net.create(N, rv.Neuron(equations="dv/dt = -v/(10*ms) : 1", spike="v > 1"), name="target")
kinds = {"no astrocyte": "#999999", "open loop": "#d55e00", "closed loop": "#1f4e79"}
released, calcium = {}, {}
for kind in kinds:
    made = net.connect(source, target, synapse=synapse, name=kind.replace(" ", "_")).one_to_one()
    released[kind] = net.monitor(made, "r", at="pre", window=(TRANSIENT, END))
    if kind == "no astrocyte":
        continue
    glia = net.create(N, astrocyte, name=f"glia_{made.name}")
    glia.I_bias = "1 umolar" if kind == "open loop" else 0.0
    net.connect(glia, made, synapse=rv.Synapse(equations="G_post = G_pre : mmolar (summed)")).one_to_one()
    if kind == "closed loop":
        net.connect(made, glia, synapse=rv.Synapse(equations="Y_post = Y_pre : mmolar (summed)")).one_to_one()
    calcium[kind] = net.monitor(glia, "C", period=50.0)
net.simulate(END)
calcium = {kind: monitor.get("C")*1000.0 for kind, monitor in calcium.items()}

figure = plt.figure(figsize=(9.0, 5.4), layout="constrained")
top, bottom = figure.subfigures(2, 1, height_ratios=(2, 3))
for axis, (kind, rank) in zip(
    top.subplots(1, 3, sharey=True), (("closed loop", 20), ("closed loop", 45), ("open loop", 20)), strict=True
):
    trace = calcium[kind][:, rank]
    axis.plot(np.arange(len(trace))*0.05, trace, color=kinds[kind])
    axis.axhline(0.5, color="#cccccc", zorder=0)
    axis.set(xlabel="time (s)", xlim=(15.0, 75.0), title=f"{kind}, {rates[rank]:.1f} Hz")
    if rank == 20 and kind == "closed loop":
        axis.set_ylabel("calcium (uM)")
axis = bottom.subplots()
u = 0.6*(3.33 + rates)/(3.33 + 0.6*rates)
axis.plot(rates, u*2.0/(2.0 + u*rates), color="#cccccc", label="mean field, no astrocyte")
for kind, color in kinds.items():
    events = released[kind].get("r")
    counts = np.bincount(events.pre, minlength=N)
    mean = np.bincount(events.pre, events.value, N)/np.maximum(counts, 1)
    enough = counts >= 10
    axis.plot(rates[enough], mean[enough], "o", color=color, markersize=4, label=kind)
    slow, fast = (enough & (rates > low) & (rates < high) for low, high in ((0.1, 0.4), (10.0, 20.0)))
    print(f"{kind}: {mean[slow].mean():.2f} released per spike below 0.4 Hz, {mean[fast].mean():.3f} at 10 to 20 Hz")
axis.set(xlabel="input (Hz)", ylabel="released per spike", xscale="log", ylim=(0.0, None))
axis.legend(frameon=False)
path = Path(__file__).parent / "figures" / "stimberg_2019.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
