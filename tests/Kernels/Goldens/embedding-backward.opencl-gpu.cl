#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct lt_ge_logical_or_maximum_where_amax_2a22427b4e58_integers { int n[16]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void lt_ge_logical_or_maximum_where_amax_2a22427b4e58(const __global long* restrict buffer0, __global long* restrict buffer1, const __global float* restrict buffer2, __global float* restrict buffer3, const struct lt_ge_logical_or_maximum_where_amax_2a22427b4e58_integers k, const double scalar0)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  const int group = get_group_id(0);
  if (group < k.n[4]) {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    long q10 = (long)(0x8000000000000000UL);
    for (int j = t; j < end; j += 32) {
      const long v0 = b0[j];
      const int v2 = v0 < (long)0x0UL;
      const int v4 = v0 >= (long)0x3e8UL;
      const int v5 = v2 | v4;
      const long v7 = v0 > (long)0x8000000000000002UL ? v0 : (long)0x8000000000000002UL;
      const long v9 = v5 ? v7 : (long)0x8000000000000001UL;
      const long c10 = v9;
      q10 = q10 > c10 ? q10 : c10;
    }
    __local long* m10 = (__local long*)shared;
    m10[lid] = q10;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const long c = m10[lid + s];
          m10[lid] = m10[lid] > c ? m10[lid] : c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q10 = m10[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const long v10 = q10;
    if (t == 0 && here) {
      b1[0] = v10;
    }
  }
  else if (group < k.n[8]) {
    int n0 = k.n[9];
    int n1 = k.n[10];
    int n2 = k.n[11];
    int n3 = k.n[12];
    int n4 = k.n[13];
    int n5 = k.n[14];
    int n6 = k.n[15];
    const __global long* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer2 + k.n[2];
    __global float* b2 = buffer3 + k.n[3];
    double s0 = scalar0;
    const int g = group - n0;
    const float v2 = (float)(s0);
    const int j = g * 256 + lid;
    if (j < n1) {
      const int d0 = (int)(mul_hi((uint)(j), (uint)n2) >> n3), d1 = j - d0 * n4;
      const long v0 = b0[d0];
      const long kv1 = (long)v0 + (v0 < 0 ? n6 : 0);
      const float v1 = kv1 >= 0 && kv1 < n6 ? b1[d1 + kv1*n5] : (float)(0);
      const float v3 = v1 * v2;
      b2[j] = v3;
    }
  }
}

struct sum_41c6f228a53e_integers { int n[6]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_41c6f228a53e(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_41c6f228a53e_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int t = lid & 255;
    const int row = g;
    int i0 = row;
    const int len = min(n1, n2 - i0 * n1);
    float q1 = (float)(0);
    for (int j = t; j < len; j += 256) {
      const float v0 = b0[i0*n3 + j];
      const float c1 = v0;
      q1 = q1 + c1;
    }
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 128; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = m1[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v1 = q1;
    if (t == 0) {
      b1[i0] = v1;
    }
  }
}

struct sum_lt_add_where_508c13a9554d_integers { int n[12]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_lt_add_where_508c13a9554d(const __global float* restrict buffer0, __global float* restrict buffer1, const __global long* restrict buffer2, __global long* restrict buffer3, __global long* restrict buffer4, const struct sum_lt_add_where_508c13a9554d_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  const int group = get_group_id(0);
  if (group < k.n[5]) {
    int n0 = k.n[6];
    int n1 = k.n[7];
    int n2 = k.n[8];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int t = lid & 3;
    const int wanted = g * 64 + lid / 4, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    float q1 = (float)(0);
    for (int j = t; j < end; j += 4) {
      const float v0 = b0[j];
      const float c1 = v0;
      q1 = q1 + c1;
    }
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 2; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = m1[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v1 = q1;
    if (t == 0 && here) {
      b1[0] = v1;
    }
  }
  else if (group < k.n[9]) {
    int n0 = k.n[10];
    int n1 = k.n[11];
    const __global long* b0 = buffer2 + k.n[2];
    __global long* b1 = buffer3 + k.n[3];
    __global long* b2 = buffer4 + k.n[4];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const long v0 = b0[j];
      const int v2 = v0 < (long)0x0UL;
      const long v4 = (long)((ulong)(v0) + (ulong)((long)0x3e8UL));
      const long v5 = v2 ? v4 : v0;
      b1[j] = v5;
      b2[j] = v5;
    }
  }
}

struct lt_eq_logical_and_logical_or_sum_b9ec0f2f8906_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void lt_eq_logical_and_logical_or_sum_b9ec0f2f8906(const __global long* restrict buffer0, __global long* restrict buffer1, const struct lt_eq_logical_and_logical_or_sum_b9ec0f2f8906_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    int n5 = k.n[7];
    int n6 = k.n[8];
    int n7 = k.n[9];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int r1 = (int)(mul_hi((uint)(row), (uint)n2) >> n3);
    int i1 = row - r1 * n4;
    int i0 = r1;
    const int end = here ? n1 : 0;
    const long v1 = b0[i0*n5 + i1];
    const long v5 = (long)(i1);
    long q10 = (long)(0);
    for (int j = t; j < end; j += 32) {
      const long v0 = b0[i0*n6 + j];
      const int v2 = v0 < v1;
      const int v3 = v0 == v1;
      const long v4 = (long)(j);
      const int v6 = v4 < v5;
      const int v7 = v3 & v6;
      const int v8 = v2 | v7;
      const long v9 = (long)(((v8) & 1));
      const long c10 = v9;
      q10 = (long)((ulong)(q10) + (ulong)(c10));
    }
    __local long* m10 = (__local long*)shared;
    m10[lid] = q10;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const long c = m10[lid + s];
          m10[lid] = (long)((ulong)(m10[lid]) + (ulong)(c));
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q10 = m10[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const long v10 = q10;
    if (t == 0 && here) {
      b1[i0*n7 + i1] = v10;
    }
  }
}

struct eq_where_sum_gather_add_abd8d08abe39_integers { int n[15]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void eq_where_sum_gather_add_abd8d08abe39(const __global long* restrict buffer0, const __global long* restrict buffer1, __global long* restrict buffer2, __global long* restrict buffer3, const struct eq_where_sum_gather_add_abd8d08abe39_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
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
    int n10 = k.n[14];
    const __global long* b0 = buffer0 + k.n[0];
    const __global long* b1 = buffer1 + k.n[1];
    __global long* b2 = buffer2 + k.n[2];
    __global long* b3 = buffer3 + k.n[3];
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int r1 = (int)(mul_hi((uint)(row), (uint)n2) >> n3);
    int i1 = row - r1 * n4;
    int i0 = r1;
    const int end = here ? n1 : 0;
    const long v1 = (long)(i1);
    const long v9 = (long)(i0*n5);
    long q6 = (long)(0);
    for (int j = t; j < end; j += 32) {
      const long v0 = b0[i0*n6 + j];
      const int v2 = v0 == v1;
      const long v3 = (long)(j);
      const long v5 = v2 ? v3 : (long)0x0UL;
      const long c6 = v5;
      q6 = (long)((ulong)(q6) + (ulong)(c6));
    }
    __local long* m6 = (__local long*)shared;
    m6[lid] = q6;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const long c = m6[lid + s];
          m6[lid] = (long)((ulong)(m6[lid]) + (ulong)(c));
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q6 = m6[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const long v6 = q6;
    if (t == 0 && here) {
      const long kv7 = (long)v6 + (v6 < 0 ? n7 : 0);
      const long v7 = kv7 >= 0 && kv7 < n7 ? b1[i0*n8 + kv7] : (long)(0);
      const long v10 = (long)((ulong)(v6) + (ulong)(v9));
      b2[i0*n9 + i1] = v7;
      b3[i0*n10 + i1] = v10;
    }
  }
}

struct searchsorted_add_4cb67b98023a_integers { int n[5]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void searchsorted_add_4cb67b98023a(const __global long* restrict buffer0, __global long* restrict buffer1, const struct searchsorted_add_4cb67b98023a_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int j = g * 256 + lid;
    if (j < n0) {
      const long v0 = b0[j];
      int lov1 = 0;
      for (int hi = n1; lov1 < hi;) {
        const int mid = (lov1 + hi) >> 1;
        const long t = b0[n2 + mid];
        if (t < v0) {
          lov1 = mid + 1;
        }
        else {
          hi = mid;
        }
      }
      const long v1 = (long)(lov1);
      const long v2 = (long)(j);
      const long v3 = (long)((ulong)(v1) + (ulong)(v2));
      b1[j] = v3;
    }
  }
}

struct searchsorted_le_minimum_where_gather_eq_55260d19037d_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void searchsorted_le_minimum_where_gather_eq_55260d19037d(const __global long* restrict buffer0, const __global long* restrict buffer1, __global long* restrict buffer2, const __global long* restrict buffer3, __global long* restrict buffer4, const struct searchsorted_le_minimum_where_gather_eq_55260d19037d_integers k, const long scalar0, const long scalar1, const long scalar2)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    int n3 = k.n[8];
    int n4 = k.n[9];
    const __global long* b0 = buffer0 + k.n[0];
    const __global long* b1 = buffer1 + k.n[1];
    __global long* b2 = buffer2 + k.n[2];
    const __global long* b3 = buffer3 + k.n[3];
    __global long* b4 = buffer4 + k.n[4];
    long s0 = scalar0;
    long s1 = scalar1;
    long s2 = scalar2;
    const int g = get_group_id(0);
    const long v2 = s0;
    const long v4 = s1;
    const long v10 = s2;
    const int j = g * 256 + lid;
    if (j < n0) {
      const long v0 = (long)(j);
      int lov1 = 0;
      for (int hi = n1; lov1 < hi;) {
        const int mid = (lov1 + hi) >> 1;
        const long t = b0[0 + mid];
        if (t < v0) {
          lov1 = mid + 1;
        }
        else {
          hi = mid;
        }
      }
      const long v1 = (long)(lov1);
      const int v3 = v1 <= v2;
      const long v5 = v1 < v4 ? v1 : v4;
      const long v6 = v3 ? v1 : v5;
      const long kv7 = (long)v6 + (v6 < 0 ? n2 : 0);
      const long v7 = kv7 >= 0 && kv7 < n2 ? b0[0 + kv7] : (long)(0);
      const int v8 = v7 == v0;
      const long v9 = (long)((ulong)(v0) - (ulong)(v1));
      const long v11 = (long)((ulong)(v9) + (ulong)(v10));
      const long v12 = v8 ? v1 : v11;
      const long kv13 = (long)v12 + (v12 < 0 ? n3 : 0);
      const long v13 = kv13 >= 0 && kv13 < n3 ? b1[0 + kv13] : (long)(0);
      b2[j] = v13;
      const long kv15 = (long)v13 + (v13 < 0 ? n4 : 0);
      const long v15 = kv15 >= 0 && kv15 < n4 ? b3[0 + kv15] : (long)(0);
      b4[j] = v15;
    }
  }
}

struct searchsorted_29a7d7828b13_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void searchsorted_29a7d7828b13(const __global long* restrict buffer0, __global long* restrict buffer1, __global float* restrict buffer2, const struct searchsorted_29a7d7828b13_integers k, const double scalar0)
{
  const int lid = get_local_id(0);
  const int group = get_group_id(0);
  if (group < k.n[3]) {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    const __global long* b0 = buffer0 + k.n[0];
    __global long* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const long v0 = (long)(j);
      int lov1 = 0;
      for (int hi = n2; lov1 < hi;) {
        const int mid = (lov1 + hi) >> 1;
        const long t = b0[0 + mid];
        if (t < v0) {
          lov1 = mid + 1;
        }
        else {
          hi = mid;
        }
      }
      const long v1 = (long)(lov1);
      b1[j] = v1;
    }
  }
  else if (group < k.n[7]) {
    int n0 = k.n[8];
    int n1 = k.n[9];
    __global float* b0 = buffer2 + k.n[2];
    double s0 = scalar0;
    const int g = group - n0;
    const float v1 = (float)(s0);
    const float v2 = 0x1.0p0f * v1;
    const int j = g * 256 + lid;
    if (j < n1) {
      b0[j] = v2;
    }
  }
}

struct segment_sum_4f446c5e36cf_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void segment_sum_4f446c5e36cf(const __global long* restrict buffer0, const __global float* restrict buffer1, const __global long* restrict buffer2, __global float* restrict buffer3, const struct segment_sum_4f446c5e36cf_integers k)
{
  const int lid = get_local_id(0);
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
    const int j = g * 256 + lid;
    if (j < n0) {
      const int d0 = (int)(mul_hi((uint)(j), (uint)n1) >> n2), d1 = j - d0 * n3;
      const long v0 = b0[d0];
      const long v1 = b0[n4 + d0];
      float qv2 = (float)(0);
      for (int at = v0; at < v1; at++) {
        const int row = b1[0 + at];
        {
          const float c = b2[d1 + row*n5];
          qv2 = qv2 + c;
        }
      }
      const float v2 = qv2;
      b3[j] = v2;
    }
  }
}
