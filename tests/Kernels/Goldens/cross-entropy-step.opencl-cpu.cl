#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float16 gt_expk_f32x16(float16 x, int16 k) {
  float16 c = x > (float16)(90.0f) ? (float16)(90.0f) : x; c = c < (float16)(-106.0f) ? (float16)(-106.0f) : c;
  const float16 t = fma(c, (float16)(0x1.715476p0f), (float16)(12582912.0f));
  const int16 n = (as_int16(t) - 0x4b400000) + k;
  const float16 f = t - (float16)(12582912.0f);
  const float16 r = fma(f, (float16)(0x1.05c61p-29f), fma(f, (float16)(-0x1.62e43p-1f), c));
  const float16 y = fma(r * r, fma(fma(fma(fma((float16)(0x1.6a1a72p-10f), r, (float16)(0x1.123fc6p-7f)), r, (float16)(0x1.555916p-5f)), r, (float16)(0x1.55548ap-3f)), r, (float16)(0x1.fffffcp-2f)), r) + (float16)(1.0f);
  const int16 h = n >> 1;
  return y * as_float16((h + 127) << 23) * as_float16((n - h + 127) << 23);
}
static inline float16 gt_exp_f32x16(float16 x) { return gt_expk_f32x16(x, (int16)(0)); }
static inline float gt_split_f32(float x, float* e) {
  const int low = x < (float)(0x1.0p-126f);
  const float y = low ? x * (float)(8388608.0f) : x;
  const int i = as_int(y) - 0x3f3504f3;
  *e = (float)(i >> 23) - (low ? (float)(23.0f) : (float)(0.0f));
  return as_float((i & 0x007fffff) + 0x3f3504f3) - (float)(1.0f);
}
static inline float gt_logedge_f32(float x, float r) {
  r = x > (float)(0.0f) ? (x < (float)(INFINITY) ? r : x) : (float)(NAN);
  return x == (float)(0.0f) ? (float)(-INFINITY) : r;
}
static inline float gt_logtail_f32(float f) { const float z = f * f; return fma(f * z, fma(fma(fma(fma(fma(fma(fma(fma((float)(0x1.1457b8p-4f), f, (float)(-0x1.de3c1cp-4f)), f, (float)(0x1.e6f066p-4f)), f, (float)(-0x1.fc2206p-4f)), f, (float)(0x1.233768p-3f)), f, (float)(-0x1.555c4ep-3f)), f, (float)(0x1.99a4b6p-3f)), f, (float)(-0x1.000006p-2f)), f, (float)(0x1.555548p-2f)), z * (float)(-0.5f)); }
static inline float gt_log_f32(float x) {
  float e; const float f = gt_split_f32(x, &e);
  return gt_logedge_f32(x, fma(e, (float)(0x1.62e4p-1f), f + fma(e, (float)(0x1.7f7d1cp-20f), gt_logtail_f32(f))));
}
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline void gt_put_u8x16(uchar16 v, __global uchar* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  uchar8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  uchar4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  uchar2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline float gt_tree_max_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = (a > b) | (a != a) ? a : b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = (a > b) | (a != a) ? a : b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = (a > b) | (a != a) ? a : b; }
  const float a = r2.lo, b = r2.hi; return (a > b) | (a != a) ? a : b;
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

struct amax_sub_exp_sum_log_lt_101226154593_integers { int n[34]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void amax_sub_exp_sum_log_lt_101226154593(const __global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, const __global long* restrict buffer4, __global long* restrict buffer5, __global uchar* restrict buffer6, __global float* restrict buffer7, __global float* restrict buffer8, __global float* restrict buffer9, __global float* restrict buffer10, const struct amax_sub_exp_sum_log_lt_101226154593_integers k, const long scalar0, const long scalar1, const long scalar2)
{
  {
    int n0 = k.n[11];
    int n1 = k.n[12];
    int n2 = k.n[13];
    int n3 = k.n[14];
    int n4 = k.n[15];
    int n5 = k.n[16];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer3 + k.n[3];
    __global float* b3 = buffer2 + k.n[2];
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      float16 q1_0 = (float16)((float)(-INFINITY)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = v0;
          const float16 y1 = (q1_0 > c1) | (q1_0 != q1_0) ? q1_0 : c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(-INFINITY));
          const float16 y1 = (q1_0 > c1) | (q1_0 != q1_0) ? q1_0 : c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = (q1_0 > q1_2) | (q1_0 != q1_0) ? q1_0 : q1_2;
      const float16 w1_1 = (q1_1 > q1_3) | (q1_1 != q1_1) ? q1_1 : q1_3;
      const float16 w1 = (w1_0 > w1_1) | (w1_0 != w1_0) ? w1_0 : w1_1;
      const float v1 = gt_tree_max_f32x16(w1);
      float16 q5_0 = (float16)((float)(0)), q5_1 = q5_0, q5_2 = q5_0, q5_3 = q5_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v2 = v0 - (float16)(v1);
          const float16 v3 = gt_exp_f32x16(v2);
          const float16 c5 = v3;
          const float16 y5 = q5_0 + c5;
          q5_0 = q5_1;
          q5_1 = q5_2;
          q5_2 = q5_3;
          q5_3 = y5;
          vstore16(v3, 0, b1 + (i0*n4 + j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v2 = v0 - (float16)(v1);
          const float16 v3 = gt_exp_f32x16(v2);
          const float16 c5 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v3 : (float16)((float)(0));
          const float16 y5 = q5_0 + c5;
          q5_0 = q5_1;
          q5_1 = q5_2;
          q5_2 = q5_3;
          q5_3 = y5;
          gt_put_f32x16(v3, b1 + (i0*n4 + j), m);
        }
      }
      const float16 w5_0 = q5_0 + q5_2;
      const float16 w5_1 = q5_1 + q5_3;
      const float16 w5 = w5_0 + w5_1;
      const float v5 = gt_tree_sum_f32x16(w5);
      const float v7 = gt_log_f32(v5);
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v2 = v0 - (float16)(v1);
          const float16 v8 = v2 - (float16)(v7);
          vstore16(v8, 0, b2 + (i0*n5 + j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 v2 = v0 - (float16)(v1);
          const float16 v8 = v2 - (float16)(v7);
          gt_put_f32x16(v8, b2 + (i0*n5 + j), m);
        }
      }
      b3[i0] = v5;
      ++i0;
    }
  }
  {
    int n0 = k.n[17];
    int n1 = k.n[18];
    int n2 = k.n[19];
    const __global long* b0 = buffer4 + k.n[4];
    __global long* b1 = buffer5 + k.n[5];
    long s0 = scalar0;
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    for (; row < last; row++) {
      const long v6 = s0;
      long16 q13_0 = (long16)((long)(0x8000000000000000UL)), q13_1 = q13_0, q13_2 = q13_0, q13_3 = q13_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 < (long16)((long)0x0UL));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0xaUL));
          const int16 v5 = v2 | v4;
          const int16 v7 = convert_int16(v0 != (long16)(v6));
          const int16 v8 = v5 & v7;
          const long16 v10 = v0 > (long16)((long)0x8000000000000002UL) ? v0 : (long16)((long)0x8000000000000002UL);
          const long16 v12 = convert_long16(v8) ? v10 : (long16)((long)0x8000000000000001UL);
          const long16 c13 = v12;
          const long16 y13 = q13_0 > c13 ? q13_0 : c13;
          q13_0 = q13_1;
          q13_1 = q13_2;
          q13_2 = q13_3;
          q13_3 = y13;
        }
        if (j < n2) {
          const int m = n2 - j;
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 < (long16)((long)0x0UL));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0xaUL));
          const int16 v5 = v2 | v4;
          const int16 v7 = convert_int16(v0 != (long16)(v6));
          const int16 v8 = v5 & v7;
          const long16 v10 = v0 > (long16)((long)0x8000000000000002UL) ? v0 : (long16)((long)0x8000000000000002UL);
          const long16 v12 = convert_long16(v8) ? v10 : (long16)((long)0x8000000000000001UL);
          const long16 c13 = ((long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (long16)(m)) ? v12 : (long16)((long)(0x8000000000000000UL));
          const long16 y13 = q13_0 > c13 ? q13_0 : c13;
          q13_0 = q13_1;
          q13_1 = q13_2;
          q13_2 = q13_3;
          q13_3 = y13;
        }
      }
      const long16 w13_0 = q13_0 > q13_2 ? q13_0 : q13_2;
      const long16 w13_1 = q13_1 > q13_3 ? q13_1 : q13_3;
      const long16 w13 = w13_0 > w13_1 ? w13_0 : w13_1;
      const long v13 = gt_tree_max_i64x16(w13);
      b1[0] = v13;
    }
  }
  {
    int n0 = k.n[20];
    int n1 = k.n[21];
    int n2 = k.n[22];
    int n3 = k.n[23];
    int n4 = k.n[24];
    const __global long* b0 = buffer4 + k.n[4];
    __global float* b1 = buffer3 + k.n[3];
    __global uchar* b2 = buffer6 + k.n[6];
    __global float* b3 = buffer7 + k.n[7];
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      const long v1 = b0[i0];
      float16 q7_0 = (float16)((float)(0)), q7_1 = q7_0, q7_2 = q7_0, q7_3 = q7_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const long16 v0 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
          const int16 v2 = convert_int16(v0 == (long16)(v1));
          const float16 v4 = vload16(0, b1 + (i0*n3 + j));
          const float16 v6 = v2 ? v4 : (float16)(0.0f);
          const float16 c7 = v6;
          const float16 y7 = q7_0 + c7;
          q7_0 = q7_1;
          q7_1 = q7_2;
          q7_2 = q7_3;
          q7_3 = y7;
          vstore16(convert_uchar16((v2) & 1), 0, b2 + (i0*n4 + j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const long16 v0 = (long16)(j) + (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * (long16)(1);
          const int16 v2 = convert_int16(v0 == (long16)(v1));
          const float16 v4 = vload16(0, b1 + (i0*n3 + j));
          const float16 v6 = v2 ? v4 : (float16)(0.0f);
          const float16 c7 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v6 : (float16)((float)(0));
          const float16 y7 = q7_0 + c7;
          q7_0 = q7_1;
          q7_1 = q7_2;
          q7_2 = q7_3;
          q7_3 = y7;
          gt_put_u8x16(convert_uchar16((v2) & 1), b2 + (i0*n4 + j), m);
        }
      }
      const float16 w7_0 = q7_0 + q7_2;
      const float16 w7_1 = q7_1 + q7_3;
      const float16 w7 = w7_0 + w7_1;
      const float v7 = gt_tree_sum_f32x16(w7);
      const float v8 = -v7;
      b3[i0] = v8;
      ++i0;
    }
  }
  {
    int n0 = k.n[25];
    int n1 = k.n[26];
    int n2 = k.n[27];
    const __global long* b0 = buffer4 + k.n[4];
    __global float* b1 = buffer7 + k.n[7];
    __global float* b2 = buffer9 + k.n[9];
    __global float* b3 = buffer8 + k.n[8];
    long s0 = scalar1;
    long s1 = scalar2;
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    for (; row < last; row++) {
      const long v1 = s0;
      const long v5 = s1;
      float16 q13_0 = (float16)((float)(0)), q13_1 = q13_0, q13_2 = q13_0, q13_3 = q13_0;
      float16 q15_0 = (float16)((float)(0)), q15_1 = q15_0, q15_2 = q15_0, q15_3 = q15_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 != (long16)(v1));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0x0UL));
          const int16 v6 = convert_int16(v0 < (long16)(v5));
          const int16 v7 = v4 & v6;
          const float16 v8 = vload16(0, b1 + (j));
          const float16 v10 = v7 ? v8 : (float16)(as_float(0xffc00000u));
          const float16 v12 = v2 ? v10 : (float16)(0.0f);
          const float16 c13 = v12;
          const float16 y13 = q13_0 + c13;
          q13_0 = q13_1;
          q13_1 = q13_2;
          q13_2 = q13_3;
          q13_3 = y13;
          const float16 v14 = convert_float16(((v2) & 1));
          const float16 c15 = v14;
          const float16 y15 = q15_0 + c15;
          q15_0 = q15_1;
          q15_1 = q15_2;
          q15_2 = q15_3;
          q15_3 = y15;
        }
        if (j < n2) {
          const int m = n2 - j;
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 != (long16)(v1));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0x0UL));
          const int16 v6 = convert_int16(v0 < (long16)(v5));
          const int16 v7 = v4 & v6;
          const float16 v8 = vload16(0, b1 + (j));
          const float16 v10 = v7 ? v8 : (float16)(as_float(0xffc00000u));
          const float16 v12 = v2 ? v10 : (float16)(0.0f);
          const float16 c13 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v12 : (float16)((float)(0));
          const float16 y13 = q13_0 + c13;
          q13_0 = q13_1;
          q13_1 = q13_2;
          q13_2 = q13_3;
          q13_3 = y13;
          const float16 v14 = convert_float16(((v2) & 1));
          const float16 c15 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v14 : (float16)((float)(0));
          const float16 y15 = q15_0 + c15;
          q15_0 = q15_1;
          q15_1 = q15_2;
          q15_2 = q15_3;
          q15_3 = y15;
        }
      }
      const float16 w13_0 = q13_0 + q13_2;
      const float16 w13_1 = q13_1 + q13_3;
      const float16 w13 = w13_0 + w13_1;
      const float v13 = gt_tree_sum_f32x16(w13);
      const float16 w15_0 = q15_0 + q15_2;
      const float16 w15_1 = q15_1 + q15_3;
      const float16 w15 = w15_0 + w15_1;
      const float v15 = gt_tree_sum_f32x16(w15);
      const float v16 = v13 / v15;
      const float v19 = 0x1.0p0f / v15;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 != (long16)(v1));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0x0UL));
          const int16 v6 = convert_int16(v0 < (long16)(v5));
          const int16 v7 = v4 & v6;
          const float16 v20 = v2 ? (float16)(v19) : (float16)(0.0f);
          const float16 v21 = v7 ? v20 : (float16)(0.0f);
          const float16 v22 = -v21;
          vstore16(v22, 0, b2 + (j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const long16 v0 = vload16(0, b0 + (j));
          const int16 v2 = convert_int16(v0 != (long16)(v1));
          const int16 v4 = convert_int16(v0 >= (long16)((long)0x0UL));
          const int16 v6 = convert_int16(v0 < (long16)(v5));
          const int16 v7 = v4 & v6;
          const float16 v20 = v2 ? (float16)(v19) : (float16)(0.0f);
          const float16 v21 = v7 ? v20 : (float16)(0.0f);
          const float16 v22 = -v21;
          gt_put_f32x16(v22, b2 + (j), m);
        }
      }
      b3[0] = v16;
    }
  }
  {
    int n0 = k.n[28];
    int n1 = k.n[29];
    int n2 = k.n[30];
    int n3 = k.n[31];
    int n4 = k.n[32];
    int n5 = k.n[33];
    __global float* b0 = buffer9 + k.n[9];
    __global float* b1 = buffer2 + k.n[2];
    __global uchar* b2 = buffer6 + k.n[6];
    __global float* b3 = buffer1 + k.n[1];
    __global float* b4 = buffer10 + k.n[10];
    const int g = 0;
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      const float v1 = b0[i0];
      const float v6 = b1[i0];
      float16 q5_0 = (float16)((float)(0)), q5_1 = q5_0, q5_2 = q5_0, q5_3 = q5_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const int16 v0 = convert_int16((vload16(0, b2 + (i0*n3 + j))) != (uchar16)(0));
          const float16 v3 = v0 ? (float16)(v1) : (float16)(0.0f);
          const float16 v4 = -v3;
          const float16 c5 = v4;
          const float16 y5 = q5_0 + c5;
          q5_0 = q5_1;
          q5_1 = q5_2;
          q5_2 = q5_3;
          q5_3 = y5;
        }
        if (j < n2) {
          const int m = n2 - j;
          const int16 v0 = convert_int16((vload16(0, b2 + (i0*n3 + j))) != (uchar16)(0));
          const float16 v3 = v0 ? (float16)(v1) : (float16)(0.0f);
          const float16 v4 = -v3;
          const float16 c5 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v4 : (float16)((float)(0));
          const float16 y5 = q5_0 + c5;
          q5_0 = q5_1;
          q5_1 = q5_2;
          q5_2 = q5_3;
          q5_3 = y5;
        }
      }
      const float16 w5_0 = q5_0 + q5_2;
      const float16 w5_1 = q5_1 + q5_3;
      const float16 w5 = w5_0 + w5_1;
      const float v5 = gt_tree_sum_f32x16(w5);
      const float v7 = v5 / v6;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const int16 v0 = convert_int16((vload16(0, b2 + (i0*n3 + j))) != (uchar16)(0));
          const float16 v3 = v0 ? (float16)(v1) : (float16)(0.0f);
          const float16 v8 = vload16(0, b3 + (i0*n4 + j));
          const float16 v9 = (float16)(v7) * v8;
          const float16 v10 = v3 + v9;
          vstore16(v10, 0, b4 + (i0*n5 + j));
        }
        if (j < n2) {
          const int m = n2 - j;
          const int16 v0 = convert_int16((vload16(0, b2 + (i0*n3 + j))) != (uchar16)(0));
          const float16 v3 = v0 ? (float16)(v1) : (float16)(0.0f);
          const float16 v8 = vload16(0, b3 + (i0*n4 + j));
          const float16 v9 = (float16)(v7) * v8;
          const float16 v10 = v3 + v9;
          gt_put_f32x16(v10, b4 + (i0*n5 + j), m);
        }
      }
      ++i0;
    }
  }
}
