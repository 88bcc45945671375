"""C text to shared object: what is compiled, what is not, and what a failure says."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import build as build_module
from ranvier.compiler.build import Job, NoCompiler, build, build_many
from ranvier.compiler.errors import BuildError
from ranvier.compiler.options import CompileOptions
from ranvier.compiler.toolchain import Cpu, cpu_lines

OPTIONS = CompileOptions()
Count = Callable[[], int]
Text = Callable[..., str]

pytestmark = pytest.mark.usefixtures("fresh_cache")


def test_shared_object_works_and_its_text_lies_beside_it(text: Text, value_of: Callable[[Any], float]) -> None:
    path = build(text(0.1 + 0.2), OPTIONS, name="LIF")
    assert value_of(path) == 0.1 + 0.2
    assert (path.parent / "kernel.c").read_text() == text(0.1 + 0.2)


def test_second_request_compiles_nothing(text: Text, compiled: Count, as_new_process: Callable[[], None]) -> None:
    first = build(text(), OPTIONS, name="LIF")
    assert compiled() == 1
    assert build(text(), OPTIONS, name="LIF") == first
    as_new_process()
    assert build(text(), OPTIONS, name="LIF") == first
    assert compiled() == 0


def test_one_changed_character_builds_one(text: Text, compiled: Count) -> None:
    jobs = [Job(text(float(k)), OPTIONS, "LIF") for k in range(3)]
    build_many(jobs)
    assert compiled() == 3
    build_many([*jobs[:2], Job(text(2.5), OPTIONS, "LIF")])
    assert compiled() == 1


def test_name_is_not_part_of_the_key(text: Text, compiled: Count) -> None:
    assert build(text(), OPTIONS, name="LIF") == build(text(), OPTIONS, name="another")
    assert compiled() == 1


def test_fast_is_another_entry(text: Text, compiled: Count) -> None:
    assert build(text(), OPTIONS, name="LIF") != build(text(), CompileOptions(fast=True), name="LIF")
    assert compiled() == 2


def test_another_processor_is_another_entry(text: Text, compiled: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(text(), OPTIONS, name="LIF")
    monkeypatch.setattr(build_module, "cpu", lambda: Cpu("another", frozenset()))
    assert build(text(), OPTIONS, name="LIF") != first
    assert compiled() == 2


def test_processor_is_described_once_however_many_there_are() -> None:
    lines = cpu_lines()
    assert len(lines) == len(set(lines))
    assert any(line.startswith(("flags", "Features", "isa")) for line in lines) or not Path("/proc/cpuinfo").exists()


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_many_come_back_in_order(
    workers: int | None, text: Text, compiled: Count, value_of: Callable[[Any], float]
) -> None:
    wanted = [3.0, 1.0, 3.0, 2.0]
    paths = build_many([Job(text(value), OPTIONS, "LIF") for value in wanted], workers)
    assert [value_of(path) for path in paths] == wanted
    assert compiled() == 3  # equal texts once


def test_failure_tells_what_ran_what_it_said_and_where_the_text_is() -> None:
    broken = "double value(void) { return undeclared_name; }\n"
    with pytest.raises(BuildError) as caught:
        build(broken, OPTIONS, name="my neuron")
    error = caught.value
    assert error.code == "E601"
    assert not isinstance(error, NoCompiler)
    assert "my neuron" in str(error)
    assert "undeclared_name" in error.stderr
    assert "-ffp-contract=off" in error.command
    assert Path(error.path).read_text() == broken


@pytest.mark.parametrize("content", ["#!/bin/sh\nexit 1\n", "no program"])
def test_compiler_that_cannot_be_run_is_no_compiler(
    content: str, text: Text, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that fails when asked for its version (a stub without its tools) or that is no program."""
    (tmp_path / "cc").write_text(content)
    (tmp_path / "cc").chmod(0o755)
    monkeypatch.setenv("CC", str(tmp_path / "cc"))
    with pytest.raises(NoCompiler):
        build(text(), OPTIONS, name="LIF")


def test_next_compiler_on_the_path_serves(
    text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cc").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "cc").chmod(0o755)
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    if not (shutil.which("gcc") or shutil.which("clang")):
        pytest.skip("needs gcc or clang")
    assert value_of(build(text(2.0), OPTIONS, name="LIF")) == 2.0


@pytest.mark.parametrize("workers", [None, 1])
def test_failure_of_one_keeps_the_others(workers: int | None, text: Text, compiled: Count) -> None:
    jobs = [Job(text(1.0), OPTIONS, "a"), Job("not C", OPTIONS, "b"), Job(text(2.0), OPTIONS, "c")]
    with pytest.raises(BuildError, match="'b'"):
        build_many(jobs, workers)
    assert compiled() == 2
    build_many([jobs[0], jobs[2]])
    assert compiled() == 0


def test_interrupted_build_leaves_nothing(
    text: Text, fresh_cache: Path, compiled: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(command: list[str], folder: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_module, "run", interrupt)
        with pytest.raises(KeyboardInterrupt):
            build(text(), OPTIONS, name="LIF")
    assert os.listdir(fresh_cache / "v1" / "work") == []
    build(text(), OPTIONS, name="LIF")
    assert compiled() == 1


def test_counters_count(text: Text) -> None:
    from ranvier.compiler import cache

    before = cache.stats()
    for value in (1.0, 2.0, 1.0, 1.0):
        build(text(value), OPTIONS, name="LIF")
    after = cache.stats()
    assert {name: after[name] - before[name] for name in ("compiled", "hits", "loaded")} == {
        "compiled": 2,
        "hits": 2,
        "loaded": 2,
    }
    assert after["seconds"] > before["seconds"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forked_process_counts_from_zero(text: Text) -> None:
    from ranvier.compiler import cache

    build(text(), OPTIONS, name="LIF")
    child = os.fork()
    if child == 0:
        os._exit(0 if cache.stats() == {"compiled": 0, "hits": 0, "loaded": 0, "seconds": 0.0} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def without_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_a_compiler_what_is_cached_loads(
    text: Text,
    compiled: Count,
    value_of: Callable[[Any], float],
    as_new_process: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    first = build(text(7.0), OPTIONS, name="LIF")
    without_compiler(monkeypatch, tmp_path)
    as_new_process()
    assert build(text(7.0), OPTIONS, name="LIF") == first
    assert value_of(first) == 7.0
    assert compiled() == 1


def test_without_a_compiler_nothing_else_does(text: Text, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    build(text(7.0), OPTIONS, name="LIF")
    without_compiler(monkeypatch, tmp_path)
    with pytest.raises(NoCompiler, match=r"no C compiler for 'HH'.*install gcc or clang"):
        build(text(8.0), OPTIONS, name="HH")
    with pytest.raises(NoCompiler):
        build(text(7.0), CompileOptions(fast=True), name="LIF")
    monkeypatch.setattr(build_module, "cpu", lambda: Cpu("another", frozenset()))
    with pytest.raises(NoCompiler):
        build(text(7.0), OPTIONS, name="LIF")


def test_chosen_compiler_that_is_missing_is_named(text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "gcc-of-the-future")
    with pytest.raises(NoCompiler, match="CC=gcc-of-the-future"):
        build(text(), OPTIONS, name="LIF")


def test_changed_compiler_builds_anew(
    text: Text, compiled: Count, as_new_process: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = shutil.which("cc") or shutil.which("gcc")
    wrapper = tmp_path / "mycc"
    wrapper.write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("CC", str(wrapper))
    build(text(), OPTIONS, name="LIF")
    wrapper.write_text(f'#!/bin/sh\n# a new version\nexec {real} "$@"\n')
    as_new_process()
    build(text(), OPTIONS, name="LIF")
    assert compiled() == 2


@pytest.mark.parametrize("folder", ["with space", "nerveuse é", "神経", "quote'\"$HOME;"])
def test_any_path(
    folder: str, text: Text, value_of: Callable[[Any], float], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(tmp_path / folder))
    path = build(text(4.0), OPTIONS, name=folder)
    assert str(path).startswith(str(tmp_path / folder))
    assert value_of(path) == 4.0


ARITHMETIC = """
extern double sin(double), cos(double);
double product(double a, double b, double c) { return a * b + c; }
double zero(double x) { return x + 0.0; }
int is_nan(double x) { return x != x; }
double both(double x) { return sin(x) + cos(x); }
int sum(int a, int b) { return a + b > a; }
"""


@pytest.mark.parametrize(
    "command", ["cc", "gcc", "clang", "gcc -ffast-math", "gcc -funsafe-math-optimizations", "clang -ffast-math"]
)
def test_arithmetic_rule(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fused, NaN, denormals and the sign of zero are kept, integers wrap, sin and cos stay two calls."""
    if shutil.which(command.split()[0]) is None:
        pytest.skip(f"{command.split()[0]} is not installed")
    monkeypatch.setenv("CC", command)
    path = build(ARITHMETIC, OPTIONS, name="rule")
    library = ctypes.CDLL(str(path))
    for name in ("product", "zero", "both"):
        getattr(library, name).restype = ctypes.c_double
    a = 1.0 + 2.0**-30  # a * a needs 61 bits: fused, the difference would not be 0
    assert library.product(ctypes.c_double(a), ctypes.c_double(a), ctypes.c_double(-(a * a))) == 0.0
    assert str(library.zero(ctypes.c_double(-0.0))) == "0.0"
    assert library.is_nan(ctypes.c_double(float("nan"))) == 1
    assert library.sum(2**31 - 1, 1) == 0
    assert library.product(ctypes.c_double(5e-324), ctypes.c_double(1.0), ctypes.c_double(0.0)) == 5e-324
    assert b"sincos" not in path.read_bytes()


def test_kinds_of_compiler_do_not_share_entries(text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    if not (shutil.which("gcc") and shutil.which("clang")):
        pytest.skip("needs gcc and clang")
    paths = set()
    for command in ("gcc", "clang"):
        monkeypatch.setenv("CC", command)
        paths.add(build(text(), OPTIONS, name="LIF"))
    assert len(paths) == 2
