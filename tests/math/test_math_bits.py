"""Equal bits: arrays and elements, compilers, optimisation levels, vector widths; and that loops do vectorise."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranvier.compiler import ir
from ranvier.runtime import _mathlib

HERE = Path(__file__).parent
Build = Callable[..., Path]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ir.LIBRARY)
def test_an_element_does_not_depend_on_its_place(name: str, dtype: type[np.floating], sample_bits: Any) -> None:
    rng = np.random.default_rng(5)
    x = np.concatenate([sample_bits(dtype, 60), rng.normal(0, 5, 41).astype(dtype)])
    arrays = [x, x[::-1].copy()][: ir.LIBRARY[name]]
    whole = _mathlib.call(name, *arrays)
    single = np.concatenate([_mathlib.call(name, *(a[i : i + 1] for a in arrays)) for i in range(x.size)])
    chunks = np.concatenate([_mathlib.call(name, *(a[i : i + 7] for a in arrays)) for i in range(0, x.size, 7)])
    np.testing.assert_array_equal(whole, single)  # equal; NaN equals NaN
    np.testing.assert_array_equal(whole, chunks)


def test_equal_bits_from_every_compiler(build_c: Build, machine_flags: tuple[str, ...]) -> None:
    """One program, built in many ways, prints hashes of all results of all functions and draws."""
    source = HERE / "sweep.c"
    ways = [("gcc", "-O0"), ("gcc", "-O2"), ("gcc", "-O3", "-march=native"), ("gcc", "-O3", *machine_flags)]
    reference = None
    for compiler, *flags in ways:
        done = subprocess.run([build_c(source, compiler, *flags)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout
        reference = reference or done.stdout
        assert done.stdout == reference, (compiler, flags)
    assert reference is not None
    assert len(reference.splitlines()) == len(ir.LIBRARY) + len(ir.DRAWS)


def test_no_undefined_behaviour(build_c: Build) -> None:
    program = build_c(HERE / "sweep.c", "gcc", "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all")
    assert subprocess.run([program], capture_output=True, timeout=60).returncode == 0


@pytest.mark.parametrize("flags", [("-O0",), ("-O3", "-march=native")])
def test_equal_bits_from_clang(build_c: Build, flags: tuple[str, ...]) -> None:
    source = HERE / "sweep.c"
    outputs = [
        subprocess.run(
            [build_c(source, compiler, *flags)], capture_output=True, text=True, timeout=60, check=True
        ).stdout
        for compiler in ("clang", "gcc")
    ]
    assert outputs[0] == outputs[1]


LOOPS = """
#include "rv_random.h"
void loop({real} *restrict y, const {real} *restrict x, uint64_t key, int64_t step, int n)
{{
    (void)x, (void)key, (void)step;
    for (int i = 0; i < n; i++)
        y[i] = {call};
}}
"""
CALLS = {name: f"rv_{name}{{f}}({', '.join(['x[i]'] * arity)})" for name, arity in ir.LIBRARY.items()}
CALLS |= {name: f"rv_{c}{{f}}(key, (uint32_t)i, 0, step)" for name, c in (("uniform", "u01"), ("normal", "normal"))}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads x86 assembly")
@pytest.mark.parametrize("width", [("-mavx2", "-mfma"), ("-mavx512f", "-mavx512dq", "-mfma")], ids=["avx2", "avx512"])
@pytest.mark.parametrize("precision", ["double", "float"])
def test_loops_vectorise(build_c: Build, tmp_path: Path, precision: str, width: tuple[str, ...]) -> None:
    """Every function in a loop becomes vector instructions: no scalar arithmetic is left in the main loop."""
    suffix = "f" if precision == "float" else ""
    for name, call in CALLS.items():
        source = tmp_path / f"{name}{suffix}{len(width)}.c"
        source.write_text(LOOPS.format(real=precision, call=call.format(f=suffix)))
        flags = ("-O3", *width, "-mprefer-vector-width=512", "-S")
        assembly = build_c(source, "gcc", *flags, output="s").read_text()
        register = "zmm" if len(width) == 3 else "ymm"
        assert assembly.count(register) > 20, name
