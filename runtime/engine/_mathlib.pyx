# cython: language_level=3, boundscheck=False, wraparound=False
"""The library functions of compiled models over numpy arrays: the same C code, so the same bits."""

cimport cython
cimport numpy as np
from libc.stdint cimport int64_t, uint32_t, uint64_t

import numpy

np.import_array()


cdef extern from "mathlib.h":
    ctypedef void (*ml_loop)(int64_t n, void *out, const void *const *inputs) noexcept nogil
    ctypedef void (*ml_draw_loop)(
        int64_t n, void *out, uint64_t key, const uint32_t *c0, const uint32_t *c1, int64_t step, const void *const *inputs
    ) noexcept nogil
    ctypedef struct ml_function:
        const char *name
        int n_args
        ml_loop loop[2]
    ctypedef struct ml_draw:
        const char *name
        int n_args
        ml_draw_loop loop[2]
    const ml_function *ml_find_function(const char *name)
    const ml_draw *ml_find_draw(const char *name)
    void rv_philox(uint64_t key, uint64_t *w)
    void rv_propagator(int m, const double *a, double dt, double *p, double *q, double *work) nogil
    int RV_PROPAGATOR_WORK(int m)


_INTEGER = frozenset({"ifloordiv", "imod"})
_TABLE = frozenset({"timed1", "timed2"})


def call(str name not None, *arrays):
    """Return a function of the library, element by element.

    Parameters
    ----------
    name : str
        A function of `ranvier.compiler.ir.LIBRARY`, ``EXTERNAL`` or ``TABLES``, or ``toint``, ``ifloordiv``, ``imod``.
    *arrays : array_like
        Arguments, broadcast. Single precision (and 32-bit integers) if all of them are, else double (64 bit). The
        first argument of ``timed1`` and ``timed2`` is the table, an array of doubles in any case.

    Returns
    -------
    ndarray
    """
    cdef const ml_function *function = ml_find_function(name.encode())
    if function == NULL:
        raise KeyError(f"the math library has no function {name!r}")
    if len(arrays) != function.n_args:
        raise TypeError(f"{name} takes {function.n_args} arrays, not {len(arrays)}")
    cdef list inputs = [numpy.asarray(a) for a in arrays]
    cdef list table = []
    if name in _TABLE:
        table.append(_checked_table(inputs.pop(0)))
    narrow = numpy.int32 if name in _INTEGER else numpy.float32
    dtypes = [a.dtype for a in inputs[:1 if table else None]]
    cdef int single = all(d == narrow for d in dtypes)
    wide = numpy.int64 if name in _INTEGER else numpy.float64
    dtype = narrow if single else wide
    result_dtype = (numpy.int32 if single else numpy.int64) if name == "toint" else dtype
    shape = numpy.broadcast_shapes(*[a.shape for a in inputs])
    prepared = [_contiguous(a, numpy.int64 if table and k else dtype, shape) for k, a in enumerate(inputs)]
    result = numpy.empty(shape, result_dtype)
    _run(function.loop[single], result, table + prepared)
    return result


cdef _run(ml_loop loop, np.ndarray out, list inputs):
    cdef const void *pointer[3]
    cdef int k
    cdef int64_t n = out.size
    cdef void *target = np.PyArray_DATA(out)
    for k in range(len(inputs)):
        pointer[k] = np.PyArray_DATA(inputs[k])
    with nogil:
        loop(n, target, pointer)


def _contiguous(a, dtype, shape):
    return numpy.ascontiguousarray(numpy.broadcast_to(a.astype(dtype, copy=False), shape))


def _checked_table(table):
    table = numpy.ascontiguousarray(table, numpy.float64).reshape(-1)
    if table.size >= 5 and table[0] >= 1 and table[1] >= 1:
        rows, columns = table[:2]
        if table[2] > 0 and table.size >= 4 + rows * columns:
            return table
        if table[2] < 0 and table.size >= 4 + (rows + 1) * columns + rows:
            return table
    raise ValueError("a table is [rows, columns, step, period, values...], or [rows, columns, -dt, period, values..., "
                     "values before the first row..., times...]")


def draw(str kind not None, key, c0, c1, step, *args, precision="double"):
    """Return one random number per pair of counters.

    Parameters
    ----------
    kind : str
        A distribution of `ranvier.compiler.ir.DRAWS`.
    key : int
        Philox key, 64 bits.
    c0, c1 : array_like
        The first two counter words, broadcast with the arguments.
    step : int
        The last two counter words.
    *args : array_like
        Parameters of the distribution.
    precision : {"double", "single"}

    Returns
    -------
    ndarray
    """
    cdef const ml_draw *distribution = ml_find_draw(kind.encode())
    if distribution == NULL:
        raise KeyError(f"the math library has no distribution {kind!r}")
    if len(args) != distribution.n_args:
        raise TypeError(f"{kind} takes {distribution.n_args} parameters, not {len(args)}")
    cdef int single = {"double": 0, "single": 1}[precision]
    dtype = numpy.float32 if single else numpy.float64
    counters = [numpy.asarray(c) for c in (c0, c1)]
    inputs = [numpy.asarray(a) for a in args]
    shape = numpy.broadcast_shapes(*[a.shape for a in counters + inputs])
    cdef np.ndarray first = _contiguous(counters[0], numpy.uint32, shape)
    cdef np.ndarray second = _contiguous(counters[1], numpy.uint32, shape)
    prepared = [_contiguous(a, dtype, shape) for a in inputs]
    cdef np.ndarray result = numpy.empty(shape, dtype)
    cdef const void *pointer[2]
    pointer[0] = pointer[1] = NULL
    cdef int k
    for k in range(len(prepared)):
        pointer[k] = np.PyArray_DATA(prepared[k])
    cdef int64_t n = result.size, when = int(step)
    cdef uint64_t word = int(key)
    cdef void *target = np.PyArray_DATA(result)
    cdef const uint32_t *p0 = <const uint32_t *>np.PyArray_DATA(first)
    cdef const uint32_t *p1 = <const uint32_t *>np.PyArray_DATA(second)
    cdef ml_draw_loop loop = distribution.loop[single]
    with nogil:
        loop(n, target, word, p0, p1, when, pointer)
    return result


def philox(key, counter):
    """Return the four 32-bit words of Philox4x32-10 for a 64-bit key and four counter words."""
    cdef uint64_t w[4]
    cdef uint64_t word = int(key)
    for k in range(4):
        w[k] = <uint32_t>int(counter[k])
    rv_philox(word, w)
    return numpy.array([w[0], w[1], w[2], w[3]], numpy.uint32)


def propagator(a, double dt):
    """Return exp(dt A) and the integral of exp(s A) over s from 0 to dt.

    Parameters
    ----------
    a : array_like
        A matrix, or an array of matrices in its last two axes.
    dt : float
        Length of the step.

    Returns
    -------
    tuple of ndarray
        P and Q, of the shape of `a`, float64.
    """
    cdef np.ndarray matrices = numpy.ascontiguousarray(a, numpy.float64)
    if matrices.ndim < 2 or matrices.shape[matrices.ndim - 1] != matrices.shape[matrices.ndim - 2]:
        raise ValueError("the last two axes must be those of a square matrix")
    cdef int m = matrices.shape[matrices.ndim - 1]
    cdef np.ndarray p = numpy.empty_like(matrices), q = numpy.empty_like(matrices)
    cdef np.ndarray work = numpy.empty(max(1, RV_PROPAGATOR_WORK(m)), numpy.float64)
    cdef const double *source = <const double *>np.PyArray_DATA(matrices)
    cdef double *pp = <double *>np.PyArray_DATA(p)
    cdef double *qp = <double *>np.PyArray_DATA(q)
    cdef double *scratch = <double *>np.PyArray_DATA(work)
    cdef int64_t k, count = matrices.size // (m * m) if m else 0
    with nogil:
        for k in range(count):
            rv_propagator(m, source + k * m * m, dt, pp + k * m * m, qp + k * m * m, scratch)
    return p, q
