#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct max_20c5c1feb0f7_integers { int n[6]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void max_20c5c1feb0f7(const __global float* restrict buffer0, __global float* restrict buffer1, __global long* restrict buffer2, const struct max_20c5c1feb0f7_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    __global long* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    float q1 = (float)(-INFINITY);
    int x1 = t;
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float c1 = v0;
      if ((c1 > q1) | ((c1 != c1) & (q1 == q1))) {
        q1 = c1;
        x1 = j;
      }
    }
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    __local int* p1 = (__local int*)(shared + 256);
    p1[lid] = x1;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          const int p = p1[lid + s];
          if (((c > m1[lid]) | ((c != c) & (m1[lid] == m1[lid]))) || (((m1[lid] == c) | ((m1[lid] != m1[lid]) & (c != c))) && p < p1[lid])) {
            m1[lid] = c;
            p1[lid] = p;
          }
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    x1 = p1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const long v1 = (long)x1;
    if (t == 0 && here) {
      const float v2 = q1;
      const long v4 = v1;
      b1[i0] = v2;
      b2[i0] = v4;
    }
  }
}
