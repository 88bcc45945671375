"""Damaged and foreign entries: never loaded, always rebuilt."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import cache
from ranvier.compiler.build import build
from ranvier.compiler.options import CompileOptions

OPTIONS = CompileOptions()
NEEDS_ROOT = pytest.mark.skipif(
    not hasattr(os, "getuid") or os.getuid() != 0, reason="giving a file to another user needs root"
)
STRANGER = 65534

pytestmark = pytest.mark.usefixtures("fresh_cache")


def truncate(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def flip_one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def link_elsewhere(path: Path) -> None:
    moved = path.with_name("moved")
    path.rename(moved)
    path.symlink_to(moved)


def swap_in_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def give_away(path: Path) -> None:
    os.chown(path, STRANGER, STRANGER)


DAMAGES = {
    "truncated": ("kernel.so", truncate),
    "one bit": ("kernel.so", flip_one_bit),
    "empty": ("kernel.so", empty),
    "missing": ("kernel.so", Path.unlink),
    "link": ("kernel.so", link_elsewhere),
    "directory": ("kernel.so", swap_in_directory),
    "group may write": ("kernel.so", lambda path: path.chmod(0o770)),
    "all may write": ("kernel.so", lambda path: path.chmod(0o702)),
    "record truncated": ("entry.json", truncate),
    "record one bit": ("entry.json", flip_one_bit),
    "record empty": ("entry.json", empty),
    "record missing": ("entry.json", Path.unlink),
    "record open": ("entry.json", lambda path: path.chmod(0o666)),
    "entry open": ("", lambda path: path.chmod(0o777)),
    "entry emptied": ("", lambda path: [file.unlink() for file in path.iterdir()]),
    "entry a file": ("", lambda path: (shutil.rmtree(path), path.write_bytes(b"x"))),
    "entry a link": ("", link_elsewhere),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_entry_is_rebuilt(
    damage: str,
    text: Callable[..., str],
    value_of: Callable[[Any], float],
    compiled: Callable[[], int],
    as_new_process: Callable[[], None],
) -> None:
    check_rebuilt(*DAMAGES[damage], text(5.0), value_of, compiled, as_new_process)


@NEEDS_ROOT
@pytest.mark.parametrize("name", ["kernel.so", "entry.json", ""])
def test_foreign_entry_is_rebuilt(
    name: str,
    text: Callable[..., str],
    value_of: Callable[[Any], float],
    compiled: Callable[[], int],
    as_new_process: Callable[[], None],
) -> None:
    check_rebuilt(name, give_away, text(6.0), value_of, compiled, as_new_process)


def check_rebuilt(
    name: str,
    damage: Callable[[Path], object],
    text: str,
    value_of: Callable[[Any], float],
    compiled: Callable[[], int],
    as_new_process: Callable[[], None],
) -> None:
    path = build(text, OPTIONS, name="LIF")
    entry = path.parent
    assert compiled() == 1
    damage(entry / name)
    as_new_process()
    assert build(text, OPTIONS, name="LIF") == path
    assert compiled() == 1
    assert value_of(path) in (5.0, 6.0)
    as_new_process()
    assert build(text, OPTIONS, name="LIF") == path
    assert compiled() == 0
    assert sorted(os.listdir(entry)) == ["entry.json", "kernel.c", "kernel.so"]
    assert os.listdir(entry.parent.parent / "work") == []


def test_verify_names_and_removes_what_is_damaged(text: Callable[..., str], as_new_process: Callable[[], None]) -> None:
    paths = [build(text(float(k)), OPTIONS, name="LIF") for k in range(3)]
    cache.store_manifest("good", {"a": 1})
    cache.store_manifest("bad", {"a": 1})
    assert cache.verify()["broken"] == []
    truncate(paths[1])
    (record,) = (cache.path() / "records").glob("bad.json")
    flip_one_bit(record)
    checked = cache.info()["objects"] + cache.info()["records"]
    assert cache.verify() == {"checked": checked, "broken": [str(paths[1].parent), str(record)]}
    assert cache.verify() == {"checked": checked - 2, "broken": []}
    assert paths[0].exists()
    assert not paths[1].parent.exists()


def test_entry_of_a_clean_build_is_private(text: Callable[..., str]) -> None:
    mask = os.umask(0)
    try:
        path = build(text(), OPTIONS, name="LIF")
        cache.store_manifest("k", {})
    finally:
        os.umask(mask)
    for place in (path, path.parent, path.parent / "entry.json", path.parent / "kernel.c", *cache.path().iterdir()):
        assert place.stat().st_mode & 0o077 == 0, place


def test_manifest_round_trip() -> None:
    manifest = {"c": "x" * 10_000, "layout": [["v", "state", 0.1], ["é", None, True]], "n": 2**60, "t": (1, 2)}
    assert cache.load_manifest("k") is None
    cache.store_manifest("k", manifest)
    assert cache.load_manifest("k") == {**manifest, "t": [1, 2]}
    cache.store_manifest("k", {"new": 1})
    assert cache.load_manifest("k") == {"new": 1}


@pytest.mark.parametrize(
    "damage",
    [truncate, flip_one_bit, empty, link_elsewhere, swap_in_directory, lambda path: path.chmod(0o666)],
)
def test_damaged_manifest_counts_as_none(damage: Callable[[Path], object], fresh_cache: Path) -> None:
    cache.store_manifest("k", {"a": 1})
    damage(fresh_cache / "v1" / "records" / "k.json")
    assert cache.load_manifest("k") is None


@NEEDS_ROOT
def test_foreign_manifest_counts_as_none(fresh_cache: Path) -> None:
    cache.store_manifest("k", {"a": 1})
    give_away(fresh_cache / "v1" / "records" / "k.json")
    assert cache.load_manifest("k") is None
    cache.store_manifest("k", {"a": 2})
    assert cache.load_manifest("k") == {"a": 2}


def test_clear_leaves_nothing_and_what_is_loaded_works(
    text: Callable[..., str], value_of: Callable[[Any], float], compiled: Callable[[], int]
) -> None:
    path = build(text(2.0), OPTIONS, name="LIF")
    cache.store_manifest("k", {})
    call = value_of(path)
    cache.clear()
    info = cache.info()
    assert (info["objects"], info["records"], info["bytes"]) == (0, 0, 0)
    assert call == 2.0
    assert cache.load_manifest("k") is None
    assert value_of(build(text(2.0), OPTIONS, name="LIF")) == 2.0
    assert compiled() == 2


def test_entry_that_vanishes_behind_our_back_is_rebuilt(text: Callable[..., str], compiled: Callable[[], int]) -> None:
    path = build(text(), OPTIONS, name="LIF")
    shutil.rmtree(cache.path())
    assert build(text(), OPTIONS, name="LIF") == path
    assert path.exists()
    assert compiled() == 2
