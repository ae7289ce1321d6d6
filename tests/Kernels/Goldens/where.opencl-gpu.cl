#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct where_c90c6e8a7bc8_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void where_c90c6e8a7bc8(const __global uchar* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct where_c90c6e8a7bc8_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[3];
    const __global uchar* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    const int j = g * 256 + lid;
    if (j < n0) {
      const int v0 = (b0[j]) != (uchar)(0);
      const float v1 = b1[j];
      const float v3 = v0 ? v1 : 0.0f;
      b2[j] = v3;
    }
  }
}
