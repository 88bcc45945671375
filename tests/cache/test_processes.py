"""Several processes at one cache: the second compiles nothing, none waits, none breaks it for another."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import cache
from ranvier.compiler.build import build
from ranvier.compiler.options import CompileOptions

OPTIONS = CompileOptions()
HEAVY = ("sympy", "jinja2", "numpy", "subprocess", "tempfile", "shutil", "concurrent.futures", "ctypes", "logging")

BUILD = f"""
import sys
path = str(build(TEXT, OPTIONS, name='LIF'))
result = [path, cache.stats()['compiled'], cache.stats()['hits'], [m for m in {HEAVY!r} if m in sys.modules]]
"""


def test_second_process_compiles_nothing_and_starts_nothing(in_process: Callable[..., Any]) -> None:
    path, compiled, hits, _ = in_process(BUILD)
    assert (compiled, hits) == (1, 0)
    assert in_process(BUILD) == [path, 0, 1, []]


def test_hash_seed_is_irrelevant(in_process: Callable[..., Any]) -> None:
    found = [in_process(BUILD, PYTHONHASHSEED=seed) for seed in ("0", "1", "4711")]
    assert len({path for path, *_ in found}) == 1
    assert [compiled for _, compiled, *_ in found] == [1, 0, 0]


def test_sixteen_processes_at_once(fresh_cache: Path, value_of: Callable[[Any], float]) -> None:
    code = (
        "from ranvier.compiler.build import build; from ranvier.compiler import cache\n"
        "from ranvier.compiler.options import CompileOptions\n"
        "import ctypes, sys\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "path = build('double value(void) { return 3.0; }\\n', CompileOptions(), name='LIF')\n"
        "function = ctypes.CDLL(str(path)).value; function.restype = ctypes.c_double\n"
        "assert function() == 3.0\n"
        "print(path)"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(16)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    paths = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * 16
    assert len(set(paths)) == 1
    assert cache.verify()["broken"] == []
    assert os.listdir(fresh_cache / "v1" / "work") == []


#: Long enough in the compiler (about 0.2 s) that a random moment falls into every part of a build.
SLOW_TEXT = "double part{k}(double x) {{ for (int i = 0; i < 64; i++) x = x * {k}.5 + (x > i ? x : i); return x; }}\n"


def slow_text(number: int) -> str:
    parts = "".join(SLOW_TEXT.format(k=k) for k in range(40))
    return f"{parts}double value(void) {{ return {float(number)!r}; }}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_kill_at_any_moment_breaks_nothing(
    fresh_cache: Path, value_of: Callable[[Any], float], as_new_process: Callable[[], None], tmp_path: Path
) -> None:
    code = (
        "from ranvier.compiler.build import build; from ranvier.compiler.options import CompileOptions\n"
        "import sys; text = open(sys.argv[1]).read(); print('ready', flush=True)\n"
        "build(text, CompileOptions(), name='LIF'); print('built', flush=True)"
    )
    draw = random.Random(20)
    file = tmp_path / "text.c"
    duration = 0.3
    killed = 0
    for number in range(20):
        file.write_text(slow_text(number))
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        started = time.perf_counter()
        if number == 0:
            process.wait()
            duration = time.perf_counter() - started
        else:
            time.sleep(draw.uniform(0, duration))
            if number % 2:
                process.kill()  # the C compiler lives on and writes into a directory nobody waits for
            else:
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        killed += process.returncode == -signal.SIGKILL
        process.stdout.close()
        as_new_process()
        assert cache.verify()["broken"] == []
        assert value_of(build(slow_text(number), OPTIONS, name="LIF")) == number
    assert killed >= 10
    time.sleep(2 * duration)  # orphaned compilers end
    assert cache.verify()["broken"] == []
    entries = cache.info()["objects"]
    assert entries == 20
    for litter in (fresh_cache / "v1" / "work").iterdir():
        os.utime(litter, (0, 0))
    as_new_process()
    build(slow_text(99), OPTIONS, name="LIF")
    assert os.listdir(fresh_cache / "v1" / "work") == []


def test_one_process_clears_while_others_build(fresh_cache: Path) -> None:
    """Not even that makes a build fail: it starts again or keeps what it has."""
    code = (
        "from ranvier.compiler.build import build; from ranvier.compiler.options import CompileOptions\n"
        "import warnings; warnings.simplefilter('error')\n"
        "for k in range(10): build(f'double value(void) {{ return {k}; }}\\n', CompileOptions(), name='LIF')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    while any(process.poll() is None for process in running):
        cache.clear()
        time.sleep(0.01)
    assert [process.returncode for process in running] == [0, 0]
