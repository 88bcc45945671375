"""Networks against NEST over ten seeds; and the recorded data against NEST itself, where it is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nest_cases import BRUNEL, CELLS, DT, SYNAPSES, statistics

from ranvier import builder as bp

DATA = Path(__file__).parent / "data"


def brunel(seed: int) -> list[float]:
    b, sim = BRUNEL, bp.Simulator(dt=DT, seed=seed)
    cells = sim.create(bp.iaf_psc_alpha, b["n_ex"] + b["n_in"], params=b["cell"])
    noise = sim.create(bp.poisson_generator, rate=b["rate"])
    sim.connect(noise, cells, weight=b["weight"], delay=b["delay"])
    for group, count, weight in (
        (cells[: b["n_ex"]], b["k_ex"], b["weight"]), (cells[b["n_ex"] :], b["k_in"], -b["g"] * b["weight"])
    ):  # fmt: skip
        sim.connect(group, cells, rule=bp.fixed_indegree(count), weight=weight, delay=b["delay"], comm="sparse")
    recorder = sim.create(bp.spike_recorder)
    sim.connect(cells, recorder)
    return statistics(*sim.simulate(b["duration"]).events(recorder))


@pytest.mark.long
def test_brunel() -> None:
    """The means over ten seeds differ by less than four standard errors of their difference (1 in 5000 by chance)."""
    theirs = np.load(DATA / "brunel.npz")["statistics"]
    ours = np.array([brunel(seed) for seed in range(10)])
    error = np.sqrt((theirs.var(axis=0, ddof=1) + ours.var(axis=0, ddof=1)) / 10)
    assert 2.0 < theirs[:, 0].mean() < 60.0
    assert theirs[:, 2].mean() > 0.5
    assert np.all(np.abs(ours.mean(axis=0) - theirs.mean(axis=0)) < 4 * error), (ours.mean(0), theirs.mean(0), error)


@pytest.mark.long
def test_recorded_data_are_those_of_nest() -> None:
    pytest.importorskip("nest")
    import record_nest

    cells, synapses = np.load(DATA / "cells.npz"), np.load(DATA / "synapses.npz")
    for model in CELLS:
        for name, values in record_nest.cell(model, "spiking").items():
            np.testing.assert_allclose(values, cells[f"{model}/spiking/{name}"], rtol=1e-9)
    for model in SYNAPSES:
        np.testing.assert_allclose(record_nest.synapse(model), synapses[f"{model}/1.0"], rtol=1e-9)
