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
RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_Cm, const rv_f *restrict p_m_gl, rv_f *restrict p_d0, rv_f *restrict p_d1, rv_f *restrict p_d2, rv_i *restrict p_d3, const rv_f *restrict p_m_refractory)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_Cm = p_m_Cm[q];
        const rv_f m_gl = p_m_gl[q];
        const rv_f m_refractory = p_m_refractory[q];
        const rv_f t0 = (1.0 / m_Cm);
        const rv_f t1 = (-m_gl);
        const rv_f t2 = rv_exp((((rv_f)-0.2) * dt));
        const rv_i t3 = rv_toint(__builtin_floor(((m_refractory / dt) + 0.500001)));
        p_d0[q] = t0;
        p_d1[q] = t1;
        p_d2[q] = t2;
        p_d3[q] = t3;
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[0] + (first & mask[0]), (const rv_f *)a[1] + (first & mask[1]), (rv_f *)a[5] + (first & mask[5]), (rv_f *)a[6] + (first & mask[6]), (rv_f *)a[7] + (first & mask[7]), (rv_i *)a[8] + (first & mask[8]), (const rv_f *)a[9] + (first & mask[9]));
    }
}

RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f m_gl, const rv_f d0, const rv_f d1, const rv_f d2, rv_f *restrict p_m_v, rv_f *restrict p_m_m, rv_f *restrict p_m_ge, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < count; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        const rv_f m_m = p_m_m[q];
        const rv_f m_ge = p_m_ge[q];
        const rv_i until_step = p_until_step[q];
        const rv_f t0 = (100.0 * ((m_m * m_m) * m_m));
        const rv_f t1 = (m_v + (((((m_gl * (((rv_f)-60.0) - m_v)) + (m_ge * (0.0 - m_v))) - (t0 * (m_v - 50.0))) * d0) * (dt * rv_exprel(((((d1 - m_ge) - t0) * d0) * dt)))));
        const rv_f t2 = (1.28 / rv_exprel((((13.0 - m_v) - 63.0) * 0.25)));
        const rv_f t3 = (1.4000000000000001 / rv_exprel((((m_v + 63.0) - 40.0) * 0.2)));
        const rv_f t4 = (m_m + (((t2 * (1.0 - m_m)) - (t3 * m_m)) * (dt * rv_exprel((((-t2) - t3) * dt)))));
        const rv_f t5 = (m_ge * d2);
        const rv_i t6 = (((rv_i)(t1 > ((rv_f)-20.0))) & ((rv_i)(now >= until_step)));
        p_m_v[q] = t1;
        p_m_m[q] = t4;
        p_m_ge[q] = t5;
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
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, *(const rv_f *)a[1], *(const rv_f *)a[5], *(const rv_f *)a[6], *(const rv_f *)a[7], (rv_f *)a[2] + first, (rv_f *)a[3] + first, (rv_f *)a[4] + first, (rv_i *)a[10] + first, (const rv_i *)a[11] + first);
    *args->n_spikes = rv_scan(a[10], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_gl, rv_f *restrict p_m_v, rv_f *restrict p_m_m, rv_f *restrict p_m_ge, const rv_f *restrict p_d0, const rv_f *restrict p_d1, const rv_f *restrict p_d2, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_gl = p_m_gl[q];
        const rv_f m_v = p_m_v[q];
        const rv_f m_m = p_m_m[q];
        const rv_f m_ge = p_m_ge[q];
        const rv_f d0 = p_d0[q];
        const rv_f d1 = p_d1[q];
        const rv_f d2 = p_d2[q];
        const rv_i until_step = p_until_step[q];
        const rv_f t0 = (100.0 * ((m_m * m_m) * m_m));
        const rv_f t1 = (m_v + (((((m_gl * (((rv_f)-60.0) - m_v)) + (m_ge * (0.0 - m_v))) - (t0 * (m_v - 50.0))) * d0) * (dt * rv_exprel(((((d1 - m_ge) - t0) * d0) * dt)))));
        const rv_f t2 = (1.28 / rv_exprel((((13.0 - m_v) - 63.0) * 0.25)));
        const rv_f t3 = (1.4000000000000001 / rv_exprel((((m_v + 63.0) - 40.0) * 0.2)));
        const rv_f t4 = (m_m + (((t2 * (1.0 - m_m)) - (t3 * m_m)) * (dt * rv_exprel((((-t2) - t3) * dt)))));
        const rv_f t5 = (m_ge * d2);
        const rv_i t6 = (((rv_i)(t1 > ((rv_f)-20.0))) & ((rv_i)(now >= until_step)));
        p_m_v[q] = t1;
        p_m_m[q] = t4;
        p_m_ge[q] = t5;
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
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[1] + (first & mask[1]), (rv_f *)a[2] + first, (rv_f *)a[3] + first, (rv_f *)a[4] + first, (const rv_f *)a[5] + (first & mask[5]), (const rv_f *)a[6] + (first & mask[6]), (const rv_f *)a[7] + (first & mask[7]), (rv_i *)a[10] + first, (const rv_i *)a[11] + first);
    }
    *args->n_spikes = rv_scan(a[10], begin, end, args->n, args->spikes);
}

RV_EXPORT void rv_reset(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    const rv_i *p_d3 = args->a[8];
    const int64_t k_d3 = args->mask[8];
    rv_i *p_until_step = args->a[11];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        const rv_i d3 = p_d3[own_i & k_d3];
        p_until_step[own_i] = (now + d3);
    }
}
