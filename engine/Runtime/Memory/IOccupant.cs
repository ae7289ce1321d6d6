namespace GpuTensor.Runtime.Memory;

/// <summary>The value that was computed last in a place that stays: a variable's own memory, or its part of a flat storage. The place tells
/// it when it is gone. Example: <c>w.Sub_(g)</c> computes the new <c>w</c> where the old one lay; the old value is told that it was
/// overwritten, so that whoever reads it later gets an error and not the new value.</summary>
internal interface IOccupant
{
    /// <summary>Another value lies at that place now.</summary>
    void OnOverwritten(Block place);

    /// <summary>A run broke off that may have written to that place.</summary>
    void OnFailed(Block place, Exception cause);
}
