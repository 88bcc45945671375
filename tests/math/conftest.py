"""Tools of the tests of the mathematics: compiling C against the headers, distances in units in the last place."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

#: The flags that decide results in every build of ours.
MATH_FLAGS = ("-std=gnu11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")


@pytest.fixture(scope="session")
def build_c(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function that compiles a C file against the headers of the package and returns the path of the result."""
    folder = tmp_path_factory.mktemp("c")
    headers = resources.files("ranvier.templates")

    def build(source: Path, compiler: str, *flags: str, output: str = "program") -> Path:
        if shutil.which(compiler) is None:
            pytest.skip(f"no {compiler} here")
        target = folder / f"{source.stem}-{compiler}{''.join(flags)}-{output}".replace("/", "_")
        command = [compiler, *MATH_FLAGS, *flags, f"-I{headers}", str(source), "-o", str(target), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return target

    return build


@pytest.fixture(scope="session")
def machine_flags() -> tuple[str, ...]:
    """The widest vector flags that both compilers and this machine know."""
    try:
        features = Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split()
    except (OSError, IndexError):
        return ()
    return ("-mavx2", "-mfma") if {"avx2", "fma"} <= set(features) else ()


@pytest.fixture(scope="session")
def sample_bits() -> Callable[[type[np.floating], int], np.ndarray]:
    """A function that returns floats of all exponents and both signs: random bits."""

    def sample(dtype: type[np.floating], count: int) -> np.ndarray:
        rng = np.random.default_rng(20)
        if dtype is np.float64:
            return rng.integers(0, 2**64, count, dtype=np.uint64).view(np.float64)
        return rng.integers(0, 2**32, count, dtype=np.uint32).view(np.float32)

    return sample
