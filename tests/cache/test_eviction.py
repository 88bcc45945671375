"""The cache stays within its bound: least recently used first, never what is in use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import cache, folder, store
from ranvier.compiler.build import build
from ranvier.compiler.options import CompileOptions

OPTIONS = CompileOptions()
Text = Callable[..., str]


def entry_size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.parent.iterdir())


def age(path: Path, hours: float) -> None:
    """Make an entry or a record look unused for some hours."""
    then = time.time() - 3600 * hours
    os.utime(path, (then, then))


def test_oldest_goes_first_and_the_bound_holds(
    text: Text, as_new_process: Callable[[], None], fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [build(text(float(k)), OPTIONS, name="LIF") for k in range(6)]
    for hours, path in enumerate(reversed(paths), start=1):
        age(path.parent, hours)
    limit = 4 * entry_size(paths[0])
    monkeypatch.setenv("RANVIER_CACHE_SIZE", str(limit))
    as_new_process()
    newest = build(text(6.0), OPTIONS, name="LIF")
    assert [path.exists() for path in paths] == [False, False, False, False, True, True]
    assert newest.exists()
    assert cache.info()["bytes"] <= limit
    assert os.listdir(fresh_cache / "v1" / "work") == []


def test_use_counts_as_youth(text: Text, as_new_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    used, unused = (build(text(float(k)), OPTIONS, name="LIF") for k in range(2))
    age(used.parent, 2)
    age(unused.parent, 1)
    as_new_process()
    build(text(0.0), OPTIONS, name="LIF")
    assert time.time() - used.parent.stat().st_mtime < 60
    as_new_process()
    monkeypatch.setenv("RANVIER_CACHE_SIZE", str(2 * entry_size(used)))
    build(text(2.0), OPTIONS, name="LIF")
    assert used.exists()
    assert not unused.exists()


def test_what_this_process_uses_stays(
    text: Text, as_new_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANVIER_CACHE_SIZE", "1")
    as_new_process()
    paths = []
    for k in range(4):
        paths.append(build(text(float(k)), OPTIONS, name="LIF"))
        age(paths[-1].parent, 10)
    assert all(path.exists() for path in paths)
    as_new_process()
    build(text(9.0), OPTIONS, name="LIF")
    assert not any(path.exists() for path in paths)


def test_what_another_process_may_be_loading_stays(
    text: Text, as_new_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    recent = build(text(0.0), OPTIONS, name="LIF")
    monkeypatch.setenv("RANVIER_CACHE_SIZE", "1")
    as_new_process()
    build(text(1.0), OPTIONS, name="LIF")
    assert recent.exists()
    age(recent.parent, 2 * folder.GRACE / 3600)
    as_new_process()
    build(text(2.0), OPTIONS, name="LIF")
    assert not recent.exists()


def test_records_are_bounded_too(
    text: Text, fresh_cache: Path, as_new_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.store_manifest("old", {"text": "x" * 100_000})
    age(fresh_cache / "v1" / "records" / "old.json", 1)
    monkeypatch.setenv("RANVIER_CACHE_SIZE", "80k")
    as_new_process()
    build(text(), OPTIONS, name="LIF")
    assert cache.load_manifest("old") is None


def test_loading_a_record_counts_as_youth(fresh_cache: Path) -> None:
    cache.store_manifest("k", {})
    record = fresh_cache / "v1" / "records" / "k.json"
    age(record, 1)
    cache.load_manifest("k")
    assert time.time() - record.stat().st_mtime < 60


def test_warm_use_writes_nothing(text: Text, as_new_process: Callable[[], None]) -> None:
    path = build(text(), OPTIONS, name="LIF")
    age(path.parent, 0.5 * folder.TOUCH / 3600)
    before = path.parent.stat().st_mtime_ns
    as_new_process()
    build(text(), OPTIONS, name="LIF")
    assert path.parent.stat().st_mtime_ns == before


def test_housekeeping_looks_around_once_while_there_is_room(text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []
    trim = folder.Folder.trim
    monkeypatch.setattr(folder.Folder, "trim", lambda self, *args: rounds.append(1) or trim(self, *args))
    monkeypatch.setenv("RANVIER_CACHE_SIZE", "100M")
    for k in range(4):
        build(text(100.0 + k), OPTIONS, name="LIF")
    assert len(rounds) == 1


def test_litter_of_killed_processes_goes_after_a_day(
    text: Text, fresh_cache: Path, as_new_process: Callable[[], None]
) -> None:
    build(text(0.0), OPTIONS, name="LIF")
    work = fresh_cache / "v1" / "work"
    for name, hours in (("old", 25), ("young", 23)):
        (work / name).mkdir()
        (work / name / "kernel.c").write_text("")
        age(work / name, hours)
    (work / "old file").write_text("")
    age(work / "old file", 25)
    as_new_process()
    build(text(1.0), OPTIONS, name="LIF")
    assert os.listdir(work) == ["young"]


@pytest.mark.parametrize(
    ("setting", "limit"),
    [("", 1 << 30), ("12345", 12345), ("500M", 500 << 20), ("1.5g", 3 << 29), ("2 GiB", 2 << 30), ("64KB", 64 << 10)],
)
def test_size_setting(setting: str, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANVIER_CACHE_SIZE", setting)
    assert store.size_limit() == limit


@pytest.mark.parametrize("setting", ["much", "M", "1X", "nan"])
def test_size_setting_that_is_none(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANVIER_CACHE_SIZE", setting)
    with pytest.raises(ValueError, match="RANVIER_CACHE_SIZE must be a size"):
        store.size_limit()


def test_info(text: Text, fresh_cache: Path, as_new_process: Any) -> None:
    path = build(text(), OPTIONS, name="LIF")
    info = cache.info()
    assert info["path"] == str(fresh_cache / "v1")
    assert info["objects"] == 1
    assert info["records"] == 1  # the compiler's version
    record = next((fresh_cache / "v1" / "records").iterdir())
    assert info["bytes"] == entry_size(path) + record.stat().st_size
