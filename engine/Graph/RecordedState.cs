namespace GpuTensor.Graph;

/// <summary>Whether a recording of a compiled function has read some host state: a module's mode, a setting, whether a leaf asks for
/// gradients, where a variable lies. Replays do not read it again, so its change makes recordings invalid.</summary>
/// <remarks>State that no recording has read, as that of an object just made, changes freely: a thread that builds a network does not make
/// the compiled functions of other threads record anew.</remarks>
internal struct RecordedState
{
    private static int epoch;

    private bool wasRead;

    /// <summary>Counts changes of state that recordings have read. What was recorded before a change is recorded anew.</summary>
    public static int Epoch => Volatile.Read(ref epoch);

    /// <summary>Called where the state is read.</summary>
    public void Read()
    {
        // Almost never is a recording in progress, and then mostly on this thread: the first test is a plain read of a static field.
        if (Recording.InProgress != 0 && Recorder.Recorded is not null) wasRead = true;
    }

    /// <summary>Called after the state was changed.</summary>
    public readonly void Changed()
    {
        if (wasRead) Interlocked.Increment(ref epoch);
    }
}
