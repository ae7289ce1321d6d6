var m = Tensor.Arange(12).Reshape(3, 4);
Console.WriteLine(m[1]); Console.WriteLine(m[.., 1..3]); Console.WriteLine(m[^1, ^1].Item<long>());
m[0] = 7; m[.., 2].Add_(1);                                  // views write through
Tensor mask = m > 5; Console.WriteLine(m[mask]);             // masked select
float[] flat = m.To(DType.Float32).ToArray<float>();
Span<float> there = stackalloc float[12]; m.To(DType.Float32).CopyTo(there);
Console.WriteLine((m.To(DType.Float32) * 1.5).Gelu().Explain());   // the kernels this will take, and why
