#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct sum_div_sub_mul_add_rsqrt_e4e3527346b9_integers { int n[8]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_div_sub_mul_add_rsqrt_e4e3527346b9(const __global float* restrict buffer0, const __global float* restrict buffer1, const __global float* restrict buffer2, __global float* restrict buffer3, const struct sum_div_sub_mul_add_rsqrt_e4e3527346b9_integers k, const double scalar0)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    const __global float* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    const __global float* b2 = buffer2 + k.n[2];
    __global float* b3 = buffer3 + k.n[3];
    double s0 = scalar0;
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    const float v8 = (float)(s0);
    float q1 = (float)(0);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float c1 = v0;
      q1 = q1 + c1;
    }
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 16; s > 0; s >>= 1) {
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
    const float v3 = v1 / 0x1.0p10f;
    float q6 = (float)(0);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float v4 = v0 - v3;
      const float v5 = v4 * v4;
      const float c6 = v5;
      q6 = q6 + c6;
    }
    __local float* m6 = (__local float*)shared;
    m6[lid] = q6;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m6[lid + s];
          m6[lid] = m6[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q6 = m6[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v6 = q6;
    const float v7 = v6 / 0x1.0p10f;
    const float v9 = v7 + v8;
    const float v10 = (float)(1) / sqrt(v9);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float v4 = v0 - v3;
      const float v11 = v4 * v10;
      const float v12 = b1[j];
      const float v13 = v11 * v12;
      const float v14 = b2[j];
      const float v15 = v13 + v14;
      b3[i0*n3 + j] = v15;
    }
    if (t == 0 && here) {
    }
  }
}
