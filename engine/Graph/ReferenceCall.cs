namespace GpuTensor.Graph;

/// <summary>One operator at work on the reference device: reads <see cref="In"/> (already broadcast: each has its operand's shape), fills
/// <see cref="Out"/>. Integer results are wrapped and floating ones rounded to the dtype when they are stored.</summary>
internal sealed class ReferenceCall(Node node, ReferenceArray[] inputs)
{
    public Node Node { get; } = node;

    public ReferenceArray[] In { get; } = inputs;

    public ReferenceArray Out { get; } = ReferenceArray.Make(node.DType, node.Shape);

    /// <summary>Set by an operator with several results: all of them, by number.</summary>
    public ReferenceArray[] Results { get; set; } = [];

    /// <summary>A function of one number, for floating dtypes.</summary>
    public void Map(Func<double, double> f)
    {
        for (int i = 0; i < Out.Real.Length; i++) Out.Real[i] = f(In[0].Real[i]);
    }

    /// <summary>A function of one number, for floating and integer dtypes.</summary>
    public void Map(Func<double, double> real, Func<long, long> integer)
    {
        if (In[0].IsReal) Map(real);
        else
            for (int i = 0; i < Out.Integer.Length; i++) Out.Integer[i] = integer(In[0].Integer[i]);
    }

    /// <summary>A function of two numbers, for floating and integer dtypes.</summary>
    public void Map(Func<double, double, double> real, Func<long, long, long> integer)
    {
        if (In[0].IsReal)
            for (int i = 0; i < Out.Real.Length; i++) Out.Real[i] = real(In[0].Real[i], In[1].Real[i]);
        else
            for (int i = 0; i < Out.Integer.Length; i++) Out.Integer[i] = integer(In[0].Integer[i], In[1].Integer[i]);
    }

    /// <summary>A predicate of two numbers; the result is bool.</summary>
    public void Test(Func<double, double, bool> real, Func<long, long, bool> integer)
    {
        for (int i = 0; i < Out.Integer.Length; i++)
            Out.Integer[i] = (In[0].IsReal ? real(In[0].Real[i], In[1].Real[i]) : integer(In[0].Integer[i], In[1].Integer[i])) ? 1 : 0;
    }
}
