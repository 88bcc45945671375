r"""Builds the engine, once per installation; models are compiled later, by `ranvier.compiler`.

Address and undefined-behaviour sanitizers:
    RANVIER_SANITIZE=1 .venv/bin/python setup.py build_ext --inplace --force
    LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:quarantine_size_mb=1 \
    UBSAN_OPTIONS=halt_on_error=1 .venv/bin/python -m pytest -p no:cacheprovider tests/engine
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

FLAGS = ["-O3", "-g0", "-std=gnu11", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fwrapv"]
THREADS = ["-pthread"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-omit-frame-pointer", "-g", "-O1"]
INCLUDE = ["runtime/engine", "templates", numpy.get_include()]
NUMPY = [("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")]
ENGINE = sorted(str(path) for pattern in ("engine*.c", "connect*.c") for path in Path("runtime/engine").glob(pattern))
# Also what a source distribution needs besides the generated C.
PARTS = ("runtime/engine/*.h", "templates/*.h", "runtime/engine/*.px*")
DEPENDS = sorted(str(path) for pattern in PARTS for path in Path().glob(pattern))


def engine_sources(root: Path) -> list[Path]:
    """Return the files that the engine is made of, as `ranvier.runtime.stale` lists them."""
    patterns = ("engine*.c", "connect*.c", "*.h", "*.pyx", "*.pxi")
    return sorted(path for pattern in patterns for path in (root / "runtime" / "engine").glob(pattern))


# What the engine was built from, so that one that is older than its sources is noticed (runtime/stale.py).
DIGEST = hashlib.sha256(b"".join(Path(path).read_bytes() for path in engine_sources(Path()))).hexdigest()[:16]

sanitize = SANITIZE if os.environ.get("RANVIER_SANITIZE") == "1" else []


def extension(name: str, sources: list[str], **options: object) -> Extension:
    """Return an extension module of `ranvier.runtime`."""
    return Extension(
        f"ranvier.runtime.{name}",
        sources,
        include_dirs=INCLUDE,
        define_macros=[*NUMPY, ("RV_SOURCES", f'"{DIGEST}"')],
        depends=DEPENDS,
        extra_compile_args=FLAGS + THREADS + sanitize,
        extra_link_args=THREADS + sanitize,
        **options,
    )


setup(
    ext_modules=cythonize(
        [
            extension("_bridge", ["runtime/engine/_bridge.pyx", *ENGINE]),
            extension("_mathlib", ["runtime/engine/_mathlib.pyx"]),
        ],
        language_level=3,
    ),
    options={"build_ext": {"parallel": os.cpu_count() or 1}},
)
