"""`ranvier doctor`: what this machine has, what it lacks, and what to type about it."""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version

import ranvier

REQUIRED = ("numpy", "sympy", "jinja2")
OPTIONAL = {"matplotlib": "plots", "tqdm": "progress bars", "h5py": "HDF5 files", "pint": "pint quantities"}
VECTOR_FEATURES = ("avx512f", "avx2", "fma", "sse4_2", "asimd", "sve")

#: A loop that a working compiler turns into vector instructions.
PROBE = """\
void probe(double *restrict x, const double *restrict y, long n) {
    for (long i = 0; i < n; i++) x[i] = x[i] * 0.5 + y[i];
}
"""


def doctor() -> int:
    """Print the report; return 0 when models can be compiled and run, 1 when something needed is missing."""
    advice: list[str] = []
    line("ranvier", f"{ranvier.__version__} in {os.path.dirname(ranvier.__file__)}")
    line("python", f"{platform.python_version()} ({sys.executable}), {platform.platform()}")
    engine_works = report_engine(advice)
    compiler_works = report_compiler(advice)
    report_cache(advice)
    report_packages(advice)
    if advice:
        print("\nWhat to do:")
        for item in advice:
            print(f"  - {item}")
    else:
        print("\nAll is well.")
    return 0 if engine_works and compiler_works else 1


def line(label: str, text: str) -> None:
    """Print one line of the report."""
    print(f"{label:<12}{text}")


def report_engine(advice: list[str]) -> bool:
    """Say whether the compiled engine loads."""
    try:
        import ranvier.runtime._bridge as bridge
    except ImportError as error:
        line("engine", f"does not load: {error}")
        advice.append("build the engine: python -m pip install -e .   (in the folder of the source)")
        return False
    line("engine", f"loads from {bridge.__file__}")
    return True


def report_compiler(advice: list[str]) -> bool:
    """Say which C compiler is used, with which flags, and how long a small file takes."""
    from ranvier.compiler import CompileOptions
    from ranvier.compiler.store import open_store
    from ranvier.compiler.toolchain import compile_flags, cpu, find_compiler

    compiler = find_compiler(open_store())
    features = [name for name in VECTOR_FEATURES if name in cpu().features]
    if compiler is None:
        chosen = os.environ.get("CC")
        line("compiler", f"none: CC={chosen} does not run" if chosen else "none: no cc, gcc or clang on the path")
        advice.append(
            "install a C compiler (Debian, Ubuntu: apt install gcc; Fedora: dnf install gcc; macOS: xcode-select "
            "--install), or set CC. Until then cached models run, others run on the slow reference interpreter"
        )
        line("processor", f"{platform.machine()} {' '.join(features)}")
        return False
    line("compiler", f"{' '.join(compiler.command)}  ({compiler.version})")
    shown = [flag for flag in compile_flags(compiler.kind, cpu(), CompileOptions()) if "no-builtin" not in flag]
    line("flags", " ".join(shown))
    line("processor", f"{platform.machine()} {' '.join(features)}")
    return try_compiler(advice)


def try_compiler(advice: list[str]) -> bool:
    """Compile a few lines that no cache can have, and load them."""
    import ctypes

    from ranvier.compiler import CompileOptions, RanvierError
    from ranvier.compiler.build import build

    started = time.perf_counter()
    text = f"{PROBE}/* {time.time_ns()} {os.getpid()} */\n"
    try:
        library = build(text, CompileOptions(), name="doctor")
        compiled = time.perf_counter()
        ctypes.CDLL(str(library))
        loaded = time.perf_counter()
    except (RanvierError, OSError) as error:
        line("compiles", f"no: {error}")
        advice.append("the compiler above cannot build a shared object: see its message, or set CC to another one")
        return False
    line("compiles", f"yes, in {1e3 * (compiled - started):.0f} ms; loads in {1e3 * (loaded - compiled):.1f} ms")
    return True


def report_cache(advice: list[str]) -> None:
    """Say where compiled models are kept and whether that works."""
    from ranvier import cache

    about = cache.info()
    state = f"{about['objects']} models, {about['bytes'] / 2**20:.1f} of {about['limit'] / 2**20:.0f} MiB"
    line("cache", f"{about['path']}, {state}")
    if not about["persistent"]:
        advice.append("the cache directory cannot be used, so every process compiles again: set RANVIER_CACHE_DIR")


def report_packages(advice: list[str]) -> None:
    """Say which of the packages that we use are installed."""
    for name in REQUIRED:
        found = installed(name)
        line(name, found or "missing")
        if found is None:
            advice.append(f"install {name}: python -m pip install {name}")
    for name, purpose in OPTIONAL.items():
        line(name, installed(name) or f"not installed, only needed for {purpose}: python -m pip install {name}")


def installed(name: str) -> str | None:
    """Return the version of an installed package, or None."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
