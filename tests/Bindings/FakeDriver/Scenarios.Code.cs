using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings.FakeDriver;

public static unsafe partial class Scenarios
{
    public static void A_module_is_loaded_with_log_buffers_and_PTX_gets_its_NUL()
    {
        using var context = CudaContext.Create(0);
        string[] calls = [];
        CudaModule? module = null;
        calls = CallsOf(() => module = CudaModule.Load(context, "\u007fELF..."u8, "m"));
        Assert.StartsWith("cuModuleLoadDataEx ", calls.First(c => c.StartsWith("cuModule", StringComparison.Ordinal)));
        Assert.Equal([" option 3", " option 4", " option 5", " option 6", " bytes 3fff"], calls.Where(c => c[0] == ' '));
        Assert.Equal("info of the fake", module!.Log);
        string m = Hex(module.Handle);
        Assert.Contains(" gelu_1", string.Concat(CallsOf(() => module.GetKernel("gelu_1"))));
        Fail("cuModuleGetFunction", 500);
        var missing = Assert.Throws<CudaException>(() => module.GetKernel("nope"));
        Assert.StartsWith("cuModuleGetFunction of kernel 'nope' (in m) failed:", missing.Message);
        Assert.Equal([$"cuModuleUnload {m}"], CallsOf(module.Dispose));

        var broken = Assert.Throws<CudaException>(() => CudaModule.Load(context, "!ptx"u8, "broken"));
        Assert.Contains("'broken', 5 bytes of PTX", broken.Message);
        Assert.EndsWith("error of the fake", broken.Message);
        Assert.Equal(CudaResult.InvalidPtx, broken.Result);
    }

    public static void A_launch_passes_shape_stream_and_arguments()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        using var module = CudaModule.Load(context, "\u007fELF"u8);
        var kernel = module.GetKernel("adam");
        Assert.Equal([new(0, 8), new(8, 4), new(12, 4)], kernel.GetParameters()!);
        var arguments = new CudaKernelArguments(8, 4, 4);
        Assert.True(arguments.Verify(kernel));
        Assert.Contains("Parameter 2 of kernel 'adam' has 4 bytes, the argument 8",
            Assert.Throws<CudaException>(() => new CudaKernelArguments(8, 4, 8).Verify(kernel)).Message);
        Assert.Contains("has 3 parameters, 2", Assert.Throws<CudaException>(() => new CudaKernelArguments(8, 4).Verify(kernel)).Message);
        arguments.Set(0, 0x5a0012345678ul);
        arguments.Set(1, 1f);
        arguments.Set(2, -1);
        var (k, s) = (Hex(kernel.Handle), Hex(stream.Handle));

        string[] calls = CallsOf(() => kernel.Launch(stream, new(new(2, 3, 4), new(32, 5, 6), 77), arguments));
        Assert.StartsWith($"cuLaunchKernel {k} 2 3 4 20 5 6 4d {s} ", calls[0]);
        Assert.EndsWith(" 0", calls[0]);
        Assert.Equal([" p0 5a0012345678", " p1 3f800000", " p2 ffffffff"], calls[1..]);

        var clustered = new CudaLaunch(new(2, 3, 4), 256, 99) { Cluster = new(2, 4), Cooperative = true, ProgrammaticSerialization = true };
        calls = CallsOf(() => kernel.Launch(stream, clustered, arguments));
        Assert.StartsWith("cuLaunchKernelEx ", calls[0]);
        Assert.Equal(
            [" gz 4", " bx 100", " shared 63", $" stream {s}", " id 4", " x 2", " y 4", " id 2", " x 1", " y 0", " id 6", " x 1", " y 0"],
            calls[1..]);

        Assert.Equal([$"cuFuncSetAttribute {k} 8 18000"], CallsOf(() => kernel.MaxDynamicSharedBytes = 96 * 1024));
        Assert.EndsWith($" {k} 100 400", CallsOf(() => Assert.Equal(1, kernel.MaxActiveBlocksPerMultiprocessor(256, 1024)))[0]);
        Fail("cuLaunchKernel", 701);
        var error = Assert.Throws<CudaException>(() => kernel.Launch(stream, new(1, 1024), arguments));
        Assert.StartsWith("cuLaunchKernel of kernel 'adam' (grid 1×1×1, block 1024×1×1, 0 bytes shared) failed:", error.Message);
        Assert.Equal("adam", error.Kernel);
        Assert.Empty(CallsOf(() => Assert.Throws<CudaException>(() => kernel.Launch(stream, new(0, 32), arguments))));
    }

    public static void A_graph_is_captured_instantiated_updated_and_launched()
    {
        using var context = CudaContext.Create(0);
        using var stream = CudaStream.Create(context);
        using var module = CudaModule.Load(context, "\u007fELF"u8);
        string s = Hex(stream.Handle);
        Assert.Equal([$"cuStreamBeginCapture_v2 {s} 1"], CallsOf(() => stream.BeginCapture()));
        Assert.Equal(CudaStreamCaptureStatus.Active, stream.CaptureStatus);
        using var graph = stream.EndCapture();
        string g = Hex(graph.Handle);
        CudaGraphExec? made = null;
        string[] calls = CallsOf(() => made = graph.Instantiate(CudaGraphInstantiateFlags.AutoFreeOnLaunch));
        Assert.EndsWith($" {g} 1", calls[0]);
        using var exec = made!;
        string e = Hex(exec.Handle);
        Assert.Equal([$"cuGraphUpload {e} {s}"], CallsOf(() => exec.Upload(stream)));
        Assert.Equal([$"cuGraphLaunch {e} {s}"], CallsOf(() => exec.Launch(stream)));

        var nodes = graph.GetNodes();
        Assert.Equal([CudaGraphNodeType.Kernel, CudaGraphNodeType.Memset], nodes.Select(n => n.Type));
        Assert.Equal((0x333000000000, new CudaLaunch(new(5, 0, 0), new(0, 0, 6), 7)), graph.GetKernelNode(nodes[0]));
        var arguments = new CudaKernelArguments(8, 4);
        arguments.Set(0, 1L);
        arguments.Set(1, 0x1234);
        var kernel = module.GetKernel("k");
        calls = CallsOf(() => exec.SetKernelNode(nodes[0], kernel, new(new(1, 9), 64, 5), arguments));
        Assert.StartsWith($"cuGraphExecKernelNodeSetParams_v2 {e} 111000000000 ", calls[0]);
        Assert.Equal([$" func {Hex(kernel.Handle)}", " gy 9", " bx 40", " shared 5", " p1 1234", " rest 0"], calls[1..]);

        // The fake takes graphs with even handles.
        var seen = new HashSet<CudaGraphExecUpdateResult>();
        for (int i = 0; i < 2; i++)
        {
            using var other = stream.EndCapture();
            var result = exec.Update(other);
            seen.Add(result);
            bool fits = other.Handle % 0x2000 == 0;
            Assert.Equal(fits ? CudaGraphExecUpdateResult.Success : CudaGraphExecUpdateResult.NodeTypeChanged, result);
        }
        Assert.Equal(2, seen.Count);
        Fail("cuStreamEndCapture", 901);
        Assert.Contains("A stream was being captured", Assert.Throws<CudaException>(() => stream.EndCapture()).Message);
        Assert.Equal([$"cuGraphExecDestroy {e}"], CallsOf(exec.Dispose));
        Assert.Equal([$"cuGraphDestroy {g}"], CallsOf(graph.Dispose));
    }
}
