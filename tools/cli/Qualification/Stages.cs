namespace GpuTensor.Cli.Qualification;

/// <summary>A part of a qualification; each runs in a process of its own.</summary>
/// <param name="Weight">Its share of the time that is left when it begins, among the stages not yet run.</param>
/// <param name="Sanitized">Whether compute-sanitizer watches it.</param>
internal sealed record Stage(string Name, string What, double Weight, Action<StageRun> Run, bool Sanitized = false)
{
    /// <summary>All, in the order they run: what tells most about a fault comes first.</summary>
    public static IReadOnlyList<Stage> All { get; } =
    [
        new("doctor", "driver, libraries and small calculations", 1, run => DoctorCommand.Examine(run.Examination, run.DeviceName)),
        new("matmul", "random matrix products against plain loops, and each epilogue", 1.2, ProductFuzz.Run),
        new("conformance", "recorded PyTorch calls, gradients and second derivatives", 4.3, SampleStages.RunAll),
        new("replay", "training replayed against every operator by itself, to the bit", 1, ReplayPrograms.Run),
        new("benchmarks", "small timings", 1, Timings.Run),
        new("sanitizer", $"{SampleStages.Few} samples under compute-sanitizer", 1.5, SampleStages.RunFew, Sanitized: true),
    ];
}
