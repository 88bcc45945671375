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
RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_i *restrict p_d0, const rv_f *restrict p_m_refractory)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_refractory = p_m_refractory[q];
        p_d0[q] = (rv_toint(__builtin_floor(((m_refractory / dt) + 0.500001))) + ((rv_i)1));
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_i *)a[1] + (first & mask[1]), (const rv_f *)a[2] + (first & mask[2]));
    }
}

RV_INNER void rv_update_uniform_once(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_x, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step, rv_i *restrict done)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_x = p_m_x[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f tc0 = m_x;
        const rv_f tc1 = ((-((m_x * m_x) * m_x)) + rv_sin(t));
        const rv_f tc2 = dt;
        const rv_f tc3 = dt;
        const rv_f t1 = rv_fmin(tc3, tc2);
        const rv_f t2 = (tc0 + (t1 * (0.2 * tc1)));
        const rv_f t3 = (dt - tc2);
        const rv_f t4 = ((-((t2 * t2) * t2)) + rv_sin((t + (t3 + (0.2 * t1)))));
        const rv_f t5 = (tc0 + (t1 * ((0.075 * tc1) + (0.225 * t4))));
        const rv_f t6 = ((-((t5 * t5) * t5)) + rv_sin((t + (t3 + (0.3 * t1)))));
        const rv_f t7 = (tc0 + (t1 * (((0.9777777777777777 * tc1) + (((rv_f)-3.7333333333333334) * t4)) + (3.5555555555555554 * t6))));
        const rv_f t8 = ((-((t7 * t7) * t7)) + rv_sin((t + (t3 + (0.8 * t1)))));
        const rv_f t9 = (tc0 + (t1 * ((((2.9525986892242035 * tc1) + (((rv_f)-11.595793324188385) * t4)) + (9.822892851699436 * t6)) + (((rv_f)-0.2908093278463649) * t8))));
        const rv_f t10 = ((-((t9 * t9) * t9)) + rv_sin((t + (t3 + (0.8888888888888888 * t1)))));
        const rv_f t11 = (tc0 + (t1 * (((((2.8462752525252526 * tc1) + (((rv_f)-10.757575757575758) * t4)) + (8.906422717743473 * t6)) + (0.2784090909090909 * t8)) + (((rv_f)-0.2735313036020583) * t10))));
        const rv_f t12 = rv_sin((t + (t3 + t1)));
        const rv_f t13 = ((-((t11 * t11) * t11)) + t12);
        const rv_f t14 = (tc0 + (t1 * (((((0.09114583333333333 * tc1) + (0.44923629829290207 * t6)) + (0.6510416666666666 * t8)) + (((rv_f)-0.322376179245283) * t10)) + (0.13095238095238096 * t13))));
        const rv_f t15 = ((-((t14 * t14) * t14)) + t12);
        const rv_f t16 = (__builtin_fabs((t1 * ((((((0.0012326388888888888 * tc1) + (((rv_f)-0.0042527702905061394) * t6)) + (0.03697916666666667 * t8)) + (((rv_f)-0.05086379716981132) * t10)) + (0.0419047619047619 * t13)) + (((rv_f)-0.025) * t15)))) / (1e-09 + (1e-06 * rv_fmax(__builtin_fabs(tc0), __builtin_fabs(t14)))));
        const rv_i t17 = ((rv_i)(t16 <= 1.0));
        const rv_f t18 = (t1 * (((rv_i)((t16 - t16) == 0)) ? rv_fmin(rv_fmax((0.9 * rv_pow(t16, ((rv_f)-0.2))), 0.2), 5.0) : 0.2));
        const rv_i t19 = (t17 & ((rv_i)(t1 >= tc2)));
        const rv_f tr0 = (t17 ? t14 : tc0);
        const rv_i tr4 = t19;
        const rv_f t20 = (t0 ? (tr4 ? tr0 : ((rv_f)__builtin_nan(""))) : m_x);
        const rv_i t21 = (((rv_i)(t20 > 1.0)) & t0);
        const rv_i tdone = (t19 | ((rv_i)((dt + t18) <= dt)));
        p_m_x[q] = (tdone ? t20 : m_x);
        p_spike_mask[q] = t21;
        done[q] = tdone;
    }
}
RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_x, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step, const rv_i *restrict done)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        if (done[q])
            continue;
        const rv_f m_x = p_m_x[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        rv_f tc0 = m_x;
        rv_f tc1 = ((-((m_x * m_x) * m_x)) + rv_sin(t));
        rv_f tc2 = dt;
        rv_f tc3 = dt;
        rv_i tc4 = ((rv_i)0);
        for (int round = 0; round < 100000; round++) {
            const rv_f t1 = rv_fmin(tc3, tc2);
            const rv_f t2 = (tc0 + (t1 * (0.2 * tc1)));
            const rv_f t3 = (dt - tc2);
            const rv_f t4 = ((-((t2 * t2) * t2)) + rv_sin((t + (t3 + (0.2 * t1)))));
            const rv_f t5 = (tc0 + (t1 * ((0.075 * tc1) + (0.225 * t4))));
            const rv_f t6 = ((-((t5 * t5) * t5)) + rv_sin((t + (t3 + (0.3 * t1)))));
            const rv_f t7 = (tc0 + (t1 * (((0.9777777777777777 * tc1) + (((rv_f)-3.7333333333333334) * t4)) + (3.5555555555555554 * t6))));
            const rv_f t8 = ((-((t7 * t7) * t7)) + rv_sin((t + (t3 + (0.8 * t1)))));
            const rv_f t9 = (tc0 + (t1 * ((((2.9525986892242035 * tc1) + (((rv_f)-11.595793324188385) * t4)) + (9.822892851699436 * t6)) + (((rv_f)-0.2908093278463649) * t8))));
            const rv_f t10 = ((-((t9 * t9) * t9)) + rv_sin((t + (t3 + (0.8888888888888888 * t1)))));
            const rv_f t11 = (tc0 + (t1 * (((((2.8462752525252526 * tc1) + (((rv_f)-10.757575757575758) * t4)) + (8.906422717743473 * t6)) + (0.2784090909090909 * t8)) + (((rv_f)-0.2735313036020583) * t10))));
            const rv_f t12 = rv_sin((t + (t3 + t1)));
            const rv_f t13 = ((-((t11 * t11) * t11)) + t12);
            const rv_f t14 = (tc0 + (t1 * (((((0.09114583333333333 * tc1) + (0.44923629829290207 * t6)) + (0.6510416666666666 * t8)) + (((rv_f)-0.322376179245283) * t10)) + (0.13095238095238096 * t13))));
            const rv_f t15 = ((-((t14 * t14) * t14)) + t12);
            const rv_f t16 = (__builtin_fabs((t1 * ((((((0.0012326388888888888 * tc1) + (((rv_f)-0.0042527702905061394) * t6)) + (0.03697916666666667 * t8)) + (((rv_f)-0.05086379716981132) * t10)) + (0.0419047619047619 * t13)) + (((rv_f)-0.025) * t15)))) / (1e-09 + (1e-06 * rv_fmax(__builtin_fabs(tc0), __builtin_fabs(t14)))));
            const rv_i t17 = ((rv_i)(t16 <= 1.0));
            const rv_f t18 = (t1 * (((rv_i)((t16 - t16) == 0)) ? rv_fmin(rv_fmax((0.9 * rv_pow(t16, ((rv_f)-0.2))), 0.2), 5.0) : 0.2));
            const rv_i t19 = (t17 & ((rv_i)(t1 >= tc2)));
            const rv_f next_tc0 = (t17 ? t14 : tc0);
            const rv_f next_tc1 = (t17 ? t15 : tc1);
            const rv_f next_tc2 = (t17 ? (tc2 - t1) : tc2);
            const rv_f next_tc3 = t18;
            const rv_i next_tc4 = t19;
            const rv_i done = (t19 | ((rv_i)((dt + t18) <= dt)));
            tc0 = next_tc0;
            tc1 = next_tc1;
            tc2 = next_tc2;
            tc3 = next_tc3;
            tc4 = next_tc4;
            if (done) break;
        }
        const rv_f tr0 = tc0;
        (void)tr0;
        const rv_f tr1 = tc1;
        (void)tr1;
        const rv_f tr2 = tc2;
        (void)tr2;
        const rv_f tr3 = tc3;
        (void)tr3;
        const rv_i tr4 = tc4;
        (void)tr4;
        const rv_f t20 = (t0 ? (tr4 ? tr0 : ((rv_f)__builtin_nan(""))) : m_x);
        const rv_i t21 = (((rv_i)(t20 > 1.0)) & t0);
        p_m_x[q] = t20;
        p_spike_mask[q] = t21;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_i done[64] __attribute__((aligned(64))), all = 1;
        rv_update_uniform_once(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_i *)a[3] + first, (const rv_i *)a[4] + first, done);
        for (int64_t q = 0; q < 64; q++)
            all &= done[q];
        if (!all)
            rv_update_uniform_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_i *)a[3] + first, (const rv_i *)a[4] + first, done);
    }
    *args->n_spikes = rv_scan(a[3], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_once(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_x, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step, rv_i *restrict done)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_x = p_m_x[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f tc0 = m_x;
        const rv_f tc1 = ((-((m_x * m_x) * m_x)) + rv_sin(t));
        const rv_f tc2 = dt;
        const rv_f tc3 = dt;
        const rv_f t1 = rv_fmin(tc3, tc2);
        const rv_f t2 = (tc0 + (t1 * (0.2 * tc1)));
        const rv_f t3 = (dt - tc2);
        const rv_f t4 = ((-((t2 * t2) * t2)) + rv_sin((t + (t3 + (0.2 * t1)))));
        const rv_f t5 = (tc0 + (t1 * ((0.075 * tc1) + (0.225 * t4))));
        const rv_f t6 = ((-((t5 * t5) * t5)) + rv_sin((t + (t3 + (0.3 * t1)))));
        const rv_f t7 = (tc0 + (t1 * (((0.9777777777777777 * tc1) + (((rv_f)-3.7333333333333334) * t4)) + (3.5555555555555554 * t6))));
        const rv_f t8 = ((-((t7 * t7) * t7)) + rv_sin((t + (t3 + (0.8 * t1)))));
        const rv_f t9 = (tc0 + (t1 * ((((2.9525986892242035 * tc1) + (((rv_f)-11.595793324188385) * t4)) + (9.822892851699436 * t6)) + (((rv_f)-0.2908093278463649) * t8))));
        const rv_f t10 = ((-((t9 * t9) * t9)) + rv_sin((t + (t3 + (0.8888888888888888 * t1)))));
        const rv_f t11 = (tc0 + (t1 * (((((2.8462752525252526 * tc1) + (((rv_f)-10.757575757575758) * t4)) + (8.906422717743473 * t6)) + (0.2784090909090909 * t8)) + (((rv_f)-0.2735313036020583) * t10))));
        const rv_f t12 = rv_sin((t + (t3 + t1)));
        const rv_f t13 = ((-((t11 * t11) * t11)) + t12);
        const rv_f t14 = (tc0 + (t1 * (((((0.09114583333333333 * tc1) + (0.44923629829290207 * t6)) + (0.6510416666666666 * t8)) + (((rv_f)-0.322376179245283) * t10)) + (0.13095238095238096 * t13))));
        const rv_f t15 = ((-((t14 * t14) * t14)) + t12);
        const rv_f t16 = (__builtin_fabs((t1 * ((((((0.0012326388888888888 * tc1) + (((rv_f)-0.0042527702905061394) * t6)) + (0.03697916666666667 * t8)) + (((rv_f)-0.05086379716981132) * t10)) + (0.0419047619047619 * t13)) + (((rv_f)-0.025) * t15)))) / (1e-09 + (1e-06 * rv_fmax(__builtin_fabs(tc0), __builtin_fabs(t14)))));
        const rv_i t17 = ((rv_i)(t16 <= 1.0));
        const rv_f t18 = (t1 * (((rv_i)((t16 - t16) == 0)) ? rv_fmin(rv_fmax((0.9 * rv_pow(t16, ((rv_f)-0.2))), 0.2), 5.0) : 0.2));
        const rv_i t19 = (t17 & ((rv_i)(t1 >= tc2)));
        const rv_f tr0 = (t17 ? t14 : tc0);
        const rv_i tr4 = t19;
        const rv_f t20 = (t0 ? (tr4 ? tr0 : ((rv_f)__builtin_nan(""))) : m_x);
        const rv_i t21 = (((rv_i)(t20 > 1.0)) & t0);
        const rv_i tdone = (t19 | ((rv_i)((dt + t18) <= dt)));
        p_m_x[q] = (tdone ? t20 : m_x);
        p_spike_mask[q] = t21;
        done[q] = tdone;
    }
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_x, rv_i *restrict p_spike_mask, const rv_i *restrict p_until_step, const rv_i *restrict done)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        if (done[q])
            continue;
        const rv_f m_x = p_m_x[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        rv_f tc0 = m_x;
        rv_f tc1 = ((-((m_x * m_x) * m_x)) + rv_sin(t));
        rv_f tc2 = dt;
        rv_f tc3 = dt;
        rv_i tc4 = ((rv_i)0);
        for (int round = 0; round < 100000; round++) {
            const rv_f t1 = rv_fmin(tc3, tc2);
            const rv_f t2 = (tc0 + (t1 * (0.2 * tc1)));
            const rv_f t3 = (dt - tc2);
            const rv_f t4 = ((-((t2 * t2) * t2)) + rv_sin((t + (t3 + (0.2 * t1)))));
            const rv_f t5 = (tc0 + (t1 * ((0.075 * tc1) + (0.225 * t4))));
            const rv_f t6 = ((-((t5 * t5) * t5)) + rv_sin((t + (t3 + (0.3 * t1)))));
            const rv_f t7 = (tc0 + (t1 * (((0.9777777777777777 * tc1) + (((rv_f)-3.7333333333333334) * t4)) + (3.5555555555555554 * t6))));
            const rv_f t8 = ((-((t7 * t7) * t7)) + rv_sin((t + (t3 + (0.8 * t1)))));
            const rv_f t9 = (tc0 + (t1 * ((((2.9525986892242035 * tc1) + (((rv_f)-11.595793324188385) * t4)) + (9.822892851699436 * t6)) + (((rv_f)-0.2908093278463649) * t8))));
            const rv_f t10 = ((-((t9 * t9) * t9)) + rv_sin((t + (t3 + (0.8888888888888888 * t1)))));
            const rv_f t11 = (tc0 + (t1 * (((((2.8462752525252526 * tc1) + (((rv_f)-10.757575757575758) * t4)) + (8.906422717743473 * t6)) + (0.2784090909090909 * t8)) + (((rv_f)-0.2735313036020583) * t10))));
            const rv_f t12 = rv_sin((t + (t3 + t1)));
            const rv_f t13 = ((-((t11 * t11) * t11)) + t12);
            const rv_f t14 = (tc0 + (t1 * (((((0.09114583333333333 * tc1) + (0.44923629829290207 * t6)) + (0.6510416666666666 * t8)) + (((rv_f)-0.322376179245283) * t10)) + (0.13095238095238096 * t13))));
            const rv_f t15 = ((-((t14 * t14) * t14)) + t12);
            const rv_f t16 = (__builtin_fabs((t1 * ((((((0.0012326388888888888 * tc1) + (((rv_f)-0.0042527702905061394) * t6)) + (0.03697916666666667 * t8)) + (((rv_f)-0.05086379716981132) * t10)) + (0.0419047619047619 * t13)) + (((rv_f)-0.025) * t15)))) / (1e-09 + (1e-06 * rv_fmax(__builtin_fabs(tc0), __builtin_fabs(t14)))));
            const rv_i t17 = ((rv_i)(t16 <= 1.0));
            const rv_f t18 = (t1 * (((rv_i)((t16 - t16) == 0)) ? rv_fmin(rv_fmax((0.9 * rv_pow(t16, ((rv_f)-0.2))), 0.2), 5.0) : 0.2));
            const rv_i t19 = (t17 & ((rv_i)(t1 >= tc2)));
            const rv_f next_tc0 = (t17 ? t14 : tc0);
            const rv_f next_tc1 = (t17 ? t15 : tc1);
            const rv_f next_tc2 = (t17 ? (tc2 - t1) : tc2);
            const rv_f next_tc3 = t18;
            const rv_i next_tc4 = t19;
            const rv_i done = (t19 | ((rv_i)((dt + t18) <= dt)));
            tc0 = next_tc0;
            tc1 = next_tc1;
            tc2 = next_tc2;
            tc3 = next_tc3;
            tc4 = next_tc4;
            if (done) break;
        }
        const rv_f tr0 = tc0;
        (void)tr0;
        const rv_f tr1 = tc1;
        (void)tr1;
        const rv_f tr2 = tc2;
        (void)tr2;
        const rv_f tr3 = tc3;
        (void)tr3;
        const rv_i tr4 = tc4;
        (void)tr4;
        const rv_f t20 = (t0 ? (tr4 ? tr0 : ((rv_f)__builtin_nan(""))) : m_x);
        const rv_i t21 = (((rv_i)(t20 > 1.0)) & t0);
        p_m_x[q] = t20;
        p_spike_mask[q] = t21;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_i done[64] __attribute__((aligned(64))), all = 1;
        rv_update_general_once(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_i *)a[3] + first, (const rv_i *)a[4] + first, done);
        for (int64_t q = 0; q < 64; q++)
            all &= done[q];
        if (!all)
            rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[0] + first, (rv_i *)a[3] + first, (const rv_i *)a[4] + first, done);
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
    const rv_i *p_d0 = args->a[1];
    const int64_t k_d0 = args->mask[1];
    rv_i *p_until_step = args->a[4];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        const rv_i d0 = p_d0[own_i & k_d0];
        const rv_i t0 = (now + d0);
        p_m_x[own_i] = 0.0;
        p_until_step[own_i] = t0;
    }
}
