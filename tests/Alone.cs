using Xunit;

namespace GpuTensor.Tests;

/// <summary>Runs with no other test beside it: a test that counts what a change of settings anywhere in the process would add to.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;
