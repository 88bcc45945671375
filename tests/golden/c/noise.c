RV_EXPORT int rv_abi(void) { return RV_ABI; }
static int64_t rv_scan(const rv_i *restrict spike_mask, int64_t begin, int64_t end, int64_t n, int32_t *restrict spikes)
{
    int64_t count = 0;
    for (int64_t block = begin; block < end; block += 32) {
        rv_i any = 0;
        for (int64_t q = 0; q < 32; q++)
            any |= spike_mask[block + q];
        if (any)
            for (int64_t q = block; q < block + 32 && q < n; q++)
                if (spike_mask[q])
                    spikes[count++] = (int32_t)q;
    }
    return count;
}
RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_d0)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        p_d0[q] = __builtin_sqrt(dt);
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[2] + (first & mask[2]));
    }
}

RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f d0, rv_f *restrict p_m_x, rv_f *restrict p_m_y, rv_i *restrict p_spike_mask)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < count; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_x = p_m_x[q];
        const rv_f m_y = p_m_y[q];
        const rv_f t0 = rv_normal(key[0], (uint32_t)own_i, 0, step);
        const rv_f t1 = ((d0 * (0.2 * m_x)) * t0);
        const rv_f t2 = ((m_x + (dt * ((1.0 - m_x) * 0.2))) + (0.5 * (t1 + ((d0 * (0.2 * (m_x + t1))) * t0))));
        const rv_f t3 = rv_normal(key[1], (uint32_t)own_i, 0, step);
        const rv_f t4 = (d0 * t3);
        const rv_f t5 = ((m_y + (dt * (-m_y))) + (0.5 * (t4 + t4)));
        const rv_i t6 = ((rv_i)(t2 > 3.0));
        p_m_x[q] = t2;
        p_m_y[q] = t5;
        p_spike_mask[q] = t6;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    const int64_t first = begin;
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, *(const rv_f *)a[2], (rv_f *)a[0] + first, (rv_f *)a[1] + first, (rv_i *)a[3] + first);
    *args->n_spikes = rv_scan(a[3], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_x, rv_f *restrict p_m_y, const rv_f *restrict p_d0, rv_i *restrict p_spike_mask)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_x = p_m_x[q];
        const rv_f m_y = p_m_y[q];
        const rv_f d0 = p_d0[q];
        const rv_f t0 = rv_normal(key[0], (uint32_t)own_i, 0, step);
        const rv_f t1 = ((d0 * (0.2 * m_x)) * t0);
        const rv_f t2 = ((m_x + (dt * ((1.0 - m_x) * 0.2))) + (0.5 * (t1 + ((d0 * (0.2 * (m_x + t1))) * t0))));
        const rv_f t3 = rv_normal(key[1], (uint32_t)own_i, 0, step);
        const rv_f t4 = (d0 * t3);
        const rv_f t5 = ((m_y + (dt * (-m_y))) + (0.5 * (t4 + t4)));
        const rv_i t6 = ((rv_i)(t2 > 3.0));
        p_m_x[q] = t2;
        p_m_y[q] = t5;
        p_spike_mask[q] = t6;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_f *)a[1] + first, (const rv_f *)a[2] + (first & mask[2]), (rv_i *)a[3] + first);
    }
    *args->n_spikes = rv_scan(a[3], begin, end, args->n, args->spikes);
}

RV_EXPORT void rv_reset(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    rv_f *p_m_x = args->a[0];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        p_m_x[own_i] = 0.0;
    }
}
