"""Recordings in files: while a network runs, after a crash, on a full disk, in single steps."""

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
from recorded import cells, spikes_of

import ranvier as rv

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
