"""Recordings for other packages, files of states, and values with units."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from recorded import cells, spikes_of
from zoo import build, everything

import ranvier as rv

# -- other packages --------------------------------------------------------------------------------------


def test_save(tmp_path: Path) -> None:
    net, pop = cells()
    mon = net.monitor(pop, ["v", "spike"])
    net.simulate(10.0)
    mon.save(tmp_path / "a.npz")
    mon.save(tmp_path / "a.h5", "v")
    arrays = np.load(tmp_path / "a.npz")
    np.testing.assert_array_equal(arrays["v/values"], mon.get("v", keep=True))
    assert len(arrays["spike/steps"]) == len(spikes_of(mon.get("spike", keep=True)))
    with h5py.File(tmp_path / "a.h5") as file:
        np.testing.assert_array_equal(file["v/values"][()], mon.get("v"))


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    net, pop = cells()
    mon = net.monitor(pop[3:7], ["v", "spike"], period=0.5)
    net.simulate(20.0)
    frames = mon.to_pandas()
    assert isinstance(frames["v"], pandas.DataFrame)
    assert frames["v"].columns.tolist() == [3, 4, 5, 6]
    np.testing.assert_array_equal(frames["v"].index, np.arange(0, 200, 5) * 0.1)
    np.testing.assert_array_equal(frames["v"].to_numpy(), mon.get("v", keep=True))
    times, ranks = mon.raster_plot()
    found = frames["spike"].sort_values(["time", "neuron"])
    np.testing.assert_array_equal(found["time"], times)
    np.testing.assert_array_equal(found["neuron"], ranks)


def test_xarray() -> None:
    pytest.importorskip("xarray")
    net, pop = cells()
    mon = net.monitor(pop, ["v", "spike"])
    net.simulate(20.0)
    data = mon.to_xarray()
    assert data["v"].dims == ("time", "v_element")
    np.testing.assert_array_equal(data["v"].sel(v_element=3), mon.get("v", keep=True)[:, 3])
    assert data["spike_time"].attrs["units"] == "ms"
    assert data["spike_time"].size == len(spikes_of(mon.get("spike")))


@pytest.mark.filterwarnings("ignore")
def test_neo_and_elephant() -> None:
    """Elephant's own functions, on the segment, give what the monitor says."""
    pytest.importorskip("neo")
    statistics = pytest.importorskip("elephant.statistics")
    net, pop = cells()
    mon = net.monitor(pop, ["v", "spike"])
    net.simulate(500.0)
    segment = mon.to_neo()
    assert len(segment.spiketrains) == 20
    assert segment.spiketrains[3].annotations["neuron"] == 3
    rates = [float(statistics.mean_firing_rate(train).rescale("Hz")) for train in segment.spiketrains]
    assert np.mean(rates) == pytest.approx(mon.mean_fr(), rel=1e-12)
    intervals = statistics.isi(segment.spiketrains[0]).rescale("ms").magnitude
    np.testing.assert_allclose(intervals, mon.inter_spike_interval(ranks=[0]), rtol=1e-9)
    (v,) = segment.analogsignals
    np.testing.assert_array_equal(v.magnitude, mon.get("v", keep=True))
    assert float(v.sampling_period.rescale("ms")) == pytest.approx(0.1)


@pytest.mark.filterwarnings("ignore")
def test_neo_units() -> None:
    pytest.importorskip("neo")
    net = build("cobahh")
    mon = net.monitor(net.get_population("cells"), ["v", "g_exc"], name="m")
    net.simulate(1.0)
    v, g = mon.to_neo().analogsignals
    assert str(v.units.dimensionality) == "mV"
    assert float((1.0 * g.units).rescale("S")) == pytest.approx(1e-9)


@pytest.mark.filterwarnings("ignore")
def test_nwb_files_are_valid_and_read_by_pynwb(tmp_path: Path) -> None:
    """Two monitors and one of synapses in a file: pynwb finds nothing wrong, and reads what the monitors hold."""
    pynwb = pytest.importorskip("pynwb")
    net = build("cobahh")
    pop, e = net.get_population("cells"), net.get_projection("e")
    first = net.monitor(pop, ["v", "spike"], name="first", period=0.5)
    second = net.monitor(pop[:4], ["g_exc", "spike"], name="second", times=[1.0, 2.0, 7.0])
    third = net.monitor(e, "w", at="pre", name="third")
    net.simulate(100.0)
    file = third.to_nwb(second.to_nwb(first.to_nwb()))
    path = tmp_path / "run.nwb"
    with pynwb.NWBHDF5IO(str(path), "w") as out:
        out.write(file)
    found = pynwb.validate(path=str(path))
    assert not (found[0] if isinstance(found, tuple) else found)
    with pynwb.NWBHDF5IO(str(path), "r") as source:
        read = source.read()
        v, g = read.acquisition["first_v"], read.acquisition["second_g_exc"]
        np.testing.assert_array_equal(v.data[:], first.get("v", keep=True))
        assert (v.rate, v.starting_time, v.unit, v.conversion) == (2000.0, 0.0, "volts", 1e-3)
        np.testing.assert_allclose(g.timestamps[:], [1e-3, 2e-3, 7e-3], rtol=1e-12)
        assert (g.unit, g.conversion) == ("siemens", 1e-9)
        units = read.units.to_dataframe()
        assert len(units) == pop.size + 4
        trains = first.get("spike", keep=True)
        assert sum(map(len, trains.values())) > 0
        for row in units[units["monitor"] == "first"].itertuples():
            np.testing.assert_allclose(row.spike_times, np.array(trains[row.neuron]) * net.dt / 1000.0, rtol=1e-12)
            np.testing.assert_allclose(row.obs_intervals, [[0.0, 0.1]])
        assert units[units["monitor"] == "second"]["neuron"].tolist() == [0, 1, 2, 3]
        table = read.processing["synapses"]["third_w"].to_dataframe()
        events = third.get("w")
        np.testing.assert_array_equal(table["pre"], events.pre)
        np.testing.assert_array_equal(table["value"], events.value)
        assert len(table) > 0
    assert "seed" in file.session_description


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    net, pop = cells()
    mon = net.monitor(pop, "v")
    for package, method in (("pandas", mon.to_pandas), ("xarray", mon.to_xarray), ("neo", mon.to_neo),
                            ("pynwb", mon.to_nwb)):  # fmt: skip
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(rv.RanvierError, match=f"needs the package {package}"):
            method()


# -- units -----------------------------------------------------------------------------------------------


def test_quantities() -> None:
    pytest.importorskip("pint")
    net = build("cobahh")
    cells, e = net.get_population("cells"), net.get_projection("e")
    mon = net.monitor(cells, ["v", "spike"], name="m")
    net.simulate(1.0)
    assert str(cells.get("v", units=True).units) == "millivolt"
    np.testing.assert_array_equal(cells.get("v", units=True).magnitude, cells.v)
    assert cells[3:5].get("g_na", units=True).to("uS").magnitude == pytest.approx(20.0)
    assert cells.neuron(2).get("Cm", units=True).to("pF").magnitude == pytest.approx(200.0)
    assert e.get("delay", units=True).to("second").magnitude[0] == pytest.approx(3e-4)
    assert e.get("w", units=True).to("nS").magnitude[0] == pytest.approx(6.0)
    assert mon.get("v", keep=True, units=True).to("volt").magnitude[0, 0] == pytest.approx(
        mon.get("v", keep=True)[0, 0] * 1e-3
    )
    data = mon.get(units=True)
    assert str(data["v"].units) == "millivolt"
    assert isinstance(data["spike"], dict)
    states = net.get_states(units=True)
    assert str(states["cells"]["gl"].units) == "nanosiemens"
    noise = rv.Network(dt=0.1, seed=1).create(rv.PoissonPopulation(3, rates="15 Hz"))
    assert noise.get("rates", units=True).to("1/second").magnitude[0] == pytest.approx(15.0)
    plain = cells_without_units()
    with pytest.raises(rv.RanvierError, match="'v' of population 'cells' has no unit that is known"):
        plain.get("v", units=True)


def cells_without_units() -> Any:
    return cells()[1]


def test_states_go_round() -> None:
    net = build("stdp")
    net.simulate(30.0)
    states = net.get_states()
    assert set(states["cells"]) == {"tau", "v", *()}
    other = build("stdp")
    other.set_states(states)
    for name, values in states.items():
        for attribute, value in values.items():
            np.testing.assert_array_equal(other.get_states()[name][attribute], value)
    only = net.get_states(parameters=False)
    assert "tau" not in only["cells"]
    before = everything(other)
    with pytest.raises(rv.RanvierError, match="'typo' is no attribute"):
        other.set_states({"cells": {"v": 0.0, "typo": 1.0}})
    with pytest.raises(rv.RanvierError, match="'cell' is no object of the network"):
        other.set_states({"cell": {"v": 0.0}})
    assert np.array_equal(before["cells.v"], everything(other)["cells.v"])
