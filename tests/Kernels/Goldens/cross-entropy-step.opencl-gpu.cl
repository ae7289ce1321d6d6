#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float gt_expk_f32(float x, int k) {
  float c = x > (float)(90.0f) ? (float)(90.0f) : x; c = c < (float)(-106.0f) ? (float)(-106.0f) : c;
  const float t = fma(c, (float)(0x1.715476p0f), (float)(12582912.0f));
  const int n = (as_int(t) - 0x4b400000) + k;
  const float f = t - (float)(12582912.0f);
  const float r = fma(f, (float)(0x1.05c61p-29f), fma(f, (float)(-0x1.62e43p-1f), c));
  const float y = fma(r * r, fma(fma(fma(fma((float)(0x1.6a1a72p-10f), r, (float)(0x1.123fc6p-7f)), r, (float)(0x1.555916p-5f)), r, (float)(0x1.55548ap-3f)), r, (float)(0x1.fffffcp-2f)), r) + (float)(1.0f);
  const int h = n >> 1;
  return y * as_float((h + 127) << 23) * as_float((n - h + 127) << 23);
}
static inline float gt_exp_f32(float x) { return gt_expk_f32(x, (int)(0)); }
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

struct amax_sub_exp_sum_log_lt_a3e5ad469580_integers { int n[17]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void amax_sub_exp_sum_log_lt_a3e5ad469580(const __global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, const __global long* restrict buffer4, __global long* restrict buffer5, const struct amax_sub_exp_sum_log_lt_a3e5ad469580_integers k, const long scalar0)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  const int group = get_group_id(0);
  if (group < k.n[6]) {
    int n0 = k.n[7];
    int n1 = k.n[8];
    int n2 = k.n[9];
    int n3 = k.n[10];
    int n4 = k.n[11];
    int n5 = k.n[12];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer3 + k.n[3];
    __global float* b3 = buffer2 + k.n[2];
    const int g = group - n0;
    const int t = lid & 15;
    const int wanted = g * 16 + lid / 16, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    int i0 = row;
    const int end = here ? n2 : 0;
    float q1 = (float)(-INFINITY);
    for (int j = t; j < end; j += 16) {
      const float v0 = b0[i0*n3 + j];
      const float c1 = v0;
      q1 = (q1 > c1) | (q1 != q1) ? q1 : c1;
    }
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 8; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = (m1[lid] > c) | (m1[lid] != m1[lid]) ? m1[lid] : c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v1 = q1;
    float q5 = (float)(0);
    for (int j = t; j < end; j += 16) {
      const float v0 = b0[i0*n3 + j];
      const float v2 = v0 - v1;
      const float v3 = gt_exp_f32(v2);
      const float c5 = v3;
      q5 = q5 + c5;
      b1[i0*n4 + j] = v3;
    }
    __local float* m5 = (__local float*)shared;
    m5[lid] = q5;
    for (int s = 8; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m5[lid + s];
          m5[lid] = m5[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q5 = m5[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v5 = q5;
    const float v7 = gt_log_f32(v5);
    for (int j = t; j < end; j += 16) {
      const float v0 = b0[i0*n3 + j];
      const float v2 = v0 - v1;
      const float v8 = v2 - v7;
      b2[i0*n5 + j] = v8;
    }
    if (t == 0 && here) {
      b3[i0] = v5;
    }
  }
  else if (group < k.n[13]) {
    int n0 = k.n[14];
    int n1 = k.n[15];
    int n2 = k.n[16];
    const __global long* b0 = buffer4 + k.n[4];
    __global long* b1 = buffer5 + k.n[5];
    long s0 = scalar0;
    const int g = group - n0;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    const long v6 = s0;
    long q13 = (long)(0x8000000000000000UL);
    for (int j = t; j < end; j += 32) {
      const long v0 = b0[j];
      const int v2 = v0 < (long)0x0UL;
      const int v4 = v0 >= (long)0xaUL;
      const int v5 = v2 | v4;
      const int v7 = v0 != v6;
      const int v8 = v5 & v7;
      const long v10 = v0 > (long)0x8000000000000002UL ? v0 : (long)0x8000000000000002UL;
      const long v12 = v8 ? v10 : (long)0x8000000000000001UL;
      const long c13 = v12;
      q13 = q13 > c13 ? q13 : c13;
    }
    __local long* m13 = (__local long*)shared;
    m13[lid] = q13;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const long c = m13[lid + s];
          m13[lid] = m13[lid] > c ? m13[lid] : c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q13 = m13[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const long v13 = q13;
    if (t == 0 && here) {
      b1[0] = v13;
    }
  }
}

struct eq_where_sum_neg_717c239296a5_integers { int n[8]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void eq_where_sum_neg_717c239296a5(const __global long* restrict buffer0, __global uchar* restrict buffer1, const __global float* restrict buffer2, __global float* restrict buffer3, const struct eq_where_sum_neg_717c239296a5_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    const __global long* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer2 + k.n[2];
    __global uchar* b2 = buffer1 + k.n[1];
    __global float* b3 = buffer3 + k.n[3];
    const int g = get_group_id(0);
    const int t = lid & 15;
    const int wanted = g * 16 + lid / 16, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    const long v1 = b0[i0];
    float q7 = (float)(0);
    for (int j = t; j < end; j += 16) {
      const long v0 = (long)(j);
      const int v2 = v0 == v1;
      const float v4 = b1[i0*n2 + j];
      const float v6 = v2 ? v4 : 0.0f;
      const float c7 = v6;
      q7 = q7 + c7;
      b2[i0*n3 + j] = (uchar)((v2) & 1);
    }
    __local float* m7 = (__local float*)shared;
    m7[lid] = q7;
    for (int s = 8; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m7[lid + s];
          m7[lid] = m7[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q7 = m7[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v7 = q7;
    if (t == 0 && here) {
      const float v8 = -v7;
      b3[i0] = v8;
    }
  }
}

struct ne_ge_lt_logical_and_where_sum_3f205043388a_integers { int n[6]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void ne_ge_lt_logical_and_where_sum_3f205043388a(const __global long* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, const struct ne_ge_lt_logical_and_where_sum_3f205043388a_integers k, const long scalar0, const long scalar1)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    const __global long* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer3 + k.n[3];
    __global float* b3 = buffer2 + k.n[2];
    long s0 = scalar0;
    long s1 = scalar1;
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int end = here ? n1 : 0;
    const long v1 = s0;
    const long v5 = s1;
    float q13 = (float)(0);
    float q15 = (float)(0);
    for (int j = t; j < end; j += 32) {
      const long v0 = b0[j];
      const int v2 = v0 != v1;
      const int v4 = v0 >= (long)0x0UL;
      const int v6 = v0 < v5;
      const int v7 = v4 & v6;
      const float v8 = b1[j];
      const float v10 = v7 ? v8 : as_float(0xffc00000u);
      const float v12 = v2 ? v10 : 0.0f;
      const float c13 = v12;
      q13 = q13 + c13;
      const float v14 = (float)(((v2) & 1));
      const float c15 = v14;
      q15 = q15 + c15;
    }
    __local float* m13 = (__local float*)shared;
    m13[lid] = q13;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m13[lid + s];
          m13[lid] = m13[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q13 = m13[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v13 = q13;
    __local float* m15 = (__local float*)shared;
    m15[lid] = q15;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m15[lid + s];
          m15[lid] = m15[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q15 = m15[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v15 = q15;
    const float v16 = v13 / v15;
    const float v19 = 0x1.0p0f / v15;
    for (int j = t; j < end; j += 32) {
      const long v0 = b0[j];
      const int v2 = v0 != v1;
      const int v4 = v0 >= (long)0x0UL;
      const int v6 = v0 < v5;
      const int v7 = v4 & v6;
      const float v20 = v2 ? v19 : 0.0f;
      const float v21 = v7 ? v20 : 0.0f;
      const float v22 = -v21;
      b2[j] = v22;
    }
    if (t == 0 && here) {
      b3[0] = v16;
    }
  }
}

struct where_neg_sum_div_mul_add_99d1c0b89654_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void where_neg_sum_div_mul_add_99d1c0b89654(const __global uchar* restrict buffer0, const __global float* restrict buffer1, const __global float* restrict buffer2, const __global float* restrict buffer3, __global float* restrict buffer4, const struct where_neg_sum_div_mul_add_99d1c0b89654_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    int n3 = k.n[8];
    int n4 = k.n[9];
    const __global float* b0 = buffer1 + k.n[1];
    const __global float* b1 = buffer2 + k.n[2];
    const __global uchar* b2 = buffer0 + k.n[0];
    const __global float* b3 = buffer3 + k.n[3];
    __global float* b4 = buffer4 + k.n[4];
    const int g = get_group_id(0);
    const int t = lid & 15;
    const int wanted = g * 16 + lid / 16, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    const float v1 = b0[i0];
    const float v6 = b1[i0];
    float q5 = (float)(0);
    for (int j = t; j < end; j += 16) {
      const int v0 = (b2[i0*n2 + j]) != (uchar)(0);
      const float v3 = v0 ? v1 : 0.0f;
      const float v4 = -v3;
      const float c5 = v4;
      q5 = q5 + c5;
    }
    __local float* m5 = (__local float*)shared;
    m5[lid] = q5;
    for (int s = 8; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m5[lid + s];
          m5[lid] = m5[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q5 = m5[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v5 = q5;
    const float v7 = v5 / v6;
    for (int j = t; j < end; j += 16) {
      const int v0 = (b2[i0*n2 + j]) != (uchar)(0);
      const float v3 = v0 ? v1 : 0.0f;
      const float v8 = b3[i0*n3 + j];
      const float v9 = v7 * v8;
      const float v10 = v3 + v9;
      b4[i0*n4 + j] = v10;
    }
    if (t == 0 && here) {
    }
  }
}
