"""Every array that an engine sees, and every field of an object, is saved state, or said to be something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zoo import ZOO, build

import ranvier as rv
from ranvier.runtime.arrays import refill_padding
from ranvier.runtime.planning.plan import Plan, PopulationPlan

ROOT = Path(__file__).resolve().parents[2]

#: Fields of the objects that hold what a network is. "state" and "structure" are in files (state.py, blueprint.py);
#: what is "made" follows from them.
FIELDS = {
    "Population": {
        "state": "_table _spikes _values _events _until _position _calls _enabled _window _given _received",
        "structure": "_name _spec _codes _links _placed",
        "made": "_context _n _npad _model _heard _readers",
    },
    "Projection": {
        "state": "_synapses _enabled _learns _schedule",
        "structure": "_name _pre _post _target _more_targets _synapse _recipe _links _later _values _reverse",
        "made": "_context _ends _model _planned _rules _readers _group",
    },
    "Synapses": {
        "state": "connectivity table pathway_delays lastupdate traces flight structure calls",
        "structure": "followers end_of written",
        "made": "_context _ends _synapse _model before_write",
    },
    "BorrowedSynapses": {
        "state": "table pathway_delays lastupdate traces flight structure calls",
        "structure": "followers end_of written _lender turned",
        "made": "_context _ends _synapse _model before_write _lent _built",
    },
    "SpikeHistory": {"state": "last history counts", "structure": "", "made": "_context _npad"},
    "ValueHistory": {"state": "_rings", "structure": "", "made": "_context _npad rows"},
    "Attribute": {"state": "data block", "structure": "scale", "made": "name role type locality dimension n"},
    "Trace": {"state": "_values _since _lifted", "structure": "", "made": "_connectivity _context side"},
    "Context": {
        "state": "step seed epoch",
        "structure": "dt options constants",
        "made": "version interpreted rounding threads",
    },
    "Monitor": {
        "state": "_period _offset _windows _stopped _armed",
        "structure": "_name _object _variables _form _window_steps _file _moments _times",
        "made": "_context _tapes _event_tapes _samples _last _readouts",
    },
    "Callback": {"state": "calls", "structure": "", "made": "function period offset wait with_count enabled"},
}

#: Pointers in the structs of the engine. Plan: arrays of plan.py, which the test below walks. Scratch is computed anew
#: from the plan before it is read: at the start of a segment, of a step, or of a delivery.
POINTERS = {
    "plan": """
        en_entry.data en_list.history en_list.counts en_ring.source en_ring.rows en_ring.started
        en_population.ring_rows en_population.history en_population.counts en_population.last
        en_population.source_steps en_population.source_ranks en_population.source_position
        en_subtotal.until en_subtotal.last
        en_subtotal.target en_pathway.indptr en_pathway.delays en_sweep.seg en_term.target en_reduction.source
        en_recorder.data en_recorder.ranks en_recorder.count en_recorder.out en_recorder.at en_tap.data en_tap.select
        en_spikes.select en_guard.data
        en_received.source en_received.copy en_link.data en_link.source en_link.index en_engine.step
        en_pathway.pending_step en_pathway.pending_seg en_rate.bits en_rate.counts en_rate.rate
    """,
    "scratch": """
        en_entry.block en_entry.full en_entry.seen en_entry.deps en_linear.a en_linear.p en_linear.q en_binding.entry
        en_binding.linear en_binding.a en_binding.mask en_binding.prepare en_binding.before en_event.code
        en_code.binding en_code.kernel en_population.ring en_population.binding en_population.update
        en_population.reset en_population.spare en_population.event en_pathway.kernel en_pathway.a
        en_population.received en_pathway.trace en_pathway.now_all en_pathway.now_of en_pathway.seen en_pathway.far
        en_pathway.subtotal en_sweep.kernel en_projection.term en_projection.step
        en_projection.reduction en_projection.binding en_projection.pre_path en_projection.post_path
        en_condition.binding en_condition.kernel en_engine.population en_engine.projection en_engine.recorder
        en_engine.spikes en_engine.condition en_engine.guard en_engine.code en_engine.link en_engine.rate
        en_engine.owned en_event.found en_population.found en_share.seg en_pathway.share en_pathway.cuts en_sweep.cuts
        en_phase.group en_engine.pool en_engine.tap en_pathway.tap en_tap.computed
    """,
    # taken out by drain_spikes and drain_synapses at the end of every segment
    "drained": "en_spikes.ranks en_spikes.runs en_tap.ends en_tap.values en_tap.runs",
}


def walk(value: Any, path: str, seen: set[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every array of a plan with its place in it."""
    if isinstance(value, np.ndarray):
        yield path, value
    elif isinstance(value, PopulationPlan):
        for field in fields(value):
            if field.name == "history":  # what is beyond the counts has no meaning
                heard = [value.history[s, : value.counts[s]] for s in range(value.counts.size)]
                yield f"{path}.history", np.concatenate(heard)
            else:
                yield from walk(getattr(value, field.name), f"{path}.{field.name}", seen)
    elif is_dataclass(value) and not isinstance(value, type) and type(value).__module__.endswith("plan"):
        for field in fields(value):
            if (type(value).__name__, field.name) == ("EventList", "history"):
                heard = [value.history[s, : value.counts[s]] for s in range(value.counts.size)]
                yield f"{path}.history", np.concatenate(heard)
            else:
                yield from walk(getattr(value, field.name), f"{path}.{field.name}", seen)
    elif isinstance(value, (list, tuple)):
        for n, item in enumerate(value):
            yield from walk(item, f"{path}[{n}]", seen)


def arrays(net: rv.Network) -> dict[str, np.ndarray]:
    """Return copies of all arrays of the plan of a network."""
    net._context.touch()  # the plan holds what is true when it is made
    net.compile()
    plan = net._simulation._runner._plan
    assert isinstance(plan, Plan)
    plan.recorders = []
    for owner in (*net.get_populations(), *net.get_projections()):
        for attribute in owner._table:
            refill_padding(attribute.data, attribute.n)  # what is beyond the elements has no meaning
    for population in net.get_populations():
        for copy in population._received.values():
            refill_padding(copy.data, copy.n)
        for padded in (population._until, population._spikes.last, *(e.last for e in population._events.values())):
            padded[population.size :] = 0
    found = {path: array.copy() for path, array in walk(plan, "plan", set())}
    for path, array in walk(plan, "plan", set()):
        for population in net.get_populations():
            for ring in population._values.rings():
                if array is ring.rows and population._values.slots > 1:  # the row of this moment is filled anew
                    rows = found[path].reshape(population._values.slots, -1)
                    rows[net.current_step % population._values.slots] = 0
    return found


@pytest.mark.parametrize("name", ZOO)
def test_every_array_of_the_engine_comes_back(name: str) -> None:
    net = build(name)
    net.simulate(20.7)
    net.store()
    before = arrays(net)
    net.simulate(13.3)
    after = arrays(net)
    changed = [path for path in before if before[path].tobytes() != after[path].tobytes()]
    assert changed, "the engine has written something"
    net.restore()
    again = arrays(net)
    assert again.keys() == before.keys()
    # the rows of the ring are scratch: places of the current step, written in every step before they are read
    lost = [p for p in before if before[p].tobytes() != again[p].tobytes() and not p.endswith(".ring_rows")]
    lost = [p for p in lost if not is_scratch(net, p)]
    assert not lost


def is_scratch(net: rv.Network, path: str) -> bool:
    """Tell whether an array of a binding is written before it is read in every step, as its role in the IR says."""
    found = re.fullmatch(r"plan\.(\w+)\[(\d+)\]\.binding\.arrays\[(\d+)\]", path)
    if found is None:
        return False
    plan = net._simulation._runner._plan
    entry = getattr(plan, found[1])[int(found[2])].binding.ir.layout[int(found[3])]
    return entry.role in ("rows", "reduced")


@pytest.mark.parametrize("name", ZOO)
def test_every_field_of_an_object_is_said_to_be_something(name: str) -> None:
    net = build(name)
    net.every(period=1.0)(lambda: None)
    net.simulate(1.0)
    objects: list[Any] = [net._context, *net.get_populations(), *net.get_projections(), *net.get_monitors()]
    objects += [p._synapses for p in net.get_projections()]
    objects += [p._spikes for p in net.get_populations()] + [p._values for p in net.get_populations()]
    objects += [a for owner in (*net.get_populations(), *net.get_projections()) for a in owner._table]
    objects += net._objects.callbacks._entries
    for obj in objects:
        kind = type(obj).__name__
        known = {word for words in FIELDS[kind].values() for word in words.split()}
        slots = getattr(type(obj), "__slots__", ())
        names = set(slots) if slots else set(vars(obj))
        names = {n for n in names if not isinstance(vars(type(obj)).get(n), property)}
        assert names ^ known == set(), (
            f"{kind}: a new field must be saved and loaded (state.py, blueprint.py), or be said to follow from others"
        )


def test_every_pointer_of_the_engine_is_said_to_be_something() -> None:
    header = (ROOT / "runtime" / "engine" / "engine.h").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", header, flags=re.DOTALL)
    known = [word for words in POINTERS.values() for word in words.split()]
    found = []
    for struct, body in re.findall(r"typedef struct (\w+) \{(.*?)\}", text, flags=re.DOTALL):
        for line in body.split(";"):
            found += [f"{struct}.{name}" for name in re.findall(r"\*+\s*(\w+)", line)]
    assert set(found) ^ set(known) == set(), (
        "a new pointer is an array of the plan, or scratch; whatever influences the future belongs to Python objects"
    )
