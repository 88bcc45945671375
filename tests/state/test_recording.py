"""Windows, reductions, precision and memory of monitors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from recorded import cells, spikes_of
from zoo import build

import ranvier as rv
from ranvier.runtime.recording.reduction import reduced
from ranvier.runtime.reference.continuous import fold

# -- windows ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [[12.0], [0.3, 1.4, 2.0, 8.3]])
def test_windows(pieces: list[float]) -> None:
    net, pop = cells()
    whole = net.monitor(pop, ["v", "spike"], name="whole")
    some = net.monitor(pop, ["v", "spike"], name="some", window=[(1.0, 2.5), ("4 ms", "7 ms")])
    one = net.monitor(pop[2:5], "v", name="one", window=(3.0, 50.0), period=0.5)
    for piece in pieces:
        net.simulate(piece)
    every, found = whole.get(), some.get()
    inside = [*range(10, 25), *range(40, 70)]
    np.testing.assert_array_equal(found["v"], every["v"][inside])
    assert spikes_of(found["spike"]) == [s for s in spikes_of(every["spike"]) if s[0] in inside]
    assert some.times("v") == {"v": {"start": [10, 40], "stop": [25, 70]}}
    np.testing.assert_array_equal(one.get("v"), every["v"][30:120:5, 2:5])
    net.reset()
    net.simulate(12.0)
    np.testing.assert_array_equal(some.get("v"), found["v"])


def test_windows_and_switches() -> None:
    net, pop = cells()
    mon = net.monitor(pop, "v", start=False, window=(1.0, 3.0))
    net.simulate(2.0)
    assert len(mon.get("v")) == 0
    mon.start()
    net.simulate(0.5)
    mon.pause()
    net.simulate(0.3)
    mon.resume()
    net.simulate(2.0)
    assert mon.times("v") == {"v": {"start": [20, 28], "stop": [25, 30]}}
    assert len(mon.get("v")) == 7


# -- reductions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 3, 16, 511, 512, 513, 3000])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_reductions_are_in_the_order_of_all_sums(n: int, dtype: Any) -> None:
    rng = np.random.default_rng(n)
    rows = (rng.standard_normal((5, n)) * 10.0 ** rng.integers(-8, 8, n)).astype(dtype)
    precision = "double" if dtype is np.float64 else "single"
    for operation in ("sum", "min", "max"):
        expected = [fold(operation, row, np.arange(n), precision) for row in rows]
        assert reduced(operation, rows).tobytes() == np.array(expected, dtype).tobytes(), operation
    np.testing.assert_array_equal(reduced("min", rows), rows.min(axis=1))
    np.testing.assert_array_equal(reduced("max", rows), rows.max(axis=1))
    # the error bound of pairwise and lane-wise sums, generously: n roundings of the sum of magnitudes
    bound = n * np.finfo(dtype).eps * np.abs(rows).astype(np.float64).sum(axis=1)
    assert np.all(np.abs(reduced("sum", rows) - rows.astype(np.float64).sum(axis=1)) <= bound)
    rows[2, n // 2] = np.nan
    for operation in ("sum", "mean", "min", "max"):
        assert np.isnan(reduced(operation, rows)).tolist() == [False, False, True, False, False]


def test_reductions_of_monitors(tmp_path: Path) -> None:
    net, pop = cells(700)
    whole = net.monitor(pop, "v", name="whole")
    view = net.monitor(pop[100:700:3], "v", name="view")
    made = {r: net.monitor(pop, "v", name=r, reduce=r) for r in ("mean", "sum", "min", "max")}
    part = net.monitor(pop[100:700:3], "v", name="part", reduce="mean", file=tmp_path / "a.h5")
    edges = [-0.5, 0.0, 0.3, 0.6, 1.0]
    counts = net.monitor(pop, "v", name="counts", reduce=("histogram", edges))
    net.simulate(6.0)
    v = whole.get("v")
    for name, monitor in made.items():
        found = monitor.get("v")
        assert found.shape == (60,)
        np.testing.assert_array_equal(found, reduced(name, v))
    np.testing.assert_array_equal(part.get("v"), reduced("mean", view.get("v")))
    expected = np.array([np.histogram(row, edges)[0] for row in v])
    np.testing.assert_array_equal(counts.get("v"), expected)


def test_reductions_of_integers_shared_values_and_synapses() -> None:
    net = build("events")
    count = net.monitor(net.get_population("cells"), "n", reduce="mean", name="n")
    w = net.monitor(net.get_projection("paths"), "z", reduce="sum", name="z")
    net.simulate(20.0)
    assert count.get("n").dtype == np.float64
    assert w.get("z", keep=True)[-1] == reduced("sum", np.asarray(net.get_projection("paths").z)[None])[0]


def test_precision() -> None:
    net, pop = cells()
    double = net.monitor(pop, "v", name="double")
    single = net.monitor(pop, ["v", "spike"], name="single", dtype="float32")
    mean = net.monitor(pop, "v", name="mean", dtype=np.float32, reduce="mean")
    net.simulate(5.0)
    v = double.get("v")
    assert single.get("v", keep=True).dtype == np.float32
    np.testing.assert_array_equal(single.get("v"), v.astype(np.float32))
    np.testing.assert_array_equal(mean.get("v"), reduced("mean", v).astype(np.float32))


# -- memory ----------------------------------------------------------------------------------------------


def test_a_recording_that_does_not_fit_is_predicted() -> None:
    net, pop = cells(1000)
    assert net.estimate().recording == 0.0
    net.monitor(pop, "v", name="all")
    assert net.estimate().recording == 1000 * 8 + 8
    net.monitor(pop, "v", name="some", period=1.0, dtype="float32", reduce="mean")
    assert net.estimate().recording == 8008 + 12 / 10
    net.compile()

    @net.every(period=1.0)
    def stop() -> None:
        raise KeyError("far enough")

    with pytest.warns(rv.RanvierWarning, match=r"monitor 'all' .* 8.01 PB|8.01e\+03 TB"), pytest.raises(KeyError):
        net.simulate(1e11)


@pytest.mark.long
def test_memory_does_not_grow_with_the_length_of_a_file(tmp_path: Path) -> None:
    """80 MB of values leave less than a few segments behind."""
    code = (
        "import resource, sys, ranvier as rv\n"
        "net = rv.Network(dt=0.1, seed=1)\n"
        "pop = net.create(1000, rv.Neuron('tau = 20.0', 'tau*dv/dt = 1.5 - v', spike='v > 1', reset='v = 0'))\n"
        "net.monitor(pop, ['v', 'spike'], file=sys.argv[1], dtype='float32')\n"
        "net.simulate(500.0)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "net.simulate(2000.0)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "a.h5")], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 50.0
    assert len(rv.read_recording(tmp_path / "a.h5")["monitor0"][0]["v"]["steps"]) == 25000


def test_recorded_events_are_predicted() -> None:
    """Expected at the assumed rate, within 5 standard deviations of a Poisson number; bounded by an event a step."""
    net = rv.Network(dt=0.1, seed=4)
    noise = net.create(rv.PoissonPopulation(200, rates=50.0), name="noise")
    pop = net.create(10, rv.Neuron("", "dv/dt = -v + g_exc", spike="v > 1e9", reset="v = 0"), name="cells")
    proj = net.connect(noise, pop, "exc", rv.models.STDP(), name="proj")
    proj.all_to_all(weights=0.1, delays=0.1)
    spikes = net.monitor(noise, "spike", name="spikes")
    kept = net.monitor(proj, "w", at=["pre", "post"], name="kept")
    estimate = net.estimate(rate=50.0)
    assert estimate.recording == 0.0
    assert estimate.recording_most == 200 * 12 + 2000 * 2 * 24
    assert estimate.recording_events == pytest.approx(estimate.recording_most * 50.0 * 0.1e-3, rel=1e-12)
    assert net.estimate(rate=1e9).recording_events == estimate.recording_most
    net.simulate(500.0)

    def taken(chunks: list[Any]) -> int:
        return sum(column.nbytes for chunk in chunks for column in chunk)

    expected = 200 * 50.0 * 0.5
    assert abs(taken(spikes._tapes["spike"].chunks) / 12 - expected) < 5 * expected**0.5
    assert abs(taken(kept._event_tapes["w"].chunks) / 24 / 10 - expected) < 5 * expected**0.5 + 200, "no neuron spikes"
    spikes.pause()
    assert net.estimate().recording_most == 2000 * 2 * 24


def test_what_goes_to_a_file_takes_no_memory(tmp_path: Path) -> None:
    net, pop = cells(1000)
    net.monitor(pop, ["v", "spike"], name="file", file=tmp_path / "a.h5")
    estimate = net.estimate()
    assert (estimate.recording, estimate.recording_events, estimate.recording_most) == (0.0, 0.0, 0.0)
