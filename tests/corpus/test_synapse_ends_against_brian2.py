"""Published networks in which synapses are ends of connections, beside Brian2: the same texts, values and inputs.

`make_synapse_ends_reference.py` wrote the data and describes the networks. Both programs evaluate the same formulas in
another order of operations and in other units; values agree to 1e-9 of the largest of their kind, spikes exactly.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from corpus_models import HERE, Model, coherent, corpus, neuron, synapse

import ranvier as rv

DATA = np.load(HERE / "data" / "synapse_ends.npz")
MODELS = corpus()
TOLERANCE = 1e-9
#: The scripts name intermediate values in the code of spikes, as Brian2 allows.
pytestmark = pytest.mark.filterwarnings("ignore:.*is not declared; it becomes a variable.*")
#: Units of what the data hold: exponents of metre, kilogram, second, ampere, kelvin, mole, candela.
UNITS = {
    "Y_S": (-3, 0, 0, 0, 0, 1, 0), "G_A": (-3, 0, 0, 0, 0, 1, 0), "C": (-3, 0, 0, 0, 0, 1, 0),
    "I": (-3, 0, 0, 0, 0, 1, 0), "J_coupling": (-3, 0, -1, 0, 0, 1, 0), "v": (2, 1, -3, -1, 0, 0, 0),
    "g_e": (-2, -1, 3, 2, 0, 0, 0), "g_i": (-2, -1, 3, 2, 0, 0, 0),
}  # fmt: skip


def case(name: str) -> dict[str, Any]:
    return {key.partition(".")[2]: DATA[key] for key in DATA.files if key.startswith(f"{name}.")}


def entry(script: str, line: int, changed: dict[str, float] | None = None) -> Model:
    """Return an entry of the corpus, with other values of some constants (in SI units)."""
    model = MODELS[f"brian2:{script}:{line}"]
    values = {k: {**v, "value": changed[k]} if k in (changed or {}) else v for k, v in model["values"].items()}
    return {**model, "values": values}


def trains(times: Any, ranks: Any, size: int, dt: float) -> rv.PopulationSpec:
    return rv.SpikeSourceArray([[float(t) * dt for t in np.sort(times[ranks == k])] for k in range(size)])


def compare(net: Any, groups: dict[str, Any], expected: dict[str, Any], every: float, before: Any = None) -> None:
    """Run the network and compare every variable of the data at the same moments."""
    names = [key for key in expected if key.partition(".")[0] in groups and "." in key]
    assert len(names) >= 5
    for n in range(len(expected[names[0]])):
        if before is not None:
            before(n)
        net.simulate(every)
        for key in names:
            group, _, name = key.partition(".")
            theirs = coherent(expected[key], UNITS.get(name))
            ours = np.asarray(getattr(groups[group], name))
            assert np.abs(ours - theirs[n]).max() <= TOLERANCE * max(np.abs(theirs).max(), 1e-300), (key, n)
    for key in names:
        assert np.ptp(expected[key]) > 0, key


def spikes_of(monitor: Any, size: int) -> list[list[int]]:
    found = monitor.get("spike")
    return [list(found.get(k, ())) for k in range(size)]


def listed(spikes: Any, size: int) -> list[list[int]]:
    return [sorted(int(s) for s in spikes[0][spikes[1] == k]) for k in range(size)]


def closed_loop(engine: str = "compiled") -> tuple[Any, dict[str, Any], Any]:
    expected, script, n = case("closed_loop"), "example_4_rsmean.py", 6
    net = rv.Network(dt=1.0, seed=1, engine=engine)  # type: ignore[arg-type]
    source = net.create(population=trains(expected["times"], expected["ranks"], n, 1.0))
    target = net.create(n, neuron(entry(script, 94)))
    made = net.connect(source, target, "", synapse(entry(script, 121)), same_step=True, name="synapses")
    three = np.repeat(np.arange(n), 3)
    made.explicit_edges(three, three, delays=0.0)
    made.x_S = 1.0
    astro = net.create(2 * n, neuron(entry(script, 176)), name="astrocytes")
    astro.h, astro.x_A = 0.9, 1.0
    astro.I_bias = np.repeat([0.0, 1.0], n) * 1e-3 * coherent(1.0, UNITS["C"])
    to_astro = net.connect(made, astro, "", synapse(entry(script, 192)), name="to_astro")
    to_astro.explicit_edges(3 * np.arange(n), np.arange(n))
    one = np.concatenate([3 * np.arange(n), 3 * np.arange(n) + 1])
    net.connect(astro, made, "", synapse(entry(script, 197)), name="to_synapse").explicit_edges(np.arange(2 * n), one)
    return net, {"synapse": made, "astrocyte": astro}, net.monitor(astro, "spike")


def test_three_configurations_of_gliotransmission() -> None:
    net, groups, spikes = closed_loop()
    expected = case("closed_loop")
    compare(net, groups, expected, 400.0)
    assert spikes_of(spikes, 12) == listed(expected["spikes"], 12)
    assert expected["spikes"].shape[1] > 5


def test_a_network_with_astrocytes() -> None:
    expected, script, n, n_exc, n_astro = case("network"), "example_6_COBA_with_astro.py", 60, 48, 9
    changed = json.loads(str(expected["changed"]))
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create(n, neuron(entry(script, 123, changed)), name="cells")
    cells.v, cells.g_e = coherent(expected["v"], UNITS["v"]), coherent(expected["g_e"], UNITS["g_e"])
    made = []
    for some, line, name in ((cells[:n_exc], 164, "exc"), (cells[n_exc:], 169, "inh")):
        one = net.connect(some, cells, "", synapse(entry(script, line, changed)), name=name, same_step=True)
        one.explicit_edges(some.ranks[expected[name][0]], expected[name][1], delays=0.0)
        one.x_S = 1.0
        made.append(one)
    made[0].astrocyte_index = expected["covered"]
    astro = net.create(n_astro, neuron(entry(script, 222)), name="astrocytes")
    astro.C, astro.h, astro.x_A = coherent(expected["C"], UNITS["C"]), 0.9, 1.0
    astro.I = 0.4e-3 * coherent(1.0, UNITS["C"])
    net.connect(astro, made[0], "", synapse(entry(script, 242))).where("i == astrocyte_index_post")
    net.connect(made[0], astro, "", synapse(entry(script, 245))).where("astrocyte_index_pre == j")
    net.connect(astro, astro, "", synapse(entry(script, 254))).where("i != j and abs(i - j) <= 2")
    spikes, astro_spikes = net.monitor(cells, "spike"), net.monitor(astro, "spike")
    compare(net, {"synapse": made[0], "cell": cells, "astrocyte": astro}, expected, 40.0)
    assert spikes_of(spikes, n) == listed(expected["spikes"], n)
    assert spikes_of(astro_spikes, n_astro) == listed(expected["astro_spikes"], n_astro)
    assert expected["spikes"].shape[1] > 100
    assert expected["astro_spikes"].shape[1] >= n_astro


def test_reward_acts_on_synapses() -> None:
    expected, script = case("reward"), "Izhikevich_2007.py"
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(population=trains(expected["times"], expected["ranks"], 2, 1.0))
    dopamine = net.create(population=trains(expected["doses"], 0 * expected["doses"], 1, 1.0))
    cells = net.create(2, neuron(entry(script, 55)), name="cells")
    cells.v = "-60 mV"
    brian: dict[str, Any] = {"target": "", "same_step": True}
    drive = net.connect(source, cells, synapse=synapse(entry(script, 62)), **brian)
    drive.explicit_edges([0, 1], [0, 1], delays=0.0)
    drive.s = "100 mV"
    learning = net.connect(cells, cells, synapse=synapse(entry(script, 69)), **brian)
    learning.explicit_edges([1, 0], [0, 1], delays=0.0)
    learning.s = learning.c = 1e-10
    dose = net.connect(dopamine, learning, synapse=synapse(entry(script, 99)), **brian)
    assert (list(learning.i), list(learning.j)) == ([1, 0], [0, 1])
    dose.explicit_edges([0], [1], delays=0.0)
    flip: Callable[[Any], Any] = lambda values: values[:, ::-1]  # noqa: E731  Brian2 made the synapse 0 -> 1 first
    expected = {k: flip(v) if k.startswith("synapse.") else v for k, v in expected.items()}

    def teach(n: int) -> None:
        learning.mode = float(n >= 30)

    compare(net, {"synapse": learning, "cell": cells}, expected, 10.0, teach)


def test_both_engines_give_the_same_bits() -> None:
    found = []
    for engine in ("compiled", "reference"):
        net, groups, _ = closed_loop(engine)
        net.simulate(150.0)
        found.append({f"{k}.{a.name}": np.array(a.values()) for k, g in groups.items() for a in g._table})
    assert all(np.array_equal(value, found[1][name]) for name, value in found[0].items())
