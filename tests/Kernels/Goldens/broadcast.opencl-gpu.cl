#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct add_11afdd879814_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void add_11afdd879814(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct add_11afdd879814_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    const __global float* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    const int j = g * 256 + lid;
    if (j < n0) {
      const int d0 = (int)(mul_hi((uint)(j), (uint)n1) >> n2), d1 = j - d0 * n3;
      const float v0 = b0[j];
      const float v1 = b1[d1];
      const float v2 = v0 + v1;
      b2[j] = v2;
    }
  }
}
