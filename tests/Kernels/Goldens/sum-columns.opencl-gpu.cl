#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct sum_78d24ca1921c_integers { int n[5]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_78d24ca1921c(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_78d24ca1921c_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    const int t = g * 256 + lid;
    if (t < n0) {
      int j = t;
      float rv1 = (float)(0);
      for (int ty = 0; ty < 8; ty++) {
        float qv1 = (float)(0);
        for (int z1 = ty; z1 < n1; z1 += 8) {
          const float v0 = b0[z1*n2 + j];
          {
            const float c = v0;
            qv1 = qv1 + c;
          }
        }
        {
          const float c = qv1;
          rv1 = rv1 + c;
        }
      }
      const float v1 = rv1;
      b1[j] = v1;
    }
  }
}
