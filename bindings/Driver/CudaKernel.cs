using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Bindings.Cuda;

/// <summary>A kernel's parameter as the driver sees it.</summary>
/// <param name="Offset">Where it lies in the parameter block.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct CudaKernelParameter(int Offset, int Size);

/// <summary>A kernel of a loaded module. It lives as long as the module does.</summary>
public sealed class CudaKernel
{
    internal CudaKernel(CudaModule module, nint handle, string name)
    {
        Module = module;
        _handle = handle;
        Name = name;
    }

    private readonly nint _handle;

    /// <summary>The module.</summary>
    public CudaModule Module { get; }

    /// <summary>Its name in the code.</summary>
    public string Name { get; }

    /// <summary>The driver's <c>CUfunction</c>.</summary>
    /// <exception cref="ObjectDisposedException">The module was disposed.</exception>
    public nint Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(Module.IsClosed, Module);
            return _handle;
        }
    }

    /// <summary>One of its attributes.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe int this[CudaFunctionAttribute attribute]
    {
        get
        {
            using var scope = Module.Context.Enter();
            int value;
            Check.Driver(cuFuncGetAttribute(&value, attribute, Handle), attribute.ToString(), Name);
            return value;
        }
        set
        {
            using var scope = Module.Context.Enter();
            Check.Driver(cuFuncSetAttribute(Handle, attribute, value), $"{attribute} = {value}", Name);
        }
    }

    /// <summary>Dynamic shared memory it may be launched with. Anything above 48 KiB must be set here, up to what the device lets a block
    /// opt in to.</summary>
    /// <exception cref="CudaException">The device has not that much.</exception>
    public int MaxDynamicSharedBytes
    {
        get => this[CudaFunctionAttribute.MaxDynamicSharedBytes];
        set => this[CudaFunctionAttribute.MaxDynamicSharedBytes] = value;
    }

    /// <summary>Registers a thread uses.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public int Registers => this[CudaFunctionAttribute.Registers];

    /// <summary>How many blocks of this size fit on a multiprocessor at a time.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe int MaxActiveBlocksPerMultiprocessor(int blockSize, long dynamicSharedBytes = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dynamicSharedBytes);
        using var scope = Module.Context.Enter();
        int blocks;
        Check.Driver(
            cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, Handle, blockSize, (nuint)dynamicSharedBytes), $"block {blockSize}", Name);
        return blocks;
    }

    /// <summary>Its parameters, to compare a layout with; null where the driver is older than CUDA 12.4 and cannot tell.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public unsafe IReadOnlyList<CudaKernelParameter>? GetParameters()
    {
        if (!OptionalExport.Exists(CudaLibrary.Driver, nameof(cuFuncGetParamInfo))) return null;
        using var scope = Module.Context.Enter();
        var parameters = new List<CudaKernelParameter>();
        while (true)
        {
            nuint offset, size;
            var result = cuFuncGetParamInfo(Handle, (nuint)parameters.Count, &offset, &size);
            // Past the last parameter the index is an invalid value: the only way to count them.
            if (result == CudaResult.InvalidValue) return parameters;
            Check.Driver(result, kernel: Name, expression: nameof(cuFuncGetParamInfo));
            parameters.Add(new(checked((int)offset), checked((int)size)));
        }
    }

    /// <summary>Enqueues a launch.</summary>
    /// <exception cref="CudaException">The shape is impossible, a parameter has no value, the driver refuses, or earlier work
    /// failed.</exception>
    public unsafe void Launch(CudaStream stream, in CudaLaunch launch, CudaKernelArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(arguments);
        launch.Validate(Name);
        void** pointers = arguments.Pointers(Name);
        using var scope = Module.Context.Enter();
        var result = launch.HasAttributes
            ? LaunchWithAttributes(stream, launch, pointers)
            : cuLaunchKernel(Handle, launch.Grid.X, launch.Grid.Y, launch.Grid.Z, launch.Block.X, launch.Block.Y, launch.Block.Z,
                launch.SharedBytes, stream.Handle, pointers, null);
        GC.KeepAlive(arguments);
        if (result != CudaResult.Success)
        {
            string call = launch.HasAttributes ? nameof(cuLaunchKernelEx) : nameof(cuLaunchKernel);
            throw Check.DriverError(result, call, launch.ToString(), Name);
        }
    }

    private unsafe CudaResult LaunchWithAttributes(CudaStream stream, in CudaLaunch launch, void** pointers)
    {
        OptionalExport.RequireDriver(nameof(cuLaunchKernelEx), 11, 6);
        LaunchAttribute* attributes = stackalloc LaunchAttribute[3];
        uint count = 0;
        if (launch.Cluster is { } cluster)
        {
            attributes[count].id = LaunchAttributeId.ClusterDimension;
            attributes[count++].value.clusterDim = new() { x = cluster.X, y = cluster.Y, z = cluster.Z };
        }
        if (launch.Cooperative)
        {
            attributes[count].id = LaunchAttributeId.Cooperative;
            attributes[count++].value.cooperative = 1;
        }
        if (launch.ProgrammaticSerialization)
        {
            attributes[count].id = LaunchAttributeId.ProgrammaticStreamSerialization;
            attributes[count++].value.programmaticStreamSerializationAllowed = 1;
        }
        var config = new LaunchConfig
        {
            gridDimX = launch.Grid.X, gridDimY = launch.Grid.Y, gridDimZ = launch.Grid.Z,
            blockDimX = launch.Block.X, blockDimY = launch.Block.Y, blockDimZ = launch.Block.Z,
            sharedMemBytes = launch.SharedBytes,
            hStream = stream.Handle,
            attrs = attributes,
            numAttrs = count,
        };
        return cuLaunchKernelEx(&config, Handle, pointers, null);
    }
}
