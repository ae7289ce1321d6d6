#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct add_90929f3c67fb_integers { int n[14]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void add_90929f3c67fb(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct add_90929f3c67fb_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[528];
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    int n4 = k.n[7];
    int n5 = k.n[8];
    int n6 = k.n[9];
    int n7 = k.n[10];
    int n8 = k.n[11];
    int n9 = k.n[12];
    int n10 = k.n[13];
    const __global float* b0 = buffer0 + k.n[0];
    const __global float* b1 = buffer1 + k.n[1];
    __global float* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    const int tx = lid & 31, ty = lid >> 5;
    const int line = (int)(mul_hi((uint)(g), (uint)n0) >> n1), w0 = (g - line * n2) * 32;
    const int other = (int)(mul_hi((uint)(line), (uint)n3) >> n4), r0 = (line - other * n5) * 32;
    __local float* t0 = (__local float*)(shared + 0);
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + tx, i1 = w0 + u;
      if (i0 < n6 && i1 < n7) {
        const float v0 = b0[i0 + i1*n8];
        t0[u * 33 + tx] = v0;
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + u, i1 = w0 + tx;
      if (i0 < n6 && i1 < n7) {
        const float v0 = t0[tx * 33 + u];
        const float v1 = b1[i0*n9 + i1];
        const float v2 = v0 + v1;
        b2[i0*n10 + i1] = v2;
      }
    }
  }
}
