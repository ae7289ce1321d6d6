using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GpuTensor.Bindings.Cuda;
using GpuTensor.CudaSimulator;
using GpuTensor.CudaSimulator.Interpreter;
using GpuTensor.CudaSimulator.Memory;
using GpuTensor.CudaSimulator.Ptx;
using GpuTensor.Kernels;
using GpuTensor.Tests.Bindings;

namespace GpuTensor.Tests.Simulator.Instructions;

/// <summary>A simulated GPU's memory and modules in this process, without the driver's API: what tests of the interpreter need.</summary>
internal sealed unsafe class SimulatedGpu : IDisposable
{
    private static readonly ConcurrentDictionary<(string Source, int Architecture, int Major), byte[]> Compiled = new();
    private readonly List<PtxModule> modules = [];

    public DeviceMemory Memory { get; } = new(0, 1UL << 40);

    public RunSettings Settings { get; set; } = new() { ComputeCapability = 90 };

    /// <summary>CUDA C++ through the real NVRTC; the test is skipped where that is missing.</summary>
    public PtxModule Compile(string source, int architecture = 90, int major = 13, params string[] options)
    {
        byte[] image = options.Length > 0 ? Build(source, architecture, major, options)
            : Compiled.GetOrAdd((source, architecture, major), k => Build(k.Source, k.Architecture, k.Major, []));
        return Load(image, architecture);
    }

    public static byte[] Build(string source, int architecture, int major, string[] options) =>
        new CudaRuntimeCompiler(Nvrtc.Library(major), new(ComputeCapability.FromNumber(architecture)))
            .Compile(source, "test.cu", ["-lineinfo", .. options]).Image;

    public PtxModule Load(ReadOnlySpan<byte> image, int computeCapability)
    {
        var module = PtxModule.Load(image, computeCapability, Memory);
        modules.Add(module);
        Settings = Settings with { ComputeCapability = computeCapability };
        return module;
    }

    /// <summary>PTX text with the head that every module has.</summary>
    public PtxModule LoadPtx(string body, int target = 90) =>
        Load(System.Text.Encoding.UTF8.GetBytes($".version 8.7\n.target sm_{target}\n.address_size 64\n{body}\0"), target);

    public ulong Upload<T>(ReadOnlySpan<T> values, string owner = "buffer") where T : unmanaged
    {
        ulong address = Memory.Allocate((ulong)(values.Length * sizeof(T)), owner).Address;
        var operation = Begin("upload");
        fixed (T* source = values) Memory.Write(address, (byte*)source, (ulong)(values.Length * sizeof(T)), operation);
        return address;
    }

    public ulong Allocate(long bytes, string owner = "buffer") => Memory.Allocate((ulong)bytes, owner).Address;

    public T[] Download<T>(ulong address, int count) where T : unmanaged
    {
        var values = new T[count];
        var operation = Begin("download");
        fixed (T* target = values) Memory.Read(address, (byte*)target, (ulong)(count * sizeof(T)), operation);
        return values;
    }

    public LaunchCounts Launch(PtxKernel kernel, LaunchShape shape, object[] arguments) =>
        Launch(kernel, ToExtent(shape.Groups), ToExtent(shape.GroupSize), shape.LocalBytes, arguments);

    private static Extent ToExtent(Size3 size) => new((uint)size.X, (uint)size.Y, (uint)size.Z);

    public LaunchCounts Launch(PtxKernel kernel, Extent grid, Extent block, params object[] arguments) =>
        Launch(kernel, grid, block, 0, arguments);

    public LaunchCounts Launch(PtxKernel kernel, Extent grid, Extent block, int dynamicShared, object[] arguments)
    {
        byte[] parameters = new byte[kernel.ParameterBytes];
        for (int i = 0; i < arguments.Length; i++)
        {
            byte[] bytes = arguments[i] switch
            {
                ulong v => BitConverter.GetBytes(v),
                long v => BitConverter.GetBytes(v),
                int v => BitConverter.GetBytes(v),
                uint v => BitConverter.GetBytes(v),
                float v => BitConverter.GetBytes(v),
                double v => BitConverter.GetBytes(v),
                byte[] v => v,
                _ => throw new ArgumentException($"argument {i} is a {arguments[i].GetType()}"),
            };
            bytes.CopyTo(parameters, kernel.Parameters[i].Offset);
        }
        return KernelRunner.Run(kernel, grid, block, dynamicShared, parameters, Memory, Begin("launch of " + kernel.Name), Settings);
    }

    private DeviceOperation Begin(string name)
    {
        var operation = new DeviceOperation(name);
        Memory.Begin(operation);
        return operation;
    }

    public void Dispose()
    {
        foreach (var module in modules) module.Dispose();
    }
}
