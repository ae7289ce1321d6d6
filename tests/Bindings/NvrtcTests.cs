using System.Buffers.Binary;
using System.Text;
using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings;

/// <summary>The real NVRTC, both major versions in this one process.</summary>
public class NvrtcTests
{
    // What our kernels are made of: vectors, transcendental functions, shuffles, shared memory, inline conversion of halves. No header.
    private const string Kernel = """
        extern "C" __global__ void __launch_bounds__(256) gelu(float4* y, const float4* x, const unsigned short* bias, long long n)
        {
            __shared__ float part[8];
            long long i = blockIdx.x * 256LL + threadIdx.x;
            float4 v = i < n ? x[i] : make_float4(0, 0, 0, 0);
            float b;
            asm("cvt.f32.f16 %0, %1;" : "=f"(b) : "h"(bias[threadIdx.x & 7]));
            float s = tanhf(v.x + b) + tanhf(v.y) + tanhf(v.z) + tanhf(v.w);
            for (int d = 16; d > 0; d >>= 1) s += __shfl_xor_sync(0xffffffffu, s, d);
            if ((threadIdx.x & 31) == 0) part[threadIdx.x >> 5] = s;
            __syncthreads();
            v.x = part[threadIdx.x & 7];
            if (i < n) y[i] = v;
        }
        """;

    /// <summary>Both compilers with every architecture our kernels run on.</summary>
    public static TheoryData<int, int> Compilers() => new(
        from major in (int[])[12, 13] from architecture in (int[])[75, 80, 86, 87, 89, 90, 100, 120] select (major, architecture));

    [Theory]
    [MemberData(nameof(Compilers))]
    public void Compiles_machine_code_for_every_architecture(int major, int architecture)
    {
        var library = Nvrtc.Library(major);
        Assert.Equal(major, library.Version.Major);
        Assert.Contains(architecture, library.Architectures);
        var compiler = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(architecture)));

        var made = compiler.Compile(Kernel, "gelu.cu", "-lineinfo", "--fmad=false", "--ptxas-options=-v");

        Assert.True(made.Image.AsSpan().StartsWith("\u007fELF"u8));
        Assert.Equal(190, BinaryPrimitives.ReadUInt16LittleEndian(made.Image.AsSpan(18)));
        Assert.Contains($".target sm_{architecture}", made.Ptx);
        Assert.Contains(".entry gelu", made.Ptx);
        Assert.Contains("registers", made.Log);
    }

    [Theory]
    [InlineData(12), InlineData(13)]
    public void Compiles_PTX_for_a_driver_to_finish(int major)
    {
        var compiler = new CudaRuntimeCompiler(Nvrtc.Library(major), new(new(9, 0), IsPtx: true));
        var made = compiler.Compile(Kernel);
        Assert.Equal(0, made.Image[^1]);
        Assert.Equal(made.Ptx, Encoding.UTF8.GetString(made.Image.AsSpan(0, made.Image.Length - 1)));
        Assert.StartsWith("//", made.Ptx);
        Assert.Equal("", made.Log);
    }

    [Fact]
    public void An_error_carries_the_log_and_the_numbered_source()
    {
        var compiler = new CudaRuntimeCompiler(Nvrtc.Library(13), new(new(8, 6)));
        const string bad = "extern \"C\" __global__ void k(float* x)\n{\n    x[0] = nonsense;\n}\n";
        var error = Assert.Throws<NvrtcException>(() => compiler.Compile(bad, "bad.cu"));
        Assert.Equal(NvrtcResult.Compilation, error.Status);
        Assert.Equal("nvrtcCompileProgram", error.Call);
        Assert.Contains("bad.cu(3): error: identifier \"nonsense\" is undefined", error.Log);
        Assert.Contains(error.Log, error.Message);
        Assert.Contains("1 | extern \"C\" __global__ void k(float* x)\n2 | {\n3 |     x[0] = nonsense;\n4 | }", error.Message);
        Assert.Contains("sm_86", error.Message);
        Assert.Contains("NVRTC_ERROR_COMPILATION (6)", error.Message);
    }

    [Fact]
    public void An_architecture_or_option_the_compiler_lacks_is_named()
    {
        var library = Nvrtc.Library(13);
        var old = Assert.Throws<NvrtcException>(() => new CudaRuntimeCompiler(library, new(new(7, 2))).Compile(Kernel));
        Assert.Equal(NvrtcResult.InvalidOption, old.Status);
        Assert.Contains("sm_72", old.Message);
        var compiler = new CudaRuntimeCompiler(library, new(new(8, 0)));
        var option = Assert.Throws<NvrtcException>(() => compiler.Compile(Kernel, "k.cu", "--no-such-option"));
        Assert.Contains("--no-such-option", option.Message);
    }

    [Fact]
    public void Many_threads_compile_at_once()
    {
        var library = Nvrtc.Library(13);
        int[] architectures = [75, 80, 86, 89, 90, 100];
        var images = new byte[architectures.Length][];
        Parallel.For(0, architectures.Length, i =>
            images[i] = new CudaRuntimeCompiler(library, new(ComputeCapability.FromNumber(architectures[i]))).Compile(Kernel).Image);
        var alone = new CudaRuntimeCompiler(library, new(new(8, 6))).Compile(Kernel).Image;
        Assert.Equal(alone, images[2]);
    }

    [Fact]
    public void A_GPU_too_old_for_the_first_compiler_gets_the_next()
    {
        string folder = Nvrtc.Folder(13);
        Nvrtc.Folder(12);
        var libraries = new CudaLibraries(new FolderOnly(folder));

        var pascal = CudaRuntimeCompiler.For(new(6, 1), libraries);
        Assert.Equal((12, "sm_61"), (pascal.Library.Version.Major, pascal.Target.Name));
        var ada = CudaRuntimeCompiler.For(new(8, 9), libraries);
        Assert.Equal((13, "sm_89"), (ada.Library.Version.Major, ada.Target.Name));
        var future = CudaRuntimeCompiler.For(new(99, 0), libraries);
        Assert.Equal((13, "compute_121"), (future.Library.Version.Major, future.Target.Name));

        var tooOld = Assert.Throws<CudaException>(() => CudaRuntimeCompiler.For(new(3, 5), libraries));
        Assert.Contains("compute capability 3.5", tooOld.Message);
        Assert.Contains("NVRTC 13.0", tooOld.Message);
        Assert.Contains("NVRTC 12.9", tooOld.Message);
        Assert.Contains(libraries.Attempts, a =>
            a.Path.EndsWith("libnvrtc.so.13", StringComparison.Ordinal) && a.Outcome.Contains("GPU of 6.1", StringComparison.Ordinal));
    }

    /// <summary>A machine whose only libraries lie in one folder, named by the user. Loads them for real.</summary>
    private sealed class FolderOnly(string folder) : ProbeEnvironment
    {
        public override string? Variable(string name) => name == LibraryFolders.Variable ? folder : null;

        public override IReadOnlyList<string> Folders(string parent, string pattern) => [];

        // A bare name would find what other tests have loaded into this process: a simulated driver, whose version decides which compiler
        // comes first.
        public override string? Load(string pathOrName, out nint handle)
        {
            if (Path.IsPathRooted(pathOrName)) return base.Load(pathOrName, out handle);
            handle = 0;
            return "there is no such library on this machine";
        }
    }
}
