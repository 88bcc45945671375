"""The synapse models of `ranvier.models`: each one with the behaviour that it was made for.

What to see: a depressing synapse answers a train of spikes less and less, a facilitating one more and more; at rest
after many spikes the first answers in inverse proportion to the rate, the second best at one rate; pairs potentiate or
depress by their order and distance; with triplets, late pairs depress at low and potentiate at high frequency, as
measured; a clamped potential depresses above one threshold and potentiates above another; a reward that comes a second
late still strengthens the synapse that earned it; inhibition brings neurons to a target rate, scaling brings them back
to it when the input fails; Hebb's rule grows without end, Oja's finds the first principal component; a threshold that
slides with the rate makes a neuron selective.

References
----------
Markram, Wang and Tsodyks (1998), Differential signaling via the same axon, PNAS 95:5323-5328, figures 1 and 4.
Tsodyks, Uziel and Markram (2000), Synchrony generation in recurrent networks, J Neurosci 20:RC50.
Song and Abbott (2001), Cortical development and remapping through STDP, Neuron 32:339-350.
Sjostrom, Turrigiano and Nelson (2001), Rate, timing and cooperativity, Neuron 32:1149-1164 (the data of the triplets).
Pfister and Gerstner (2006), Triplets of spikes in a model of STDP, J Neurosci 26:9673-9682, figure 4 and table 1.
Clopath et al. (2010), Connectivity reflects coding, Nat Neurosci 13:344-352, figure 1.
Izhikevich (2007), Solving the distal reward problem, Cereb Cortex 17:2443-2452, figure 1.
Vogels et al. (2011), Inhibitory plasticity balances excitation and inhibition, Science 334:1569-1573.
van Rossum, Bi and Turrigiano (2000), Stable Hebbian learning from STDP, J Neurosci 20:8812-8821.
Hebb (1949), The Organization of Behavior, Wiley.
Oja (1982), A simplified neuron model as a principal component analyzer, J Math Biol 15:267-273.
Intrator and Cooper (1992), Objective function formulation of the BCM theory, Neural Networks 5:3-17.
Bienenstock, Cooper and Munro (1982), Theory for the development of neuron selectivity, J Neurosci 2:32-48, figure 1.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

BLUE, RED, GREY = "#33658a", "#b5483a", "#888888"
RELAY = rv.Neuron("", "v = g_go\ngot = g_exc", spike="v > 0.5", reset="v = 0")  # spikes when it is told to
PASSIVE = rv.Neuron("", "dv/dt = -v/15.0\nv += g_exc", spike="v > 1e9", reset="v = 0")
LEAKY = rv.Neuron("", "dv/dt = -v/20.0 + g_exc - g_inh", spike="v > 1", reset="v = 0", refractory=5.0)
DEPRESSING = dict(tau_rec=800.0, tau_facil=0.01, U=0.5)
FACILITATING = dict(tau_rec=130.0, tau_facil=530.0, U=0.05)
models = rv.models


def one_synapse(model, pre, post=(), weight=0.5, dt=0.5):
    """Return a network of one synapse between two trains of spikes, and the synapse."""
    net = rv.Network(dt=dt, seed=1)
    source = net.create(rv.SpikeSourceArray([[t - dt for t in pre]]))
    drive = net.create(rv.SpikeSourceArray([[t - dt for t in post]]))
    cell = net.create(1, RELAY)
    net.connect(drive, cell, "go").all_to_all(1.0)
    return net, net.connect(source, cell, "exc", model).all_to_all(weight)


def change(model, pre, post, weight=0.5):
    """Return the change of a weight by spikes at given times (ms)."""
    net, synapse = one_synapse(model, pre, post, weight)
    net.simulate(float(round(max(*pre, *post))) + 10.0)
    return synapse.w[0] - weight


def answers_to_a_train(axes):
    train = [50.0 + 25.0*n for n in range(10)] + [800.0]
    for name, values, color in (("depression", DEPRESSING, BLUE), ("facilitation", FACILITATING, RED)):
        net = rv.Network(dt=0.5, seed=1)
        source = net.create(rv.SpikeSourceArray([train]))
        cell = net.create(1, PASSIVE)
        net.connect(source, cell, "exc", models.TsodyksMarkram(**values)).all_to_all(1.0/values["U"])
        monitor = net.monitor(cell, "v")
        net.simulate(900.0)
        axes.plot(np.arange(1800)*0.5, monitor.get("v")[:, 0], color=color, lw=0.9, label=name)
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="TsodyksMarkram: answers to a train", xlabel="ms", ylabel="v / first answer")


def answers_in_the_end(axes):
    rates = np.array([1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0, 100.0])
    for values, color in ((DEPRESSING, BLUE), (FACILITATING, RED)):
        last = []
        for rate in rates:
            net, synapse = one_synapse(models.STP(**values), [10.0 + n*1000.0/rate for n in range(60)])
            monitor = net.monitor(synapse, ["u", "x"], at="pre", when="before")
            net.simulate(20.0 + round(59_000.0/rate))
            used = monitor.get()
            last.append(used["u"].value[-1]*used["x"].value[-1]/values["U"])
        axes.loglog(rates, last, ".-", color=color, lw=0.8)
    fast = rates[3:]
    axes.loglog(fast, 1000.0/(DEPRESSING["U"]*DEPRESSING["tau_rec"]*fast), "--", color=GREY, lw=0.8, label="1/rate")
    best = 1000.0/np.sqrt(FACILITATING["U"]*FACILITATING["tau_facil"]*FACILITATING["tau_rec"])
    axes.axvline(best, color=GREY, lw=0.8, ls=":", label="best rate, in theory")
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="STP: the answer that lasts", xlabel="presynaptic rate (Hz)", ylabel="answer / first answer")


def window_of_pairs(axes):
    shifts = [s for s in range(-60, 61, 4) if s]
    for model, style in ((models.STDP, "-"), (models.STDP_online, ".")):
        found = np.array([change(model(), [100.0 + max(0, -s)], [100.0 + max(0, s)]) for s in shifts])
        for side in (np.less, np.greater):
            chosen = side(shifts, 0)
            label = model.__name__ if side is np.less else None
            axes.plot(np.array(shifts)[chosen], 100.0*found[chosen], style, color=BLUE, lw=0.9, label=label)
    axes.axhline(0.0, color=GREY, lw=0.5)
    axes.axvline(0.0, color=GREY, lw=0.5)
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="STDP: the window of pairs", xlabel="post - pre (ms)", ylabel="change (% of w_max)")


def frequency_of_pairs(axes):
    measured = (0.1, 10.0, 20.0, 40.0, 50.0)
    data = {10.0: (-0.04, 0.14, 0.29, 0.53, 0.56), -10.0: (-0.29, -0.41, -0.34, 0.56, 0.75)}
    sigma = {10.0: (0.05, 0.1, 0.14, 0.11, 0.26), -10.0: (0.08, 0.11, 0.1, 0.32, 0.19)}
    rates = [0.5, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0]
    for shift, color in ((10.0, BLUE), (-10.0, RED)):
        found = []
        for rate in rates:
            first = np.array([100.0 + n*1000.0/rate for n in range(60)])
            found.append(change(models.TripletSTDP(w_max=10.0), first + max(0, -shift), first + max(0, shift), 1.0))
        axes.plot(rates, found, color=color, lw=0.9, label=f"post - pre = {shift:g} ms")
        axes.errorbar(measured, data[shift], sigma[shift], fmt="o", ms=3, color=color, elinewidth=0.6)
    axes.axhline(0.0, color=GREY, lw=0.5)
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="TripletSTDP: 60 pairs (dots: measured)", ylim=(-0.6, 1.4))
    axes.set(xlabel="frequency of pairs (Hz)", ylabel="change of w")


def voltage_clamp(axes):
    potentials, found = np.arange(-80.0, -41.0, 2.0), []
    for v in potentials:
        net = rv.Network(dt=0.1, seed=1)
        source = net.create(rv.SpikeSourceArray([[float(t) for t in range(10, 1010, 40)]]))
        cell = net.create(1, rv.Neuron("", "v = v\ngot = g_exc", spike="v > 100", reset="v = 0"))
        cell.v = v
        synapse = net.connect(source, cell, "exc", models.ClopathSTDP(w_min=-100.0, w_max=100.0)).all_to_all(0.0)
        synapse.u_minus = synapse.u_plus = v
        net.simulate(1100.0)
        found.append(synapse.w[0])
    axes.plot(potentials, found, ".-", color=BLUE, lw=0.8)
    axes.axhline(0.0, color=GREY, lw=0.5)
    for name in ("theta_minus", "theta_plus"):
        axes.axvline(getattr(synapse, name), color=GREY, lw=0.8, ls=":")
    axes.set(title="ClopathSTDP: under voltage clamp", xlabel="potential (mV)", ylabel="change of w", ylim=(-0.15, 0.6))


def distal_reward(axes):
    for reward, color in ((0.5, BLUE), (0.0, RED)):
        net, synapse = one_synapse(models.RewardSTDP(), [500.0], [510.0], weight=1.0, dt=1.0)
        monitor = net.monitor(synapse, ["w", "c", "d"], period=10.0)
        net.simulate(1500.0)
        synapse.d += reward
        net.simulate(3500.0)
        found, label = monitor.get(), "with a reward" if reward else "without"
        seconds = np.arange(500)*0.01
        axes.plot(seconds, found["w"][:, 0], color=color, lw=1.2, label=f"w, {label}")
        if reward:
            axes.plot(seconds, 1.0 + 0.1*found["c"][:, 0], color=GREY, lw=0.8, label="eligibility c")
            axes.plot(seconds, 1.0 + 0.1*found["d"].reshape(-1), color=GREY, lw=0.8, ls=":", label="reward d")
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="RewardSTDP: a pair, rewarded a second later", xlabel="s")


def balance(axes):
    net = rv.Network(dt=0.5, seed=3)
    excitation, inhibition = (net.create(rv.PoissonPopulation(1000, rates=20.0)) for _ in range(2))
    cells = net.create(50, LEAKY)
    net.connect(excitation, cells, "exc").fixed_number_pre(100, weights=0.1)
    net.connect(inhibition, cells, "inh", models.VogelsSTDP(eta=2e-3, rho=8.0)).fixed_number_pre(100, weights=0.0)
    monitor = net.monitor(cells, "spike")
    net.simulate(20_000.0)
    counts = monitor.histogram(bins=500.0)
    axes.plot(np.arange(len(counts))*0.5 + 0.25, counts/50.0/0.5, color=BLUE, lw=0.9)
    axes.axhline(8.0, color=RED, lw=0.7, label="rho")
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="VogelsSTDP: to the target rate", xlabel="s", ylabel="Hz", ylim=(0.0, None))


def homeostasis(axes):
    net = rv.Network(dt=1.0, seed=3)
    source = net.create(rv.PoissonPopulation(200, rates=30.0))
    cells = net.create(20, LEAKY)
    model = models.SynapticScaling(goal=15.0, beta=2e-5, gamma=2e-10, tau=2000.0)
    net.connect(source, cells, "exc", model).fixed_number_pre(60, weights=rv.Uniform(0.01, 0.05))
    monitor = net.monitor(cells, "spike")
    net.simulate(60_000.0)
    source.rates = 15.0
    net.simulate(60_000.0)
    counts = monitor.histogram(bins=2000.0)
    axes.plot(np.arange(len(counts))*2.0 + 1.0, counts/20.0/2.0, color=BLUE, lw=0.9)
    axes.axhline(15.0, color=RED, lw=0.7, label="goal")
    axes.axvline(60.0, color=GREY, lw=0.8, ls=":", label="half of the input")
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="SynapticScaling: back to the goal", xlabel="s", ylabel="Hz", ylim=(0.0, None))


RNG = np.random.default_rng(2)
CLOUD = RNG.normal(size=(4000, 2)) @ np.array([[1.6, 0.9], [0.3, -0.5]])
PATTERNS = np.array([[1.0, 0.2], [0.2, 1.0]])


def learned(rule, rows, neuron, weights):
    """Return the weights of one rate-coded neuron (one row per 20 ms) that sees each row of inputs for two steps."""
    net = rv.Network(dt=1.0, seed=4)
    source = net.create(rv.TimedArray(rows, schedule=2.0))
    cell = net.create(1, rv.Neuron(equations=neuron))
    synapse = net.connect(source, cell, "exc", rule).all_to_all(weights)
    synapse.enable_learning(period=2.0, offset=1.0)  # in the second step both ends hold the row
    monitor = net.monitor(synapse, "w", period=20.0)
    net.simulate(2.0*len(rows))
    return monitor.get("w")


def growth(axes):
    for rule, color in ((models.Hebb(eta=2e-3), RED), (models.Oja(eta=2e-3), BLUE)):
        length = np.linalg.norm(learned(rule, CLOUD[:1000], "r = sum(exc)", [0.05, 0.6]), axis=1)
        axes.semilogy(np.arange(len(length))*0.02, length, color=color, lw=1.0, label=rule.name)
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="Hebb grows without end, Oja does not", xlabel="s", ylabel="length of the weights")


def principal_component(axes):
    path = learned(models.Oja(eta=2e-3), CLOUD, "r = sum(exc)", [0.05, 0.6])
    axis = np.linalg.eigh(CLOUD.T @ CLOUD)[1][:, -1]
    axis = 3.0*axis*np.sign(axis[0])
    axes.plot(CLOUD[:, 0], CLOUD[:, 1], ".", ms=1, color="#cccccc")
    axes.plot([-axis[0], axis[0]], [-axis[1], axis[1]], color=RED, lw=0.8, label="first principal component")
    axes.plot(path[:, 0], path[:, 1], color=BLUE, lw=1.5, label="weights")
    axes.plot(*path[-1], "o", ms=4, color=BLUE)
    axes.legend(frameon=False, fontsize=7)
    axes.set_aspect("equal", adjustable="datalim")
    axes.set(title="Oja: principal component", xlabel="input 1", ylabel="input 2")


def selectivity(axes):
    rows = PATTERNS[RNG.integers(0, 2, 10_000)]
    responses = learned(models.IBCM(eta=2e-3, tau=50.0), rows, "r = pos(sum(exc))", rv.Uniform(0.4, 0.6)) @ PATTERNS.T
    for k, color in enumerate((BLUE, RED)):
        axes.plot(np.arange(len(responses))*0.02, responses[:, k], color=color, lw=0.9, label=f"pattern {k + 1}")
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="IBCM: a neuron becomes selective", xlabel="s", ylabel="response", ylim=(0.0, None))


def sliding_threshold(axes):
    rates = np.linspace(0.0, 3.0, 61)
    net = rv.Network(dt=1.0, seed=1)
    source = net.create(1, rv.Neuron("", "r = 1.0"))
    cells = net.create(len(rates), rv.Neuron("rate = 0.0", "r = rate\ngot = sum(exc)"))
    cells.rate = rates
    synapse = net.connect(source, cells, "exc", models.BCM(tau=1e9)).all_to_all(1.0)
    net.simulate(2.0)  # both ends hold their rates now
    for mean, color in ((0.8, BLUE), (1.1, GREY), (1.4, RED)):
        synapse.m, before = mean, np.array(synapse.w)
        net.simulate(1.0)
        axes.plot(rates, 1000.0*(synapse.w - before), color=color, lw=0.9, label=f"mean rate {mean:g}")
        axes.plot(mean**2, 0.0, "o", ms=4, color=color)
    axes.axhline(0.0, color=GREY, lw=0.5)
    axes.legend(frameon=False, fontsize=7)
    axes.set(title="BCM: the threshold moves with the mean", xlabel="postsynaptic rate", ylabel="1000 dw per ms")


PANELS = (
    answers_to_a_train, answers_in_the_end, window_of_pairs, frequency_of_pairs,
    voltage_clamp, distal_reward, balance, homeostasis,
    growth, principal_component, selectivity, sliding_threshold,
)  # fmt: skip
figure, grid = plt.subplots(3, 4, figsize=(14, 9), layout="constrained")
for panel, axes in zip(PANELS, grid.flat, strict=True):
    panel(axes)
    axes.set_title(axes.get_title(), loc="left", fontsize=9)
    axes.set_title("")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=7)
    axes.xaxis.label.set_size(8)
    axes.yaxis.label.set_size(8)

output = Path(__file__).parent / "figures" / "plasticity_gallery.png"
output.parent.mkdir(exist_ok=True)
figure.savefig(output, dpi=110)
print(f"figure: {output}")
