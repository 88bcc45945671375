"""Inhibitory plasticity balances a network, in pure ANNarchy string style.

Parameters and equations as blocks of text without units, flags after the colon (`population`, `exponential`, `init`,
`event-driven`), `g_target`, `pre_spike` and `post_spike`. 10,000 neurons receive a constant current; inhibitory
synapses onto excitatory neurons start at zero and learn.

What to see: without inhibition the excitatory neurons fire together and fast. The rule strengthens inhibition onto
every neuron that fires above 3 Hz and weakens it below, until all of them fire slowly and irregularly.

References
----------
Vogels, Sprekeler, Zenke, Clopath and Gerstner (2011), Inhibitory plasticity balances excitation and inhibition in
sensory pathways and memory networks, Science 334:1569-1573.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

COBA = rv.Neuron(
    name="COBA",
    parameters="""
        gL = 10.0 : population           # nS
        C = 200.0 : population           # pF
        E_l = -60.0 : population         # mV
        E_e = 0.0 : population
        E_i = -80.0 : population
        I = 200.0 : population           # pA
        tau_exc = 5.0 : population       # ms
        tau_inh = 10.0 : population
        v_thresh = -50.0 : population
    """,
    equations="""
        C*dv/dt = gL*(E_l - v) + I + g_exc*(E_e - v) + g_inh*(E_i - v) : init = -60.0
        tau_exc*dg_exc/dt = -g_exc : exponential
        tau_inh*dg_inh/dt = -g_inh : exponential
    """,
    spike="v > v_thresh",
    reset="v = E_l",
    refractory=5.0,
)

iSTDP = rv.Synapse(
    name="iSTDP",
    parameters="""
        tau = 20.0 : projection
        rho = 0.003 : projection         # target rate, per ms
        eta = 0.05 : projection
        w_max = 100.0 : projection
    """,
    equations="""
        tau*dx/dt = -x : event-driven
        tau*dy/dt = -y : event-driven
    """,
    pre_spike="""
        g_target += w
        x += 1.0
        w = clip(w + eta*(y - 2.0*rho*tau), 0.0, w_max)
    """,
    post_spike="""
        y += 1.0
        w = clip(w + eta*x, 0.0, w_max)
    """,
)

net = rv.Network(dt=0.1, seed=2011)
pop = net.create(geometry=10_000, neuron=COBA, name="pop")
pop.v = rv.Uniform(-60.0, -50.0)
E, I = pop[:8000], pop[8000:]

net.connect(E, pop, target="exc").fixed_probability(probability=0.02, weights=0.3, delays=0.1)
net.connect(I, I, target="inh").fixed_probability(probability=0.02, weights=3.0, delays=0.1)
learned = net.connect(I, E, target="inh", synapse=iSTDP, name="learned")
learned.fixed_probability(probability=0.02, weights=0.0, delays=0.1)

spikes = net.monitor(E, "spike")
SECONDS = 10
w_before = np.asarray(learned.w)
net.simulate(SECONDS*1000.0)
w_after = np.asarray(learned.w)
times, ranks = (np.asarray(a) for a in spikes.raster_plot())


def statistics(start, stop):
    """Rate and irregularity of the excitatory neurons in a window."""
    inside = (times >= start) & (times < stop)
    order = np.lexsort((times[inside], ranks[inside]))
    who, when = ranks[inside][order], times[inside][order]
    same = who[1:] == who[:-1]
    gaps, owner = np.diff(when)[same], who[1:][same]
    count = np.bincount(owner, minlength=8000)
    mean = np.bincount(owner, gaps, minlength=8000)/np.maximum(count, 1)
    square = np.bincount(owner, gaps**2, minlength=8000)/np.maximum(count, 1)
    enough = count >= 2
    cv = np.sqrt(np.maximum(square - mean**2, 0.0))[enough]/mean[enough]
    return len(when)/8000/(stop - start)*1000.0, cv.mean()


for start, stop in ((0.0, 1000.0), (SECONDS*1000.0 - 2000.0, SECONDS*1000.0)):
    hertz, cv = statistics(start, stop)
    print(f"{start/1000:.0f} to {stop/1000:.0f} s: {hertz:.1f} Hz, coefficient of variation {cv:.2f}")

figure = plt.figure(figsize=(7.5, 7.0), layout="constrained")
grid = figure.add_gridspec(3, 2, height_ratios=(3, 2, 2))
for column, window in enumerate([(0.0, 200.0), (SECONDS*1000.0 - 200.0, SECONDS*1000.0)]):
    ax = figure.add_subplot(grid[0, column])
    shown = ranks % 40 == 0
    rv.plot.raster((times[shown], ranks[shown]//40), n=200, show_rate=False, window=window, ax=ax)
    ax.set_title(["first 200 ms", "last 200 ms"][column], loc="left", fontsize="medium")
wide = figure.add_subplot(grid[1, :])
rv.plot.rates((times, ranks), n=8000, bin=50.0, window=(0.0, SECONDS*1000.0), ax=wide)
wide.set_yscale("log")
wide.set_ylim(1.0, 300.0)
wide.yaxis.set_major_formatter("{x:g}")
wide.axhline(3.0, color="#d55e00", linewidth=1.0)
wide.text(1.005, 3.0, "target", color="#d55e00", fontsize="small", va="center", transform=wide.get_yaxis_transform())
ax = figure.add_subplot(grid[2, :])
ax.hist(w_after, bins=np.linspace(0.0, np.quantile(w_after, 0.999), 60), color="#1f4e79")
ax.set(xlabel="learned inhibitory weight (nS)", ylabel="synapses")
ax.spines[["top", "right"]].set_visible(False)
path = Path(__file__).parent / "figures" / "annarchy_style.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
