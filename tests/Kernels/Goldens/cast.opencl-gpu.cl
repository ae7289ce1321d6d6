#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct copy_46163ad1aeca_integers { int n[3]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void copy_46163ad1aeca(const __global float* restrict buffer0, __global int* restrict buffer1, const struct copy_46163ad1aeca_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[2];
    const __global float* b0 = buffer0 + k.n[0];
    __global int* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int j = g * 256 + lid;
    if (j < n0) {
      const float v0 = b0[j];
      const int v1 = convert_int_sat(v0);
      b1[j] = v1;
    }
  }
}
