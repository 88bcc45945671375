"""Monitors: files that are constant in memory and survive a kill, windows, reductions, precision, other packages."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from zoo import build, everything

import ranvier as rv
from ranvier.runtime.recording.reduction import reduced
from ranvier.runtime.reference.continuous import fold

CELL = rv.Neuron("tau = 10.0", "dv/dt = (1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau", spike="v > 1", reset="v = 0")


def cells(n: int = 20, **options: Any) -> tuple[rv.Network, Any]:
    net = rv.Network(dt=0.1, seed=4, **options)
    return net, net.create(n, CELL, name="cells")


def spikes_of(trains: dict[int, list[int]]) -> list[tuple[int, int]]:
    return sorted((step, rank) for rank, train in trains.items() for step in train)


# -- files -----------------------------------------------------------------------------------------------


def test_a_file_holds_what_memory_would(tmp_path: Path) -> None:
    net, pop = cells()
    memory = net.monitor(pop, ["v", "spike"], period=0.3, name="memory")
    file = net.monitor(pop, ["v", "spike"], period=0.3, name="file", file=tmp_path / "run.h5")
    part = net.monitor(pop[5:9], ["v", "spike"], name="part", file=tmp_path / "run.h5")
    for duration in (10.0, 0.1, 25.0):
        net.simulate(duration)
    expected = memory.get()
    assert file.file == tmp_path / "run.h5"
    written = rv.read_recording(tmp_path / "run.h5")
    assert set(written) == {"file", "part"}
    (segment,) = written["file"]
    np.testing.assert_array_equal(segment["v"]["values"], expected["v"])
    np.testing.assert_array_equal(segment["v"]["steps"], np.arange(0, 351, 3)[: len(expected["v"])])
    pairs = sorted(zip(segment["spike"]["steps"].tolist(), segment["spike"]["ranks"].tolist(), strict=True))
    assert pairs == spikes_of(expected["spike"])
    assert written["part"][0]["v"]["values"].shape == (351, 4)
    assert set(written["part"][0]["spike"]["ranks"]) <= {5, 6, 7, 8}
    got = file.get()
    np.testing.assert_array_equal(got["v"], expected["v"])
    assert got["spike"] == expected["spike"]
    assert part.get("v").shape == (351, 4)
    with h5py.File(tmp_path / "run.h5", "r") as opened:
        assert dict(opened["file/0/v"].attrs)["object"] == "population 'cells'"
        assert opened["file/0/v"].attrs["dt"] == 0.1


def test_drain_loses_nothing(tmp_path: Path) -> None:
    net, pop = cells()
    whole = net.monitor(pop, ["v", "spike"], name="whole")
    pieces = net.monitor(pop, ["v", "spike"], name="pieces", file=tmp_path / "a.h5")
    taken: list[dict[str, Any]] = []

    @net.every(period=3.7)
    def take() -> None:
        taken.append(pieces.drain())

    net.simulate(20.0)
    taken.append(pieces.drain())
    expected = whole.get()
    np.testing.assert_array_equal(np.concatenate([t["v"] for t in taken]), expected["v"])
    assert sorted(s for t in taken for s in spikes_of(t["spike"])) == spikes_of(expected["spike"])
    (segment,) = rv.read_recording(tmp_path / "a.h5")["pieces"]
    np.testing.assert_array_equal(segment["v"]["values"], expected["v"])


def test_restore_cuts_the_file_or_begins_a_segment(tmp_path: Path) -> None:
    net, pop = cells()
    memory = net.monitor(pop, ["v", "spike"], name="memory")
    mon = net.monitor(pop, ["v", "spike"], name="mon", file=tmp_path / "a.h5")
    net.simulate(5.0)
    net.store()
    net.simulate(5.0)
    net.restore()
    assert len(mon.get("v", keep=True)) == 50
    net.simulate(3.0)
    (segment,) = rv.read_recording(tmp_path / "a.h5")["mon"]
    np.testing.assert_array_equal(segment["v"]["values"], memory.get("v", keep=True))
    assert segment["v"]["steps"].tolist() == list(range(80))
    assert len(segment["spike"]["steps"]) == len(spikes_of(memory.get("spike", keep=True)))
    assert len(mon.get("v")) == 80  # taken: they stay taken, and in the file
    net.restore()
    net.simulate(2.0)
    first, second = rv.read_recording(tmp_path / "a.h5")["mon"]
    assert len(first["v"]["steps"]) == 80
    assert second["v"]["steps"].tolist() == list(range(50, 70))
    assert len(mon.get("v")) == 20


def test_reset_and_new_processes_begin_segments(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    for _ in range(2):
        net, pop = cells()
        mon = net.monitor(pop, "v", name="mon", file=path)
        net.simulate(2.0)
        net.reset()
        net.simulate(1.0)
        assert len(mon.get("v")) == 10
    segments = rv.read_recording(path)["mon"]
    assert [len(s["v"]["steps"]) for s in segments] == [20, 10, 20, 10]
    np.testing.assert_array_equal(segments[0]["v"]["values"][:10], segments[1]["v"]["values"])


def test_a_network_from_a_file_goes_on_recording(tmp_path: Path) -> None:
    net, pop = cells()
    mon = net.monitor(pop, ["v", "spike"], name="mon", file=tmp_path / "a.h5", period=0.2, dtype="float32",
                      reduce="mean", window=[(1.0, 3.0), (5.0, 9.0)])  # fmt: skip
    net.simulate(4.0)
    net.save(tmp_path / "net.npz")
    again = rv.Network.from_file(tmp_path / "net.npz")
    again.simulate(10.0)
    net.simulate(10.0)
    assert again.get_monitor("mon")._options() == mon._options()
    first, second = rv.read_recording(tmp_path / "a.h5")["mon"]
    assert first["v"]["steps"].tolist() == [*range(10, 30, 2), *range(50, 90, 2)]
    assert second["v"]["steps"].tolist() == list(range(50, 90, 2))
    np.testing.assert_array_equal(first["v"]["values"][10:], second["v"]["values"])
    assert net.copy().get_monitors() == [], "a copy does not write to the same file"


KILLED = """
import resource, sys, time, ranvier as rv
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000_000, 300_000_000))  # whatever happens
net = rv.Network(dt=0.1, seed=4)
pop = net.create(50, rv.Neuron("tau = 10.0", "dv/dt = (1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau", spike="v > 1",
                               reset="v = 0"), name="cells")
net.monitor(pop, ["v", "spike"], name="mon", file=sys.argv[1])
net.compile()
net.every(period=10.0)(lambda: time.sleep(0.002))
print("ready", flush=True)
net.simulate(1e5)
"""


@pytest.mark.long
def test_readable_while_it_runs_and_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        seen = 0
        deadline = time.monotonic() + 20
        while seen < 3000 and time.monotonic() < deadline:
            time.sleep(0.2)
            if path.exists():
                try:
                    seen = len(rv.read_recording(path)["mon"][0]["v"]["steps"])
                except (rv.RanvierError, OSError, KeyError, IndexError):
                    continue  # not yet ready to be read
        assert seen >= 3000
        other, pop = cells()
        other.monitor(pop, "v", name="other", file=path)
        with pytest.raises(rv.RanvierError, match=r"is writing it|unable to lock"):
            other.simulate(1.0)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    (segment,) = rv.read_recording(path)["mon"]
    assert len(segment["v"]["steps"]) >= seen
    np.testing.assert_array_equal(segment["v"]["steps"], np.arange(len(segment["v"]["steps"])))
    net, pop = cells(50)
    memory = net.monitor(pop, ["v", "spike"], name="memory")
    net.simulate(300.0)
    np.testing.assert_array_equal(segment["v"]["values"][:3000], memory.get("v"))
    mine = net.monitor(pop, "v", name="mine", file=path)  # the file can be added to again
    net.simulate(1.0)
    found = rv.read_recording(path)
    np.testing.assert_array_equal(found["mine"][0]["v"]["values"], mine.get("v"))
    np.testing.assert_array_equal(found["mon"][0]["v"]["values"][:seen], segment["v"]["values"][:seen])


def test_a_full_disk_keeps_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net, pop = cells(500)
    memory = net.monitor(pop, ["v", "spike"], name="memory")
    mon = net.monitor(pop, ["v", "spike"], name="mon", file=tmp_path / "a.h5")
    net.simulate(5.0)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5_000_000))
    with pytest.raises(rv.RanvierError, match="cannot be written: the disk has 5000000 bytes left") as error:
        net.simulate(200.0)
    assert "wait in memory" in str(error.value)
    done = net.current_step
    assert done > 50
    assert len(rv.read_recording(tmp_path / "a.h5")["mon"][0]["v"]["steps"]) < done
    np.testing.assert_array_equal(mon.get("v", keep=True), memory.get("v", keep=True))
    with pytest.raises(rv.RanvierError, match="cannot be written"):
        net.simulate(5.0)
    assert net.current_step == done, "nothing runs while there is no room"
    monkeypatch.undo()
    net.simulate(5.0)
    (segment,) = rv.read_recording(tmp_path / "a.h5")["mon"]
    np.testing.assert_array_equal(segment["v"]["values"], memory.get("v"))
    assert len(segment["spike"]["steps"]) == len(spikes_of(memory.get("spike")))


FULL = """
import resource, signal, sys, numpy as np, ranvier as rv
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
net = rv.Network(dt=0.1, seed=4)
pop = net.create(500, rv.Neuron("tau = 10.0", "dv/dt = (1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau", spike="v > 1",
                                reset="v = 0"), name="cells")
mon = net.monitor(pop, "v", name="mon", file=sys.argv[1])
net.simulate(10.0)
limit = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000000, limit[1]))
try:
    net.simulate(100.0)
except rv.RanvierError as error:
    print("told", error.code)
resource.setrlimit(resource.RLIMIT_FSIZE, limit)
net.simulate(100.0)
print(net.current_step, len(mon.get("v", keep=True)))
np.save(sys.argv[2], mon.get("v"))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="limits of files are POSIX")
def test_a_file_that_may_not_grow_is_an_error_and_nothing_is_lost(tmp_path: Path) -> None:
    """As a full disk, but met by HDF5 in the middle of writing."""
    assert resource.RLIMIT_FSIZE
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "a.h5"), str(tmp_path / "v.npy")],
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout.split()[2])
    assert done.stdout.split()[:2] == ["told", "E505"]
    assert steps == int(done.stdout.split()[3])
    net, pop = cells(500)
    memory = net.monitor(pop, "v")
    net.simulate(steps * 0.1)
    np.testing.assert_array_equal(memory.get("v"), np.load(tmp_path / "v.npy"))


def test_ctrl_c_leaves_a_whole_file(tmp_path: Path) -> None:
    code = (
        "import os, resource, signal, sys, threading, ranvier as rv\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (300_000_000, 300_000_000))\n"
        "net = rv.Network(dt=0.1, seed=4)\n"
        "pop = net.create(2, rv.Neuron('', 'dv/dt = 1.3 - v', spike='v > 1', reset='v = 0'), name='cells')\n"
        "mon = net.monitor(pop, 'v', name='mon', file=sys.argv[1], period=1.0)\n"
        "net.compile()\n"
        "threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "try:\n    net.simulate(1e7)\n"
        "except KeyboardInterrupt:\n    print(net.current_step)\n"
    )
    path = tmp_path / "a.h5"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    with h5py.File(path, "r") as file:  # closed properly: no need for swmr
        assert len(file["mon/0/v/values"]) == -(-int(done.stdout) // 10)


def test_ctrl_c_while_data_are_handed_over_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the middle of writing: every monitor has all of its rows all the same."""
    from ranvier.runtime.recording.file import RecordingFile

    net, pop = cells()
    first = net.monitor(pop, "v", name="first", file=tmp_path / "a.h5")
    second = net.monitor(pop, ["v", "spike"], name="second")
    written, write = [], RecordingFile.write

    def interrupted(self: Any, track: Any) -> None:
        if track.unwritten and not written:
            written.append(track)
            signal.raise_signal(signal.SIGINT)
        write(self, track)

    monkeypatch.setattr(RecordingFile, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        net.simulate(10.0)
    assert net.current_step == 100
    np.testing.assert_array_equal(first.get("v"), second.get("v"))
    net.simulate(5.0)
    np.testing.assert_array_equal(first.get("v"), second.get("v"))


def test_what_is_no_recording_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "mine.h5"
    with h5py.File(path, "w") as file:
        file["precious"] = np.arange(3)
    net, pop = cells()
    with pytest.raises(rv.RanvierError, match="exists, and is no recording of Ranvier"):
        net.monitor(pop, "v", file=path)
    with pytest.raises(rv.RanvierError, match="is no recording of Ranvier"):
        rv.read_recording(path)
    with pytest.raises(rv.RanvierError, match="there is no folder"):
        net.monitor(pop, "v", file=tmp_path / "none" / "a.h5")
    assert net.get_monitors() == []
    with h5py.File(path, "r") as file:
        assert list(file) == ["precious"]


def test_a_file_that_was_moved_away_is_begun_again(tmp_path: Path) -> None:
    net, pop = cells()
    mon = net.monitor(pop, "v", name="mon", file=tmp_path / "a.h5")
    net.simulate(1.0)
    os.replace(tmp_path / "a.h5", tmp_path / "b.h5")
    net.simulate(2.0)
    assert len(rv.read_recording(tmp_path / "b.h5")["mon"][0]["v"]["steps"]) == 10
    assert rv.read_recording(tmp_path / "a.h5")["mon"][0]["v"]["steps"].tolist() == list(range(10, 30))
    assert len(mon.get("v")) == 20


def test_monitors_that_join_during_a_run(tmp_path: Path) -> None:
    net, pop = cells()
    net.monitor(pop, "v", name="first", file=tmp_path / "a.h5")

    @net.every(period=100.0, wait=2.0)
    def join() -> None:
        net.monitor(pop, "spike", name="second", file=tmp_path / "a.h5")

    net.simulate(4.0)
    found = rv.read_recording(tmp_path / "a.h5")
    assert len(found["first"][0]["v"]["steps"]) == 40
    assert min(found["second"][0]["spike"]["steps"], default=20) >= 20


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


# -- single steps ----------------------------------------------------------------------------------------


def openings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return a list to which the path of every file is added that is opened for writing."""
    from ranvier.runtime.recording.file import RecordingFile

    found: list[Path] = []
    opened = RecordingFile._opened

    def counted(self: RecordingFile) -> Any:
        found.append(self.path)
        return opened(self)

    monkeypatch.setattr(RecordingFile, "_opened", counted)
    return found


def test_single_steps_are_written_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the writer stands still: one opening for the first step, one when the file is read."""
    monkeypatch.setattr("ranvier.runtime.recording.file.FLUSH_SECONDS", 1e9)
    files = openings(monkeypatch)
    net, pop = cells()
    memory = net.monitor(pop, ["v", "spike"], name="memory")
    mon = net.monitor(pop, ["v", "spike"], name="mon", file=tmp_path / "a.h5")
    for _ in range(300):
        net.step()
    assert len(files) == 1
    expected = memory.get(keep=True)
    (segment,) = rv.read_recording(tmp_path / "a.h5")["mon"]
    assert len(files) == 2
    np.testing.assert_array_equal(segment["v"]["values"], expected["v"])
    assert len(segment["spike"]["steps"]) == len(spikes_of(expected["spike"]))
    for _ in range(100):
        net.step()
    got = mon.get()
    np.testing.assert_array_equal(got["v"], memory.get("v", keep=True))
    assert got["spike"] == memory.get("spike", keep=True)
    net.simulate(10.0)
    (segment,) = rv.read_recording(tmp_path / "a.h5")["mon"]
    np.testing.assert_array_equal(segment["v"]["values"], memory.get("v", keep=True))
    assert segment["v"]["steps"].tolist() == list(range(500))
    assert len(mon.get("v")) == 100


def test_what_waits_is_taken_once(tmp_path: Path) -> None:
    net, pop = cells()
    memory = net.monitor(pop, ["v", "spike"], name="memory")
    mon = net.monitor(pop, ["v", "spike"], name="mon", file=tmp_path / "a.h5")
    taken = []
    for step in range(60):
        net.step()
        if step % 7 == 0:
            taken.append(mon.get())
    taken.append(mon.get())
    expected = memory.get()
    np.testing.assert_array_equal(np.concatenate([t["v"] for t in taken]), expected["v"])
    assert sorted(s for t in taken for s in spikes_of(t["spike"])) == spikes_of(expected["spike"])
    assert len(mon.get("v")) == 0
    assert len(rv.read_recording(tmp_path / "a.h5")["mon"][0]["v"]["steps"]) == 60


def test_reset_and_restore_between_steps(tmp_path: Path) -> None:
    net, pop = cells()
    mon = net.monitor(pop, "v", name="mon", file=tmp_path / "a.h5")

    def steps(count: int) -> None:
        for _ in range(count):
            net.step()

    steps(10)
    net.store()
    steps(5)
    net.restore()
    steps(3)
    assert len(mon.get("v")) == 13
    net.restore()
    steps(4)
    net.reset()
    steps(2)
    written = rv.read_recording(tmp_path / "a.h5")["mon"]
    assert [s["v"]["steps"].tolist() for s in written] == [list(range(13)), [10, 11, 12, 13], [0, 1]]
    np.testing.assert_array_equal(written[2]["v"]["values"], written[0]["v"]["values"][:2])
    np.testing.assert_array_equal(written[1]["v"]["values"][:3], written[0]["v"]["values"][10:])
    assert len(mon.get("v")) == 2


@pytest.mark.parametrize("end", ["", "del net, pop; import gc; gc.collect(); os._exit(0)"])
def test_steps_are_written_when_the_process_ends_or_the_network_goes(tmp_path: Path, end: str) -> None:
    code = (
        "import os, sys, ranvier as rv\n"
        "net = rv.Network(dt=0.1, seed=4)\n"
        "pop = net.create(2, rv.Neuron('', 'dv/dt = 1.3 - v', spike='v > 1', reset='v = 0'), name='cells')\n"
        "net.monitor(pop, 'v', name='mon', file=sys.argv[1])\n"
        f"for _ in range(50):\n    net.step()\n{end}\n"
    )
    path = tmp_path / "a.h5"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    with h5py.File(path, "r") as file:
        assert file["mon/0/v/steps"][:].tolist() == list(range(50))
