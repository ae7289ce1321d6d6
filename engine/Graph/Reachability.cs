using System.Runtime.CompilerServices;

namespace GpuTensor.Graph;

/// <summary>Collects garbage so that weak references tell which handles the program still holds: C# has no reference counts.</summary>
internal static class Reachability
{
    /// <summary>The number of collections so far: taken before the first handle is made whose reachability will be asked for.</summary>
    public static int Now => GC.CollectionCount(0);

    /// <summary>Frees every unreachable object that was made since a time.</summary>
    /// <param name="since">That time, as <see cref="Now"/> gave it.</param>
    /// <remarks>The objects are young and a collection of the young generations suffices, unless another collection came in between: it
    /// moves the objects that it finds alive to an older generation, where only a full collection finds that they have died.</remarks>
    public static void Collect(int since)
    {
        var canary = Canary();
        bool areYoung = Now == since;
        GC.Collect(areYoung ? 1 : 2, GCCollectionMode.Forced, blocking: true);
        // A background collection under way keeps everything young alive; a full one waits for its end.
        if (areYoung && canary.IsAlive) GC.Collect(2, GCCollectionMode.Forced, blocking: true);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Canary() => new(new object());
}
