#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct mul_sum_276cfaaa4df8_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void mul_sum_276cfaaa4df8(const __global float* restrict buffer0, __global float* restrict buffer1, const struct mul_sum_276cfaaa4df8_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int t = lid & 255;
    const int row = g;
    float q2 = (float)(0);
    for (int j = t; j < n1; j += 256) {
      const float v0 = b0[j];
      const float v1 = v0 * v0;
      const float c2 = v1;
      q2 = q2 + c2;
    }
    __local float* m2 = (__local float*)shared;
    m2[lid] = q2;
    for (int s = 128; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m2[lid + s];
          m2[lid] = m2[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q2 = m2[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v2 = q2;
    if (t == 0) {
      b1[0] = v2;
    }
  }
}

struct mul_add_sub_sqrt_div_038032462974_integers { int n[5]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void mul_add_sub_sqrt_div_038032462974(__global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, const struct mul_add_sub_sqrt_div_038032462974_integers k, const double scalar0, const double scalar1, const double scalar2, const double scalar3, const double scalar4, const double scalar5)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[4];
    __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    __global float* b3 = buffer3 + k.n[3];
    double s0 = scalar0;
    double s1 = scalar1;
    double s2 = scalar2;
    double s3 = scalar3;
    double s4 = scalar4;
    double s5 = scalar5;
    const int g = get_group_id(0);
    const float v7 = (float)(s0);
    const float v12 = (float)(s1);
    const float v14 = (float)(s2);
    const float v15 = 0.0f * v14;
    const float v19 = (float)(s3);
    const float v21 = (float)(s4);
    const float v24 = (float)(s5);
    const int j = g * 256 + lid;
    if (j < n0) {
      const float v1 = b0[j];
      const float v2 = 0x1.0p0f * v1;
      const float v3 = v2 + v2;
      b1[j] = v3;
      const float v6 = v3 - 0.0f;
      const float v8 = v6 * v7;
      const float v9 = 0.0f + v8;
      b2[j] = v9;
      const float v11 = v3 * v3;
      const float v13 = v11 * v12;
      const float v16 = v15 + v13;
      b3[j] = v16;
      const float v18 = sqrt(v16);
      const float v20 = v18 / v19;
      const float v22 = v20 + v21;
      const float v23 = v9 / v22;
      const float v25 = v23 * v24;
      const float v26 = v1 - v25;
      b0[j] = v26;
    }
  }
}

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct mul_add_sub_sqrt_div_a4edec2de6f3_integers { int n[5]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void mul_add_sub_sqrt_div_a4edec2de6f3(__global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, __global float* restrict buffer3, const struct mul_add_sub_sqrt_div_a4edec2de6f3_integers k, const double scalar0, const double scalar1, const double scalar2, const double scalar3, const double scalar4, const double scalar5)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[4];
    __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    __global float* b3 = buffer3 + k.n[3];
    double s0 = scalar0;
    double s1 = scalar1;
    double s2 = scalar2;
    double s3 = scalar3;
    double s4 = scalar4;
    double s5 = scalar5;
    const int g = get_group_id(0);
    const float v7 = (float)(s0);
    const float v12 = (float)(s1);
    const float v15 = (float)(s2);
    const float v20 = (float)(s3);
    const float v22 = (float)(s4);
    const float v25 = (float)(s5);
    const int j = g * 256 + lid;
    if (j < n0) {
      const float v1 = b0[j];
      const float v2 = 0x1.0p0f * v1;
      const float v3 = v2 + v2;
      b1[j] = v3;
      const float v5 = b2[j];
      const float v6 = v3 - v5;
      const float v8 = v6 * v7;
      const float v9 = v5 + v8;
      b2[j] = v9;
      const float v11 = b3[j];
      const float v13 = v11 * v12;
      const float v14 = v3 * v3;
      const float v16 = v14 * v15;
      const float v17 = v13 + v16;
      b3[j] = v17;
      const float v19 = sqrt(v17);
      const float v21 = v19 / v20;
      const float v23 = v21 + v22;
      const float v24 = v9 / v23;
      const float v26 = v24 * v25;
      const float v27 = v1 - v26;
      b0[j] = v27;
    }
  }
}
