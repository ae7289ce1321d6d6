#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline long16 gt_lookup_i64x16(const __global long* p, long16 a, int16 allowed) {
  long i[16]; int f[16]; long t[16];
  vstore16(a, 0, i); vstore16(allowed, 0, f);
  for (int k = 0; k < 16; k++) t[k] = f[k] != 0 ? p[i[k]] : (long)0;
  return vload16(0, t);
}
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline void gt_put_i64x16(long16 v, __global long* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  long8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  long4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  long2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline long gt_tree_max_i64x16(long16 v) {
  long8 r8; { const long8 a = v.lo, b = v.hi; r8 = a > b ? a : b; }
  long4 r4; { const long4 a = r8.lo, b = r8.hi; r4 = a > b ? a : b; }
  long2 r2; { const long2 a = r4.lo, b = r4.hi; r2 = a > b ? a : b; }
  const long a = r2.lo, b = r2.hi; return a > b ? a : b;
}
static inline float gt_tree_sum_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = a + b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = a + b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = a + b; }
  const float a = r2.lo, b = r2.hi; return a + b;
}
static inline long gt_tree_sum_i64x16(long16 v) {
  long8 r8; { const long8 a = v.lo, b = v.hi; r8 = a + b; }
  long4 r4; { const long4 a = r8.lo, b = r8.hi; r4 = a + b; }
  long2 r2; { const long2 a = r4.lo, b = r4.hi; r2 = a + b; }
  const long a = r2.lo, b = r2.hi; return a + b;
}

struct lt_ge_logical_or_maximum_where_amax_342408586bc8_integers { int n[17]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void lt_ge_logical_or_maximum_where_amax_342408586bc8(const __global long* restrict buffer0, __global long* restrict buffer1, const __global float* restrict buffer2, __global float* restrict buffer3, const struct lt_ge_logical_or_maximum_where_amax_342408586bc8_integers k, const double scalar0)
{
  const int group = get_group_id(0);
  if (group < k.n[4]) {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    int n3 = k.n[8];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int row = g * n2;
    const int last = min(row + n2, n1);
    for (; row < last; row++) {
      long16 q10_0 = (long16)((long)(0x8000000000000000UL)), q10_1 = q10_0, q10_2 = q10_0, q10_3 = q10_0;
      {
        int j = 0;
        for (; j + 16 <= n3; j += 16) {
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 < (long16)((long)0x0UL));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0x3e8UL));
          const int16 v5 = v2 | v4;
          const long16 v7 = v0 > (long16)((long)0x8000000000000002UL) ? v0 : (long16)((long)0x8000000000000002UL);
          const long16 v9 = convert_long16(v5) ? v7 : (long16)((long)0x8000000000000001UL);
          const long16 c10 = v9;
          const long16 y10 = q10_0 > c10 ? q10_0 : c10;
          q10_0 = q10_1;
          q10_1 = q10_2;
          q10_2 = q10_3;
          q10_3 = y10;
        }
        if (j < n3) {
          const int m = n3 - j;
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 < (long16)((long)0x0UL));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0x3e8UL));
          const int16 v5 = v2 | v4;
          const long16 v7 = v0 > (long16)((long)0x8000000000000002UL) ? v0 : (long16)((long)0x8000000000000002UL);
          const long16 v9 = convert_long16(v5) ? v7 : (long16)((long)0x8000000000000001UL);
          const long16 c10 = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? v9 : (long16)((long)(0x8000000000000000UL));
          const long16 y10 = q10_0 > c10 ? q10_0 : c10;
          q10_0 = q10_1;
          q10_1 = q10_2;
          q10_2 = q10_3;
          q10_3 = y10;
        }
      }
      const long16 w10_0 = q10_0 > q10_2 ? q10_0 : q10_2;
      const long16 w10_1 = q10_1 > q10_3 ? q10_1 : q10_3;
      const long16 w10 = w10_0 > w10_1 ? w10_0 : w10_1;
      const long v10 = gt_tree_max_i64x16(w10);
      b1[0] = v10;
    }
  }
  else if (group < k.n[9]) {
    int n0 = k.n[10];
    int n1 = k.n[11];
    int n2 = k.n[12];
    int n3 = k.n[13];
    int n4 = k.n[14];
    int n5 = k.n[15];
    int n6 = k.n[16];
    const __global long* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer2 + k.n[2];
    __global float* b2 = buffer3 + k.n[3];
    double s0 = scalar0;
    const int g = group - n0;
    int t = g * n2;
    const int last = min(t + n2, n1);
    const int r1 = t / n3;
    int j = t - r1 * n3;
    int i0 = r1;
    while (t < last) {
      const int e = min(n3, j + last - t);
      t += e - j;
      const long v0 = b0[i0];
      const float v2 = (float)(s0);
      for (; j + 16 <= e; j += 16) {
        const long kv1 = (long)v0 + (v0 < 0 ? n5 : 0);
        const float16 v1 = kv1 >= 0 && kv1 < n5 ? vload16(0, b1 + (j) + kv1*n4) : (float16)(0);
        const float16 v3 = v1 * (float16)(v2);
        vstore16(v3, 0, b2 + (i0*n6 + j));
      }
      if (j < e) {
        const int m = e - j;
        const long kv1 = (long)v0 + (v0 < 0 ? n5 : 0);
        const float16 v1 = kv1 >= 0 && kv1 < n5 ? vload16(0, b1 + (j) + kv1*n4) : (float16)(0);
        const float16 v3 = v1 * (float16)(v2);
        gt_put_f32x16(v3, b2 + (i0*n6 + j), m);
      }
      j = 0;
      ++i0;
    }
  }
}

struct sum_8034333786e3_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_8034333786e3(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_8034333786e3_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      const int len = min(n2, n3 - i0 * n2);
      float16 q1_0 = (float16)((float)(0)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= len; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n4 + j));
          const float16 c1 = v0;
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < len) {
          const int m = len - j;
          const float16 v0 = vload16(0, b0 + (i0*n4 + j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(0));
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = q1_0 + q1_2;
      const float16 w1_1 = q1_1 + q1_3;
      const float16 w1 = w1_0 + w1_1;
      const float v1 = gt_tree_sum_f32x16(w1);
      b1[i0] = v1;
      ++i0;
    }
  }
}

struct sum_lt_add_where_2b6ee40ff1f8_integers { int n[14]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_lt_add_where_2b6ee40ff1f8(const __global float* restrict buffer0, __global float* restrict buffer1, const __global long* restrict buffer2, __global long* restrict buffer3, __global long* restrict buffer4, const struct sum_lt_add_where_2b6ee40ff1f8_integers k)
{
  const int group = get_group_id(0);
  if (group < k.n[5]) {
    int n0 = k.n[6];
    int n1 = k.n[7];
    int n2 = k.n[8];
    int n3 = k.n[9];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int row = g * n2;
    const int last = min(row + n2, n1);
    for (; row < last; row++) {
      float16 q1_0 = (float16)((float)(0)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= n3; j += 16) {
          const float16 v0 = vload16(0, b0 + (j));
          const float16 c1 = v0;
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < n3) {
          const int m = n3 - j;
          const float16 v0 = vload16(0, b0 + (j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(0));
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = q1_0 + q1_2;
      const float16 w1_1 = q1_1 + q1_3;
      const float16 w1 = w1_0 + w1_1;
      const float v1 = gt_tree_sum_f32x16(w1);
      b1[0] = v1;
    }
  }
  else if (group < k.n[10]) {
    int n0 = k.n[11];
    int n1 = k.n[12];
    int n2 = k.n[13];
    const __global long* b0 = buffer2 + k.n[2];
    __global long* b1 = buffer3 + k.n[3];
    __global long* b2 = buffer4 + k.n[4];
    const int g = group - n0;
    int j = g * n2;
    const int e = min(j + n2, n1);
    for (; j + 16 <= e; j += 16) {
      const long16 v0 = vload16(0, b0 + (j));
      const int16 v2 = convert_int16(v0 < (long16)((long)0x0UL));
      const long16 v4 = ((v0) + ((long16)((long)0x3e8UL)));
      const long16 v5 = convert_long16(v2) ? v4 : v0;
      vstore16(v5, 0, b1 + (j));
      vstore16(v5, 0, b2 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const long16 v0 = vload16(0, b0 + (j));
      const int16 v2 = convert_int16(v0 < (long16)((long)0x0UL));
      const long16 v4 = ((v0) + ((long16)((long)0x3e8UL)));
      const long16 v5 = convert_long16(v2) ? v4 : v0;
      gt_put_i64x16(v5, b1 + (j), m);
      gt_put_i64x16(v5, b2 + (j), m);
    }
  }
}

struct lt_eq_logical_and_logical_or_sum_9be4c4b67831_integers { int n[9]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void lt_eq_logical_and_logical_or_sum_9be4c4b67831(const __global long* restrict buffer0, __global long* restrict buffer1, const struct lt_eq_logical_and_logical_or_sum_9be4c4b67831_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    int n5 = k.n[7];
    int n6 = k.n[8];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    const int r1 = row / n3;
    int i1 = row - r1 * n3;
    int i0 = r1;
    for (; row < last; row++) {
      const long v1 = b0[i0*n4 + i1];
      const long v5 = (long)(i1);
      long16 q10_0 = (long16)((long)(0)), q10_1 = q10_0, q10_2 = q10_0, q10_3 = q10_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const long16 v0 = vload16(0, b0 + (i0*n5 + j));
          const int16 v2 = convert_int16(v0 < (long16)(v1));
          const int16 v3 = convert_int16(v0 == (long16)(v1));
          const long16 v4 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
          const int16 v6 = convert_int16(v4 < (long16)(v5));
          const int16 v7 = v3 & v6;
          const int16 v8 = v2 | v7;
          const long16 v9 = convert_long16(((v8) & 1));
          const long16 c10 = v9;
          const long16 y10 = ((q10_0) + (c10));
          q10_0 = q10_1;
          q10_1 = q10_2;
          q10_2 = q10_3;
          q10_3 = y10;
        }
        if (j < n2) {
          const int m = n2 - j;
          const long16 v0 = vload16(0, b0 + (i0*n5 + j));
          const int16 v2 = convert_int16(v0 < (long16)(v1));
          const int16 v3 = convert_int16(v0 == (long16)(v1));
          const long16 v4 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
          const int16 v6 = convert_int16(v4 < (long16)(v5));
          const int16 v7 = v3 & v6;
          const int16 v8 = v2 | v7;
          const long16 v9 = convert_long16(((v8) & 1));
          const long16 c10 = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? v9 : (long16)((long)(0));
          const long16 y10 = ((q10_0) + (c10));
          q10_0 = q10_1;
          q10_1 = q10_2;
          q10_2 = q10_3;
          q10_3 = y10;
        }
      }
      const long16 w10_0 = ((q10_0) + (q10_2));
      const long16 w10_1 = ((q10_1) + (q10_3));
      const long16 w10 = ((w10_0) + (w10_1));
      const long v10 = gt_tree_sum_i64x16(w10);
      b1[i0*n6 + i1] = v10;
      if (++i1 == n3) {
        i1 = 0;
        ++i0;
      }
    }
  }
}

struct eq_where_sum_gather_add_e0597f465add_integers { int n[14]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void eq_where_sum_gather_add_e0597f465add(const __global long* restrict buffer0, const __global long* restrict buffer1, __global long* restrict buffer2, __global long* restrict buffer3, const struct eq_where_sum_gather_add_e0597f465add_integers k)
{
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    int n4 = k.n[8];
    int n5 = k.n[9];
    int n6 = k.n[10];
    int n7 = k.n[11];
    int n8 = k.n[12];
    int n9 = k.n[13];
    const __global long* b0 = buffer0 + k.n[0];
    const __global long* b1 = buffer1 + k.n[1];
    __global long* b2 = buffer2 + k.n[2];
    __global long* b3 = buffer3 + k.n[3];
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    const int r1 = row / n3;
    int i1 = row - r1 * n3;
    int i0 = r1;
    for (; row < last; row++) {
      const long v1 = (long)(i1);
      const long v9 = (long)(i0*n4);
      long16 q6_0 = (long16)((long)(0)), q6_1 = q6_0, q6_2 = q6_0, q6_3 = q6_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const long16 v0 = vload16(0, b0 + (i0*n5 + j));
          const int16 v2 = convert_int16(v0 == (long16)(v1));
          const long16 v3 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
          const long16 v5 = convert_long16(v2) ? v3 : (long16)((long)0x0UL);
          const long16 c6 = v5;
          const long16 y6 = ((q6_0) + (c6));
          q6_0 = q6_1;
          q6_1 = q6_2;
          q6_2 = q6_3;
          q6_3 = y6;
        }
        if (j < n2) {
          const int m = n2 - j;
          const long16 v0 = vload16(0, b0 + (i0*n5 + j));
          const int16 v2 = convert_int16(v0 == (long16)(v1));
          const long16 v3 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
          const long16 v5 = convert_long16(v2) ? v3 : (long16)((long)0x0UL);
          const long16 c6 = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? v5 : (long16)((long)(0));
          const long16 y6 = ((q6_0) + (c6));
          q6_0 = q6_1;
          q6_1 = q6_2;
          q6_2 = q6_3;
          q6_3 = y6;
        }
      }
      const long16 w6_0 = ((q6_0) + (q6_2));
      const long16 w6_1 = ((q6_1) + (q6_3));
      const long16 w6 = ((w6_0) + (w6_1));
      const long v6 = gt_tree_sum_i64x16(w6);
      const long kv7 = (long)v6 + (v6 < 0 ? n6 : 0);
      const long v7 = kv7 >= 0 && kv7 < n6 ? b1[i0*n7 + kv7] : (long)(0);
      const long v10 = (long)((ulong)(v6) + (ulong)(v9));
      b2[i0*n8 + i1] = v7;
      b3[i0*n9 + i1] = v10;
      if (++i1 == n3) {
        i1 = 0;
        ++i0;
      }
    }
  }
}

struct searchsorted_add_le_minimum_where_gather_b04e188b6360_integers { int n[16]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void searchsorted_add_le_minimum_where_gather_b04e188b6360(const __global long* restrict buffer0, __global long* restrict buffer1, const __global long* restrict buffer2, __global long* restrict buffer3, const __global long* restrict buffer4, __global long* restrict buffer5, const struct searchsorted_add_le_minimum_where_gather_b04e188b6360_integers k, const long scalar0, const long scalar1, const long scalar2)
{
  {
    int n0 = k.n[6];
    int n1 = k.n[7];
    int n2 = k.n[8];
    int n3 = k.n[9];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = 0;
    int j = g * n1;
    const int e = min(j + n1, n0);
    for (; j + 16 <= e; j += 16) {
      const long16 v0 = vload16(0, b0 + (j));
      long16 lov1 = (long16)(0);
      {
        long16 hi = (long16)(n2);
        for (;;) {
          const long16 open = lov1 < hi;
          if (!any(open)) break;
          const long16 mid = (lov1 + hi) >> (long16)(1);
          const long16 t = gt_lookup_i64x16(b0, (long16)(n3) + mid * (long16)(1), convert_int16(open));
          const long16 up = t < v0;
          lov1 = open & up ? mid + (long16)(1) : lov1;
          hi = open & ~up ? mid : hi;
        }
      }
      const long16 v1 = lov1;
      const long16 v2 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      const long16 v3 = ((v1) + (v2));
      vstore16(v3, 0, b1 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const long16 v0 = vload16(0, b0 + (j));
      long16 lov1 = (long16)(0);
      {
        long16 hi = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? (long16)(n2) : (long16)(0);
        for (;;) {
          const long16 open = lov1 < hi;
          if (!any(open)) break;
          const long16 mid = (lov1 + hi) >> (long16)(1);
          const long16 t = gt_lookup_i64x16(b0, (long16)(n3) + mid * (long16)(1), convert_int16(open));
          const long16 up = t < v0;
          lov1 = open & up ? mid + (long16)(1) : lov1;
          hi = open & ~up ? mid : hi;
        }
      }
      const long16 v1 = lov1;
      const long16 v2 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      const long16 v3 = ((v1) + (v2));
      gt_put_i64x16(v3, b1 + (j), m);
    }
  }
  {
    int n0 = k.n[10];
    int n1 = k.n[11];
    int n2 = k.n[12];
    int n3 = k.n[13];
    int n4 = k.n[14];
    int n5 = k.n[15];
    __global long* b0 = buffer1 + k.n[1];
    const __global long* b1 = buffer2 + k.n[2];
    __global long* b2 = buffer3 + k.n[3];
    const __global long* b3 = buffer4 + k.n[4];
    __global long* b4 = buffer5 + k.n[5];
    long s0 = scalar0;
    long s1 = scalar1;
    long s2 = scalar2;
    const int g = 0;
    int j = g * n1;
    const int e = min(j + n1, n0);
    const long v2 = s0;
    const long v4 = s1;
    const long v10 = s2;
    for (; j + 16 <= e; j += 16) {
      const long16 v0 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      long16 lov1 = (long16)(0);
      {
        long16 hi = (long16)(n2);
        for (;;) {
          const long16 open = lov1 < hi;
          if (!any(open)) break;
          const long16 mid = (lov1 + hi) >> (long16)(1);
          const long16 t = gt_lookup_i64x16(b0, (long16)(0) + mid * (long16)(1), convert_int16(open));
          const long16 up = t < v0;
          lov1 = open & up ? mid + (long16)(1) : lov1;
          hi = open & ~up ? mid : hi;
        }
      }
      const long16 v1 = lov1;
      const int16 v3 = convert_int16(v1 <= (long16)(v2));
      const long16 v5 = v1 < (long16)(v4) ? v1 : (long16)(v4);
      const long16 v6 = convert_long16(v3) ? v1 : v5;
      long16 kv7 = v6;
      kv7 += kv7 < (long16)(0) ? (long16)(n3) : (long16)(0);
      const long16 v7 = gt_lookup_i64x16(b0, (long16)(0) + kv7 * (long16)(1), convert_int16((kv7 >= (long16)(0)) & (kv7 < (long16)(n3))));
      const int16 v8 = convert_int16(v7 == v0);
      const long16 v9 = ((v0) - (v1));
      const long16 v11 = ((v9) + ((long16)(v10)));
      const long16 v12 = convert_long16(v8) ? v1 : v11;
      long16 kv13 = v12;
      kv13 += kv13 < (long16)(0) ? (long16)(n4) : (long16)(0);
      const long16 v13 = gt_lookup_i64x16(b1, (long16)(0) + kv13 * (long16)(1), convert_int16((kv13 >= (long16)(0)) & (kv13 < (long16)(n4))));
      vstore16(v13, 0, b2 + (j));
      long16 kv15 = v13;
      kv15 += kv15 < (long16)(0) ? (long16)(n5) : (long16)(0);
      const long16 v15 = gt_lookup_i64x16(b3, (long16)(0) + kv15 * (long16)(1), convert_int16((kv15 >= (long16)(0)) & (kv15 < (long16)(n5))));
      vstore16(v15, 0, b4 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const long16 v0 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      long16 lov1 = (long16)(0);
      {
        long16 hi = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? (long16)(n2) : (long16)(0);
        for (;;) {
          const long16 open = lov1 < hi;
          if (!any(open)) break;
          const long16 mid = (lov1 + hi) >> (long16)(1);
          const long16 t = gt_lookup_i64x16(b0, (long16)(0) + mid * (long16)(1), convert_int16(open));
          const long16 up = t < v0;
          lov1 = open & up ? mid + (long16)(1) : lov1;
          hi = open & ~up ? mid : hi;
        }
      }
      const long16 v1 = lov1;
      const int16 v3 = convert_int16(v1 <= (long16)(v2));
      const long16 v5 = v1 < (long16)(v4) ? v1 : (long16)(v4);
      const long16 v6 = convert_long16(v3) ? v1 : v5;
      long16 kv7 = v6;
      kv7 += kv7 < (long16)(0) ? (long16)(n3) : (long16)(0);
      const long16 v7 = gt_lookup_i64x16(b0, (long16)(0) + kv7 * (long16)(1), convert_int16((kv7 >= (long16)(0)) & (kv7 < (long16)(n3))) & ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)));
      const int16 v8 = convert_int16(v7 == v0);
      const long16 v9 = ((v0) - (v1));
      const long16 v11 = ((v9) + ((long16)(v10)));
      const long16 v12 = convert_long16(v8) ? v1 : v11;
      long16 kv13 = v12;
      kv13 += kv13 < (long16)(0) ? (long16)(n4) : (long16)(0);
      const long16 v13 = gt_lookup_i64x16(b1, (long16)(0) + kv13 * (long16)(1), convert_int16((kv13 >= (long16)(0)) & (kv13 < (long16)(n4))) & ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)));
      gt_put_i64x16(v13, b2 + (j), m);
      long16 kv15 = v13;
      kv15 += kv15 < (long16)(0) ? (long16)(n5) : (long16)(0);
      const long16 v15 = gt_lookup_i64x16(b3, (long16)(0) + kv15 * (long16)(1), convert_int16((kv15 >= (long16)(0)) & (kv15 < (long16)(n5))) & ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)));
      gt_put_i64x16(v15, b4 + (j), m);
    }
  }
}

struct searchsorted_17f2d08ab9b1_integers { int n[12]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void searchsorted_17f2d08ab9b1(const __global long* restrict buffer0, __global long* restrict buffer1, __global float* restrict buffer2, const struct searchsorted_17f2d08ab9b1_integers k, const double scalar0)
{
  const int group = get_group_id(0);
  if (group < k.n[3]) {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int j = g * n2;
    const int e = min(j + n2, n1);
    for (; j + 16 <= e; j += 16) {
      const long16 v0 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      long16 lov1 = (long16)(0);
      {
        long16 hi = (long16)(n3);
        for (;;) {
          const long16 open = lov1 < hi;
          if (!any(open)) break;
          const long16 mid = (lov1 + hi) >> (long16)(1);
          const long16 t = gt_lookup_i64x16(b0, (long16)(0) + mid * (long16)(1), convert_int16(open));
          const long16 up = t < v0;
          lov1 = open & up ? mid + (long16)(1) : lov1;
          hi = open & ~up ? mid : hi;
        }
      }
      const long16 v1 = lov1;
      vstore16(v1, 0, b1 + (j));
    }
    if (j < e) {
      const int m = e - j;
      const long16 v0 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
      long16 lov1 = (long16)(0);
      {
        long16 hi = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? (long16)(n3) : (long16)(0);
        for (;;) {
          const long16 open = lov1 < hi;
          if (!any(open)) break;
          const long16 mid = (lov1 + hi) >> (long16)(1);
          const long16 t = gt_lookup_i64x16(b0, (long16)(0) + mid * (long16)(1), convert_int16(open));
          const long16 up = t < v0;
          lov1 = open & up ? mid + (long16)(1) : lov1;
          hi = open & ~up ? mid : hi;
        }
      }
      const long16 v1 = lov1;
      gt_put_i64x16(v1, b1 + (j), m);
    }
  }
  else if (group < k.n[8]) {
    int n0 = k.n[9];
    int n1 = k.n[10];
    int n2 = k.n[11];
    __global float* b0 = buffer2 + k.n[2];
    double s0 = scalar0;
    const int g = group - n0;
    int j = g * n2;
    const int e = min(j + n2, n1);
    const float v1 = (float)(s0);
    const float v2 = 0x1.0p0f * v1;
    for (; j + 16 <= e; j += 16) {
      vstore16((float16)(v2), 0, b0 + (j));
    }
    if (j < e) {
      const int m = e - j;
      gt_put_f32x16((float16)(v2), b0 + (j), m);
    }
  }
}

struct segment_sum_682842318f9e_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void segment_sum_682842318f9e(const __global long* restrict buffer0, const __global float* restrict buffer1, const __global long* restrict buffer2, __global float* restrict buffer3, const struct segment_sum_682842318f9e_integers k)
{
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    int n4 = k.n[8];
    int n5 = k.n[9];
    const __global long* b0 = buffer0 + k.n[0];
    const __global long* b1 = buffer2 + k.n[2];
    const __global float* b2 = buffer1 + k.n[1];
    __global float* b3 = buffer3 + k.n[3];
    const int g = get_group_id(0);
    int t = g * n1;
    const int last = min(t + n1, n0);
    const int r1 = t / n2;
    int j = t - r1 * n2;
    int i0 = r1;
    while (t < last) {
      const int e = min(n2, j + last - t);
      t += e - j;
      const long v0 = b0[i0];
      const long v1 = b0[n3 + i0];
      for (; j + 16 <= e; j += 16) {
        float16 qv2 = (float16)(0);
        for (int at = v0; at < v1; at++) {
          const int row = b1[0 + at];
          {
            const float16 c = vload16(0, b2 + (j) + row*n4);
            qv2 = qv2 + c;
          }
        }
        const float16 v2 = qv2;
        vstore16(v2, 0, b3 + (i0*n5 + j));
      }
      if (j < e) {
        const int m = e - j;
        float16 qv2 = (float16)(0);
        for (int at = v0; at < v1; at++) {
          const int row = b1[0 + at];
          {
            const float16 c = vload16(0, b2 + (j) + row*n4);
            qv2 = qv2 + c;
          }
        }
        const float16 v2 = qv2;
        gt_put_f32x16(v2, b3 + (i0*n5 + j), m);
      }
      j = 0;
      ++i0;
    }
  }
}
