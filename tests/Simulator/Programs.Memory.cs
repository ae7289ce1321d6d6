using GpuTensor.Bindings.Cuda;
using Xunit;
using static GpuTensor.Bindings.Cuda.DriverApi;

namespace GpuTensor.Tests.Simulator;

// Devices, contexts, memory.
public static unsafe partial class Programs
{
    [Machine("capability=9.0,8.6;memory=6G")]
    public static void Devices_AreWhatTheSettingsSay()
    {
        Assert.Equal(2, Cuda.Devices.Count);
        Assert.Equal(new Version(13, 0), Cuda.DriverVersion);
        Assert.Equal(new ComputeCapability(9, 0), Cuda.Devices[0].ComputeCapability);
        Assert.Equal(new ComputeCapability(8, 6), Cuda.Devices[1].ComputeCapability);
        Assert.Equal("GpuTensor CUDA simulator", Cuda.Devices[0].Name);
        Assert.Equal(6L << 30, Cuda.Devices[0].TotalMemory);
        Assert.Equal(227 * 1024, Cuda.Devices[0][CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin]);
        Assert.Equal(99 * 1024, Cuda.Devices[1][CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin]);
    }

    [Machine("capability=9.0,8.6,7.5;visible=2,0")]
    public static void VisibleDevices_AreChosen_AndNumberedAnew() =>
        Assert.Equal([new(7, 5), new(9, 0)], Cuda.Devices.Select(d => d.ComputeCapability));

    [Machine("visible=-1")]
    public static void NoDevice_IsSaidSo()
    {
        Assert.False(Cuda.IsAvailable);
        Assert.Contains("CUDA_VISIBLE_DEVICES", Cuda.WhyUnavailable);
    }

    public static void Copies_RoundTrip_AndNothingIsLeft()
    {
        using (var context = CudaContext.Create())
        using (var stream = CudaStream.Create(context))
        {
            float[] values = [.. Enumerable.Range(0, 1000).Select(i => i * 0.5f)], back = new float[1000];
            using var plain = CudaDeviceVariable<float>.From(stream, values);
            using var pooled = CudaDeviceMemory.AllocateAsync(stream, 4000);
            using var pinned = CudaPinnedMemory.Allocate(context, 4000);
            stream.CopyWithinDevice(pooled.Address, plain.Address, 4000);
            stream.CopyToHostAsync(pinned, 0, pooled.Address, 4000);
            // The stream is late: nothing has arrived before the wait.
            Assert.True(float.IsNaN(BitConverter.ToSingle(pinned.Span(0, 4))));
            stream.Synchronize();
            Assert.Equal(values, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(pinned.Span(0, 4000)).ToArray());
            stream.Fill(plain.Address, 0x40400000u, 500);
            plain.CopyTo(stream, back);
            Assert.Equal(3f, back[499]);
            Assert.Equal(250f, back[500]);
        }
        foreach (string kind in (string[])["context", "stream", "device block", "device bytes", "pinned block", "share"])
            Assert.Equal(0, _simulator.Live(kind));
    }

    [Machine("memory=64M")]
    public static void OutOfMemory_IsRefused_AndWhatIsFreedIsThereAgain()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var first = CudaDeviceMemory.AllocateAsync(stream, 40 << 20);
        var error = Refused(CudaResult.OutOfMemory, () => CudaDeviceMemory.AllocateAsync(stream, 40 << 20), "cuMemAllocAsync",
            "of 67108864 bytes are free");
        Assert.True(error.IsOutOfMemory);
        first.Dispose();
        // The release lies in the stream, not yet run: the driver finds it.
        using var second = CudaDeviceMemory.AllocateAsync(stream, 40 << 20);
        Refused(CudaResult.OutOfMemory, () => CudaDeviceMemory.Allocate(context, 40 << 20), "cuMemAlloc_v2");
    }

    public static void Pool_KeepsWhatTheThresholdSays()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        var pool = context.Device.DefaultMemoryPool;
        CudaDeviceMemory.AllocateAsync(stream, 1 << 20).Dispose();
        Assert.Equal(1u << 20, pool.ReservedBytes);
        stream.Synchronize();
        Assert.Equal(0u, pool.ReservedBytes);
        pool.ReleaseThreshold = ulong.MaxValue;
        CudaDeviceMemory.AllocateAsync(stream, 1 << 20).Dispose();
        stream.Synchronize();
        Assert.Equal((0ul, 1ul << 20), (pool.UsedBytes, pool.ReservedBytes));
        pool.TrimTo(0);
        Assert.Equal(0u, pool.ReservedBytes);
    }

    [Machine("memory=64G")]
    public static void Addresses_And_Sizes_Exceed32Bits()
    {
        using var context = CudaContext.Create();
        using var big = CudaDeviceMemory.Allocate(context, 5L << 30);
        Assert.True(big.Address > uint.MaxValue);
        Assert.True(context.Handle > uint.MaxValue);
        Assert.Equal((59L << 30, 64L << 30), context.MemoryInfo);
    }

    [Machine("pools=0")]
    public static void ADeviceWithoutPools_SaysSo()
    {
        using var context = CudaContext.Create();
        using var stream = CudaStream.Create(context);
        Assert.False(context.Device.HasMemoryPools);
        Refused(CudaResult.NotSupported, () => CudaDeviceMemory.AllocateAsync(stream, 16), "no memory pools");
    }
}
