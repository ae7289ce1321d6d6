using GpuTensor.Graph;
using GpuTensor.Runtime;
using GpuTensor.Runtime.Memory;

namespace GpuTensor.Compiled;

/// <summary>Where a replay takes what a kernel reads.</summary>
/// <param name="Node">What was read at recording.</param>
/// <param name="Block">Its memory then: still the one for tensors that stay and for variables, whose new values lie in their
/// places.</param>
/// <param name="Argument">The argument it is, or −1.</param>
/// <param name="Gradient">The leaf whose gradient it is.</param>
/// <param name="IsHome">The function computes a new value in its place: the kernels know the place, not the node.</param>
internal readonly record struct CapturedLeaf(Node Node, Block Block, int Argument, LeafState? Gradient, bool IsHome);

/// <summary>A number of a recording: its value, where it comes from if it may change, and, of a generator's key or words, that generator
/// and how many words are drawn (0: it is the key).</summary>
internal readonly record struct CapturedScalar(long Bits, DType DType, Func<double>? Source, Generator? Generator, long Draws);

/// <summary>What a captured function left as a leaf's gradient: none, an output of its own, or a handle that stays.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Start">What it was before.</param>
/// <param name="Handle">The handle that stays; null for an output or none.</param>
/// <param name="Home">Where the handle's value is computed anew; null where it is a variable or is only read.</param>
/// <param name="Output">The output it is, or −1.</param>
/// <param name="Type">Of an output: its value's dtype and shape, how the gradient looks at it, and whether the function read the gradient's
/// handle.</param>
internal readonly record struct CapturedGradient(LeafState Leaf, GradientStart Start, Tensor? Handle, Block? Home = null, int Output = -1,
    (DType DType, Shape Shape, View? View, bool Exposed) Type = default);

/// <summary>What a recording ran by, and what its replays read, compute and set anew.</summary>
/// <param name="Executable">The plan.</param>
/// <param name="Homes">The memory of the plan's homes.</param>
/// <param name="Regions">The memory of its flat storages.</param>
/// <param name="Leaves">Where kernels read from.</param>
/// <param name="Scalars">The plan's numbers.</param>
/// <param name="Variables">Changed variables, the home each keeps, and how often it was changed.</param>
/// <param name="Gradients">Leaves' gradients afterwards.</param>
internal sealed record RecordedRun(Executable Executable, List<Block> Homes, List<Block> Regions, CapturedLeaf[] Leaves,
    CapturedScalar[] Scalars, (Storage Storage, Block Home, int Changes)[] Variables, CapturedGradient[] Gradients);
