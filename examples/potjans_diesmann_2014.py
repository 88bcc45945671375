"""Potjans and Diesmann (2014): a cortical column of four layers, with a tenth of its neurons and of their inputs.

Each layer has an excitatory and an inhibitory population of integrate-and-fire neurons; the 64 connection probabilities
are those of the paper, from anatomy and physiology. A column with fewer neurons needs fewer inputs per neuron. So that
the input keeps its variance, weights grow by one over the square root of the scale; so that it keeps its mean, each
population gets a constant current, computed from the rates of the full column.

What to see: asynchronous irregular activity in all layers. Layers 2/3e and 6e fire least, 5e and the inhibitory
populations most, as in figure 6 of the paper. At this scale the rates are only near those of the full column.

References
----------
Potjans and Diesmann (2014), The cell-type specific cortical microcircuit, Cereb Cortex 24:785-806, tables 4 and 5.
van Albada, Helias and Diesmann (2015), Scalability of asynchronous networks is limited by one-to-one mapping between
effective connectivity and correlations, PLoS Comput Biol 11:e1004490: how such a network is scaled.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ranvier import builder as bp

NAMES = ["L2/3e", "L2/3i", "L4e", "L4i", "L5e", "L5i", "L6e", "L6i"]
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
EXTERNAL = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])  # inputs of 8 Hz each
PROBABILITY = np.array([  # of a synapse; row: target, column: source
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0000, 0.0076, 0.0000],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0000, 0.0042, 0.0000],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0000],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0000, 0.1057, 0.0000],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0000],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0000],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
])  # fmt: skip
RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])  # of the full column, Hz
V_START = [(-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94),
           (-63.11, 4.94), (-61.66, 4.55), (-66.72, 5.46), (-61.43, 4.48)]  # mean and spread, mV  # fmt: skip
TAU_M, TAU_SYN, C_M = 10.0, 0.5, 250.0  # ms, ms, pF
G = -4.0  # an inhibitory weight, relative to an excitatory one


def psc_per_psp() -> float:
    """Return the current (pA) whose potential has a peak of 1 mV."""
    peak = np.log(TAU_M/TAU_SYN)*TAU_M*TAU_SYN/(TAU_M - TAU_SYN)
    return C_M*(1.0/TAU_SYN - 1.0/TAU_M)/(np.exp(-peak/TAU_M) - np.exp(-peak/TAU_SYN))


def normal(rng: np.random.Generator, mean: float, std: float, n: int, low: float) -> np.ndarray:
    """Return n normal numbers, drawn again while they are not above a limit."""
    values = rng.normal(mean, std, n)
    while np.any(bad := values <= low):
        values[bad] = rng.normal(mean, std, bad.sum())
    return values


def build(seed: int, scale: float = 0.1) -> tuple[bp.Simulator, list[bp.NodeView]]:
    """Return a simulator with the column, and its eight populations."""
    rng = np.random.default_rng(seed)
    sim = bp.Simulator(dt=0.1, seed=seed)
    sizes = np.rint(SIZES*scale).astype(int)
    unit = 0.15*psc_per_psp()  # pA: 0.15 mV
    weights = np.tile([unit, G*unit], (8, 4))
    weights[0, 2] *= 2.0  # from layer 4 to layer 2/3
    pairs = np.outer(SIZES, SIZES)
    indegrees = np.log(1.0 - PROBABILITY)/np.log(1.0 - 1.0/pairs)/SIZES[:, None]
    full_input = TAU_SYN/1000.0*((weights*indegrees) @ RATES + unit*EXTERNAL*8.0)
    layers = []
    for k in range(8):
        layer = sim.create(
            bp.iaf_psc_exp, sizes[k], E_L=-65.0, V_th=-50.0, V_reset=-65.0, C_m=C_M, tau_m=TAU_M, t_ref=2.0,
            tau_syn_ex=TAU_SYN, tau_syn_in=TAU_SYN, I_e=full_input[k]*(1.0 - np.sqrt(scale)),
            V_m=rng.normal(*V_START[k], sizes[k]),
        )  # fmt: skip
        noise = sim.create(bp.poisson_generator, rate=8.0*EXTERNAL[k]*scale)
        sim.connect(noise, layer, weight=unit/np.sqrt(scale), delay=1.5)
        layers.append(layer)
    for target, source in np.argwhere(indegrees > 0.0):
        n = round(indegrees[target, source]*scale*sizes[target])
        weight, delay = weights[target, source]/np.sqrt(scale), 0.75 if source % 2 else 1.5
        sim.connect(
            layers[source], layers[target], rule=bp.fixed_total_number(n),
            weight=np.sign(weight)*normal(rng, abs(weight), 0.1*abs(weight), n, low=0.0),
            delay=normal(rng, delay, 0.5*delay, n, low=0.05),
        )
    return sim, layers


def main() -> None:
    sim, layers = build(seed=2014)
    recorder = sim.create(bp.spike_recorder)
    sim.connect(sum(layers[1:], layers[0]), recorder)
    times, senders = sim.simulate(1000.0).events(recorder)
    ends = np.cumsum([len(layer) for layer in layers])
    figure, (raster, bars) = plt.subplots(1, 2, figsize=(9.0, 5.6), layout="constrained", width_ratios=(3, 1))
    shown = (times > 600.0) & (senders % 4 == 0)
    for k, (layer, end) in enumerate(zip(layers, ends, strict=True)):
        color = "#b2182b" if k % 2 else "#1f4e79"
        mine = (senders < end) & (senders >= end - len(layer))
        raster.plot(times[mine & shown], senders[mine & shown], ".", color=color, markersize=1.2)
        rate = np.sum(mine & (times > 200.0))/len(layer)/0.8
        bars.barh(k, rate, color=color)
        bars.plot(RATES[k], k, "|", color="k", markersize=14)
        print(f"{NAMES[k]}: {rate:.2f} Hz (full column: {RATES[k]:.2f})")
    raster.set(xlabel="time (ms)", xlim=(600.0, 1000.0), ylim=(ends[-1], 0))
    raster.set_yticks(ends - np.array([len(layer) for layer in layers])/2, NAMES)
    bars.set(xlabel="rate (Hz); lines: full column")
    bars.set_yticks(range(8), NAMES)
    bars.invert_yaxis()
    path = Path(__file__).parent / "figures" / "potjans_diesmann_2014.png"
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
