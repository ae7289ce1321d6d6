namespace GpuTensor.Graph;

/// <summary>What a leaf's gradient was when a recorded function first touched it.</summary>
/// <param name="Before">The gradient; null where there was none.</param>
internal sealed record GradientStart(Tensor? Before)
{
    /// <summary>The function set it without looking: what it was does not matter.</summary>
    public static GradientStart Replaced { get; } = new(null as Tensor) { IsReplaced = true };

    public Node? Node { get; } = Before?.Node;

    public bool IsReplaced { get; private init; }
}

/// <summary>A function whose operators are recorded for replays (<see cref="Tensor.Compile(Func{Tensor, Tensor})"/>), as the recorder
/// sees it: the recorder reports what replays would miss, and waits with its flushes until the function has returned.</summary>
internal abstract class Recording
{
    /// <summary>Recordings under way, of all threads. Handles are not counted at any other time.</summary>
    public static int InProgress;

    /// <summary>True until the function has returned: flushes wait, reads are refused.</summary>
    public bool IsRecording { get; set; } = true;

    /// <summary>Host state to advance at each replay before the numbers are read, and back should it fail: an optimizer's step
    /// count.</summary>
    public List<(Action Advance, Action Undo)> OnReplay { get; } = [];

    /// <summary>The calling thread made a handle.</summary>
    public static void Note(Tensor handle) => Recorder.Recorded?.NoteHandle(handle);

    /// <summary>The function made a handle.</summary>
    protected abstract void NoteHandle(Tensor handle);

    /// <summary>The function touches a leaf's gradient; the first time counts.</summary>
    public abstract void NoteGradient(LeafState leaf, GradientStart start);

    /// <summary>The function computed something elsewhere, which replays would not.</summary>
    public abstract void Refuse(string why);

    /// <summary>The nodes of a graph that the program holds when the function has returned; null for a graph that was not
    /// searched.</summary>
    public abstract HashSet<int>? HeldIn(Recorder graph);
}
