using GpuTensor.Graph;

namespace GpuTensor;

/// <summary>Gradients of views, apart from those of the values they look at: with x = w[..2], y = x.Sum() + w.Sum(), that of x is 1, though
/// each of its elements in w has 2. A view is no node of the graph, so each read of the value is looked at: what reads through the view, or
/// only elements of the view, is taken to come from it.</summary>
internal sealed class ViewGradients
{
    /// <summary>Which elements a view reads is looked at up to so many; larger reads are taken to come from the view.</summary>
    private const long MostVisited = 1 << 16;

    private readonly Dictionary<Node, List<ViewGradient>> byValue = new(ReferenceEqualityComparer.Instance);

    /// <summary>Has the gradient of a view of a value added up by itself.</summary>
    public void Register(Node node, View view)
    {
        if (!byValue.TryGetValue(node, out var views)) byValue.Add(node, views = []);
        if (!views.Exists(v => v.View.Equals(view))) views.Add(new(view));
    }

    public ViewGradient? Find(Node node, View? view) =>
        view is not null && byValue.TryGetValue(node, out var views) ? views.Find(v => v.View.Equals(view)) : null;

    /// <summary>A gradient arrives for what was read of a value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="read">How it was read.</param>
    /// <param name="gradient">Of what was read, in that shape.</param>
    public void Note(Node node, View? read, Tensor gradient)
    {
        if (byValue.TryGetValue(node, out var views))
            foreach (var view in views) view.Note(node, read ?? View.Identity(node.Shape), gradient);
    }

    /// <summary>What arrives for one view.</summary>
    internal sealed class ViewGradient(View view)
    {
        private Tensor? sum;
        private bool hasOthers;
        private HashSet<long>? elements;

        public View View { get; } = view;

        /// <summary>The gradient of the view, in its shape.</summary>
        /// <param name="whole">That of the value; null: nothing arrived.</param>
        /// <returns>Null where nothing was read through the view.</returns>
        /// <exception cref="AutogradException">It cannot be told which elements were read.</exception>
        public Tensor? Of(Tensor? whole)
        {
            if (whole is null) return null;
            if (!View.Overlaps) return hasOthers ? sum?.ViewAs(View) : whole.ViewAs(View);
            return !hasOthers ? sum : throw new AutogradException(
                $"Several elements of an input of shape {View.Shape} are one in memory (it was expanded, or its windows overlap), and the "
                + "memory was read in other ways too, so the input's own gradient cannot be told. Use a Clone() of it as the input, and "
                + "compute from that.");
        }

        public void Note(Node node, View read, Tensor gradient)
        {
            bool isSpread = Shape.TryBroadcast(View.Shape, read.Shape, out var spread) && spread == read.Shape
                && View.Expand(read.Shape).Equals(read);
            if (View.Overlaps)
            {
                // Which of the elements that are one was read, only the very view tells.
                if (isSpread) Add(Folded(gradient));
                else hasOthers |= !IsApart(read);
            }
            else if (isSpread || IsWithin(read)) Add(ViewAdjoint.Apply(read, node, gradient));
            else hasOthers |= !IsApart(read);
        }

        private void Add(Tensor gradient) => sum = sum is null ? gradient : sum + gradient;

        /// <summary>The gradient of what was broadcast, of the view's shape.</summary>
        private Tensor Folded(Tensor gradient)
        {
            int more = gradient.Rank - View.Shape.Rank;
            int[] dims = [.. Enumerable.Range(0, gradient.Rank).Where(d => d < more
                || (View.Shape.Span[d - more] == 1 && gradient.Shape[d] != 1))];
            return dims.Length == 0 ? gradient : gradient.Sum(dims, keepDim: true).Reshape(View.Shape);
        }

        private bool IsWithin(View read) => !IsVisited(read) || read.Elements().All(Elements().Contains);

        private bool IsApart(View read) => IsVisited(read) && !read.Elements().Any(Elements().Contains);

        private bool IsVisited(View read) => read.Shape.ElementCount <= MostVisited && View.Shape.ElementCount <= MostVisited;

        private HashSet<long> Elements() => elements ??= [.. View.Elements()];
    }
}
