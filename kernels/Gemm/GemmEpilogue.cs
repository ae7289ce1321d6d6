namespace GpuTensor.Kernels;

/// <summary>What happens to a finished element of the product: here its plain store.</summary>
internal sealed class GemmEpilogue
{
    private readonly GemmSource source;
    private readonly GemmTypes types;
    private readonly Store store;
    private readonly string target;
    private readonly int batchRank;

    public GemmEpilogue(GemmSpec spec, GemmTypes types, GemmSource source)
    {
        if (spec.Epilogue is not [Product product, Store { Value: 0 } only]) throw new ArgumentException("an epilogue is a product and its store");
        (this.types, this.source, store, batchRank) = (types, source, only, spec.Batch.Length);
        target = source.Buffer(GemmTypes.Storage(product.Type), true, only.Buffer);
        source.Helper(GemmTypes.Helpers(product.Type));
    }

    /// <summary>Statements that write the vectors <c>t[i·vectors + j]</c> of row <c>m</c> to columns from <c>n0</c> on, less those before <c>from</c> and those past the end.</summary>
    public string Row(int lanes, int vectors, string n)
    {
        string column = source.Stride("c_n", store.At.Strides[batchRank + 1]);
        string fast = column == "1" ? $$"""
                                    if (n >= from && n + {{lanes}} <= {{n}})
                                    {
                                        {{types.Store(store.Type, $"t[i * {vectors} + j]", "row + n", lanes)}}
                                        continue;
                                    }

            """ : "";
        return $$"""
                                __global {{GemmTypes.Storage(store.Type)}}* row = {{Address()}};
                                for (int j = 0; j < {{vectors}}; j++)
                                {
                                    const idx n = n0 + j * {{lanes}};
            {{fast}}                        {{types.Scalar}} lane[{{lanes}}];
                                    vstore{{lanes}}(t[i * {{vectors}} + j], 0, lane);
                                    for (int e = 0; e < {{lanes}}; e++)
                                        if (n + e >= from && n + e < {{n}}) {{types.Store(store.Type, "lane[e]", $"row + (n + e) * {column}", 1)}}
                                }
            """;
    }

    /// <summary>A statement that writes the scalar <paramref name="value"/> at row <c>m</c>, column <c>n</c>.</summary>
    public string Element(string value) =>
        types.Store(store.Type, value, $"{Address()} + n * {source.Stride("c_n", store.At.Strides[batchRank + 1])}", 1);

    private string Address() => $"{target} + {source.BatchAddress("c", store.At.Offset, store.At.Strides.AsSpan(0, batchRank))}"
        + $" + m * {source.Stride("c_m", store.At.Strides[batchRank])}";
}
