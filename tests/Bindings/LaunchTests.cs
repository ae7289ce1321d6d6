using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings;

/// <summary>What is decided before the driver is called.</summary>
public class LaunchTests
{
    [Theory]
    [InlineData(8, 6, "sm_86")]    // exactly
    [InlineData(8, 8, "sm_87")]    // the highest minor below
    [InlineData(9, 1, "sm_90")]
    [InlineData(10, 3, "sm_100")]
    [InlineData(7, 5, "sm_75")]
    [InlineData(13, 0, "compute_120")] // newer than the compiler
    [InlineData(99, 0, "compute_120")]
    [InlineData(11, 0, "compute_100")] // between two
    [InlineData(7, 0, null)]       // older than all
    public void The_target_is_the_best_machine_code_else_PTX(int major, int minor, string? expected)
    {
        int[] architectures = [120, 75, 80, 86, 87, 89, 90, 100];
        Assert.Equal(expected, CompilerTarget.Choose(new(major, minor), architectures)?.Name);
    }

    [Theory]
    [InlineData(0u, 1u, 1u, 32u, 1u, 1u)]
    [InlineData(1u, 65536u, 1u, 32u, 1u, 1u)]
    [InlineData(1u, 1u, 65536u, 32u, 1u, 1u)]
    [InlineData(2147483648u, 1u, 1u, 32u, 1u, 1u)]
    [InlineData(1u, 1u, 1u, 0u, 1u, 1u)]
    [InlineData(1u, 1u, 1u, 1025u, 1u, 1u)]
    [InlineData(1u, 1u, 1u, 64u, 32u, 1u)]
    [InlineData(1u, 1u, 1u, 1u, 1u, 65u)]
    public void Impossible_shapes_are_refused_by_name(uint gx, uint gy, uint gz, uint bx, uint by, uint bz)
    {
        var error = Assert.Throws<CudaException>(() => new CudaLaunch(new(gx, gy, gz), new(bx, by, bz)).Validate("softmax_7"));
        Assert.Contains("'softmax_7'", error.Message);
        Assert.Contains($"grid {gx}×{gy}×{gz}, block {bx}×{by}×{bz}", error.Message);
    }

    [Fact]
    public void The_largest_shapes_pass()
    {
        new CudaLaunch(new(int.MaxValue, 65535, 65535), new(1024)).Validate("k");
        new CudaLaunch(1, new(16, 1, 64), 227 * 1024).Validate("k");
    }

    [Fact]
    public unsafe void Arguments_lie_where_the_table_points()
    {
        var arguments = new CudaKernelArguments(8, 4, 1, 24);
        arguments.Set(0, 0x123456789abcul);
        arguments.Set(1, 1.5f);
        arguments.Set(2, true);
        arguments.Set(3, (1L, 2L, 3L));
        GC.Collect();
        void** table = arguments.Pointers("k");
        Assert.Equal(0x123456789abcul, *(ulong*)table[0]);
        Assert.Equal(1.5f, *(float*)table[1]);
        Assert.Equal(1, *(byte*)table[2]);
        Assert.Equal((1L, 2L, 3L), *((long, long, long)*)table[3]);
        for (int i = 0; i < 4; i++) Assert.Equal(0, (nint)table[i] % 16);
        arguments.Set(1, -2f);
        Assert.Equal(-2f, *(float*)table[1]);
    }

    [Fact]
    public unsafe void An_argument_of_the_wrong_size_or_none_at_all_is_refused()
    {
        var arguments = new CudaKernelArguments(8, 4);
        Assert.Contains("Parameter 1 has 4 bytes, the value 8", Assert.Throws<ArgumentException>(() => arguments.Set(1, 1.0)).Message);
        arguments.Set(0, 1L);
        var error = Assert.Throws<CudaException>(() => { _ = arguments.Pointers("adam"); });
        Assert.Contains("Parameter 1 of kernel 'adam' has no value", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaKernelArguments(8, 0));
    }

    [Theory]
    [InlineData("cuMemFree_v2(address)", "cuMemFree_v2")]
    [InlineData("CublasApi.cublasCreate_v2(&handle)", "cublasCreate_v2")]
    [InlineData("cuMemcpyHtoDAsync_v2(a.B, c.D(1.5), e)", "cuMemcpyHtoDAsync_v2")]
    [InlineData("cuStreamQuery", "cuStreamQuery")]
    public void A_failing_call_is_named(string expression, string expected) => Assert.Equal(expected, Check.CallName(expression));

    [Fact]
    public void Errors_name_call_kernel_and_cause()
    {
        var error = Assert.Throws<CudaException>(() => Check.Driver(CudaResult.IllegalAddress, "grid 1×1×1", "gelu", "cuLaunchKernel(f)"));
        Assert.StartsWith("cuLaunchKernel of kernel 'gelu' (grid 1×1×1) failed: ", error.Message);
        Assert.Contains("(700)", error.Message);
        Assert.Contains("must be restarted", error.Message);
        Assert.Equal((CudaResult.IllegalAddress, "cuLaunchKernel", "gelu"), (error.Result, error.Call, error.Kernel));
        var blas = Assert.Throws<CublasException>(() => Check.Cublas(CublasStatus.NotSupported, "m 1", "cublasGemmEx(h)"));
        Assert.StartsWith("cublasGemmEx (m 1) failed: NotSupported (15).", blas.Message);
    }

    [Fact]
    public void The_errors_that_lose_the_device_are_these()
    {
        int[] sticky = [.. Enum.GetValues<CudaResult>().Where(CudaException.IsStickyResult).Select(r => (int)r)];
        Assert.Equal([700, 702, 710, 714, 715, 716, 717, 718, 719], sticky);
    }

    [Theory]
    [InlineData(CublasComputeType.Float32, typeof(float))]
    [InlineData(CublasComputeType.Float32FastTF32, typeof(float))]
    [InlineData(CublasComputeType.Float16, typeof(Half))]
    [InlineData(CublasComputeType.Float64, typeof(double))]
    [InlineData(CublasComputeType.Int32, typeof(int))]
    public void Alpha_has_the_type_the_compute_type_wants(CublasComputeType compute, Type expected)
    {
        Assert.Equal(expected == typeof(float), Takes<float>());
        Assert.Equal(expected == typeof(Half), Takes<Half>());
        Assert.Equal(expected == typeof(double), Takes<double>());
        Assert.Equal(expected == typeof(int), Takes<int>());

        bool Takes<T>() => Record.Exception(() => CublasGemm.CheckScale<T>(compute)) is null;
    }

    [Theory]
    [InlineData(0x7f0000000000ul, 256u)]
    [InlineData(0x7f0000000010ul, 16u)]
    [InlineData(0x7f0000000004ul, 4u)]
    [InlineData(0x7f0000000180ul, 128u)]
    [InlineData(0ul, 256u)]
    public void The_alignment_of_an_address_is_its_largest_power_of_two(ulong address, uint expected) =>
        Assert.Equal(expected, CublasLtPreference.AlignmentOf(address));

    [Fact]
    public void A_long_source_shows_the_lines_the_log_names()
    {
        string source = string.Join('\n', Enumerable.Range(1, 1000).Select(i => $"line{i};"));
        string shown = NumberedSource.Of(source, "k.cu(500): error: no\nk.cu(1000): warning: yes\n");
        Assert.Contains(" 500 | line500;", shown);
        Assert.Contains(" 492 | line492;", shown);
        Assert.DoesNotContain("line491;", shown);
        Assert.EndsWith("1000 | line1000;", shown);
        Assert.StartsWith("…\n", shown);
        Assert.Equal(8 + 1 + 8 + 9 + 2, shown.Split('\n').Length);
    }
}
