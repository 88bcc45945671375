"""Files: what is in them, what parts can be saved and loaded, and what does not fit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from zoo import build, difference, everything, saved

import ranvier as rv

FORMATS = pytest.mark.parametrize("suffix", [".h5", ".npz"])


# -- what is in a file -----------------------------------------------------------------------------------


def test_the_file_can_be_read_by_others(tmp_path: Path) -> None:
    net, path = saved(tmp_path, name="cobahh")
    cells, e = net.get_population("cells"), net.get_projection("e")
    with h5py.File(path, "r") as file:
        assert (file.attrs["format"], file.attrs["version"]) == ("ranvier", 1)
        v = file["state/populations/cells/attributes/v"]
        assert v.dtype == np.float64
        assert v.attrs["unit"] == "mV"
        np.testing.assert_array_equal(v[()], cells.v)
        assert file["state/populations/cells/attributes/g_na"][()] == [20000.0]
        assert file["state/populations/cells/attributes/g_na"].attrs["unit"] == "nS"
        built = file["state/projections/e/connectivity"]
        assert built["target"].size == e.nb_synapses
        text = json.loads(bytes(file["structure.json"][()]))
    assert text["attributes"]["cells"]["v"] == {
        "role": "variable", "type": "float", "locality": "local", "dtype": "float64", "unit": "mV",
    }  # fmt: skip
    manifest = text["manifest"]
    assert manifest["seed"] == 11
    assert manifest["parameters"]["cells"]["g_na"] == 20000.0
    assert set(manifest["kernels"]) == {"cells", "e", "i"}
    assert {"ranvier", "numpy", "python", "compiler", "flags", "machine"} <= set(manifest)
    assert "exprel" in json.dumps(text["structure"]), "the equations are there"


def test_equal_states_are_equal_files(tmp_path: Path) -> None:
    _, first = saved(tmp_path, ".npz")
    one = first.read_bytes()
    _, second = saved(tmp_path, ".npz")
    assert second.read_bytes() == one


def test_no_pickle_and_no_code(tmp_path: Path) -> None:
    _, path = saved(tmp_path, ".npz")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            values = np.load(BytesIO(archive.read(name)), allow_pickle=False)
            assert values.dtype.kind in "biuf"


@FORMATS
def test_a_file_is_replaced_when_the_new_one_is_complete(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, path = saved(tmp_path, suffix)
    before = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    net.simulate(1.0)
    with pytest.raises(rv.RanvierError, match="No space left") as error:
        net.save(path)
    assert error.value.code == "E505"
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name], "nothing is left behind"


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    net, _ = saved(tmp_path)
    for name in ("nowhere/net.h5", "nowhere/net.npz"):
        with pytest.raises(rv.RanvierError, match="cannot be written"):
            net.save(tmp_path / name)
    with pytest.raises(rv.RanvierError, match="cannot be read: No such file"):
        net.load(tmp_path / "nothing.h5")


# -- parts -----------------------------------------------------------------------------------------------


@FORMATS
def test_weights_alone(suffix: str, tmp_path: Path) -> None:
    net = build("stdp")
    net.simulate(40.0)
    net.save(path := tmp_path / f"net{suffix}")
    other = build("stdp")
    other.simulate(2.0)
    before = everything(other)
    other.load(path, populations=False, projections=["w"])
    changed = difference(before, everything(other))
    assert sorted(changed) == ["dense.w", "online.w", "sparse.w"]
    for name in changed:
        assert np.array_equal(everything(other)[name], everything(net)[name])
    assert other.current_step == 20


def test_populations_alone(tmp_path: Path) -> None:
    net, path = saved(tmp_path, name="stdp")
    other = build("stdp")
    other.load(path, projections=False)
    assert np.array_equal(other.get_population("cells").v, net.get_population("cells").v)
    assert np.array_equal(other.get_projection("dense").w, build("stdp").get_projection("dense").w)
    assert other.current_step == 0


def test_a_part_saved_is_a_part_to_load(tmp_path: Path) -> None:
    net = build("stdp")
    net.simulate(3.0)
    path = tmp_path / "weights.npz"
    net.save(path, populations=False)
    other = build("stdp")
    other.load(path, populations=False)
    assert np.array_equal(other.get_projection("dense").w, net.get_projection("dense").w)
    with pytest.raises(rv.RanvierError, match="holds a part of a network"):
        other.load(path)
    with pytest.raises(rv.RanvierError, match="holds no populations"):
        other.load(path, projections=False)
    with pytest.raises(rv.RanvierError, match="cannot be rebuilt"):
        rv.Network.from_file(path)


@FORMATS
def test_one_population_and_one_projection(suffix: str, tmp_path: Path) -> None:
    net = build("stdp")
    net.simulate(5.0)
    cells, dense = net.get_population("cells"), net.get_projection("dense")
    cells.save(tmp_path / f"cells{suffix}")
    dense.save(tmp_path / f"dense{suffix}")
    other = build("stdp", seed=12)
    own = other.get_population("cells"), other.get_projection("dense")
    own[0].load(tmp_path / f"cells{suffix}")
    own[1].load(tmp_path / f"dense{suffix}")
    assert np.array_equal(own[0].v, cells.v)
    assert np.array_equal(own[1].w, dense.w)
    assert np.array_equal(own[1].x, dense.x)
    with pytest.raises(rv.RanvierError, match=r"10 neurons, in .* it has 40"):
        own[0].load(_whole(other.get_population("noise"), tmp_path / f"noise{suffix}"))
    with pytest.raises(rv.RanvierError, match="has nothing for projection"):
        own[1].load(tmp_path / f"cells{suffix}")
    net.save(tmp_path / f"net{suffix}")
    own[0].load(tmp_path / f"net{suffix}")
    fresh = build("stdp")
    again = fresh.get_projection("sparse")
    again.load(tmp_path / f"net{suffix}")
    assert np.array_equal(again.x, net.get_projection("sparse").x), "event-driven variables, as they are now"
    fresh.load(tmp_path / f"net{suffix}", populations=False)
    assert np.array_equal(fresh.get_projection("dense").x, dense.x)
    fresh.load(tmp_path / f"net{suffix}", populations=False, projections=["x"])
    assert np.array_equal(fresh.get_projection("dense").x, dense.x)


def _whole(owner: Any, path: Path) -> Path:
    owner.save(path)
    return path


def test_event_driven_variables_that_share_a_time_are_loaded_together(tmp_path: Path) -> None:
    def make() -> rv.Network:
        net = rv.Network(dt=0.1, seed=1)
        pre = net.create(rv.SpikeSourceArray([[1.0, 3.0], [2.0]]), name="pre")
        post = net.create(2, rv.Neuron("", "v = g_exc", spike="v > 1e9"), name="post")
        synapse = rv.Synapse(
            "tau = 9.0",
            "tau*dx/dt = -x : event-driven\ntau*dy/dt = -y : event-driven",
            pre_spike="x += w\ny += x\ng_target += y",
            post_spike="x *= 0.5\ny *= 0.5",
        )
        net.connect(pre, post, "exc", synapse, name="c").all_to_all(weights=rv.Uniform(0.0, 1.0))
        return net

    net, other = make(), make()
    net.simulate(4.5)
    net.save(tmp_path / "a.npz")
    other.simulate(2.0)
    other.load(tmp_path / "a.npz", populations=False)
    assert np.all(net.get_projection("c").y > 0)
    assert np.array_equal(other.get_projection("c").x, net.get_projection("c").x)
    assert np.array_equal(other.get_projection("c").y, net.get_projection("c").y)
    with pytest.raises(rv.RanvierError, match="event-driven: they can only be loaded together"):
        other.load(tmp_path / "a.npz", populations=False, projections=["x"])


def test_values_find_their_synapses_in_another_order_of_storage(tmp_path: Path) -> None:
    """Delays order the storage; attributes are loaded by the neurons they lie between."""
    def make(delays: Any) -> Any:
        net = rv.Network(dt=0.1, seed=1)
        pop = net.create(9, rv.Neuron("", "v = g_exc", spike="v > 1"), name="p")
        proj = net.connect(pop, pop, "exc", name="c")
        return proj.fixed_probability(0.5, weights=rv.Uniform(0.0, 1.0), delays=delays)

    one, two = make(rv.Uniform(0.1, 3.0)), make(1.0)
    one.w = np.arange(one.nb_synapses) + 0.5
    one.save(tmp_path / "c.npz")
    two.load(tmp_path / "c.npz")
    assert np.array_equal(one.w, two.w)


# -- what does not fit -----------------------------------------------------------------------------------


def variant(**change: Any) -> rv.Network:
    net = rv.Network(dt=change.get("dt", 0.1), seed=1, precision=change.get("precision", "double"))
    equations = change.get("equations", "tau*dv/dt = -v + g_exc\nu : 1")
    pop = net.create(change.get("n", 5), rv.Neuron("tau = 20.0", equations, "v > 1", "v = 0"), name="p")
    if change.get("second"):
        net.create(2, rv.Neuron("tau = 20.0", equations, "v > 1", "v = 0"), name="q")
    proj = net.connect(pop, pop, "exc", name=change.get("projection", "c"))
    proj.fixed_number_pre(change.get("in_degree", 2), weights=rv.Uniform(0.0, 1.0), delays=1.0)
    return net


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dt": 0.2}, "saved with dt = 0.1, the network has dt = 0.2"),
        ({"precision": "single"}, "saved with precision = 'double'"),
        ({"n": 6}, "population 'p' has 6 neurons, in .* it has 5"),
        ({"equations": "tau*dv/dt = -v + g_exc"}, "'u', which is no attribute of population 'p'"),
        ({"equations": "tau*dv/dt = -v + g_exc\nu : 1\nw : 1"}, "no values for 'w' of population 'p'"),
        ({"equations": "tau*dv/dt = -v + g_exc\nu : int"}, "'u' of population 'p' is int64, in .* it is float64"),
        ({"equations": "tau*dv/dt = 1 - v + g_exc\nu : 1"}, "population 'p' has other equations"),
        ({"second": True}, "The network has a population 'q', .* has not"),
        ({"projection": "d"}, "has a projection 'c', the network has not"),
    ],
)
def test_a_mismatch_names_object_and_attribute(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    variant().save(tmp_path / "a.npz")
    net = variant(**change)
    before = everything(net)
    with pytest.raises(rv.RanvierError, match=message) as error:
        net.load(tmp_path / "a.npz")
    assert error.value.code == "E505"
    assert not difference(before, everything(net)), "nothing has been changed"


def test_attributes_need_the_same_synapses_the_whole_state_brings_its_own(tmp_path: Path) -> None:
    saved = variant()
    saved.save(tmp_path / "a.npz")
    net = variant(in_degree=3)
    with pytest.raises(rv.RanvierError, match=r"projection 'c' has 15 synapses, in .* it has 10"):
        net.load(tmp_path / "a.npz", populations=False)
    net.load(tmp_path / "a.npz")
    assert net.get_projection("c").nb_synapses == 10
    saved.simulate(5.0)
    net.simulate(5.0)
    assert not difference(everything(saved), everything(net))


def test_registered_functions_are_to_be_registered_first(tmp_path: Path) -> None:
    code = """
import sys, numpy as np, ranvier as rv
path = sys.argv[1]
if sys.argv[2] == "save":
    rv.register_function("bent", lambda x: np.log1p(np.exp(x)), c="log1p(exp(x))")
    net = rv.Network(dt=0.1, seed=1)
    net.create(3, rv.Neuron(equations="dv/dt = bent(1.0 - v)", spike="v > 2", reset="v = 0"), name="p")
    net.simulate(1.0)
    net.save(path)
if sys.argv[2] == "other":
    rv.register_function("bent", lambda x: x, c="x")
if sys.argv[2] == "same":
    rv.register_function("bent", lambda x: np.log1p(np.exp(x)), c="log1p(exp(x))")
if sys.argv[2] != "save":
    try:
        rv.Network.from_file(path).simulate(1.0)
    except rv.RanvierError as error:
        print(error)
    else:
        print("continued")
"""
    told = {}
    for what in ("save", "none", "other", "same"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "f.h5"), what], capture_output=True, text=True, check=True
        )
        told[what] = done.stdout
    assert "calls the function 'bent', which is not registered here" in told["none"]
    assert "rv.register_function('bent', ...) first" in told["none"]
    assert "has another C body" in told["other"]
    assert told["same"] == "continued\n"


# -- delays in loads of attributes -------------------------------------------------------------------------

CODE = {"fast": "g_target += w", "slow": "g_target += 0.5*w"}


def delayed(dt: float, delays: Any = 1.0) -> tuple[rv.Network, Any]:
    net = rv.Network(dt=dt, seed=3)
    source = net.create(rv.SpikeSourceArray([[1.0, 2.0], [1.5], [4.0]]), name="source")
    cells = net.create(4, rv.Neuron("", "v = v + g_exc", spike="v > 100", reset="v = 0"), name="cells")
    proj = net.connect(source, cells, "exc", rv.Synapse(pre_spike=CODE), name="proj")
    proj.all_to_all(weights=1.0, delays=delays)
    return net, proj


def test_delays_come_with_the_other_attributes(tmp_path: Path) -> None:
    net, proj = delayed(0.1, {"fast": rv.Uniform(0.5, 3.0), "slow": rv.Uniform(2.0, 8.0)})
    proj.save(tmp_path / "proj.npz")
    net.save(tmp_path / "net.npz")
    other, fresh = delayed(0.1)
    fresh.load(tmp_path / "proj.npz")
    np.testing.assert_array_equal(fresh.delay, proj.delay)
    np.testing.assert_array_equal(fresh.delays["slow"], proj.delays["slow"])
    net.simulate(20.0)
    other.simulate(20.0)
    np.testing.assert_array_equal(other.get_population("cells").v, net.get_population("cells").v)
    third, by_network = delayed(0.1)
    third.load(tmp_path / "net.npz", populations=False, projections=["w"])
    assert np.all(by_network.delay == 1.0)
    third.load(tmp_path / "net.npz", populations=False, projections=["delay"])
    np.testing.assert_array_equal(by_network.delay, proj.delay)


def test_delays_of_another_time_step_are_the_same_times(tmp_path: Path) -> None:
    _, proj = delayed(0.1, [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0])
    proj.delays["slow"] = 7.0
    proj.save(tmp_path / "proj.npz")
    _, finer = delayed(0.05)
    finer.load(tmp_path / "proj.npz")
    np.testing.assert_allclose(finer.delay, proj.delay, rtol=1e-15)
    assert np.all(finer.delays["slow"] == 7.0)
    _, coarser = delayed(1.0, {"fast": 1.0, "slow": rv.Uniform(2.0, 9.0)})
    coarser.load(tmp_path / "proj.npz")
    np.testing.assert_array_equal(coarser.delay, np.floor(proj.delay + 0.5 + 1e-6))


def test_spikes_on_their_way_keep_their_delay_when_delays_are_loaded(tmp_path: Path) -> None:
    _, slow = delayed(0.1, 5.0)
    slow.save(tmp_path / "slow.npz")
    net, proj = delayed(0.1, 2.0)
    net.simulate(1.6)  # two spikes are on their way, which arrive after 3.0 and 3.5 ms
    proj.load(tmp_path / "slow.npz")
    v = net.monitor(net.get_population("cells"), "v")
    net.simulate(10.0)
    expected = np.zeros(100)
    # spikes of steps 10, 15 (delay of fast and slow pathway 2 ms), then of steps 20, 40 (5 ms), 1 + 0.5 each
    for step in (10 + 20, 15 + 20, 20 + 50, 40 + 50):
        expected[step - 16 :] += 1.5
    np.testing.assert_array_equal(v.get("v")[:, 0], expected)


def test_names_that_a_file_does_not_know_and_delays_that_do_not_fit(tmp_path: Path) -> None:
    net, _ = delayed(0.1, rv.Uniform(0.5, 3.0))
    net.save(tmp_path / "net.npz")
    with pytest.raises(rv.RanvierError, match="has no values for 'dellay'") as error:
        net.load(tmp_path / "net.npz", populations=False, projections=["w", "dellay"])
    assert "did you mean 'delay'?" in str(error.value)
    other = rv.Network(dt=0.1, seed=3)
    source = other.create(3, rv.models.LIF(), name="source")
    cells = other.create(4, rv.Neuron("", "v = g_exc", spike="v > 100", reset=""), name="cells")
    mine = other.connect(source, cells, "exc", rv.Synapse(pre_spike="g_target += w"), name="proj")
    mine.all_to_all(weights=1.0)
    before = mine.delay.copy()
    _, two = delayed(0.1, {"fast": 1.0, "slow": 3.0})
    two.save(tmp_path / "two.npz")
    with pytest.raises(rv.RanvierError, match="has delays of a pathway 'slow', which projection 'proj' has not"):
        mine.load(tmp_path / "two.npz")
    np.testing.assert_array_equal(mine.delay, before)
