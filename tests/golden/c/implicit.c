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
RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_d0, rv_f *restrict p_d1, rv_f *restrict p_d2)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f t0 = (dt * ((rv_f)-1.0));
        const rv_f t1 = (-t0);
        const rv_f t2 = (-dt);
        const rv_f t3 = (1.0 - t0);
        p_d0[q] = t1;
        p_d1[q] = t2;
        p_d2[q] = t3;
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[2] + (first & mask[2]), (rv_f *)a[3] + (first & mask[3]), (rv_f *)a[4] + (first & mask[4]));
    }
}

RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f d0, const rv_f d1, const rv_f d2, rv_f *restrict p_m_x, rv_f *restrict p_m_y, rv_i *restrict p_spike_mask)
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
        const rv_f t0 = __builtin_fabs(m_x);
        const rv_f t1 = __builtin_fabs(m_y);
        rv_f tc0 = m_x;
        rv_f tc1 = m_y;
        rv_i tc2 = ((rv_i)0);
        for (int round = 0; round < 40; round++) {
            const rv_f t2 = (tc0 * tc0);
            const rv_f t3 = ((m_x - tc0) + (dt * ((-(t2 * tc0)) - tc1)));
            const rv_f t4 = (1.0 - (dt * (-(((tc0 + tc0) * tc0) + t2))));
            const rv_f t5 = (d1 / t4);
            const rv_f t6 = ((((m_y - tc1) + (dt * (tc0 - tc1))) - (t5 * t3)) / (d2 - (t5 * d0)));
            const rv_f t7 = ((t3 - (d0 * t6)) / t4);
            const rv_f t8 = (tc0 + t7);
            const rv_f t9 = (tc1 + t6);
            const rv_f t10 = __builtin_fabs(t7);
            const rv_f t11 = rv_fmax(t0, __builtin_fabs(t8));
            const rv_f t12 = __builtin_fabs(t6);
            const rv_f t13 = rv_fmax(t1, __builtin_fabs(t9));
            const rv_f next_tc0 = t8;
            const rv_f next_tc1 = t9;
            const rv_i next_tc2 = (((rv_i)(t10 <= ((0.001 * t11) + 1e-06))) & ((rv_i)(t12 <= ((0.001 * t13) + 1e-06))));
            const rv_i done = (((rv_i)(t10 <= ((1e-06 * t11) + 1e-12))) & ((rv_i)(t12 <= ((1e-06 * t13) + 1e-12))));
            tc0 = next_tc0;
            tc1 = next_tc1;
            tc2 = next_tc2;
            if (done) break;
        }
        const rv_f tr0 = tc0;
        (void)tr0;
        const rv_f tr1 = tc1;
        (void)tr1;
        const rv_i tr2 = tc2;
        (void)tr2;
        const rv_f t14 = (tr2 ? tr0 : ((rv_f)__builtin_nan("")));
        const rv_f t15 = (tr2 ? tr1 : ((rv_f)__builtin_nan("")));
        const rv_i t16 = ((rv_i)(t14 > 1.0));
        p_m_x[q] = t14;
        p_m_y[q] = t15;
        p_spike_mask[q] = t16;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    const int64_t first = begin;
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, *(const rv_f *)a[2], *(const rv_f *)a[3], *(const rv_f *)a[4], (rv_f *)a[0] + first, (rv_f *)a[1] + first, (rv_i *)a[5] + first);
    *args->n_spikes = rv_scan(a[5], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_x, rv_f *restrict p_m_y, const rv_f *restrict p_d0, const rv_f *restrict p_d1, const rv_f *restrict p_d2, rv_i *restrict p_spike_mask)
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
        const rv_f d1 = p_d1[q];
        const rv_f d2 = p_d2[q];
        const rv_f t0 = __builtin_fabs(m_x);
        const rv_f t1 = __builtin_fabs(m_y);
        rv_f tc0 = m_x;
        rv_f tc1 = m_y;
        rv_i tc2 = ((rv_i)0);
        for (int round = 0; round < 40; round++) {
            const rv_f t2 = (tc0 * tc0);
            const rv_f t3 = ((m_x - tc0) + (dt * ((-(t2 * tc0)) - tc1)));
            const rv_f t4 = (1.0 - (dt * (-(((tc0 + tc0) * tc0) + t2))));
            const rv_f t5 = (d1 / t4);
            const rv_f t6 = ((((m_y - tc1) + (dt * (tc0 - tc1))) - (t5 * t3)) / (d2 - (t5 * d0)));
            const rv_f t7 = ((t3 - (d0 * t6)) / t4);
            const rv_f t8 = (tc0 + t7);
            const rv_f t9 = (tc1 + t6);
            const rv_f t10 = __builtin_fabs(t7);
            const rv_f t11 = rv_fmax(t0, __builtin_fabs(t8));
            const rv_f t12 = __builtin_fabs(t6);
            const rv_f t13 = rv_fmax(t1, __builtin_fabs(t9));
            const rv_f next_tc0 = t8;
            const rv_f next_tc1 = t9;
            const rv_i next_tc2 = (((rv_i)(t10 <= ((0.001 * t11) + 1e-06))) & ((rv_i)(t12 <= ((0.001 * t13) + 1e-06))));
            const rv_i done = (((rv_i)(t10 <= ((1e-06 * t11) + 1e-12))) & ((rv_i)(t12 <= ((1e-06 * t13) + 1e-12))));
            tc0 = next_tc0;
            tc1 = next_tc1;
            tc2 = next_tc2;
            if (done) break;
        }
        const rv_f tr0 = tc0;
        (void)tr0;
        const rv_f tr1 = tc1;
        (void)tr1;
        const rv_i tr2 = tc2;
        (void)tr2;
        const rv_f t14 = (tr2 ? tr0 : ((rv_f)__builtin_nan("")));
        const rv_f t15 = (tr2 ? tr1 : ((rv_f)__builtin_nan("")));
        const rv_i t16 = ((rv_i)(t14 > 1.0));
        p_m_x[q] = t14;
        p_m_y[q] = t15;
        p_spike_mask[q] = t16;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_f *)a[1] + first, (const rv_f *)a[2] + (first & mask[2]), (const rv_f *)a[3] + (first & mask[3]), (const rv_f *)a[4] + (first & mask[4]), (rv_i *)a[5] + first);
    }
    *args->n_spikes = rv_scan(a[5], begin, end, args->n, args->spikes);
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
