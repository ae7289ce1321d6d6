using GpuTensor.Graph;

namespace GpuTensor.Optim;

/// <summary>Moves variables next to each other in one allocation, and gives their gradients a second one, so that an optimizer's update is
/// one kernel over flat memory. Handles and views made earlier go on meaning the same variables.</summary>
internal static class FlatStorage
{
    /// <summary>Lays parameters out in their order, by device and dtype. Parameters that already lie in a flat storage stay there; those
    /// seen through a view stay where they are.</summary>
    public static void Adopt(IReadOnlyList<Tensor> parameters)
    {
        var movable = parameters.Where(p => p is { ViewOf: null, Leaf: not null } && p.Device.Planned is not null && p.Storage.Home is null
            && p.Node.Storages == 1)
            .DistinctBy(p => p.Storage);
        foreach (var run in movable.GroupBy(p => (p.Device, p.DType)))
        {
            Tensor[] members = [.. run];
            if (members.Length < 2) continue;
            foreach (var p in members) Recorder.Materialize(p.Node);
            var device = run.Key.Device;
            var places = device.Planned!.AllocateFlat([.. members.Select(p => p.ElementCount * p.DType.Size())],
                $"{members.Length} parameters");
            var gradients = device.Planned.AllocateFlat([.. members.Select(p => p.ElementCount * p.DType.Size())],
                $"gradients of {members.Length} parameters");
            for (int i = 0; i < members.Length; i++)
            {
                var storage = members[i].Storage;
                var old = storage.Current;
                device.Planned.Copy(old.Block!, places[i]);
                var moved = old.Replacement(places[i]);
                storage.Move(moved);
                places[i].Occupy(moved);
                storage.Home = places[i];
                members[i].Leaf!.GradHome = gradients[i];
            }
        }
    }
}
