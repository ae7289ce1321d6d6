using GpuTensor.Backends;
using GpuTensor.Graph;
using GpuTensor.Operators;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;
using Xunit;

namespace GpuTensor.Tests.Runtime;

public class PendingChecksTests
{
    private readonly FakeBackend backend = new();
    private readonly Pool pool;
    private readonly IndexFaults faults = new();
    private readonly PendingChecks checks;

    public PendingChecksTests()
    {
        pool = new(backend);
        checks = new(backend, pool, faults);
    }

    /// <summary>A run whose first result is the answer of a check, and whose second was computed from the checked index.</summary>
    private Block[] Run(long answer)
    {
        Block[] outputs = [pool.Allocate(8, "answer"), pool.Allocate(8, "result")];
        backend.Write(outputs[0].Buffer!, outputs[0].Offset, BitConverter.GetBytes(answer));
        checks.Add([(0, new IndexCheck("index_select", Size: 5, FromEnd: true))], suspects: [1], outputs);
        return outputs;
    }

    [Fact]
    public void An_index_out_of_range_is_told_to_the_thread_that_gave_it_and_to_whoever_reads_the_result()
    {
        var outputs = Run(answer: 7);
        Assert.Null(outputs[1].Verdict!.Error);
        faults.Throw();
        checks.Read();
        Assert.Contains("index 7 is out of range for a dimension of size 5", outputs[1].Verdict!.Error!.Message);
        Assert.Same(outputs[1].Verdict!.Error, Assert.Throws<TensorIndexException>(faults.Throw));
        faults.Throw();
    }

    [Fact]
    public void Where_all_is_well_nobody_hears_of_it_and_the_answer_s_memory_is_free_again()
    {
        long before = pool.LiveBytes;
        var outputs = Run(IndexCheck.Fine);
        checks.Read();
        faults.ThrowAny();
        Assert.Null(outputs[1].Verdict!.Error);
        pool.Release(outputs[1]);
        Assert.Equal(before, pool.LiveBytes);
        // Each answer is read once.
        int calls = backend.Calls.Count;
        checks.Read();
        Assert.Equal(calls, backend.Calls.Count);
    }

    [Fact]
    public void An_answer_that_could_not_be_read_is_read_later()
    {
        var outputs = Run(answer: -9);
        backend.Fault = call => throw new DeviceException(call);
        Assert.Throws<DeviceException>(checks.Read);
        backend.Fault = null;
        checks.Read();
        Assert.Contains("index -9", outputs[1].Verdict!.Error!.Message);
    }

    [Fact]
    public void In_a_program_that_never_waits_they_are_read_when_there_are_many()
    {
        for (int run = 0; run < 256; run++) Run(IndexCheck.Fine);
        Assert.False(checks.AreTooMany);
        Run(IndexCheck.Fine);
        Assert.True(checks.AreTooMany);
        checks.Read();
        Assert.False(checks.AreTooMany);
    }
}
