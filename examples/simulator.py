"""Astrocytes slowly excite a network of neurons, built with the names of NEST and of brainpy.state's simulator.

Adaptive neurons receive noise; every excitatory synapse may be paired with an astrocyte. Its spikes raise IP3 in the
astrocyte, which releases calcium from its store, which sends a slow inward current to the target of the synapse.

What to see: calcium rises over a second after the neurons began to fire. Once it passes the threshold (dotted), slow
inward currents appear, stronger in neurons with more paired synapses, and the rate of the network rises.

Left out: the published network has 10,000 neurons and as many astrocytes, and runs for longer.

References
----------
Jiang, Aćimović, Manninen, Ahokainen, Stapmanns, Lehtimäki, Diesmann, van Albada, Plesser and Linne (2025), Modeling
neuron-astrocyte interactions in neural networks using distributed simulation, PLoS Comput. Biol.; astrocytes: Nadkarni
and Jung (2003), Phys. Rev. Lett. 91:268101, after Li and Rinzel (1994), J. Theor. Biol. 166:461-473.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from ranvier import builder as bp

N_EX, N_IN, N_ASTRO = 400, 100, 250
DURATION, DT = 3000.0, 0.1  # ms
WINDOW = 20.0  # ms


def build() -> dict[str, object]:
    """Return the simulator and its recorders."""
    sim = bp.Simulator(dt=DT, seed=1)
    neurons = sim.create(bp.aeif_cond_alpha_astro, N_EX + N_IN, tau_syn_ex=2.0, tau_syn_in=4.0, t_ref=2.0)
    astro = sim.create(bp.astrocyte_lr_1994, N_ASTRO, delta_IP3=0.05, tau_IP3=1000.0)
    noise = sim.create(bp.poisson_generator, rate=700.0)
    sim.connect(noise, neurons, weight=3.0, delay=2.0)
    sim.tripartite_connect(
        neurons[:N_EX], neurons, astro,
        conn_spec=bp.pairwise_bernoulli(0.1),
        third_factor_conn_spec=bp.third_factor_bernoulli_with_pool(p=0.5, pool_size=10, pool_type="random"),
        syn_specs={
            "primary": {"weight": 1.0, "delay": 2.0},
            "third_in": {"weight": 1.0, "delay": 2.0},
            "third_out": {"synapse": bp.sic_connection(weight=1.0, delay=1.0)},
        },
        seed=4,
    )  # fmt: skip
    sim.connect(neurons[N_EX:], neurons, rule=bp.pairwise_bernoulli(0.1), weight=-4.0, delay=1.0)
    spikes = sim.create(bp.spike_recorder)
    cells = sim.create(bp.multimeter, record_from=["I_SIC"], interval=10.0)
    stars = sim.create(bp.multimeter, record_from=["IP3", "Ca_astro"], interval=10.0)
    sim.connect(neurons, spikes)
    sim.connect(cells, neurons)
    sim.connect(stars, astro)
    return {"sim": sim, "spikes": spikes, "cells": cells, "stars": stars}


def main() -> None:
    net = build()
    result = net["sim"].simulate(DURATION)
    times, senders = result.events(net["spikes"])
    rate, edges = np.histogram(times, np.arange(0.0, DURATION + WINDOW, WINDOW))
    calcium, current = result.trace(net["stars"], "Ca_astro"), result.trace(net["cells"], "I_SIC")
    slow = np.arange(len(calcium)) * 10.0 / 1000.0
    print(f"mean rate {result.rate(net['spikes']):.1f} spikes/s, slow inward current {current[-50:].mean():.0f} pA")

    figure, (raster, rates, below, last) = plt.subplots(4, 1, figsize=(7, 8), sharex=True, layout="constrained")
    shown = senders % 5 == 0
    raster.plot(times[shown] / 1000.0, senders[shown], ",", color="black")
    raster.axhline(N_EX, color="tab:blue", linewidth=0.5)
    raster.set_ylabel("neuron")
    rates.plot(edges[:-1] / 1000.0, rate / (N_EX + N_IN) / WINDOW * 1000.0, color="black")
    rates.set_ylabel("rate (spikes/s)")
    below.plot(slow, calcium[:, :40], color="tab:green", linewidth=0.4)
    below.plot(slow, calcium.mean(axis=1), color="black")
    below.axhline(0.19669, color="tab:red", linestyle=":")
    below.set_ylabel("Ca of astrocytes (µM)")
    last.plot(slow, current[:, :40], color="tab:orange", linewidth=0.4)
    last.plot(slow, current.mean(axis=1), color="black")
    last.set(ylabel="slow current (pA)", xlabel="time (s)")
    path = Path(__file__).parent / "figures" / "simulator.png"
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    main()
