"""Connectors of rate-coded projections: filters, pooling, copies of another projection, injected currents."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from ranvier.compiler import Source

from ..definitions.sources import given_parameters
from ..definitions.values import Parameter
from ..problems import RuntimeProblem, ValueProblem
from ..quantities import number
from ..synapses.borrowed import BorrowedSynapses
from . import filters

#: The rate of a presynaptic neuron, in a psp.
_RATE = re.compile(r"\bpre\s*\.\s*r\b|\br_pre\b")


class FilterConnectors:
    """Connectors whose weights are shared, or none. A projection has `_pre`, `_post`, `_synapse` and `_model`."""

    def connect_current(self: Any) -> Any:
        """Connect the neurons at equal positions, without weights (for `CurrentInjection`)."""
        return self.one_to_one()

    # -- filters -------------------------------------------------------------------------------------

    def connect_filter(
        self: Any,
        weights: Any,
        delays: Any = 0.0,
        keep_last_dimension: bool = False,
        padding: float | str = 0.0,
        subsampling: Any = None,
    ) -> Any:
        """Let every postsynaptic neuron receive what a filter makes of the rates around its place.

        This is a cross-correlation, as in image processing: ``g(x) = sum_k h(k) f(x + k)``; the middle of an axis of
        even size is the lower of the two. Postsynaptic populations that are smaller by a whole factor sub-sample.

        Parameters
        ----------
        weights : array
            The filter. It has the axes of the presynaptic population; the postsynaptic one has the same, or one less
            if the filter spans the last axis.
        delays : number
            One for all, in ms.
        keep_last_dimension : bool
            The last axis of both populations are maps; a filter with one axis less is applied to each.
        padding : number or "border"
            Rate of neurons beyond the border, or the nearest neuron.
        subsampling : array of int, optional
            For each postsynaptic neuron the coordinates of the centre of the filter.
        """
        return self._filter(weights, delays, False, keep_last_dimension, padding, subsampling)

    def connect_filters(
        self: Any,
        weights: Any,
        delays: Any = 0.0,
        keep_last_dimension: bool = False,
        padding: float | str = 0.0,
        subsampling: Any = None,
    ) -> Any:
        """Apply a bank of filters: the first axis of `weights` and the last of the postsynaptic population.

        Parameters are those of `connect_filter`.
        """
        if keep_last_dimension:
            raise ValueProblem(
                f"{self._label}: a bank of filters cannot keep the last dimension.",
                help="its result has the filters there; use connect_filter once per map",
            )
        return self._filter(weights, delays, True, False, padding, subsampling)

    def _filter(
        self: Any, weights: Any, delays: Any, bank: bool, keep_last: bool, padding: float | str, subsampling: Any
    ) -> Any:
        values = np.asarray(number(weights, f"{self._label}: weights"), np.float64)
        if not values.size or not values.ndim or not np.all(np.isfinite(values)):
            raise ValueProblem(f"{self._label}: weights must be an array of finite numbers.")
        self._one_delay(delays)
        self._only_sends()
        pre, post = self._pre.geometry, self._post.geometry
        layout = filters.Layout(self._label, pre, post, values.shape, bank, keep_last, subsampling)
        outside = self._outside(padding)
        pattern = filters.convolution(layout, outside)
        if outside == "constant":
            self._pad(float(padding))
        made = self._build(pattern, values, delays, f"{'filters' if bank else 'a filter'} of shape {values.shape}")
        if outside == "constant":
            kind = made._made.table["outside"]
            kind.expand()
            kind.put(np.repeat([0.0, 1.0], values.size))
        return made

    def _outside(self: Any, padding: float | str) -> str:
        """Return what becomes of neurons beyond the border."""
        if padding == "border":
            return "border"
        if isinstance(padding, str) or not isfinite(padding):
            raise ValueProblem(f"{self._label}: padding must be a finite number or 'border', not {padding!r}.")
        plain = self._model.operation == "sum" and self._psp.replace(" ", "") in ("w*pre.r", "pre.r*w")
        return "drop" if plain and padding == 0 else "constant"

    @property
    def _psp(self: Any) -> str:
        return "".join(s.text for s in self._synapse.text.sources if s.role == "psp")

    def _pad(self: Any, padding: float) -> None:
        """Let connections of the second copy of the filter read a constant in place of the rate."""
        text = self._synapse.text
        sources = tuple(
            Source(s.role, _RATE.sub("ite(outside > 0.5, padding, pre.r)", s.text), s.label) if s.role == "psp" else s
            for s in text.sources
        )
        own = {"outside": Parameter(0.0, locality="local"), "padding": Parameter(padding, locality="projection")}
        given, values = given_parameters(own)
        text = replace(text, sources=sources, given=(*text.given, *given), values=(*text.values, *values.items()))
        self._synapse = self._synapse._with_text(text, self._synapse.name)
        self._model = self._synapse.bind(self._ends.binding)

    def _one_delay(self: Any, delays: Any) -> None:
        if np.ndim(delays):
            raise ValueProblem(f"{self._label}: connections that share their weights have one delay.")

    def _only_sends(self: Any) -> None:
        """Refuse synapses that keep values of their own."""
        model = self._model
        own = [s.name for s in model.symbols if s.role == "variable" and s.locality == "local"]
        if model.psp is None or model.pre or model.post or model.statements or own:
            raise ValueProblem(
                f"{self._label}: connections that share their weights only send: their synapse has a psp and nothing "
                "that changes.",
                help="from_function with the same geometry gives every connection a weight of its own",
            )

    # -- areas ---------------------------------------------------------------------------------------

    def pooling(self: Any, extent: Any = None, delays: Any = 0.0) -> Any:
        """Let every postsynaptic neuron receive from its own part of the presynaptic population.

        Parameters
        ----------
        extent : tuple of int, optional
            Size of a part along each axis; what divides the presynaptic geometry by the postsynaptic one by default.
        delays : number
            In ms.
        """
        pattern = filters.pooling(self._label, self._pre.geometry, self._post.geometry, extent)
        return self._build(pattern, None, delays, "parts of the population")

    connect_pooling = pooling

    # -- copies --------------------------------------------------------------------------------------

    def copy(self: Any, projection: Any) -> Any:
        """Use the connections, weights and delays of another projection, now and later.

        Parameters
        ----------
        projection : Projection
            Between groups of the same geometries. It may learn; this one sends with the weights as they are.
        """
        if not isinstance(projection, FilterConnectors):
            raise ValueProblem(f"{self._label}: copy takes a projection, not {type(projection).__name__}.")
        other: Any = projection
        if self.connected:
            raise RuntimeProblem(f"{self._label} is connected already.", "make another projection")
        own, its = ((x._pre.population.geometry, x._post.population.geometry) for x in (self, other))
        if own != its:
            raise ValueProblem(
                f"{self._label}: it leads from {own[0]} to {own[1]}, '{other.name}' from {its[0]} to {its[1]}; "
                "copies are between equal geometries."
            )
        return self._borrow(other, False)

    connect_copy = copy

    def transpose(self: Any) -> Any:
        """Use the connections, weights and delays of the projection of `Transpose`, now and later, the other way round.

        That one may learn; this one sends with the weights as they are.
        """
        if self._reverse is None:
            raise ValueProblem(
                f"{self._label}: transpose is for projections made by Transpose.",
                help="net.connect(rv.Transpose(projection, target)).transpose()",
            )
        if self.connected:
            raise RuntimeProblem(f"{self._label} is connected already.", "make another projection")
        if getattr(self._reverse.connectivity, "copies", 1) > 1:
            raise ValueProblem(
                f"{self._label}: the filter of '{self._reverse.name}' reads neurons that there are not.",
                help='Transpose takes filters with padding 0 and the psp "w*pre.r", or with padding="border"',
            )
        return self._borrow(self._reverse, True)

    connect_transpose = transpose

    def _borrow(self: Any, other: Any, turned: bool) -> Any:
        """Have the synapses of another projection."""
        if "w" not in other._table or other._table["w"].locality != "local":
            raise ValueProblem(f"{self._label}: '{other.name}' has no weights to {'turn' if turned else 'copy'}.")
        symbols = tuple(replace(s, role="variable") if s.name == "w" else s for s in self._model.symbols)
        self._model = replace(self._model, symbols=symbols)
        made = BorrowedSynapses(self._context, self._ends, self._synapse, self._model, other._made, turned)
        recipe = f"those of '{other.name}'" + (", the other way round" if turned else "")
        return self._take(made, (recipe, f"those of '{other.name}'", f"those of '{other.name}'"))
