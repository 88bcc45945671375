"""Record statistics of networks, and the processor time of their runs, with NEST. Run it where NEST is installed:

    python tests/builder/record_networks.py [brunel] [cuba] [coba] [column]        # data/networks.json
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import nest
import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from network_cases import (
    BRUNEL,
    CHANCE,
    COLUMN,
    DURATION,
    EXTERNAL,
    FULL,
    GIVEN,
    N_EX,
    N_IN,
    PROBABILITY,
    SEEDS,
    VOGELS_ABBOTT,
    start,
    statistics,
)  # fmt: skip

DATA = Path(__file__).parent / "data" / "networks.json"


def kernel(seed: int) -> None:
    """Empty NEST, and give it the time step and the seed."""
    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.resolution = 0.1
    nest.rng_seed = seed + 1


def run(cells: Any, sizes: list[int], duration: float) -> tuple[list[float], float]:
    """Run; return the statistics, and the processor time of the run (s)."""
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Prepare()
    before = time.process_time()
    nest.Run(duration)
    used = time.process_time() - before
    nest.Cleanup()
    events = recorder.get("events")
    first = cells[0].global_id
    return statistics(np.asarray(events["times"]), np.asarray(events["senders"]) - first, sizes, duration), used


def brunel(seed: int) -> tuple[list[float], float]:
    """Brunel's network."""
    kernel(seed)
    b = BRUNEL
    cells = nest.Create("iaf_psc_alpha", b["n_ex"] + b["n_in"], params=b["cell"])
    noise = nest.Create("poisson_generator", params={"rate": b["rate"]})
    nest.Connect(noise, cells, syn_spec={"weight": b["weight"], "delay": b["delay"]})
    ex, inh = cells[: b["n_ex"]], cells[b["n_ex"] :]
    for group, count, weight in ((ex, b["k_ex"], b["weight"]), (inh, b["k_in"], -b["g"] * b["weight"])):
        rule = {"rule": "fixed_indegree", "indegree": count}
        nest.Connect(group, cells, rule, {"weight": weight, "delay": b["delay"]})
    return run(cells, [b["n_ex"], b["n_in"]], b["duration"])


def vogels_abbott(name: str, seed: int) -> tuple[list[float], float]:
    """The benchmarks with currents and with conductances."""
    kernel(seed)
    case = VOGELS_ABBOTT[name]
    cells = nest.Create(case["model"], N_EX + N_IN, params=case["cell"])
    cells.V_m = start(seed).tolist()
    if case["noise"]:
        noise = nest.Create("poisson_generator", params={"rate": case["noise"]})
        nest.Connect(noise, cells, syn_spec={"weight": case["weights"][0], "delay": 0.1})
    for group, weight in zip((cells[:N_EX], cells[N_EX:]), case["weights"], strict=True):
        rule = {"rule": "pairwise_bernoulli", "p": PROBABILITY, "allow_autapses": False}
        nest.Connect(group, cells, rule, {"weight": weight, "delay": 0.1})
    return run(cells, [N_EX, N_IN], DURATION)


#: Rates of the full network (Hz), and initial potentials, as in the model's published NEST implementation.
FULL_RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
START_MEAN = (-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43)
START_STD = (5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48)


def column(seed: int, scale: float = 0.1, duration: float = 1000.0) -> tuple[list[float], float]:
    """The column with fewer neurons and fewer inputs; larger weights and a current make up for the latter.

    Weights grow by 1/sqrt(scale), so the variance of the input stays; its mean is completed by a constant current
    (van Albada, Helias and Diesmann 2015, PLoS Comput. Biol. 11, e1004490).
    """
    kernel(seed)
    tau_m, tau_syn, c_m = 10.0, 0.5, 250.0
    ratio, gap = tau_syn / tau_m, tau_m - tau_syn
    peak = tau_m * tau_syn / (c_m * gap) * (ratio ** (tau_syn / gap) - ratio ** (tau_m / gap))
    unit = 0.15 / peak  # pA for a potential of 0.15 mV
    weights = np.where(np.arange(8) % 2 == 0, unit, -4.0 * unit) * np.ones((8, 1))
    weights[0, 2] *= 2.0
    synapses = np.log1p(-CHANCE) / np.log1p(-1.0 / np.outer(FULL, FULL))
    indegrees = synapses / FULL[:, None]
    mean = ((weights * indegrees) @ FULL_RATES + unit * EXTERNAL * 8.0) * tau_syn / 1000.0
    current = mean * (1.0 - np.sqrt(scale))
    weights /= np.sqrt(scale)
    cell = dict(tau_m=tau_m, C_m=c_m, t_ref=2.0, E_L=-65.0, V_th=-50.0, V_reset=-65.0)
    cell |= dict(tau_syn_ex=tau_syn, tau_syn_in=tau_syn)
    sizes = list(COLUMN.values())
    cells = nest.Create("iaf_psc_exp", sum(sizes), params=cell)
    ends = np.cumsum(sizes).tolist()
    layers = [cells[end - size : end] for end, size in zip(ends, sizes, strict=True)]
    redraw = nest.math.redraw
    for k, layer in enumerate(layers):
        layer.set(V_m=nest.random.normal(START_MEAN[k], START_STD[k]), I_e=current[k])
        noise = nest.Create("poisson_generator", params={"rate": 8.0 * EXTERNAL[k] * scale})
        nest.Connect(noise, layer, syn_spec={"weight": unit / np.sqrt(scale), "delay": 1.5})
    for target in range(8):
        for source in range(8):
            count = round(indegrees[target, source] * scale * sizes[target])
            if not count:
                continue
            weight, delay = float(weights[target, source]), 1.5 if source % 2 == 0 else 0.75
            low, high = (0.0, np.inf) if weight > 0 else (-np.inf, 0.0)
            spec = {
                "weight": redraw(nest.random.normal(weight, abs(weight) * 0.1), min=low, max=high),
                "delay": redraw(nest.random.normal(delay, delay / 2.0), min=0.05, max=np.inf),
            }
            nest.Connect(layers[source], layers[target], {"rule": "fixed_total_number", "N": count}, spec)
    return run(cells, sizes, duration)


def spikes(name: str) -> np.ndarray:
    """Return steps and neurons of the spikes of a network whose synapses and inputs are given, shape (2, n)."""
    kernel(0)
    given = GIVEN[name]()
    n = given["V_m"].size
    cells = nest.Create(given["model"], n, params=given["cell"])
    cells.set(V_m=given["V_m"].tolist(), I_e=given["I_e"].tolist())
    spec = {"weight": given["weight"], "delay": given["delay"]}
    nest.Connect(given["source"] + 1, given["target"] + 1, "one_to_one", spec)
    noise = nest.Create("spike_generator", n)
    for k, counts in enumerate(given["noise"].T):
        steps = np.flatnonzero(counts)
        multiplicities = counts[steps].astype(int).tolist()
        noise[k].set(spike_times=np.round((steps + 1) * 0.1, 1), spike_multiplicities=multiplicities)
    nest.Connect(noise, cells, "one_to_one", {"weight": given["noise_weight"], "delay": 1.5})
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Simulate(0.1 * len(given["noise"]))
    steps, senders = np.round(recorder.events["times"] / 0.1).astype(int), recorder.events["senders"] - 1
    order = np.lexsort((senders, steps))
    return np.stack([steps[order], senders[order]]).astype(np.int16)


NETWORKS = {
    "brunel": brunel,
    "cuba": lambda seed: vogels_abbott("cuba", seed),
    "coba": lambda seed: vogels_abbott("coba", seed),
    "column": column,
}


def main() -> None:
    """Record the named networks, or all."""
    data = json.loads(DATA.read_text()) if DATA.exists() else {}
    for name in sys.argv[1:] or NETWORKS:
        rows, seconds = zip(*(NETWORKS[name](seed) for seed in SEEDS[name]), strict=True)
        data[name] = {"nest": nest.__version__, "statistics": [[round(x, 6) for x in row] for row in rows]}
        DATA.write_text(json.dumps(data, indent=1) + "\n")
        if name in GIVEN:
            np.savez_compressed(DATA.parent / f"{name}.npz", version=nest.__version__, spikes=spikes(name))
        print(name, np.mean(rows, axis=0).round(3), "processor time of a run (s):", np.median(seconds).round(3))


if __name__ == "__main__":
    main()
