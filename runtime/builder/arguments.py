"""What users pass to `Simulator`, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..connect.patterns import whole
from ..problems import UnknownName, ValueProblem
from .catalogue import models
from .devices import volume_transmitter
from .library import Model
from .nodes import NodeView, Segment, SeveralSegments, Source
from .rules import Rule, all_to_all
from .synapses import SynapseModel
from .units import in_unit
from .wiring import Request


def model_of(given: Any) -> Model:
    """Return a model given as itself or by name."""
    if isinstance(given, SynapseModel):
        raise ValueProblem(f"create: {given.name} is a synapse.", help=f"connect(..., synapse={given.name}())")
    if isinstance(given, Model):
        return given
    if not isinstance(given, str):
        raise ValueProblem(f"create: model_cls must be a model such as iaf_psc_alpha, not {given!r}.")
    if given not in models:
        raise UnknownName("model of create", given, models)
    return models[given]


def count_of(size: Any, name: str) -> int:
    """Return a number of nodes given as a number or a shape."""
    sizes = size if isinstance(size, (tuple, list)) else (size,)
    count = int(np.prod([whole(n, "size", f"create: {name}") for n in sizes]))
    if count < 1:
        raise ValueProblem(f"create: {name}: size must be at least 1, got {size!r}.")
    return count


def list_of(value: Any, unit: str, what: str) -> Any:
    """Return a list, or a list of lists, as arrays in a unit."""
    if isinstance(value, (list, tuple)) and any(np.ndim(v) for v in value):
        return [np.asarray(in_unit(v, unit, what), np.float64) for v in value]
    return np.atleast_1d(np.asarray(in_unit(value, unit, what), np.float64))


def segments_of(view: Any, call: str, argument: str) -> list[Segment]:
    """Return the segments of a view; anything else is refused."""
    if not isinstance(view, NodeView) or not view.segments:
        raise ValueProblem(f"{call}: {argument} must be what create returned, not {type(view).__name__}.")
    return view.segments


def single(view: Any, call: str, argument: str) -> Segment:
    """Return the segment of a view that has but one."""
    segments = segments_of(view, call, argument)
    if len(segments) != 1:
        raise SeveralSegments(
            f"{call} with {len(segments)} segments as {argument} is not available.", "call it once per population"
        )
    return segments[0]


def pairs_of(pre: NodeView, post: NodeView, rule: Rule) -> list[tuple[Segment, Segment]]:
    """Return the pairs of segments; the channels of one generator count as one where a rule pairs them with targets."""
    sources = pre.segments
    one = all(isinstance(s.node, Source) and s.node is sources[0].node for s in sources)
    if one and rule is not all_to_all and len(sources) > 1:
        sources = [Segment(sources[0].node, np.concatenate([s.indices for s in sources]))]
    return [(source, target) for source in sources for target in post.segments]


def request_of(
    rule: Any, weight: Any, delay: Any, comm: str, receptor: Any, spec: Any, vt: Any, autapses: bool,
    multapses: bool, seed: Any,
) -> Request:  # fmt: skip
    """Return the arguments of a connect, checked as far as they do not depend on the segments."""
    if not isinstance(rule, Rule):
        raise ValueProblem(f"connect: rule must be a rule such as all_to_all or fixed_indegree(10), not {rule!r}.")
    if comm not in ("dense", "sparse"):
        raise ValueProblem(f"connect: comm must be 'dense' or 'sparse', not {comm!r}.")
    if seed is not None:
        whole(seed, "seed", "connect")
    if receptor is None and spec is not None and spec.receptor_type:
        receptor = spec.receptor_type
    for name, flag in (("allow_autapses", autapses), ("allow_multapses", multapses)):
        if not isinstance(flag, (bool, np.bool_)):
            raise ValueProblem(f"connect: {name} must be True or False, not {flag!r}.")
    named = spec is not None
    if spec is not None and spec.name == "static_synapse" and spec.recorder is None:
        weight, delay = (spec.weight if weight is None else weight), (spec.delay if delay is None else delay)
        spec = None
    transmitter = None
    if vt is not None:
        transmitter = single(vt, "connect", "vt").node
        if transmitter.model is not volume_transmitter:
            raise ValueProblem(f"connect: vt must be a volume_transmitter, not {transmitter.model.name}.")
    if spec is not None and spec.model.signal and transmitter is None:
        raise ValueProblem(
            f"connect: {spec.name} reads a volume transmitter, and vt is missing.",
            help="vt = sim.create(volume_transmitter); connect(..., vt=vt)",
        )
    return Request(rule, weight, delay, comm, receptor, spec, transmitter, autapses, multapses, seed, named)


def per_channel(request: Request, pairs: Sequence[tuple[Segment, Segment]]) -> list[Request]:
    """Return the request of each pair of segments: as many weights as a generator has channels are one for each."""
    sources = list(dict.fromkeys(source for source, _ in pairs))
    one = isinstance(sources[0].node, Source) and all(s.node is sources[0].node for s in sources)
    weight = request.weight
    shape = (len(weight),) if isinstance(weight, (list, tuple)) else getattr(weight, "shape", ())
    if len(sources) < 2 or not one or shape != (len(sources),):
        return [request] * len(pairs)
    return [replace(request, weight=weight[sources.index(source)]) for source, _ in pairs]
