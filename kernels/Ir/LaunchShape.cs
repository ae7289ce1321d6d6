namespace GpuTensor.Kernels;

/// <summary>Sizes along x, y and z: of a grid in work-groups, of a work-group in work-items. A single number is a size along x.</summary>
internal readonly record struct Size3(long X, long Y = 1, long Z = 1)
{
    /// <summary>The product of the three.</summary>
    public long Count => X * Y * Z;

    public static implicit operator Size3(long x) => new(x);

    /// <summary>Example: <c>16 × 4</c>. Sizes of 1 at the end are left out.</summary>
    public override string ToString() => Z != 1 ? $"{X} × {Y} × {Z}" : Y != 1 ? $"{X} × {Y}" : $"{X}";
}

/// <summary>How a kernel is launched, apart from its arguments.</summary>
/// <param name="Groups">Work-groups. None along some dimension: nothing is launched.</param>
/// <param name="GroupSize">Work-items in a group, as the kernel's text was made for.</param>
/// <param name="LocalBytes">Bytes of the dynamic local array that each group gets (<see cref="Statement.DynamicLocal"/>); 0 where the
/// kernel has none.</param>
internal readonly record struct LaunchShape(Size3 Groups, Size3 GroupSize, int LocalBytes = 0)
{
    /// <summary>Example: <c>8 × 2 groups of 16 × 16, 8320 bytes of local memory</c>.</summary>
    public override string ToString() =>
        $"{Groups} groups of {GroupSize}" + (LocalBytes > 0 ? $", {LocalBytes} bytes of local memory" : "");
}

/// <summary>What of a launch's shape follows from sizes: the work-groups along x, y and z, and the bytes of the dynamic local
/// array.</summary>
internal readonly record struct SymbolicGrid(SymInt X, SymInt Y, SymInt Z, SymInt LocalBytes)
{
    public const int Length = 4;

    public static implicit operator SymbolicGrid(SymInt x) => new(x, 1, 1, 0);

    /// <summary>Its <see cref="Length"/> numbers, in the order that <see cref="LaunchNumbers"/> reads them in.</summary>
    public SymInt[] Numbers => [X, Y, Z, LocalBytes];
}
