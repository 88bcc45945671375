RV_EXPORT int rv_abi(void) { return RV_ABI; }
RV_INNER void rv_pre0_u16_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint16_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_w, const int64_t k_m_w, rv_f *restrict p_sum_g_target)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    const rv_f m_w = p_m_w[0];
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint16_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 32)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            p_sum_g_target[own_j] += m_w;
        }
    }
}

RV_EXPORT void rv_pre0_u16(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_u16_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1]);
}
RV_INNER void rv_pre0_u32_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint32_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_w, const int64_t k_m_w, rv_f *restrict p_sum_g_target)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    const rv_f m_w = p_m_w[0];
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint32_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 16)
                __builtin_prefetch(next, 0, 1);
#pragma GCC unroll 4
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            p_sum_g_target[own_j] += m_w;
        }
    }
}

RV_EXPORT void rv_pre0_u32(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_u32_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1]);
}
RV_INNER void rv_pre0_g16_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint16_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_w, const int64_t k_m_w, rv_f *restrict p_sum_g_target)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint16_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 32)
                __builtin_prefetch(next, 0, 1);
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            const rv_f m_w = p_m_w[s & k_m_w];
            p_sum_g_target[own_j] += m_w;
        }
    }
}

RV_EXPORT void rv_pre0_g16(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_g16_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1]);
}
RV_INNER void rv_pre0_g32_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const uint32_t *restrict other, const int64_t *restrict order, const rv_f *restrict p_m_w, const int64_t k_m_w, rv_f *restrict p_sum_g_target)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order;
    for (int64_t r = begin; r < end; r++) {
        const int64_t first = seg[3 * r], last = seg[3 * r + 1], own_i = seg[3 * r + 2];
        (void)own_i;
        if (r + 1 < end)
            for (const uint32_t *next = other + seg[3 * r + 3]; next < other + seg[3 * r + 4]; next += 16)
                __builtin_prefetch(next, 0, 1);
        for (int64_t q = first; q < last; q++) {
            const int64_t own_j = other[q], s = q;
            (void)own_j; (void)s;
            const rv_f m_w = p_m_w[s & k_m_w];
            p_sum_g_target[own_j] += m_w;
        }
    }
}

RV_EXPORT void rv_pre0_g32(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_g32_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->order, args->a[0], args->mask[0], args->a[1]);
}
RV_INNER void rv_pre0_d_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const void *restrict other, int64_t wide, const int64_t *restrict order, int64_t stride, int64_t first, int64_t length, const rv_f *restrict p_m_w, const int64_t k_m_w, rv_f *restrict p_sum_g_target)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order; (void)stride;
    const rv_f m_w = p_m_w[0];
    int alike = length > 1 && end - begin > 2;
    for (int64_t r = begin; r < end && alike; r++)
        alike = seg[3 * r + 1] - seg[3 * r] == length;
    alike = alike && !__builtin_memcmp(p_sum_g_target + first, p_sum_g_target + first + 1, (uint64_t)(length - 1) * sizeof *p_sum_g_target);
    for (int64_t r = begin; r < end; r++) {
        const int64_t count = alike ? 1 : seg[3 * r + 1] - seg[3 * r], own_i = seg[3 * r + 2];
        const int64_t base = length ? first + seg[3 * r] % length
                             : wide ? ((const uint32_t *)other)[seg[3 * r]] : ((const uint16_t *)other)[seg[3 * r]];
        const int64_t start = seg[3 * r];
        (void)own_i;
#pragma GCC ivdep
        for (int64_t q = 0; q < count; q++) {
            const int64_t own_j = base + q, s = start + q;
            (void)own_j; (void)s;
            p_sum_g_target[own_j] += m_w;
        }
    }
    for (int64_t q = 1; alike && q < length; q++)
        p_sum_g_target[first + q] = p_sum_g_target[first];
}

RV_EXPORT void rv_pre0_d(const rv_args *args, int64_t begin, int64_t end)
{
    rv_pre0_d_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->wide, args->order, args->stride, args->first, args->length, args->a[0], args->mask[0], args->a[1]);
}RV_INNER void rv_pre0_e_inner(const int64_t *restrict seg, int64_t begin, int64_t end, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key,
    const void *restrict other, int64_t wide, const int64_t *restrict order, int64_t stride, int64_t first, int64_t length, const rv_f *restrict p_m_w, const int64_t k_m_w, rv_f *restrict p_sum_g_target)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)order; (void)stride;
    const int alike = 0;
    for (int64_t r = begin; r < end; r++) {
        const int64_t count = alike ? 1 : seg[3 * r + 1] - seg[3 * r], own_i = seg[3 * r + 2];
        const int64_t base = length ? first + seg[3 * r] % length
                             : wide ? ((const uint32_t *)other)[seg[3 * r]] : ((const uint16_t *)other)[seg[3 * r]];
        const int64_t start = seg[3 * r];
        (void)own_i;
#pragma GCC ivdep
        for (int64_t q = 0; q < count; q++) {
            const int64_t own_j = base + q, s = start + q;
            (void)own_j; (void)s;
            const rv_f m_w = p_m_w[s];
            p_sum_g_target[own_j] += m_w;
        }
    }
}

RV_EXPORT void rv_pre0_e(const rv_args *args, int64_t begin, int64_t end)
{
    if (!args->mask[0]) {
        rv_pre0_d(args, begin, end);
        return;
    }
    rv_pre0_e_inner(args->seg, begin, end, args->step, (double)args->step * args->dt, args->dt, (rv_i)args->n, args->key, args->target, args->wide, args->order, args->stride, args->first, args->length, args->a[0], args->mask[0], args->a[1]);
}
