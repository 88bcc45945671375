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
RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_taum, const rv_f *restrict p_m_taue, const rv_f *restrict p_m_taui, const rv_f *restrict p_m_El, rv_f *restrict p_d0, rv_f *restrict p_d1, rv_f *restrict p_d2, rv_i *restrict p_d3, const rv_f *restrict p_m_refractory, rv_f *restrict p_A0_0_0, rv_f *restrict p_A0_0_1, rv_f *restrict p_A0_0_2, rv_f *restrict p_A0_1_1, rv_f *restrict p_A0_2_2)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_taum = p_m_taum[q];
        const rv_f m_taue = p_m_taue[q];
        const rv_f m_taui = p_m_taui[q];
        const rv_f m_El = p_m_El[q];
        const rv_f m_refractory = p_m_refractory[q];
        const rv_f t0 = (m_El / m_taum);
        const rv_f t1 = (((rv_f)-1.0) / m_taue);
        const rv_f t2 = rv_exp((t1 * dt));
        const rv_f t3 = (((rv_f)-1.0) / m_taui);
        const rv_f t4 = rv_exp((t3 * dt));
        const rv_i t5 = rv_toint(__builtin_floor(((m_refractory / dt) + 0.500001)));
        const rv_f t6 = (((rv_f)-1.0) / m_taum);
        const rv_f t7 = (1.0 / m_taum);
        p_d0[q] = t0;
        p_d1[q] = t2;
        p_d2[q] = t4;
        p_d3[q] = t5;
        p_A0_0_0[q] = t6;
        p_A0_0_1[q] = t7;
        p_A0_0_2[q] = t7;
        p_A0_1_1[q] = t1;
        p_A0_2_2[q] = t3;
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[0] + (first & mask[0]), (const rv_f *)a[1] + (first & mask[1]), (const rv_f *)a[2] + (first & mask[2]), (const rv_f *)a[3] + (first & mask[3]), (rv_f *)a[9] + (first & mask[9]), (rv_f *)a[10] + (first & mask[10]), (rv_f *)a[11] + (first & mask[11]), (rv_i *)a[12] + (first & mask[12]), (const rv_f *)a[13] + (first & mask[13]), (rv_f *)a[14] + (first & mask[14]), (rv_f *)a[15] + (first & mask[15]), (rv_f *)a[16] + (first & mask[16]), (rv_f *)a[17] + (first & mask[17]), (rv_f *)a[18] + (first & mask[18]));
    }
}

RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f m_Vt, const rv_f d0, const rv_f d1, const rv_f d2, const rv_f P0_0_0, const rv_f P0_0_1, const rv_f P0_0_2, const rv_f Q0_0_0, rv_f *restrict p_m_v, rv_f *restrict p_m_ge, rv_f *restrict p_m_gi, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < count; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        const rv_f m_ge = p_m_ge[q];
        const rv_f m_gi = p_m_gi[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f t1 = (t0 ? ((((P0_0_0 * m_v) + (P0_0_1 * m_ge)) + (P0_0_2 * m_gi)) + (Q0_0_0 * d0)) : m_v);
        const rv_f t2 = (m_ge * d1);
        const rv_f t3 = (m_gi * d2);
        const rv_i t4 = (((rv_i)(t1 > m_Vt)) & t0);
        p_m_v[q] = t1;
        p_m_ge[q] = t2;
        p_m_gi[q] = t3;
        p_spike_mask[q] = t4;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    const int64_t first = begin;
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, *(const rv_f *)a[4], *(const rv_f *)a[9], *(const rv_f *)a[10], *(const rv_f *)a[11], *(const rv_f *)a[19], *(const rv_f *)a[20], *(const rv_f *)a[21], *(const rv_f *)a[22], (rv_f *)a[6] + first, (rv_f *)a[7] + first, (rv_f *)a[8] + first, (rv_i *)a[23] + first, (const rv_i *)a[24] + first);
    *args->n_spikes = rv_scan(a[23], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_Vt, rv_f *restrict p_m_v, rv_f *restrict p_m_ge, rv_f *restrict p_m_gi, const rv_f *restrict p_d0, const rv_f *restrict p_d1, const rv_f *restrict p_d2, const rv_f *restrict p_P0_0_0, const rv_f *restrict p_P0_0_1, const rv_f *restrict p_P0_0_2, const rv_f *restrict p_Q0_0_0, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_Vt = p_m_Vt[q];
        const rv_f m_v = p_m_v[q];
        const rv_f m_ge = p_m_ge[q];
        const rv_f m_gi = p_m_gi[q];
        const rv_f d0 = p_d0[q];
        const rv_f d1 = p_d1[q];
        const rv_f d2 = p_d2[q];
        const rv_f P0_0_0 = p_P0_0_0[q];
        const rv_f P0_0_1 = p_P0_0_1[q];
        const rv_f P0_0_2 = p_P0_0_2[q];
        const rv_f Q0_0_0 = p_Q0_0_0[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f t1 = (t0 ? ((((P0_0_0 * m_v) + (P0_0_1 * m_ge)) + (P0_0_2 * m_gi)) + (Q0_0_0 * d0)) : m_v);
        const rv_f t2 = (m_ge * d1);
        const rv_f t3 = (m_gi * d2);
        const rv_i t4 = (((rv_i)(t1 > m_Vt)) & t0);
        p_m_v[q] = t1;
        p_m_ge[q] = t2;
        p_m_gi[q] = t3;
        p_spike_mask[q] = t4;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[4] + (first & mask[4]), (rv_f *)a[6] + first, (rv_f *)a[7] + first, (rv_f *)a[8] + first, (const rv_f *)a[9] + (first & mask[9]), (const rv_f *)a[10] + (first & mask[10]), (const rv_f *)a[11] + (first & mask[11]), (const rv_f *)a[19] + (first & mask[19]), (const rv_f *)a[20] + (first & mask[20]), (const rv_f *)a[21] + (first & mask[21]), (const rv_f *)a[22] + (first & mask[22]), (rv_i *)a[23] + first, (const rv_i *)a[24] + first);
    }
    *args->n_spikes = rv_scan(a[23], begin, end, args->n, args->spikes);
}

RV_EXPORT void rv_reset(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    const rv_f *p_m_Vr = args->a[5];
    const int64_t k_m_Vr = args->mask[5];
    rv_f *p_m_v = args->a[6];
    const rv_i *p_d3 = args->a[12];
    const int64_t k_d3 = args->mask[12];
    rv_i *p_until_step = args->a[24];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        const rv_f m_Vr = p_m_Vr[own_i & k_m_Vr];
        const rv_i d3 = p_d3[own_i & k_d3];
        const rv_i t0 = (now + d3);
        p_m_v[own_i] = m_Vr;
        p_until_step[own_i] = t0;
    }
}
