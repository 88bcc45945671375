"""The compiler in one page: text -> tree -> model -> update rules -> IR -> C -> shared object.

=============  ====================  ===================================================================
stage          value                 module
=============  ====================  ===================================================================
parse          `SyntaxTree`          syntax     text to nodes; every node knows its place in the text
resolve        `Model`               resolve    every name gets its meaning, units become numbers
integrate      `UpdateRules`         integrate  a numerical method for every equation
lower          `KernelIR`            lower      typed straight-line programs over the elements
verify                               verify     invariants of the IR
render         `RenderedC`           render     C text through the templates
build          path                  build      shared object, cached
=============  ====================  ===================================================================

`parse` and `resolve` run at every start (they are fast, and find every mistake of the user); the stages after them
only when the cache has no manifest for the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import cache, naming
from .build import Job, NoCompiler, build_many
from .digest import model_key
from .errors import BuildError
from .ir import KernelIR
from .manifest import Manifest
from .model import Model
from .options import CompileOptions
from .signature import signature


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled model.

    `kernel` is its IR without statements; `library` is None when there is no C compiler, or when the model calls a
    function that was registered without C (then `c_text` is empty too).
    """

    model: Model
    options: CompileOptions
    manifest: Manifest
    library: str | None

    @property
    def kernel(self) -> KernelIR:
        return self.manifest.kernel

    @property
    def methods(self) -> tuple[tuple[str, str, str], ...]:
        """(variable, method, reason) of each equation."""
        return self.manifest.methods

    @property
    def c_text(self) -> str:
        return self.manifest.c_text

    def full_ir(self) -> KernelIR:
        """Return the IR with its statements, generated again."""
        return lower_model(self.model, self.options)


def compile_model(model: Model, options: CompileOptions) -> Compiled:
    """Compile one model; see `compile_many`."""
    return compile_many([model], options)[0]


def compile_many(models: Sequence[Model], options: CompileOptions) -> list[Compiled]:
    """Compile models, in parallel where the C compiler has to run.

    Raises
    ------
    MethodProblem
        A numerical method does not apply.
    BuildError
        The C compiler failed (E601), which is our mistake.
    """
    manifests = [_manifest(model, options) for model in models]
    jobs = [Job(m.c_text, options, model.name) for m, model in zip(manifests, models, strict=True) if m.c_text]
    try:
        built: list[str | None] = [str(path) for path in build_many(jobs)]
    except NoCompiler:
        built = [_existing(job) for job in jobs]
    except BuildError as error:
        _blame(error, models)
        raise
    found = iter(built)
    libraries = [next(found) if m.c_text else None for m in manifests]
    return [Compiled(m, options, f, lib) for m, f, lib in zip(models, manifests, libraries, strict=True)]


def _blame(error: BuildError, models: Sequence[Model]) -> None:
    """Raise an error that names the registered function in whose C body the compiler stopped, if it is one."""
    for function in (f for model in models for f in model.functions):
        if naming.function(function.op) in error.stderr:
            message = f"the C body of the function '{function.name}', registered from Python, does not compile"
            raise BuildError(message, error.command, error.stderr, error.path) from error


def _existing(job: Job) -> str | None:
    try:
        return str(build_many([job])[0])
    except NoCompiler:
        return None


def _manifest(model: Model, options: CompileOptions) -> Manifest:
    """Return the manifest of a model, from the cache or from the stages."""
    key = model_key(signature(model), options)
    known = cache.load_manifest(key)
    if known is not None:
        return Manifest.from_json(known)
    manifest = generate(model, options)
    cache.store_manifest(key, manifest.to_json())
    return manifest


def generate(model: Model, options: CompileOptions) -> Manifest:
    """Run the stages between `resolve` and the C compiler."""
    from .integrate import integrate
    from .lower import lower
    from .render import render
    from .verify import verify

    rules = integrate(model)
    kernel = lower(model, rules)
    verify(kernel)
    executable = all(f.c is not None for f in model.functions)
    text = render(kernel, options, f"{model.kind} model").text if executable else ""
    return Manifest(kernel, rules.methods, text)


def lower_model(model: Model, options: CompileOptions) -> KernelIR:
    """Return the IR of a model, with statements (for the reference interpreter)."""
    from .integrate import integrate
    from .lower import lower
    from .verify import verify

    kernel = lower(model, integrate(model))
    verify(kernel)
    return kernel
