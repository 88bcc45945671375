"""Ready-made projections: currents from rates, rates from spikes, filters, pooling, copies of other projections."""

from __future__ import annotations

from typing import Any

from ..definitions.spec import ProjectionSpec
from ..definitions.types import Synapse, static_synapse
from ..problems import ValueProblem
from ..quantities import milliseconds
from ..synapses.projection import Group, Projection

__all__ = ["Convolution", "Copy", "CurrentInjection", "DecodingProjection", "Pooling", "Transpose"]


def CurrentInjection(pre: Group, post: Group, target: str, name: str | None = None) -> ProjectionSpec:
    """Return a projection that adds the rates of a population to the input of spiking neurons, one to one.

    Connect it by `connect_current`.

    Parameters
    ----------
    pre : Population or view
        Rate-coded.
    post : Population or view
        Spiking, of the same size.
    target : str
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> wave = net.create(10, rv.Neuron(equations="r = 5.0*sin(t/100.0)"))
    >>> cells = net.create(10, rv.models.Izhikevich())
    >>> injected = net.connect(rv.CurrentInjection(wave, cells, "exc")).connect_current()
    """
    _of_kind(pre, False, "CurrentInjection: pre")
    _of_kind(post, True, "CurrentInjection: post")
    if pre.size != post.size:
        raise ValueProblem(f"CurrentInjection needs groups of equal size, got {pre.size} and {post.size}.")
    return ProjectionSpec(pre, post, target, Synapse(psp="pre.r", name="current injection"), name)


def DecodingProjection(
    pre: Group, post: Group, target: str, window: Any = 0.0, name: str | None = None
) -> ProjectionSpec:
    """Return a projection that gives rate-coded neurons the rate of spiking ones, counted in a sliding window.

    The input is the mean over the synapses of ``w`` times the rate in Hz; with ``w = 1/100``, 100 Hz count as 1. Use
    any connector. A spike counts from the next step on (plus the delay), for the length of the window.

    Parameters
    ----------
    pre : Population or view
        Spiking.
    post : Population or view
        Rate-coded.
    target : str
    window : number
        Length of the window, in ms; one step by default.
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> noise = net.create(rv.PoissonPopulation(1000, rates=100.0))
    >>> reader = net.create(1, rv.Neuron(equations="r = sum(exc)"))
    >>> decoded = net.connect(rv.DecodingProjection(noise, reader, "exc", window=10.0)).all_to_all(1.0)
    """
    _of_kind(pre, True, "DecodingProjection: pre")
    _of_kind(post, False, "DecodingProjection: post")
    context = pre.population._context
    steps = context.rounding(milliseconds(window, "DecodingProjection: window"), "DecodingProjection", "window")
    if steps < 0:
        raise ValueProblem(f"DecodingProjection: window must not be negative, got {window}.")
    length = max(1, steps) * context.dt
    synapse = Synapse(
        "scale = 1.0 : projection",
        "count : int",
        psp="w*count*scale",
        operation="mean",
        pre_spike={"enter": "count += 1", "leave": "count -= 1"},
        name="decoding",
    )
    later = {"enter": 0.0, "leave": length}
    return ProjectionSpec(pre, post, target, synapse, name, True, later, {"scale": 1000.0 / length})


def Convolution(
    pre: Group, post: Group, target: str, psp: str = "pre.r * w", operation: str = "sum", name: str | None = None
) -> ProjectionSpec:
    """Return a projection whose weights are a filter; connect it by `connect_filter` or `connect_filters`.

    ``proj.weights`` is the filter, in its shape; it can be assigned at any time.

    Parameters
    ----------
    pre, post : Population or view
    target : str
    psp : str
        What one connection sends.
    operation : {"sum", "mean", "min", "max"}
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> image = net.create(rv.InputArray((20, 20)))
    >>> edges = net.create((20, 20), rv.Neuron(equations="r = sum(exc)"))
    >>> conv = net.connect(rv.Convolution(image, edges, "exc")).connect_filter([[-1.0, 0.0, 1.0]] * 3)
    """
    return ProjectionSpec(pre, post, target, Synapse(psp=psp, operation=operation, name="convolution"), name)


def Pooling(
    pre: Group, post: Group, target: str, psp: str = "pre.r", operation: str = "max", name: str | None = None
) -> ProjectionSpec:
    """Return a projection that combines parts of a population; connect it by `pooling`.

    Parameters
    ----------
    pre, post : Population or view
    target : str
    psp : str
        What one neuron contributes.
    operation : {"max", "min", "mean", "sum"}
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> image = net.create(rv.InputArray((20, 20)))
    >>> smaller = net.create((10, 10), rv.Neuron(equations="r = sum(exc)"))
    >>> pool = net.connect(rv.Pooling(image, smaller, "exc", operation="mean")).pooling()
    """
    return ProjectionSpec(pre, post, target, Synapse(psp=psp, operation=operation, name="pooling"), name)


def Copy(
    pre: Group, post: Group, target: str, psp: str = "pre.r * w", operation: str = "sum", name: str | None = None
) -> ProjectionSpec:
    """Return a projection with the connections, weights and delays of another one; connect it by `copy`.

    Parameters
    ----------
    pre, post : Population or view
        Of the geometries of the other projection's populations.
    target : str
    psp : str
        What one synapse sends, between rate-coded neurons; spikes send the weight.
    operation : {"sum", "mean", "min", "max"}
    name : str, optional
    """
    spiking = pre.population.spiking
    synapse = static_synapse(True) if spiking else Synapse(psp=psp, operation=operation, name="copy")
    return ProjectionSpec(pre, post, target, synapse, name)


def Transpose(projection: Projection, target: str, name: str | None = None) -> ProjectionSpec:
    """Return a projection with the synapses of another one the other way round; connect it by `transpose`.

    It sends ``w*pre.r`` from the postsynaptic neurons of the other one to its presynaptic neurons, after the same
    delays; of a filter this is the transposed convolution. The other one may learn.

    Parameters
    ----------
    projection : Projection
        Connected, between rate-coded groups.
    target : str
        May differ from that of the other one.
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> rate = rv.Neuron(equations="r = sum(exc) - sum(inh)")
    >>> low, high = net.create(10, rate), net.create(5, rate)
    >>> forward = net.connect(low, high, "exc").all_to_all(rv.Uniform(0.0, 1.0))
    >>> back = net.connect(rv.Transpose(forward, "inh")).transpose()
    """
    if not isinstance(projection, Projection):
        raise ValueProblem(f"Transpose takes a projection, not {type(projection).__name__}.")
    pre, post = projection.post, projection.pre
    for group, side in ((pre, "post"), (post, "pre")):
        _of_kind(group, False, f"Transpose: the {side} of projection '{projection.name}'")
    return ProjectionSpec(pre, post, target, Synapse(psp="w*pre.r", name="transpose"), name, reverse=projection)


def _of_kind(group: object, spiking: bool, what: str) -> None:
    if not isinstance(group, Group):
        raise ValueProblem(f"{what} must be a population or a view, not {type(group).__name__}.")
    population = group.population
    if population.spiking != spiking:
        kinds = {True: "spiking", False: "rate-coded"}
        raise ValueProblem(
            f"{what} must be {kinds[spiking]}; population '{population.name}' is {kinds[not spiking]}."
        )
