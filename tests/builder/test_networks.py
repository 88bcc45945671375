"""Networks against NEST over ten seeds or more: rate and coefficient of variation of the intervals of every population.

`python tests/builder/test_networks.py NAME` prints both sides and the processor time of a run.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from network_cases import (
    BRUNEL,
    COLUMN,
    DURATION,
    GIVEN,
    N_EX,
    N_IN,
    PROBABILITY,
    SEEDS,
    VOGELS_ABBOTT,
    start,
    statistics,
)  # fmt: skip

from ranvier import builder as bp

HERE = Path(__file__).parent
NEST = json.loads((HERE / "data" / "networks.json").read_text(encoding="utf-8"))


def run(sim: bp.Simulator, cells: bp.NodeView, sizes: list[int], duration: float) -> tuple[list[float], float]:
    """Run; return the statistics, and the processor time of the run (s)."""
    recorder = sim.create(bp.spike_recorder)
    sim.connect(cells, recorder)
    sim.network.compile()
    before = time.process_time()
    result = sim.simulate(duration)
    used = time.process_time() - before
    return statistics(*result.events(recorder), sizes, duration), used


def brunel(seed: int) -> tuple[list[float], float]:
    sim, b = bp.Simulator(dt=0.1, seed=seed), BRUNEL
    cells = sim.create(bp.iaf_psc_alpha, b["n_ex"] + b["n_in"], params=b["cell"])
    noise = sim.create(bp.poisson_generator, rate=b["rate"])
    sim.connect(noise, cells, weight=b["weight"], delay=b["delay"])
    for group, count, weight in (
        (cells[: b["n_ex"]], b["k_ex"], b["weight"]), (cells[b["n_ex"] :], b["k_in"], -b["g"] * b["weight"])
    ):  # fmt: skip
        sim.connect(group, cells, rule=bp.fixed_indegree(count), weight=weight, delay=b["delay"])
    return run(sim, cells, [b["n_ex"], b["n_in"]], b["duration"])


def vogels_abbott(name: str, seed: int) -> tuple[list[float], float]:
    sim, case = bp.Simulator(dt=0.1, seed=seed), VOGELS_ABBOTT[name]
    cells = sim.create(case["model"], N_EX + N_IN, params=case["cell"], V_m=start(seed))
    if case["noise"]:
        noise = sim.create(bp.poisson_generator, rate=case["noise"])
        sim.connect(noise, cells, weight=case["weights"][0], delay=0.1)
    rule = bp.pairwise_bernoulli(PROBABILITY)
    for group, weight in zip((cells[:N_EX], cells[N_EX:]), case["weights"], strict=True):
        sim.connect(group, cells, rule=rule, weight=weight, delay=0.1, allow_autapses=False)
    return run(sim, cells, [N_EX, N_IN], DURATION)


def column(seed: int) -> tuple[list[float], float]:
    """The column of the example; NEST's script was written on its own."""
    path = HERE.parents[1] / "examples" / "potjans_diesmann_2014.py"
    found = importlib.util.spec_from_file_location("potjans_diesmann_2014", path)
    assert found is not None
    assert found.loader is not None
    example: Any = importlib.util.module_from_spec(found)
    found.loader.exec_module(example)
    sim, layers = example.build(seed)
    assert [len(layer) for layer in layers] == list(COLUMN.values())
    return run(sim, sum(layers[1:], layers[0]), list(COLUMN.values()), DURATION)


NETWORKS = {
    "brunel": brunel,
    "cuba": lambda seed: vogels_abbott("cuba", seed),
    "coba": lambda seed: vogels_abbott("coba", seed),
    "column": column,
}


def deviations(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return the means of both sides, the standard errors of their difference, and our processor time."""
    rows, seconds = zip(*(NETWORKS[name](seed) for seed in SEEDS[name]), strict=True)
    theirs, ours = np.array(NEST[name]["statistics"]), np.array(rows)
    error = np.sqrt((theirs.var(axis=0, ddof=1) + ours.var(axis=0, ddof=1)) / len(ours))
    return theirs.mean(axis=0), ours.mean(axis=0), error, float(np.median(seconds))


@pytest.mark.long
@pytest.mark.parametrize("name", NETWORKS)
def test_statistics(name: str) -> None:
    """Means over the seeds differ by less than three standard errors of their difference."""
    theirs, ours, error, _ = deviations(name)
    assert theirs.shape == (2 * (8 if name == "column" else 2),)
    rates, variations = np.split(theirs, 2)
    assert np.all((rates > 0.1) & (rates < 60.0))
    assert np.all((variations > 0.3) & (variations < 3.0))
    assert np.all(np.abs(ours - theirs) < 3 * error), ((ours - theirs) / error, ours, theirs)


@pytest.mark.long
@pytest.mark.parametrize("name", GIVEN)
def test_spike_by_spike(name: str) -> None:
    """The same synapses and the same input spikes: all spikes of all neurons are NEST's."""
    given, reference = GIVEN[name](), np.load(HERE / "data" / f"{name}.npz")["spikes"]
    sim = bp.Simulator(dt=0.1)
    n = given["V_m"].size
    cells = sim.create(given["model"], n, params=given["cell"], V_m=given["V_m"], I_e=given["I_e"])
    rule = bp.explicit_edges(given["source"], given["target"])
    sim.connect(cells, cells, rule=rule, weight=given["weight"], delay=given["delay"])
    trains = [np.repeat(np.arange(1, len(counts) + 1), counts) * 0.1 for counts in given["noise"].T]
    noise = sim.create(bp.spike_generator, n, spike_times=trains)
    sim.connect(noise, cells, rule=bp.one_to_one, weight=given["noise_weight"], delay=1.5)
    recorder = sim.create(bp.spike_recorder)
    sim.connect(cells, recorder)
    times, senders = sim.simulate(0.1 * len(given["noise"])).events(recorder)
    assert reference.shape[1] > 2000
    np.testing.assert_array_equal(np.stack([np.round(times / 0.1).astype(int), senders]), reference)


if __name__ == "__main__":
    for one in sys.argv[1:]:
        theirs, ours, error, seconds = deviations(one)
        print(one, theirs.round(3), ours.round(3), ((ours - theirs) / error).round(2), f"{seconds:.3f} s", sep="\n")
