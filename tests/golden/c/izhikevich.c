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
RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_d0, rv_i *restrict p_d1, const rv_f *restrict p_m_refractory)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_refractory = p_m_refractory[q];
        const rv_f t0 = rv_fmin(((rv_f)-65.0), 30.0);
        const rv_i t1 = (rv_toint(__builtin_floor(((m_refractory / dt) + 0.500001))) + ((rv_i)1));
        p_d0[q] = t0;
        p_d1[q] = t1;
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[7] + (first & mask[7]), (rv_i *)a[8] + (first & mask[8]), (const rv_f *)a[9] + (first & mask[9]));
    }
}

RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f m_a, const rv_f m_b, rv_f *restrict p_m_noise, rv_f *restrict p_m_v, rv_f *restrict p_m_u, rv_f *restrict p_m_g_exc, rv_f *restrict p_m_g_inh, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < count; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_noise = p_m_noise[q];
        const rv_f m_v = p_m_v[q];
        const rv_f m_u = p_m_u[q];
        const rv_f m_g_exc = p_m_g_exc[q];
        const rv_f m_g_inh = p_m_g_inh[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f t1 = rv_normal(key[0], (uint32_t)own_i, 0, step);
        const rv_f t2 = (t0 ? (5.0 * t1) : m_noise);
        const rv_f t3 = (t0 ? rv_fmin((m_v + (dt * (((((((0.04 * (m_v * m_v)) + (5.0 * m_v)) + 140.0) - m_u) + t2) + m_g_exc) - m_g_inh))), 30.0) : m_v);
        const rv_f t4 = (t0 ? (m_u + (dt * (m_a * ((m_b * m_v) - m_u)))) : m_u);
        const rv_i t5 = (((rv_i)(t3 >= 30.0)) & t0);
        p_m_noise[q] = t2;
        p_m_v[q] = t3;
        p_m_u[q] = t4;
        p_spike_mask[q] = t5;
        p_m_g_exc[q] = 0;
        p_m_g_inh[q] = 0;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    const int64_t first = begin;
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, *(const rv_f *)a[0], *(const rv_f *)a[1], (rv_f *)a[2] + first, (rv_f *)a[3] + first, (rv_f *)a[4] + first, (rv_f *)a[5] + first, (rv_f *)a[6] + first, (rv_i *)a[10] + first, (const rv_i *)a[11] + first);
    *args->n_spikes = rv_scan(a[10], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_a, const rv_f *restrict p_m_b, rv_f *restrict p_m_noise, rv_f *restrict p_m_v, rv_f *restrict p_m_u, rv_f *restrict p_m_g_exc, rv_f *restrict p_m_g_inh, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_a = p_m_a[q];
        const rv_f m_b = p_m_b[q];
        const rv_f m_noise = p_m_noise[q];
        const rv_f m_v = p_m_v[q];
        const rv_f m_u = p_m_u[q];
        const rv_f m_g_exc = p_m_g_exc[q];
        const rv_f m_g_inh = p_m_g_inh[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f t1 = rv_normal(key[0], (uint32_t)own_i, 0, step);
        const rv_f t2 = (t0 ? (5.0 * t1) : m_noise);
        const rv_f t3 = (t0 ? rv_fmin((m_v + (dt * (((((((0.04 * (m_v * m_v)) + (5.0 * m_v)) + 140.0) - m_u) + t2) + m_g_exc) - m_g_inh))), 30.0) : m_v);
        const rv_f t4 = (t0 ? (m_u + (dt * (m_a * ((m_b * m_v) - m_u)))) : m_u);
        const rv_i t5 = (((rv_i)(t3 >= 30.0)) & t0);
        p_m_noise[q] = t2;
        p_m_v[q] = t3;
        p_m_u[q] = t4;
        p_spike_mask[q] = t5;
        p_m_g_exc[q] = 0;
        p_m_g_inh[q] = 0;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[0] + (first & mask[0]), (const rv_f *)a[1] + (first & mask[1]), (rv_f *)a[2] + first, (rv_f *)a[3] + first, (rv_f *)a[4] + first, (rv_f *)a[5] + first, (rv_f *)a[6] + first, (rv_i *)a[10] + first, (const rv_i *)a[11] + first);
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
    rv_f *p_m_v = args->a[3];
    rv_f *p_m_u = args->a[4];
    const rv_f *p_d0 = args->a[7];
    const int64_t k_d0 = args->mask[7];
    const rv_i *p_d1 = args->a[8];
    const int64_t k_d1 = args->mask[8];
    rv_i *p_until_step = args->a[11];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        const rv_f m_u = p_m_u[own_i];
        const rv_f d0 = p_d0[own_i & k_d0];
        const rv_i d1 = p_d1[own_i & k_d1];
        const rv_f t0 = (m_u + 8.0);
        const rv_i t1 = (now + d1);
        p_m_v[own_i] = d0;
        p_m_u[own_i] = t0;
        p_until_step[own_i] = t1;
    }
}
