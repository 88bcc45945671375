"""Directories that cannot be used: one warning, and work goes on in a private place."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import cache, folder, store
from ranvier.compiler.build import build
from ranvier.compiler.errors import BuildError, RanvierWarning
from ranvier.compiler.options import CompileOptions

OPTIONS = CompileOptions()
ROOT = hasattr(os, "getuid") and os.getuid() == 0
Text = Callable[..., str]


def check_fallback(base: Path, text: Text, value_of: Callable[[Any], float], match: str = "cannot be used") -> None:
    """Two builds and a manifest in a cache at `base` that cannot be written: one warning, everything works."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        first = build(text(1.5), OPTIONS, name="LIF")
        second = build(text(2.5), OPTIONS, name="LIF")
        cache.store_manifest("k", {"a": 1})
    assert [value_of(first), value_of(second)] == [1.5, 2.5]
    assert cache.load_manifest("k") == {"a": 1}
    assert build(text(1.5), OPTIONS, name="LIF") == first
    (warning,) = caught
    assert issubclass(warning.category, RanvierWarning)
    assert match in str(warning.message)
    assert str(base) in str(warning.message)
    private = cache.path()
    assert base not in private.parents
    assert private.stat().st_mode & 0o077 == 0
    assert private.parent.stat().st_mode & 0o077 == 0
    assert cache.info()["persistent"] is False


def test_missing_directory_is_made_private(text: Text, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    base = tmp_path / "not" / "there yet"
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(base))
    path = build(text(), OPTIONS, name="LIF")
    assert base in path.parents
    assert cache.path() == base / "v1"
    assert cache.info()["persistent"] is True
    assert {place.stat().st_mode & 0o777 for place in (base, base / "v1", path.parent)} == {0o700}


def test_a_file_in_the_way(
    text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    base = tmp_path / "file"
    base.write_text("")
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(base / "cache"))
    check_fallback(base / "cache", text, value_of)


@pytest.mark.parametrize(("place", "mode"), [("", 0o777), ("", 0o770), ("v1", 0o755), ("v1", 0o770), ("v1", 0o1777)])
def test_directory_that_others_can_use_is_refused(
    place: str, mode: int, text: Text, value_of: Callable[[Any], float], fresh_cache: Path
) -> None:
    (fresh_cache / "v1").mkdir(mode=0o700)
    (fresh_cache / place).chmod(mode)
    check_fallback(fresh_cache, text, value_of, "chmod")


def test_sticky_directory_holds_a_private_one(text: Text, fresh_cache: Path) -> None:
    fresh_cache.chmod(0o1777)  # as /tmp
    assert fresh_cache in build(text(), OPTIONS, name="LIF").parents


@pytest.mark.skipif(not ROOT, reason="giving a directory to another user needs root")
@pytest.mark.parametrize("place", ["", "v1"])
def test_foreign_directory_is_refused(
    place: str, text: Text, value_of: Callable[[Any], float], fresh_cache: Path
) -> None:
    (fresh_cache / "v1").mkdir(mode=0o700)
    os.chown(fresh_cache / place, 65534, 65534)
    check_fallback(fresh_cache, text, value_of, "belongs to another user (uid 65534)")


def test_directory_refused_later_is_not_written(
    text: Text, fresh_cache: Path, value_of: Callable[[Any], float]
) -> None:
    build(text(), OPTIONS, name="LIF")
    (fresh_cache / "v1").chmod(0o777)
    check_fallback(fresh_cache, text, value_of, "chmod")


@dataclass
class Freezer:
    """A directory and the means to make it read-only, also for root."""

    place: Path

    def freeze(self) -> Path:
        if ROOT:
            subprocess.run(["mount", "-o", "remount,ro", str(self.place)], check=True)
        else:
            self.chmod_all(0o500)
        return self.place

    def chmod_all(self, mode: int) -> None:
        for name, _, _ in os.walk(self.place, topdown=False):
            os.chmod(name, mode)


@pytest.fixture
def freezer(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Freezer]:
    place = request.getfixturevalue("tmpfs")("size=8m") if ROOT else tmp_path / "readonly"
    place.mkdir(mode=0o700, exist_ok=True)
    yield Freezer(place)
    if not ROOT:
        Freezer(place).chmod_all(0o700)


def test_read_only_and_empty(
    freezer: Freezer, text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = freezer.freeze()
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(place))
    check_fallback(place, text, value_of)


def test_read_only_but_filled_is_read(
    freezer: Freezer,
    text: Text,
    value_of: Callable[[Any], float],
    compiled: Callable[[], int],
    as_new_process: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is there is used without a word; the first new entry brings the warning."""
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(freezer.place))
    path = build(text(9.0), OPTIONS, name="LIF")
    cache.store_manifest("old", {"a": 1})
    os.utime(path.parent, (0, 0))
    place = freezer.freeze()
    as_new_process()
    assert compiled() == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert build(text(9.0), OPTIONS, name="LIF") == path
        assert cache.load_manifest("old") == {"a": 1}
    assert compiled() == 0
    check_fallback(place, text, value_of)
    assert cache.load_manifest("old") == {"a": 1}
    assert build(text(9.0), OPTIONS, name="LIF") == path


@pytest.mark.parametrize("size", ["4k", "24k", "64k"])
def test_full_disk(
    size: str, tmpfs: Any, text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too small for the directories, for the compiler's output, for the entry: always the same story."""
    place = tmpfs(f"size={size}")
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(place))
    (place / "ballast").write_bytes(b"")
    with pytest.raises(OSError, match="No space"):
        (place / "ballast").write_bytes(bytes(1 << 20))
    check_fallback(place, text, value_of)


def test_disk_that_fills_up_is_not_taken_for_a_bad_text(
    fresh_cache: Path, text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without root: writing anything new into the cache reports a full disk."""
    write = folder.write_private
    work = fresh_cache / "v1" / "work"

    def full(path: str, content: bytes) -> None:
        if path.startswith(str(fresh_cache)):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        write(path, content)

    build(text(0.0), OPTIONS, name="LIF")  # a cache that worked so far
    monkeypatch.setattr(folder, "write_private", full)
    check_fallback(fresh_cache, text, value_of, "No space left")
    assert os.listdir(work) == []


def test_many_that_fail_together_warn_once(fresh_cache: Path, text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    from ranvier.compiler import build as build_module

    together = threading.Barrier(2)
    publish = folder.Folder.publish

    def meet(self: folder.Folder, *args: Any) -> str:
        if not self.path.startswith(str(fresh_cache)):
            return publish(self, *args)
        together.wait()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.path)

    build(text(0.0), OPTIONS, name="LIF")
    monkeypatch.setattr(folder.Folder, "publish", meet)
    monkeypatch.setattr(build_module, "processors", lambda: 2)
    with pytest.warns(RanvierWarning) as caught:
        paths = build_module.build_many([build_module.Job(text(k + 0.5), OPTIONS, "LIF") for k in range(2)])
    assert len(caught) == 1
    assert all(os.path.exists(path) for path in paths)


def test_compiler_that_fails_on_a_full_disk_runs_again_elsewhere(
    fresh_cache: Path, text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch
) -> None:
    from ranvier.compiler import build as build_module

    run = build_module.run

    def fails_in_cache(command: list[str], place: str) -> tuple[int, str, str]:
        return (1, "", "some linker's words") if place.startswith(str(fresh_cache)) else run(command, place)

    def full(self: folder.Folder, work: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), work)

    monkeypatch.setattr(build_module, "run", fails_in_cache)
    monkeypatch.setattr(folder.Folder, "probe", full)
    check_fallback(fresh_cache, text, value_of, "No space left")


def test_no_room_anywhere_is_an_error_that_says_so(
    fresh_cache: Path, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)

    monkeypatch.setattr(folder, "write_private", full)
    monkeypatch.setattr("ranvier.compiler.build.write_private", full)
    with pytest.warns(RanvierWarning, match="No space left"):
        cache.store_manifest("k", {})  # a record that is not kept costs nothing but time
    with pytest.raises(BuildError, match="No space left"):
        build(text(), OPTIONS, name="LIF")


def test_private_directory_ends_with_the_process(in_process: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "result = [str(build(TEXT, OPTIONS, name='LIF')), str(cache.path())]"
    )
    built, private = in_process(code, RANVIER_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert built.startswith(private)
    assert not os.path.exists(os.path.dirname(private))


def test_one_warning_per_process() -> None:
    code = (
        "import os; os.environ['RANVIER_CACHE_DIR'] = '/dev/null/cache'\n"
        "from ranvier.compiler import cache\n"
        "for k in range(3): cache.store_manifest(str(k), {}); cache.info(); cache.path()\n"
    )
    done = subprocess.run([sys.executable, "-W", "always", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.count("RanvierWarning") == 1


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"HOME": "/home/u"}, "/home/u/.cache/ranvier"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": "/scratch/u"}, "/scratch/u/ranvier"),
        ("linux", {"HOME": "/home/u", "RANVIER_CACHE_DIR": "~/kernels"}, "/home/u/kernels"),
        ("linux", {"HOME": "/home/u", "RANVIER_CACHE_DIR": "/a/../b"}, "/b"),
        ("darwin", {"HOME": "/Users/u", "XDG_CACHE_HOME": "/x"}, "/Users/u/Library/Caches/ranvier"),
        ("win32", {"HOME": "/u", "LOCALAPPDATA": "/u/local"}, "/u/local/ranvier/cache"),
    ],
)
def test_place(platform: str, environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RANVIER_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(store.sys, "platform", platform)
    assert store.cache_directory() == expected


def test_relative_directory_stays_where_it_was(text: Text, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANVIER_CACHE_DIR", "kernels")
    assert build(text(), OPTIONS, name="LIF").is_relative_to(tmp_path / "kernels")
