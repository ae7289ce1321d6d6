using System.Runtime.CompilerServices;
using Xunit;

namespace GpuTensor.Tests.Attacks;

/// <summary>Sizes, offsets and counts that once wrapped: reading showed other tensors' memory, writing changed it,
/// and then the process ended.</summary>
public class SizeTests
{
    /// <summary>What small processes may take.</summary>
    private static readonly Dictionary<string, string?> Small = new() { ["GPUTENSOR_MEMORY_LIMIT"] = $"{256 << 20}" };

    public static TheoryData<string> Devices => TestDevices.All;

    [Theory, MemberData(nameof(Devices))]
    public async Task Sizes_that_wrap_or_are_negative_are_refused(string device)
    {
        TestDevices.Get(device);
        (await ChildProcess.Run(Refuse, device, environment: Small)).Succeeded();
    }

    private static void Refuse()
    {
        Tensor a = Tensor.Arange(12).To(DType.Float32).Reshape(4, 3), vector = a.Flatten();
        Tensor[] others = [.. Enumerable.Range(0, 20).Select(i => (Tensor.Zeros(1000) + i).Realize())];
        (string Name, Func<object?> Call)[] cases =
        [
            ("narrow", () => a.Narrow(0, 2, int.MaxValue)),
            ("narrow from the smallest", () => a.Narrow(0, int.MinValue, 1)),
            ("narrow by tensor", () => a.Narrow(0, Tensor.From([1L << 32])[0], 2)),
            ("pad", () => a.Pad([int.MaxValue, int.MaxValue])),
            ("pad that cuts", () => a.Pad([int.MinValue, int.MaxValue])),
            ("pad replicated", () => a.Pad([int.MaxValue, int.MaxValue], "replicate")),
            ("rand", () => Tensor.Rand(-1)),
            ("rand of a list", () => Tensor.Rand([-1])),
            ("randn", () => Tensor.RandN(-2, -3)),
            ("randint", () => Tensor.RandInt(5, [-1])),
            ("zeros", () => Tensor.Zeros(2, -1)),
            ("expand", () => Tensor.Ones(1, 3).Expand([-7, 3])),
            ("expand by a new dimension", () => Tensor.Ones(1, 3).Expand(-1, 1, 3)),
            ("repeat", () => a.Repeat(int.MaxValue, 2)),
            ("repeat, many elements", () => a.Repeat(1 << 29, 1 << 29)),
            ("repeat_interleave", () => a.RepeatInterleave(int.MaxValue, 0)),
            ("repeat_interleave, negative", () => a.RepeatInterleave(-1, 0)),
            ("cat", () => Tensor.Cat([vector.Expand(int.MaxValue / 12, 12), vector.Expand(int.MaxValue / 12, 12)], 1).Flatten()),
            ("flatten", () => Tensor.Ones(1, 1).Expand(1 << 16, 1 << 16).Flatten()),
            ("reshape", () => Tensor.Ones(1, 1).Expand(1 << 16, 1 << 16).Reshape(-1)),
            ("one_hot", () => Tensor.From([1L << 40]).OneHot()),
            ("one_hot, negative", () => Tensor.From([1L]).OneHot(-2)),
            ("unfold", () => a.Unfold(0, int.MaxValue, int.MaxValue)),
            ("split", () => a.Split([int.MaxValue, int.MaxValue, 6])),
            ("position from the end", () => a[^0]),
            // 65536⁴ is 0 in 64 bits, 65536³·32768 negative.
            ("a shape that wraps to 0", () => Tensor.Zeros(65536, 65536, 65536, 65536)),
            ("a shape that wraps to less than 0", () => Tensor.Zeros(65536, 65536, 65536, 32768)),
            ("a reshape that wraps", () => Tensor.Zeros(0).Reshape(65536, 65536, 65536, 65536)),
            ("an expand that wraps", () => Tensor.Ones(1).Expand(65536, 65536, 65536, 65536)),
            ("a shape", () => Tensor.Zeros(int.MaxValue, int.MaxValue, int.MaxValue)),
            ("arange", () => Tensor.Arange(0, double.NaN)),
        ];
        foreach (var (name, call) in cases)
        {
            try
            {
                object? result = call();
                Assert.Fail($"{name} was accepted: {(result is Tensor t ? t.Shape : result)}");
            }
            catch (Exception e) when (e is TensorException or ArgumentException { ParamName.Length: > 0 })
            {
                // Says what was wrong, by name.
            }
        }
        // Steps past the end are as good as one.
        Assert.Equal([0f, 1, 2], a[TensorIndex.Slice(0, null, int.MaxValue)].ToArray<float>());
        Assert.Equal([0f, 1], vector.Unfold(0, 2, int.MaxValue).ToArray<float>());
        Assert.Empty(a.Diagonal(int.MinValue).ToArray<float>());
        Assert.Empty(a.Diagonal(int.MaxValue).ToArray<float>());
        Assert.Equal(new float[12], a.Tril(int.MinValue).ToArray<float>());
        Assert.Equal(a.ToArray<float>(), a.Triu(int.MinValue).ToArray<float>());
        Assert.Equal(vector.Roll(int.MaxValue % 12).ToArray<float>(), vector.Roll(int.MaxValue).ToArray<float>());
        Assert.Single(a.Split(int.MaxValue));
        Assert.Equal(4, a.Chunk(int.MaxValue).Length);
        for (int i = 0; i < others.Length; i++) Assert.True(others[i].Eq(i).All().Item<bool>());
    }

    [Theory, MemberData(nameof(Devices))]
    public async Task What_memory_cannot_hold_is_refused_with_shape_and_bytes(string device)
    {
        TestDevices.Get(device);
        (await ChildProcess.Run(Exhaust, device, environment: Small)).Succeeded();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        var sum = Tensor.Arange(int.MaxValue) + 1;
        Assert.Equal([int.MaxValue], sum.Shape);
    }

    private static void Exhaust()
    {
        var first = Tensor.Ones(10).Realize();
        (string Shape, string Bytes, Action Call)[] cases =
        [
            ("[2147483647, 2147483647]", "bytes", () => (Tensor.Zeros(int.MaxValue, int.MaxValue) + 1).Realize()),
            ("[2147483647, 2147483647]", "bytes", () => Tensor.Eye(int.MaxValue).Realize()),
            ("[65536, 65536]", "17,179,869,184", () => (Tensor.Zeros(1 << 16, 1 << 16) + first[0]).Realize()),
            ("[67108864]", "268,435,456", () => Tensor.Rand(1 << 26).Add(Tensor.Rand(1 << 26)).Realize()),
            ("[2147483647]", "", () => Tensor.Linspace(0, 1, int.MaxValue)),
            ("2147483647", "", () => Tensor.RandPerm(int.MaxValue)),
            ("[65536, 65536]", "", () => Tensor.Zeros(1).Expand(1 << 16, 1 << 16).ToArray<float>()),
        ];
        foreach (var (shape, bytes, call) in cases)
        {
            var e = Assert.ThrowsAny<TensorException>(call);
            Assert.Contains(shape, e.Message);
            if (Device.Default.Name == "cpu") continue;
            Assert.Contains(bytes, e.Message);
        }
        // What the program cannot reach any more takes no memory, and fails no other read.
        var doubled = first * 2;
        Forget();
        Assert.Equal(20, doubled.Sum().Item<float>());
        Assert.ThrowsAny<TensorException>(() => Tensor.From([1L]).Expand(int.MaxValue).OneHot(int.MaxValue));
        Assert.Equal(30, (first * 3).Sum().Item<float>());
        // The step after an error works.
        Assert.Equal(10, (first * 1).Sum().Item<float>());
        // What is dropped is given back: many times the limit in all.
        for (int i = 0; i < 60; i++) (Tensor.Zeros(1 << 20) + i).Realize();
    }

    [Theory, MemberData(nameof(Devices))]
    public async Task More_than_2_to_the_31_elements_are_printed_and_reduced_without_memory(string device)
    {
        TestDevices.Get(device);
        (await ChildProcess.Run(Vast, device, environment: Small)).Succeeded();
    }

    private static void Vast()
    {
        const string Expected = "tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            + "        [0., 0., 0.,  ..., 0., 0., 0.],\n        ...,\n"
            + "        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.],\n        [0., 0., 0.,  ..., 0., 0., 0.]])";
        Assert.Equal(Expected, Tensor.Zeros(1).Expand(50_000, 60_000).ToString());
        var made = Tensor.Zeros(50_000, 60_000);
        Assert.Equal(Expected, made.ToString());
        Assert.Equal(Expected, made.ToString());
        // A part of what is nowhere in memory.
        Assert.Equal([1f, 1, 1], (made[7, ..3] + 1).ToArray<float>());
        var columns = Tensor.Arange(50_000).To(DType.Float32).Unsqueeze(1).Expand(50_000, 60_000);
        Assert.StartsWith("tensor([[0.0000e+00, 0.0000e+00, 0.0000e+00,  ..., 0.0000e+00,", columns.ToString());
        Assert.Contains("[4.9999e+04, 4.9999e+04, 4.9999e+04,  ...", columns.ToString());
        Assert.StartsWith("tensor([[    0,     1,     2,  ..., 49997, 49998, 49999],",
            Tensor.Arange(50_000).Expand(60_000, 50_000).ToString());
        if (Device.Default.Name == "cpu")
        {
            // It computes with every element in memory.
            var vast = Tensor.Ones([1, 1], DType.UInt8).Expand(50_000, 60_000);
            Assert.Contains("2,147,483,591", Assert.Throws<DeviceOutOfMemoryException>(() => vast.ToArray<byte>()).Message);
            Assert.Contains("memory limit", Assert.Throws<DeviceOutOfMemoryException>(() => vast.Sum().Realize()).Message);
            return;
        }
        Assert.Equal(3_000_000_000, Tensor.Ones([1, 1], DType.UInt8).Expand(50_000, 60_000).Sum().Item<long>());
        // In one stage a sum in float32 would stop growing at 2³⁰.
        Assert.Equal(3e9f, Tensor.Ones(1, 1).Expand(50_000, 60_000).Sum().Item<float>());
        Assert.Equal(1f, Tensor.Ones(1, 1, 1).Expand(3, 1 << 15, 1 << 15).Mean().Item<float>());
        Assert.Equal(60_000L * 49_999 * 25_000, Tensor.Arange(50_000).Expand(60_000, 50_000).Sum().Item<long>());
    }
}
