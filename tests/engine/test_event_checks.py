"""Plans with events, attached code and links that cannot be right are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime._bridge import Engine
from ranvier.runtime.checks.engines import check_plans
from ranvier.runtime.planning.plan import Plan
from ranvier.runtime.reference.engine import ReferenceEngine

MODEL = rv.Neuron(
    equations="x : linked\nv = v + 0.1*rand() + x\ns = mean(v) : population",
    spike="v > 1",
    reset="v = 0",
    events={"up": "v > 0.5"},
)
SOURCE = rv.Neuron(equations="y : init=0.1\nr = y")


def plan(engine: str = "compiled") -> Plan:
    net = rv.Network(dt=0.1, seed=1, engine=engine)  # type: ignore[arg-type]
    source, cells = net.create(3, SOURCE, name="source"), net.create(70, MODEL, name="cells")
    cells.link("x", source, "y", index=np.arange(70) % 3)
    cells.run_on_event("up", "v -= 0.2")
    cells.run_on_event("spike", "v += s")
    cells.run_regularly("v = 0.9*v", period=0.5)
    proj = net.connect(cells, cells, "", rv.Synapse(pre_spike="v_post += w", on_event={"pre": "up"}))
    proj.one_to_one(weights=0.01, delays=0.3)
    net.monitor(cells, ["up", "spike"])
    net.compile()
    made = net._simulation._runner._plan
    assert made is not None
    return made


def test_the_plan_itself_runs_alike_on_both_engines() -> None:
    assert check_plans(plan(), plan("reference"), Engine, ReferenceEngine, 40) is None


def test_a_difference_in_an_event_is_found() -> None:
    changed = plan("reference")
    cells = changed.populations[1]

    class Disturbed(ReferenceEngine):
        def run(self, n_steps: int, progress: Any = None) -> Any:
            status = super().run(n_steps)
            cells.events[0].counts[:] = 0
            return status

    found = check_plans(plan(), changed, Engine, Disturbed, 40)
    assert found is not None
    assert (found.owner, found.variable, found.compiled) == ("cells", "event 'up'", "up")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: setattr(p.populations[1].events[0], "entry", 0), "is not a mask"),
        (lambda p: setattr(p.populations[1].events[0], "history", np.zeros((4, 64), np.int32)), "rows of 128"),
        (lambda p: setattr(p.populations[1].events[0], "counts", np.full(4, 71)), "counts"),
        (lambda p: setattr(p.populations[1].codes[0], "event", 2), "event 2"),
        (lambda p: setattr(p.regular[0], "period", 0), "period 0"),
        (lambda p: setattr(p.regular[0], "population", 7), "no such population"),
        (lambda p: setattr(p.projections[0].pathways[0], "event", 2), "no event 2"),
        (lambda p: setattr(p.projections[0].pathways[0], "delays", np.array([4])), "history of spikes has 4 slots"),
        (lambda p: setattr(p.spike_recorders[0], "event", 5), "no event 5"),
        (lambda p: setattr(p.links[0], "index", np.full(70, 64)), "index"),
        (lambda p: setattr(p.links[0], "data", np.zeros(3)), "data"),
    ],
)
def test_mistakes(change: Callable[[Plan], None], message: str) -> None:
    made = plan()
    change(made)
    with pytest.raises((ValueError, TypeError), match=message):
        Engine(made)
