# Arrays: memory for them, and what is checked before a pointer is taken.


cdef void release(object capsule) noexcept:
    free(PyCapsule_GetPointer(capsule, NULL))


cdef object owning(void *block, int64_t n, object dtype):
    """Return an array of `n` elements that owns `block` (from en_alloc)."""
    cdef cnp.npy_intp size = n * dtype.itemsize
    if block == NULL:
        raise MemoryError(f"no memory for {size} bytes")
    capsule = PyCapsule_New(block, NULL, release)
    array = cnp.PyArray_SimpleNewFromData(1, &size, cnp.NPY_UINT8, block)
    cnp.set_array_base(array, capsule)
    return array.view(dtype)


def aligned_empty(shape, dtype):
    dtype = np.dtype(dtype)
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    cdef int64_t n = 1
    for extent in shape:
        if extent < 0:
            raise ValueError(f"negative extent in shape {shape}")
        n *= extent
    return owning(en_alloc(n * dtype.itemsize), n, dtype).reshape(shape)


cdef int64_t address(array):
    return <int64_t> <intptr_t> cnp.PyArray_DATA(array)


cdef object check(object array, object dtypes, str name, int64_t length=-1, int ndim=1, int alignment=0):
    """Return `array` after checking type, number of dimensions, contiguity, alignment and least length."""
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{name}: expected an array, got {type(array).__name__}")
    allowed = dtypes if isinstance(dtypes, tuple) else (dtypes,)
    if array.dtype not in allowed:
        raise ValueError(f"{name}: expected {' or '.join(str(np.dtype(d)) for d in allowed)}, got {array.dtype}")
    if array.ndim != ndim:
        raise ValueError(f"{name}: expected {ndim} dimension(s), got {array.ndim}")
    if not array.flags.c_contiguous or not array.flags.aligned:
        raise ValueError(f"{name}: the array must be contiguous and aligned")
    if alignment and array.size and address(array) % alignment:
        raise ValueError(f"{name}: the array must start at a multiple of {alignment} bytes")
    if array.shape[0] < length:
        raise ValueError(f"{name}: expected at least {length} elements, got {array.shape[0]}")
    return array


cdef object writable(object array, str name):
    if isinstance(array, np.ndarray) and not array.flags.writeable:
        raise ValueError(f"{name}: the array is read-only")
    return array


cdef int in_range(object array, int64_t limit, str name) except -1:
    """Check that all indices are in [0, limit)."""
    kind = -array.itemsize if array.dtype.kind == "i" else array.itemsize
    at = en_check_range(cnp.PyArray_DATA(array), array.size, kind, limit)
    if at >= 0:
        raise ValueError(f"{name}: element {at} is {array.flat[at]}, not in [0, {limit})")
    return 0


cdef int ascending(object array, int64_t gap, str name) except -1:
    at = en_check_ascending(<const int64_t *> cnp.PyArray_DATA(array), array.size, gap)
    if at >= 0:
        raise ValueError(f"{name}: element {at} is out of order")
    return 0
