"""The C compiler: which one, what makes it that one, and the flags that keep its arithmetic to the rule."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .digest import digest
from .ir import EXTERNAL, LIBRARY
from .options import CompileOptions
from .store import Store

CANDIDATES = ("cc", "gcc", "clang")

#: Equal bits everywhere: no contraction, no assumption about NaN, infinity or the sign of zero; integers wrap around.
#: The first two undo what $CC may carry (gcc would even link a start-up file that flushes denormals to zero).
ARITHMETIC = (
    "-fno-fast-math", "-fno-unsafe-math-optimizations",
    "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fwrapv",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compiler:
    """A C compiler.

    Parameters
    ----------
    command : tuple of str
        The program and what $CC adds to it.
    path : str
        The program with all links followed.
    version : str
        First line of what ``--version`` prints.
    identity : str
        Hash of command, real path, size, time of change and version.
    """

    command: tuple[str, ...]
    path: str
    version: str
    identity: str

    @property
    def kind(self) -> Literal["gcc", "clang"]:
        """The family, which decides the flags."""
        return "clang" if "clang" in self.version.lower() else "gcc"


@dataclass(frozen=True, slots=True)
class Cpu:
    """The processor: `identity` is the hash of everything that ``-march=native`` may look at."""

    identity: str
    features: frozenset[str]


def find_compiler(store: Store) -> Compiler | None:
    """Return the compiler to use, or None.

    $CC decides alone when it is set; else ``cc``, ``gcc``, ``clang`` are looked for on the path. `store` remembers
    versions, so that a program is only run when it is new.
    """
    chosen = os.environ.get("CC", "")
    return _find(chosen, os.environ.get("PATH", os.defpath), store)


@lru_cache(maxsize=16)
def _find(chosen: str, path: str, store: Store) -> Compiler | None:
    if chosen.strip():
        from shlex import split

        return _identify(tuple(split(chosen)), path, store)
    return next((found for name in CANDIDATES if (found := _identify((name,), path, store))), None)


def _identify(command: tuple[str, ...], path: str, store: Store) -> Compiler | None:
    program = which(command[0], path)
    if program is None:
        return None
    # A wrapper ("ccache gcc") names the program behind it: that one counts too.
    programs = [program, *(found for word in command[1:] if (found := which(word, path)))]
    real = [os.path.realpath(found) for found in programs]
    stats = [os.stat(found) for found in real]
    marks = tuple((found, info.st_size, info.st_mtime_ns) for found, info in zip(real, stats, strict=True))
    key = f"cc-{digest(command, marks)}"
    known = store.load(key)
    version = known.get("version") if known else None
    if not isinstance(version, str):
        version = ask_version((program, *command[1:]))
        if version is None:
            return None
        store.save(key, {"version": version})
    return Compiler((program, *command[1:]), real[0], version, digest(command[1:], marks, version))


def which(name: str, path: str) -> str | None:
    """Return the program `name` as the shell would find it on `path`, or None."""
    folders = [""] if os.path.dirname(name) else path.split(os.pathsep)
    for folder in folders:
        for suffix in ("", ".exe") if sys.platform == "win32" else ("",):
            program = os.path.join(folder, name + suffix)
            if os.path.isfile(program) and os.access(program, os.X_OK):
                return os.path.abspath(program)
    return None


def ask_version(command: Sequence[str]) -> str | None:
    """Return the first line that a compiler prints about itself, or None when it does not run."""
    code, output, _ = run([*command, "--version"])
    lines = output.splitlines()
    return lines[0].strip() if code == 0 and lines else None


def run(command: Sequence[str], folder: str | None = None) -> tuple[int, str, str]:
    """Run a program without input; return its exit code, output and error output (127: it cannot be run).

    In a `folder`, its temporary files go there too, so that they are swept with it should this process be killed.
    """
    import subprocess

    environment = {**os.environ, "LC_ALL": "C", **({"TMPDIR": folder} if folder else {})}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        return 127, "", str(error)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def compile_flags(kind: Literal["gcc", "clang"], cpu: Cpu, options: CompileOptions) -> tuple[str, ...]:
    """Return the flags between the compiler's name and the files."""
    machine = os.uname().machine if hasattr(os, "uname") else "x86_64"
    native = {"x86_64": "-march=native", "i686": "-march=native", "aarch64": "-mcpu=native", "arm64": "-mcpu=native"}
    flags = ["-O3", *([native[machine]] if machine in native else []), *ARITHMETIC, "-fPIC", "-shared"]
    if kind == "gcc":
        flags.append("-fschedule-insns")  # interleaves the independent chains of a long loop (docs/adr/0009)
    if kind == "gcc" and "avx512f" in cpu.features:
        flags.append("-mprefer-vector-width=512")  # else gcc 12 uses half of each register
    return (*flags, *no_builtin(options))


def no_builtin(options: CompileOptions) -> tuple[str, ...]:
    """Return the flags that keep a compiler from having a mathematics of its own.

    Calls of the C library are neither folded nor merged (``sin`` and ``cos`` of one argument become a ``sincos`` that
    no vector form exists of). `fast` allows all but the latter.
    """
    names = ("sin", "cos") if options.fast else (*EXTERNAL, *(name for name in LIBRARY if name != "exprel"))
    return tuple(f"-fno-builtin-{name}{suffix}" for name in sorted(names) for suffix in ("", "f"))


@lru_cache(maxsize=1)
def cpu() -> Cpu:
    """Return the processor this process runs on."""
    words = cpu_lines()
    return Cpu(digest(words), frozenset(word for line in words for word in line.split()))


#: What /proc/cpuinfo calls the things that decide which instructions exist (x86, Arm, RISC-V, POWER).
CPU_FIELDS = frozenset({
    "vendor_id", "cpu family", "model", "flags",
    "CPU implementer", "CPU architecture", "CPU variant", "CPU part", "Features", "isa", "uarch", "cpu",
})  # fmt: skip


def cpu_lines() -> tuple[str, ...]:
    """Return lines that tell processors with different instructions apart."""
    system = tuple(os.uname()[i] for i in (0, 4)) if hasattr(os, "uname") else (sys.platform,)
    try:
        with open("/proc/cpuinfo", "rb", buffering=0) as file:
            text = b""
            while b"\n\n" not in text and (more := file.read(1 << 14)):  # one processor stands for all
                text += more
    except OSError:
        from platform import processor

        return (*system, processor())
    first = text.decode("ascii", "replace").partition("\n\n")[0]
    lines = [line.partition(":") for line in first.splitlines()]
    return (*system, *(f"{name.strip()}: {value.strip()}" for name, _, value in lines if name.strip() in CPU_FIELDS))
