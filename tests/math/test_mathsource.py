"""The text that a kernel gets: what it calls, complete and nothing else."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ranvier.compiler import ir, mathsource

RANDOM = {
    "uniform": "rv_u01",
    "packed": "rv_packed",
    "normal": "rv_normal",
    "poisson": "rv_poisson",
    "gamma": "rv_gamma",
    "binomial": "rv_binomial",
}


def test_only_what_is_needed() -> None:
    text = mathsource.chunks(["rv_exp"])
    assert all(part in text for part in ("rv_exp(double x)", "rv_exp_reduce", "rv_bits"))
    assert not any(part in text for part in ("rv_log", "float rv_", "#include"))
    assert mathsource.chunks([]) == ""


def test_names_of_the_ir() -> None:
    for precision, suffix in (("double", ""), ("single", "f")):
        for name in ir.LIBRARY:
            assert f" rv_{name}{suffix}(" in mathsource.chunks([name], precision)  # type: ignore[arg-type]
        for name in ir.EXTERNAL:
            assert f" {name}{suffix}(" in mathsource.chunks([name], precision)  # type: ignore[arg-type]
        for name in RANDOM.values():
            assert f" {name}{suffix}(" in mathsource.chunks([name + suffix])
    with pytest.raises(KeyError, match="bessel"):
        mathsource.chunks(["bessel"])


def test_text_does_not_depend_on_the_order_of_names() -> None:
    assert mathsource.chunks(["rv_normal", "rv_exp", "asin"]) == mathsource.chunks(
        ["asin", "rv_exp", "rv_normal", "rv_exp"]
    )


def test_every_chunk_names_all_it_needs() -> None:
    """Each chunk with its needs compiles alone, without a warning."""
    if shutil.which("gcc") is None:
        pytest.skip("no gcc here")
    command = ["gcc", "-x", "c", "-", "-fsyntax-only", "-std=gnu11", "-Wall", "-Wextra", "-Werror"]
    for name in mathsource.names():
        text = "#include <stdint.h>\n" + mathsource.chunks([name])
        done = subprocess.run(command, input=text, text=True, capture_output=True, timeout=20)
        assert done.returncode == 0, (name, done.stderr)
