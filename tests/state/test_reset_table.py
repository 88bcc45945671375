"""Network reset: every combination of its flags against the rules written down independently, here.

The rules: `populations` brings back the attributes of populations and forgets what is on its way; `projections` (or
`synapses`) the attributes of synapses but for w; `synapses` also w and the connectivity; `monitors` empties monitors;
`reseed_rng` draws the same numbers again; `keep` leaves attributes alone. The clock always returns to 0.

The network that is expected is not made by `reset`: it is a fresh one, or one that was never stopped, which takes over
attributes from files.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from zoo import difference

import ranvier as rv

BEFORE, AFTER = 23.4, 17.9
FLAGS = ("populations", "projections", "synapses", "monitors", "reseed_rng")


def build(monitored: bool) -> rv.Network:
    """A network without random numbers in its run: a clock that is set back changes nothing by itself."""
    net = rv.Network(dt=0.1, seed=5)
    neuron = rv.Neuron(
        "tau = 10.0\nI = 1.3 : population",
        "tau*dv/dt = I - v + g_exc\n5.0*dg_exc/dt = -g_exc",
        spike="v > 1",
        reset="v = 0",
        refractory=1.5,
    )
    cells = net.create(12, neuron, name="cells")
    cells.v = rv.Uniform(0.0, 1.0)
    stdp = rv.Synapse(
        "tau = 15.0 : projection\neta = 0.03",
        "tau*dx/dt = -x : event-driven\nz = 0.9*z + 0.1*x",
        pre_spike="g_target += 0.2*w\nx += eta",
        post_spike="w = clip(w + x - 0.01, 0.0, 1.0)",
    )
    proj = net.connect(cells, cells, "exc", stdp, name="c")
    proj.fixed_probability(0.4, weights=rv.Uniform(0.1, 0.9), delays=rv.Uniform(0.5, 4.0))
    static = net.connect(cells, cells, "exc", name="s")
    static.fixed_probability(0.3, weights=rv.Uniform(0.0, 0.2), delays=2.0)
    if monitored:
        net.monitor(cells, ["v", "spike"], name="m")
    net.compile()
    return net


def use(net: rv.Network, trained: bool, stored: bool) -> None:
    """What happens before the reset: training or not, values of the user, a stored state or not."""
    if not trained:
        net.disable_learning()
    net.simulate(BEFORE / 2)
    if stored:
        net.store()
        net.simulate(3.0)
        net.restore()
    net.get_population("cells").tau = np.linspace(9.0, 12.0, 12)
    net.get_population("cells").I = 1.4
    net.get_projection("c").eta = 0.02
    if not trained:
        net.get_projection("c").w = 0.33
    net.get_projection("s").w = 0.15
    net.simulate(BEFORE / 2)
    net.enable_learning()


def everything(net: rv.Network) -> dict[str, Any]:
    found: dict[str, Any] = {"clock": np.array(net.current_step)}
    for owner, values in net.get_states().items():
        found |= {f"{owner}.{name}": np.asarray(value) for name, value in values.items()}
    return found


class Expected:
    """The networks that are expected, made from files without `reset`."""

    def __init__(self, folder: Path, trained: bool) -> None:
        self.fresh_file, self.used_file = folder / f"fresh{trained}.npz", folder / f"used{trained}.npz"
        self.trained = trained
        build(False).save(self.fresh_file)
        net = build(False)
        use(net, trained, stored=False)
        net.save(self.used_file)
        self.names = {p.name: p._table.names() for p in net.get_projections()}

    def network(self, flags: dict[str, bool], keep: tuple[str, ...]) -> rv.Network:
        """Return the network that a reset with these flags must equal, but for the clock and monitors."""
        back = flags["projections"] or flags["synapses"]
        all_names = {name for names in self.names.values() for name in names}
        from_fresh = {name for name in all_names if (flags["synapses"] if name == "w" else back)}
        from_fresh -= {"w"} & set(keep)
        net = rv.Network.from_file(self.fresh_file if flags["populations"] else self.used_file)
        if flags["populations"]:
            net.load(self.used_file, populations=False, projections=all_names - from_fresh)
            kept = [name.partition(".")[2] for name in keep if name.startswith("cells.")]
            net.load(self.used_file, populations=kept, projections=False)
        else:
            net.load(self.fresh_file, populations=False, projections=from_fresh)
        return net


@pytest.mark.long
@pytest.mark.parametrize("trained", [True, False])
def test_all_combinations(trained: bool, tmp_path: Path) -> None:
    expected = Expected(tmp_path, trained)
    built = rv.cache.stats()["compiled"]
    known: dict[Any, dict[str, Any]] = {}
    for values in product([False, True], repeat=len(FLAGS)):
        flags = dict(zip(FLAGS, values, strict=True))
        for keep in ((), ("w", "cells.v")):
            key = tuple(flags[name] for name in FLAGS[:3]), keep
            if key not in known:
                net = expected.network(flags, keep)
                start = everything(net)
                net.simulate(AFTER)
                known[key] = {"start": start, "end": everything(net), "draws": draws(net)}
            for monitored, stored in product([False, True], repeat=2):
                label = f"{flags} keep={keep} monitored={monitored} stored={stored}"
                one_reset(flags, keep, trained, monitored, stored, known[key], label)
    assert rv.cache.stats()["compiled"] == built, "a reset compiles nothing"


def draws(net: rv.Network) -> np.ndarray:
    net.get_population("cells").v = "rand()"
    return net.get_population("cells").v.copy()


def one_reset(
    flags: dict[str, bool], keep: tuple[str, ...], trained: bool, monitored: bool, stored: bool,
    expected: dict[str, Any], label: str,
) -> None:  # fmt: skip
    net = build(monitored)
    use(net, trained, stored)
    connectivity = [p.connectivity for p in net.get_projections()]
    before = net.get_monitor("m").get(keep=True) if monitored else None
    if flags["synapses"] and not flags["projections"]:
        with pytest.warns(rv.RanvierWarning, match="resets the projections, too"):
            net.reset(**flags, keep=keep)
    else:
        net.reset(**flags, keep=keep)
    assert net.current_step == 0, label
    assert [p.connectivity for p in net.get_projections()] == connectivity, f"reconnected: {label}"
    found = everything(net)
    wrong = [name for name in difference(expected["start"] | {"clock": found["clock"]}, found)]
    assert not wrong, f"{wrong} after the reset: {label}"
    net.simulate(AFTER)
    found = everything(net)
    wrong = difference(expected["end"] | {"clock": found["clock"]}, found)
    assert not wrong, f"{wrong} after the run: {label}"
    if monitored and before is not None:
        data = net.get_monitor("m").get()
        kept = 0 if flags["monitors"] else len(before["v"])
        assert len(data["v"]) == kept + round(AFTER / 0.1), label
        np.testing.assert_array_equal(data["v"][:kept], before["v"][:kept])
        np.testing.assert_array_equal(data["v"][-1], net.get_population("cells").v)
    if flags["populations"]:
        same = np.array_equal(draws(net), expected["draws"])
        assert same == flags["reseed_rng"], label


def test_keep_is_checked_before_anything_is_done() -> None:
    net = build(False)
    net.simulate(3.0)
    before = everything(net)
    for keep, message in (
        (["cell.v"], "'cell' is no object of the network"),
        (["cells.u"], "'cells.u' is no attribute to keep"),
        (["nothing"], "'nothing' is no attribute to keep"),
        ("w", "keep must be a list"),
    ):
        with pytest.raises(rv.RanvierError, match=message):
            net.reset(keep=keep)
    assert not difference(before, everything(net))


def test_a_full_reset_is_a_fresh_network_whatever_came_before() -> None:
    fresh = build(True)
    fresh.simulate(AFTER)
    for trained, stored in product([False, True], repeat=2):
        net = build(True)
        use(net, trained, stored)
        net.get_projection("c").delay = 1.0
        net.simulate(2.0)
        net.reset(populations=True, projections=True, synapses=True)
        net.simulate(AFTER)
        assert not difference(everything(fresh), everything(net))
        np.testing.assert_array_equal(fresh.get_monitor("m").get("v", keep=True), net.get_monitor("m").get("v"))
