#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct add_5c89d7adc393_integers { int n[17]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void add_5c89d7adc393(const __global float* restrict buffer0, __global float* restrict buffer1, const struct add_5c89d7adc393_integers k)
{
  const int lid = get_local_id(0);
  const int group = get_group_id(0);
  if (group < k.n[2]) {
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
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const int d0 = (int)(mul_hi((uint)(j), (uint)n2) >> n3), d1 = j - d0 * n4;
      const float v0 = b0[n5 + d0*n6 + d1];
      const float v1 = b0[d0*n7 + d1];
      const float v2 = v0 + v1;
      b1[n8 + d0 + d1*n9] = v2;
    }
  }
  else if (group < k.n[13]) {
    int n0 = k.n[14];
    int n1 = k.n[15];
    int n2 = k.n[16];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const float v0 = b0[j*n2];
      b1[j] = v0;
    }
  }
}

struct copy_8381b5e90cab_integers { int n[12]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void copy_8381b5e90cab(const __global float* restrict buffer0, __global float* restrict buffer1, const struct copy_8381b5e90cab_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[528];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    int n5 = k.n[7];
    int n6 = k.n[8];
    int n7 = k.n[9];
    int n8 = k.n[10];
    int n9 = k.n[11];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
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
        b1[i0*n9 + i1] = v0;
      }
    }
  }
}

struct add_e14bbb7a408f_integers { int n[20]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void add_e14bbb7a408f(const __global float* restrict buffer0, __global float* restrict buffer1, const struct add_e14bbb7a408f_integers k)
{
  const int lid = get_local_id(0);
  const int group = get_group_id(0);
  if (group < k.n[2]) {
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
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const int d0 = (int)(mul_hi((uint)(j), (uint)n2) >> n3), d1 = j - d0 * n4;
      const float v0 = b0[n5 + d0*n6 + d1];
      const float v1 = b0[d0*n7 + d1];
      const float v2 = v0 + v1;
      b1[n8 + d0 + d1*n9] = v2;
    }
  }
  else if (group < k.n[13]) {
    int n0 = k.n[14];
    int n1 = k.n[15];
    int n2 = k.n[16];
    int n3 = k.n[17];
    int n4 = k.n[18];
    int n5 = k.n[19];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const int d0 = (int)(mul_hi((uint)(j), (uint)n2) >> n3), d1 = j - d0 * n4;
      const float v0 = b0[d0 + d1*n5];
      b1[j] = v0;
    }
  }
}
