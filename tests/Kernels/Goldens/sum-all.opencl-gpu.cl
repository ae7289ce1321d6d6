#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

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

struct sum_1070289cd011_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_1070289cd011(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_1070289cd011_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int end = here ? n1 : 0;
    float q1 = (float)(0);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[j];
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
    if (t == 0 && here) {
      b1[0] = v1;
    }
  }
}
