namespace GpuTensor.Tests.Tensors;

/// <content>Gradients through views, and through what was written under views.</content>
internal sealed partial class ViewProgram
{
    /// <summary>Differentiates a weighted sum of views of a leaf, and of a value that was written through views of it.</summary>
    /// <returns>What differs from plain loops, which know which element of the leaf each is; null where nothing does.</returns>
    public string? Differentiate()
    {
        try
        {
            int[] shape = RandomShape();
            int count = PlainArray.CountOf(shape);
            var (leaf, value) = (Leaf(shape, i => i).RequiresGrad_(), Tensor.Full([], 3f, device: device, requiresGrad: true));
            PlainArray whole() => PlainArray.Of(shape, Enumerable.Range(0, count).Select(i => (double)i));
            double[] ofLeaf = new double[count];
            double ofValue = 0;
            var loss = Tensor.Zeros([], device: device);
            double Weight(int i) => i % 5 - 2;
            Tensor Weights(int[] of) => Leaf(of, Weight);

            // Through views of the leaf itself.
            for (int i = 0; i < 2; i++)
            {
                var plain = whole();
                var seen = View(leaf, ref plain, out string what, copies: false);
                log.Add($"  {what}");
                loss += (seen * Weights(plain.Shape)).Sum();
                for (int j = 0; j < plain.Count; j++) ofLeaf[plain.At[j]] += Weight(j);
            }

            // Through views of what was made of it, a part of which another value took.
            var (target, replaced) = (leaf * 1, new bool[count]);
            var places = whole();
            var under = View(target, ref places, out string under1, copies: true);
            log.Add($"  written under {under1}");
            if (!places.Overlaps && ReferenceEquals(under.Node, target.Node))
            {
                under.Copy_(value);
                foreach (int at in places.At) replaced[at] = true;
            }
            var read = whole();
            var view = View(target, ref read, out string over, copies: false);
            log.Add($"  read through {over}");
            loss += (view * Weights(read.Shape)).Sum();
            for (int j = 0; j < read.Count; j++)
                if (replaced[read.At[j]]) ofValue += Weight(j);
                else ofLeaf[read.At[j]] += Weight(j);
            loss.Backward();
            string? difference = Difference(leaf.Grad!, PlainArray.Of(shape, ofLeaf));
            if (difference is null && replaced.Any(r => r)) difference = Difference(value.Grad!, PlainArray.Of([], [ofValue]));
            return difference is null ? null : Report(difference);
        }
        catch (Exception e)
        {
            return Report(e.ToString());
        }
    }
}
