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
RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_m, rv_i *restrict p_spike_mask, rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < count; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_m = p_m_m[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = (((rv_i)(now >= until_step)) | (((rv_i)(m_m > 0.4)) ^ 1));
        const rv_i t1 = ((t0 & ((rv_i)(until_step > now))) ? now : until_step);
        const rv_f t2 = (t0 ? (m_m + (dt * ((-m_m) * 0.2))) : m_m);
        const rv_i t3 = (((rv_i)(t2 > 0.4)) & t0);
        p_until_step[q] = t1;
        p_m_m[q] = t2;
        p_spike_mask[q] = t3;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    const int64_t first = begin;
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_i *)a[1] + first, (rv_i *)a[2] + first);
    *args->n_spikes = rv_scan(a[1], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_m, rv_i *restrict p_spike_mask, rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_m = p_m_m[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = (((rv_i)(now >= until_step)) | (((rv_i)(m_m > 0.4)) ^ 1));
        const rv_i t1 = ((t0 & ((rv_i)(until_step > now))) ? now : until_step);
        const rv_f t2 = (t0 ? (m_m + (dt * ((-m_m) * 0.2))) : m_m);
        const rv_i t3 = (((rv_i)(t2 > 0.4)) & t0);
        p_until_step[q] = t1;
        p_m_m[q] = t2;
        p_spike_mask[q] = t3;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_i *)a[1] + first, (rv_i *)a[2] + first);
    }
    *args->n_spikes = rv_scan(a[1], begin, end, args->n, args->spikes);
}

RV_EXPORT void rv_reset(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    rv_i *p_until_step = args->a[2];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        p_until_step[own_i] = ((rv_i)1073741824);
    }
}
