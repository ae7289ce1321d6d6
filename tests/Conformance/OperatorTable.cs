namespace GpuTensor.Conformance;

/// <summary>PyTorch's operators in our API: one row an operator. What has no row does not exist here and is listed as
/// unsupported.</summary>
internal static partial class OperatorTable
{
    private static readonly Dictionary<string, OperatorRow> Rows = Index();

    /// <summary>The row of a corpus file's operator, under its name or an alias; null where there is none.</summary>
    public static OperatorRow? Find(CorpusFile file) =>
        Rows.GetValueOrDefault(file.Operator) ?? file.Aliases.Select(a => Rows.GetValueOrDefault(a)).FirstOrDefault(r => r is not null);

    private static Dictionary<string, OperatorRow> Index() =>
        new IEnumerable<OperatorRow>[] { Pointwise(), Reductions(), Movement(), Functional() }.SelectMany(r => r).ToDictionary(r => r.Name);

    private static OperatorRow Row(string name, string parameters, OperatorClass kind, Func<Call, object> invoke, Ties ties = Ties.None) =>
        new(name, parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries), kind, invoke, ties);
}
