"""Published single-cell models beside Brian2: the same texts, values, method and time step, for 100 ms.

`make_model_reference.py` wrote the data. Both programs evaluate the same formulas in a different order of operations
and in other units, so traces agree to rounding, which a spiking cell amplifies: they are compared up to the first
spike, to 1e-9 of their largest value. Spike steps must be equal throughout.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from corpus_models import HERE, SIZE, assign, corpus, neuron

import ranvier as rv

DATA = np.load(HERE / "data" / "cells.npz")
ABOUT: dict[str, dict[str, str]] = json.loads(str(DATA["about"]))
MODELS = [model for name, model in corpus().items() if name.startswith("brian2:")]
NAMES = {MODELS[int(number)]["name"]: number for number in ABOUT}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_the_cell_does_what_it_does_in_brian2(name: str) -> None:
    number = NAMES[name]
    variable, method = ABOUT[number]["variable"], ABOUT[number]["method"]
    trace, (steps, ranks) = DATA[f"{number}.trace"], DATA[f"{number}.spikes"]
    model = {**MODELS[int(number)], "method": method}
    net = rv.Network(dt=model["dt_ms"], seed=1)
    pop = net.create(SIZE, neuron(model))
    assign(pop, model)
    first = np.array(getattr(pop, variable)).ravel()[-1]
    monitor = net.monitor(pop, variable)
    spikes = net.monitor(pop, "spike") if "threshold" in model else None
    net.simulate(len(trace) * model["dt_ms"])
    # Brian2 records at the start of a step, we at its end.
    ours = np.concatenate([[first], monitor.get(variable)[:-1, -1]])
    end = min([len(trace), *(int(s) + 1 for s, r in zip(steps, ranks, strict=True) if r == SIZE - 1)])
    np.testing.assert_allclose(ours[:end], trace[:end], rtol=0, atol=1e-9 * np.abs(trace[:end]).max())
    if spikes is not None:
        found = {rank: list(train) for rank, train in spikes.get("spike").items()}
        assert found == {rank: sorted(int(s) for s in steps[ranks == rank]) for rank in range(SIZE)}


def test_the_data_covers_the_published_cells() -> None:
    assert len(NAMES) >= 50
    assert sum(DATA[f"{number}.spikes"].size > 0 for number in ABOUT) >= 19
