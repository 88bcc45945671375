"""Fixtures for the compile cache: separate processes, small file systems, counting compilations."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ranvier.compiler import cache, store
from ranvier.compiler.options import CompileOptions

OPTIONS = CompileOptions()


@pytest.fixture
def text() -> Callable[..., str]:
    """``text(x)`` is a C file whose function returns x."""
    return lambda value=1.0: f"double value(void) {{ return {value!r}; }}\n"


@pytest.fixture
def value_of() -> Callable[[Any], float]:
    """``value_of(path)`` loads a shared object built from `text` and calls it."""

    def call(path: Any) -> float:
        function = ctypes.CDLL(str(path)).value
        function.restype = ctypes.c_double
        return float(function())

    return call


@pytest.fixture
def compiled() -> Callable[[], int]:
    """``compiled()`` is the number of compilations since the last call."""
    seen = cache.stats()["compiled"]

    def since() -> int:
        nonlocal seen
        now = cache.stats()["compiled"]
        new, seen = now - seen, now
        return int(new)

    return since


@pytest.fixture
def as_new_process() -> Callable[[], None]:
    """Forget which directories were opened and which entries were checked, as a new process would."""
    return store._store_at.cache_clear


@pytest.fixture
def in_process(fresh_cache: Path) -> Callable[..., Any]:
    """``in_process(code, **environment)`` runs code in a new process; it returns what the code assigns to `result`."""

    def run(code: str, **environment: str) -> Any:
        program = f"{PRELUDE}{code}\nimport json\nprint(json.dumps(result))\n"
        env = {**os.environ, "RANVIER_CACHE_DIR": str(fresh_cache), **environment}
        done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


PRELUDE = """
from ranvier.compiler import cache
from ranvier.compiler.build import Job, NoCompiler, build, build_many
from ranvier.compiler.options import CompileOptions
OPTIONS = CompileOptions()
TEXT = "double value(void) { return 1.0; }\\n"
"""


@pytest.fixture
def tmpfs(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """``tmpfs(options)`` mounts a small file system of its own; needs root."""
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"mount{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"mode=0700,{options}", "tmpfs", str(place)]
        if not hasattr(os, "getuid") or os.getuid() != 0 or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("mounting a file system needs root")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)
