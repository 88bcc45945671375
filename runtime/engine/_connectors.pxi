# The connectors as Python sees them.

cdef int32_t *ranks_of(object array, int64_t limit, str name) except? NULL:
    """Check a list of ascending ranks and return its pointer."""
    check(array, np.int32, name)
    in_range(array, limit, name)
    if array.size > 1 and not (array[1:] > array[:-1]).all():
        raise ValueError(f"{name}: ranks must ascend")
    return <int32_t *> cnp.PyArray_DATA(array)


cdef cn_sides sides(object pre, object post, int64_t n_pre, int64_t n_post, bint allow_self) except *:
    cdef cn_sides s
    s.pre, s.post = ranks_of(pre, n_pre, "pre"), ranks_of(post, n_post, "post")
    s.n_pre, s.n_post, s.allow_self = len(pre), len(post), allow_self
    return s


cdef cn_rows new_rows(int64_t n_rows, int64_t n_post, int threads=1) except *:
    cdef cn_rows r
    if not 1 <= threads <= MAX_THREADS:
        raise ValueError(f"{threads} threads")
    r.parts = threads
    if not (0 <= n_rows and 0 <= n_post <= 1 << 31):
        raise ValueError(f"populations of {n_rows} and {n_post} neurons")
    r.n_pre, r.n_post, r.wide, r.indptr, r.target = n_rows, n_post, n_post > 65536, NULL, NULL
    return r


cdef object rows(cn_rows *r, int failed):
    """Hand the arrays of `r` over to Python."""
    if failed:
        free(r.indptr)
        free(r.target)
        raise MemoryError("no memory for the synapses")
    n = r.indptr[r.n_pre]
    indptr = owning(r.indptr, r.n_pre + 1, np.dtype(np.int64))
    return indptr, owning(r.target, n, np.dtype(np.uint32 if r.wide else np.uint16))


def connect_all_to_all(pre, post, n_pre, n_post, *, allow_self=True, threads=1):
    cdef cn_sides s = sides(pre, post, n_pre, n_post, allow_self)
    cdef cn_rows r = new_rows(n_pre, n_post, threads)
    with nogil:
        failed = cn_all_to_all(&r, &s)
    return rows(&r, failed)


def connect_one_to_one(pre, post, n_pre, n_post):
    cdef cn_sides s = sides(pre, post, n_pre, n_post, True)
    cdef cn_rows r = new_rows(n_pre, n_post)
    if s.n_pre != s.n_post:
        raise ValueError(f"one to one needs as many presynaptic ({s.n_pre}) as postsynaptic ({s.n_post}) neurons")
    failed = cn_one_to_one(&r, &s)
    return rows(&r, failed)


def connect_fixed_probability(pre, post, n_pre, n_post, double probability, uint64_t key, *, allow_self=True,
                              threads=1):
    cdef cn_sides s = sides(pre, post, n_pre, n_post, allow_self)
    cdef cn_rows r = new_rows(n_pre, n_post, threads)
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"a probability of {probability}")
    with nogil:
        failed = cn_fixed_probability(&r, &s, probability, key)
    return rows(&r, failed)


cdef object fixed_number(cn_sides s, cn_rows r, object own, object others, int64_t number, uint64_t key, bint replace,
                         bint by_post):
    cdef int64_t choice = len(others)
    if not s.allow_self and np.isin(own, others, assume_unique=True).any():
        choice -= 1
    if number < 0 or len(own) and number > choice and (not replace or choice < 1):
        raise ValueError(f"cannot choose {number} of {choice} neurons")
    with nogil:
        failed = cn_fixed_number(&r, &s, number, key, replace, by_post)
    return rows(&r, failed)


def connect_fixed_number_pre(pre, post, n_pre, n_post, number, uint64_t key, *, allow_self=True, replace=False,
                             threads=1):
    cdef cn_rows r = new_rows(n_pre, n_post, threads)
    return fixed_number(sides(pre, post, n_pre, n_post, allow_self), r, post, pre, number, key, replace, True)


def connect_fixed_number_post(pre, post, n_pre, n_post, number, uint64_t key, *, allow_self=True, replace=False,
                             threads=1):
    cdef cn_rows r = new_rows(n_pre, n_post, threads)
    return fixed_number(sides(pre, post, n_pre, n_post, allow_self), r, pre, post, number, key, replace, False)


cdef object number_delays(object delay_steps, int64_t n):
    """Return (the different delays, ascending; the number of each synapse's delay, or None when there is one)."""
    if not isinstance(delay_steps, np.ndarray):
        return np.array([delay_steps], np.int64), None
    check(delay_steps, np.int64, "delay_steps", n)
    if len(delay_steps) != n:
        raise ValueError(f"delay_steps: expected {n} elements, got {len(delay_steps)}")
    if not n:
        return np.zeros(1, np.int64), None
    if delay_steps.min() < 0 or delay_steps.max() >= 1 << 31:
        raise ValueError("delay_steps: a delay is negative or far too long")
    used = np.zeros(delay_steps.max() + 1, np.int32)
    used[delay_steps] = 1
    delays = np.flatnonzero(used).astype(np.int64)
    return delays, None if len(delays) == 1 else (np.cumsum(used, dtype=np.int32) - np.int32(1))[delay_steps]


cdef int32_t *optional_int32(object array):
    return NULL if array is None else <int32_t *> cnp.PyArray_DATA(array)


def sort_storage(pre, post, delay_steps, n_pre, n_post):
    cdef int64_t n = len(pre)
    check(pre, np.int32, "pre")
    check(post, np.int32, "post", n)
    if len(post) != n:
        raise ValueError(f"pre and post have {n} and {len(post)} elements")
    in_range(pre, n_pre, "pre")
    in_range(post, n_post, "post")
    delays, numbers = number_delays(delay_steps, n)
    order = aligned_empty(n, np.int64)
    cdef int64_t n_delays = len(delays)
    cdef cn_rows r = new_rows(n_pre * n_delays, n_post)
    cdef const int32_t *i = <const int32_t *> cnp.PyArray_DATA(pre)
    cdef const int32_t *j = <const int32_t *> cnp.PyArray_DATA(post)
    cdef const int32_t *d = optional_int32(numbers)
    cdef int64_t *out = <int64_t *> cnp.PyArray_DATA(order)
    with nogil:
        failed = cn_sort_storage(i, j, d, n, n_delays, &r, out)
    indptr, target = rows(&r, failed)
    return indptr, delays, target, order


cdef cn_rows given_rows(object indptr, object target, int64_t n_post) except *:
    """Check rows that come from Python."""
    cdef cn_rows r = new_rows(len(check(indptr, np.int64, "indptr", 1)) - 1, n_post)
    check(target, (np.uint16, np.uint32), "target")
    ascending(indptr, 0, "indptr")
    if indptr[0] != 0 or indptr[-1] != len(target):
        raise ValueError(f"indptr: ends at {indptr[-1]}, but there are {len(target)} synapses")
    in_range(target, n_post, "target")
    r.wide = target.dtype == np.uint32
    r.indptr, r.target = <int64_t *> cnp.PyArray_DATA(indptr), cnp.PyArray_DATA(target)
    return r


def sort_delays(indptr, target, delay_steps):
    cdef cn_rows old = given_rows(indptr, target, 1 << 31)
    delays, numbers = number_delays(delay_steps, len(target))
    if numbers is None:
        return indptr, delays, target, np.arange(len(target))
    order = aligned_empty(len(target), np.int64)
    cdef int64_t n_delays = len(delays)
    cdef cn_rows r = new_rows(old.n_pre * n_delays, 0)
    r.wide = old.wide
    cdef const int32_t *d = optional_int32(numbers)
    cdef int64_t *out = <int64_t *> cnp.PyArray_DATA(order)
    with nogil:
        failed = cn_sort_delays(old.indptr, old.target, d, n_delays, &r, out)
    new_indptr, new_target = rows(&r, failed)
    return new_indptr, delays, new_target, order


def post_index(indptr, n_delays, target, n_post, creation=None):
    cdef cn_rows r = given_rows(indptr, target, n_post)
    cdef int64_t delays = n_delays, n = len(target)
    if delays < 1 or r.n_pre % delays:
        raise ValueError(f"indptr: {r.n_pre} rows cannot have {delays} delays each")
    cdef bint wide = r.n_pre // delays > 65536
    cdef const int64_t *created = NULL
    if creation is not None:
        created = <const int64_t *> cnp.PyArray_DATA(check(creation, np.int64, "creation", n))
    post_indptr, order = aligned_empty(n_post + 1, np.int64), aligned_empty(n, np.int64)
    source = aligned_empty(n, np.uint32 if wide else np.uint16)
    cdef int64_t *ptr = <int64_t *> cnp.PyArray_DATA(post_indptr)
    cdef int64_t *out = <int64_t *> cnp.PyArray_DATA(order)
    cdef void *pre = cnp.PyArray_DATA(source)
    with nogil:
        failed = cn_post_index(&r, delays, created, ptr, out, pre, wide)
    allocated(failed)
    return post_indptr, order, source
