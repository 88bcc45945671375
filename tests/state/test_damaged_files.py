"""What damaged, foreign and malicious files end in: a clear error, and nothing else."""

from __future__ import annotations

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
from zoo import difference, everything, saved

import ranvier as rv
from ranvier.runtime.state import files

FORMATS = pytest.mark.parametrize("suffix", [".h5", ".npz"])


@FORMATS
def test_every_truncation_is_an_error_that_says_so(suffix: str, tmp_path: Path) -> None:
    net, path = saved(tmp_path, suffix)
    whole = path.read_bytes()
    before = everything(net)
    cut = tmp_path / f"cut{suffix}"
    for size in sorted({0, 1, 4, 8, 100, len(whole) - 1, *range(0, len(whole), max(1, len(whole) // 40))}):
        cut.write_bytes(whole[:size])
        for load in (net.load, rv.Network.from_file):
            with pytest.raises(rv.RanvierError) as error:
                load(cut)
            assert error.value.code == "E505"
            assert "cut" in str(error.value)
    assert not difference(before, everything(net))


@FORMATS
def test_changed_bytes_never_do_anything_but_load_or_fail_clearly(suffix: str, tmp_path: Path) -> None:
    _, path = saved(tmp_path, suffix)
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(5)
    odd = tmp_path / f"odd{suffix}"
    for _ in range(150):
        changed = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            changed[place] = rng.integers(0, 256)
        odd.write_bytes(changed)
        try:
            rv.Network.from_file(odd).simulate(0.5)
        except rv.RanvierError:
            pass


def test_foreign_files(tmp_path: Path) -> None:
    net, _ = saved(tmp_path)
    (tmp_path / "text.h5").write_text("hello")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = np.zeros(3)
    with pytest.raises(rv.RanvierError, match=r"neither an HDF5 nor an .npz file"):
        net.load(tmp_path / "text.h5")
    for name in ("other.npz", "other.h5"):
        with pytest.raises(rv.RanvierError, match="was not written by Ranvier"):
            net.load(tmp_path / name)
    net.get_population("cells").save(tmp_path / "cells.npz")
    with pytest.raises(rv.RanvierError, match="holds a population, not a network"):
        net.load(tmp_path / "cells.npz")


def test_a_newer_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net, _ = saved(tmp_path)
    monkeypatch.setattr(files, "VERSION", 7)
    net.save(tmp_path / "new.npz")
    monkeypatch.undo()
    with pytest.raises(rv.RanvierError, match="format version 7; this program reads versions up to 1"):
        net.load(tmp_path / "new.npz")


def rewritten(path: Path, change: Any) -> None:
    """Change the JSON and the arrays of an .npz file."""
    text, arrays = files.read(path)
    change(text, arrays)
    files.write(path, text, arrays)


class Evil:
    """Would leave a trace if it were unpickled."""

    def __reduce__(self) -> Any:
        return (os.mkdir, ("evil",))


def test_malicious_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    net, path = saved(tmp_path, ".npz")

    def refused(change: Any, message: str) -> None:
        net.save(path)
        rewritten(path, change)
        for load in (rv.Network.from_file, net.load):
            with pytest.raises(rv.RanvierError, match=message):
                load(path)

    def spikes_elsewhere(text: Any, arrays: Any) -> None:
        arrays["state/populations/cells/spikes/ranks"] = np.full(3, 10**6, np.int32)
        arrays["state/populations/cells/spikes/counts"] = np.array([3], np.int64)

    def targets_elsewhere(text: Any, arrays: Any) -> None:
        arrays["state/projections/exc/connectivity/target"][:] = 60000

    def rows_elsewhere(text: Any, arrays: Any) -> None:
        arrays["state/projections/exc/connectivity/indptr"][-1] = 10**12

    def unknown_kind(text: Any, arrays: Any) -> None:
        text["state"]["@kind"] = "os.system"

    def bad_model(text: Any, arrays: Any) -> None:
        text["structure"]["populations"]["@tuple"][0]["neuron"]["text"]["sources"]["@tuple"][0]["text"] = "x = (("

    refused(spikes_elsewhere, "damaged: the state of population 'cells'")
    refused(targets_elsewhere, "Connectivity cannot be read .targets.")
    refused(rows_elsewhere, "Connectivity cannot be read .row pointers.")
    refused(unknown_kind, "unknown kind 'os.system'")
    net.save(path)
    rewritten(path, bad_model)
    with pytest.raises(rv.RanvierError):
        rv.Network.from_file(path)
    np.savez("pickled.npz", allow_pickle=True, **{"structure.json": np.array([Evil()], object)})
    with pytest.raises(rv.RanvierError):
        net.load("pickled.npz")
    deep = "[" * 100000 + "]" * 100000
    with zipfile.ZipFile("deep.npz", "w") as archive:
        buffer = BytesIO()
        np.save(buffer, np.frombuffer(deep.encode(), np.uint8))
        archive.writestr("structure.json.npy", buffer.getvalue())
    with pytest.raises(rv.RanvierError, match="damaged"):
        net.load("deep.npz")
    assert not Path("evil").exists()


def test_sizes_are_not_believed(tmp_path: Path) -> None:
    net, path = saved(tmp_path)
    huge = tmp_path / "huge.npz"
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(huge, "w") as archive:
        archive.writestr("structure.json.npy", header.getvalue())
    with pytest.raises(rv.RanvierError, match="not of the size that it claims"):
        net.load(huge)
    bomb = tmp_path / "bomb.npz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("structure.json.npy", b"\0" * 10**7)
    with pytest.raises(rv.RanvierError, match="compressed"):
        net.load(bomb)
    with h5py.File(path, "a") as file:  # nothing is stored: HDF5 would make up the values
        file.create_dataset("state/huge", shape=(10**15,), dtype="f8", chunks=(1000,))
    with pytest.raises(rv.RanvierError, match="not a plain array that the file holds"):
        net.load(path)


def test_links_out_of_the_file_are_not_followed(tmp_path: Path) -> None:
    net, path = saved(tmp_path)
    _, other = saved(tmp_path / ".." / tmp_path.name, ".npz")
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["a"] = np.arange(3)
    with h5py.File(path, "a") as file:
        file["state/there"] = h5py.ExternalLink("secret.h5", "a")
    with pytest.raises(rv.RanvierError, match="not a dataset of this file"):
        net.load(path)
    assert other.exists()


def test_names_are_only_names(tmp_path: Path) -> None:
    net = rv.Network(dt=0.1, seed=1)
    for name in ("a/b", "../up", ".", "ä ö", "@kind", "x%2fy"):
        net.create(2, rv.Neuron("", "v = v + 1", spike="v > 1e9"), name=name)
    net.simulate(1.0)
    for suffix in (".h5", ".npz"):
        net.save(tmp_path / f"names{suffix}")
        again = rv.Network.from_file(tmp_path / f"names{suffix}")
        assert not difference(everything(net), everything(again))


def test_without_h5py(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['h5py'] = None\n"
        "import ranvier as rv\n"
        "net = rv.Network(dt=0.1, seed=1)\n"
        "net.create(2, rv.Neuron('', 'v = v + 1', spike='v > 1e9'))\n"
        "net.save('a.npz'); rv.Network.from_file('a.npz')\n"
        "try:\n    net.save('a.h5')\n"
        "except rv.RanvierError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert "pip install 'ranvier[hdf5]'" in done.stdout
