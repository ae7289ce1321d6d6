#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct add_2961c2bb090b_integers { int n[4]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void add_2961c2bb090b(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct add_2961c2bb090b_integers k)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[3];
    const __global float* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    for (int u = 0; u < 2; u++) {
      const int j = g * 2048 + u * 1024 + lid * 4;
      if (j < n0) {
        const float4 w0 = *(const __global float4*)(b0 + (j));
        const float v0e0 = w0.x;
        const float v0e1 = w0.y;
        const float v0e2 = w0.z;
        const float v0e3 = w0.w;
        const float4 w1 = *(const __global float4*)(b1 + (j));
        const float v1e0 = w1.x;
        const float v1e1 = w1.y;
        const float v1e2 = w1.z;
        const float v1e3 = w1.w;
        const float v2e0 = v0e0 + v1e0;
        const float v2e1 = v0e1 + v1e1;
        const float v2e2 = v0e2 + v1e2;
        const float v2e3 = v0e3 + v1e3;
        float4 w2;
        w2.x = v2e0;
        w2.y = v2e1;
        w2.z = v2e2;
        w2.w = v2e3;
        *(__global float4*)(b2 + (j)) = w2;
      }
    }
  }
}
