"""Nothing that influences the future is left out: whatever brings a state back, what follows is what would have."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zoo
from zoo import ZOO, build, difference, everything, forget

import ranvier as rv

#: Moments in the middle of things: spikes on their way, neurons refractory, no multiple of any period.
MOMENTS = {name: 20.3 + 0.7 * n for n, name in enumerate(ZOO)}
AFTER = 15.2


def straight(name: str, **options: Any) -> dict[str, Any]:
    """What a network is like when it is never stopped; monitors begin at the moment."""
    net = build(name, **options)
    net.simulate(MOMENTS[name])
    forget(net)
    net.simulate(AFTER)
    return everything(net)


@pytest.mark.parametrize("name", ZOO)
def test_the_networks_do_something(name: str) -> None:
    net = build(name)
    net.simulate(MOMENTS[name])
    before = everything(net)
    net.simulate(AFTER)
    changed = difference(before, everything(net))
    assert len(changed) > 1
    if name == "stdp":
        assert {"dense.w", "sparse.w", "online.w"} <= set(changed)
    for population in net.get_populations():
        if population.spiking and population.name not in ("off", "signal"):
            assert any(net.get_monitor(f"m_{population.name}").get("spike").values()), population.name


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("name", ZOO)
def test_store_and_restore_twice(name: str, precision: str) -> None:
    net = build(name, precision=precision)
    net.simulate(MOMENTS[name])
    forget(net)
    net.store("here")
    net.simulate(AFTER)
    expected = everything(net)
    assert not difference(expected, straight(name, precision=precision))
    for _ in range(2):
        net.restore("here")
        net.simulate(AFTER / 2)
        net.simulate(AFTER / 2)
        assert not difference(expected, everything(net))


@pytest.mark.parametrize("suffix", [".h5", ".npz"])
@pytest.mark.parametrize("name", ZOO)
def test_load_into_a_network_of_a_script(name: str, suffix: str, tmp_path: Path) -> None:
    first = build(name)
    first.simulate(MOMENTS[name])
    first.save(tmp_path / f"state{suffix}")
    other = build(name)
    other.simulate(3.1)
    other.load(tmp_path / f"state{suffix}")
    other.simulate(AFTER)
    assert not difference(straight(name), everything(other))


@pytest.mark.parametrize("precision", ["double", "single"])
def test_another_process_without_a_script(precision: str, tmp_path: Path) -> None:
    """One process continues, and then resets, every network from its file."""
    for n, name in enumerate(ZOO):
        net = build(name, precision=precision)
        net.simulate(MOMENTS[name])
        net.save(tmp_path / f"net_{name}{('.h5', '.npz')[n % 2]}")
    done = subprocess.run(
        [sys.executable, zoo.__file__, str(tmp_path), str(AFTER)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for n, name in enumerate(ZOO):
        path = f"net_{name}{('.h5', '.npz')[n % 2]}.npz"
        assert not difference(straight(name, precision=precision), dict(np.load(tmp_path / f"after_{path}"))), name
        if name in ("delays_changed", "synapse_ends"):  # by a Python function, which is not in the file
            continue
        fresh = build(name, precision=precision)
        fresh.simulate(AFTER)
        assert not difference(everything(fresh), dict(np.load(tmp_path / f"reset_{path}"))), name


@pytest.mark.parametrize("name", ZOO)
def test_copies_share_nothing(name: str) -> None:
    net = build(name)
    net.simulate(MOMENTS[name])
    copy = net.copy()
    forget(net)
    net.simulate(AFTER)
    expected = everything(net)
    assert not difference(expected, straight(name))
    copy.simulate(AFTER)
    assert not difference(expected, everything(copy))
    assert not difference(expected, everything(net)), "the copy ran on its own"


@pytest.mark.parametrize("how", ["restore", "load"])
def test_switches_and_assignments_come_back(how: str, tmp_path: Path) -> None:
    """What a user does after the moment is undone: switches, given spikes, delays, draws of assignments, the seed."""

    def go_on(net: rv.Network) -> dict[str, Any]:
        net.get_population("cells").v = "5.0*rand()"
        net.simulate(AFTER)
        return everything(net)

    for name in ("inputs", "switched", "stdp"):
        net = build(name)
        net.simulate(9.3)
        forget(net)
        if name == "switched":
            net.get_population("on").v = "rand()"
        net.store()
        net.save(tmp_path / "a.npz")
        expected = go_on(net) if name != "switched" else {}
        if name == "switched":
            net.simulate(AFTER)
            expected = everything(net)
        net.restore()
        net.enable_learning(period=0.7)
        net.disable_learning(net.get_projections()[:1])
        for population in net.get_populations():
            population.disable() if name != "switched" else population.enable()
            if population.spiking and population.neuron_type is not None:
                for variable in {"v"} & set(population.variables):
                    population.set({variable: "rand()"})
        if name == "inputs":
            net.get_population("given").spike_times = [[50.0], [1.0]]
            net.get_projection("from3").delay = 0.2
        net.seed = 77
        net.simulate(0.4)
        net.restore() if how == "restore" else net.load(tmp_path / "a.npz")
        if name == "switched":
            net.simulate(AFTER)
            assert not difference(expected, everything(net))
        else:
            assert not difference(expected, go_on(net)), name


def test_a_file_can_be_loaded_again_and_again(tmp_path: Path) -> None:
    net = build("events")
    net.simulate(9.1)
    net.save(tmp_path / "a.h5")
    net.simulate(5.0)
    net.load(tmp_path / "a.h5")
    net.save(tmp_path / "b.h5")
    loaded = rv.Network.from_file(tmp_path / "b.h5")
    loaded.save(tmp_path / "c.npz")
    again = rv.Network.from_file(tmp_path / "c.npz")
    net.simulate(8.0)
    again.simulate(8.0)
    assert not difference(everything(net), everything(again))


def test_a_copy_with_another_seed() -> None:
    net = build("stdp")
    net.simulate(5.0)
    copy = net.copy(seed=99)
    assert (copy.seed, net.seed) == (99, 11)
    assert not difference(
        {k: v for k, v in everything(net).items() if "m_" not in k},
        {k: v for k, v in everything(copy).items() if "m_" not in k},
    )
    net.simulate(5.0)
    copy.simulate(5.0)
    assert "cells.v" in difference(everything(net), everything(copy))
