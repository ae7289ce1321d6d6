namespace GpuTensor.Bindings.Cuda;

/// <summary>What a product does to its result before storing it. Column-major: the bias runs along the rows of D.</summary>
[Native("cublasLtEpilogue_t")]
public enum CublasLtEpilogue
{
    /// <summary>Nothing.</summary>
    [Native("CUBLASLT_EPILOGUE_DEFAULT")] Default = 1,

    /// <summary>max(x, 0).</summary>
    [Native("CUBLASLT_EPILOGUE_RELU")] Relu = 2,

    /// <summary>Adds a bias of rows(D) elements to every column.</summary>
    [Native("CUBLASLT_EPILOGUE_BIAS")] Bias = 4,

    /// <summary>Bias, then ReLU.</summary>
    [Native("CUBLASLT_EPILOGUE_RELU_BIAS")] ReluBias = 6,

    /// <summary>GELU in its tanh form.</summary>
    [Native("CUBLASLT_EPILOGUE_GELU")] Gelu = 32,

    /// <summary>Bias, then GELU in its tanh form.</summary>
    [Native("CUBLASLT_EPILOGUE_GELU_BIAS")] GeluBias = 36,

    /// <summary>ReLU, storing a bit mask for its gradient.</summary>
    [Native("CUBLASLT_EPILOGUE_RELU_AUX")] ReluAux = 130,

    /// <summary>Bias and ReLU, storing a bit mask.</summary>
    [Native("CUBLASLT_EPILOGUE_RELU_AUX_BIAS")] ReluAuxBias = 134,

    /// <summary>ReLU's gradient from the bit mask.</summary>
    [Native("CUBLASLT_EPILOGUE_DRELU")] DRelu = 136,

    /// <summary>ReLU's gradient and the bias gradient.</summary>
    [Native("CUBLASLT_EPILOGUE_DRELU_BGRAD")] DReluBGrad = 152,

    /// <summary>GELU, storing its input.</summary>
    [Native("CUBLASLT_EPILOGUE_GELU_AUX")] GeluAux = 160,

    /// <summary>Bias and GELU, storing its input.</summary>
    [Native("CUBLASLT_EPILOGUE_GELU_AUX_BIAS")] GeluAuxBias = 164,

    /// <summary>GELU's gradient from its stored input.</summary>
    [Native("CUBLASLT_EPILOGUE_DGELU")] DGelu = 192,

    /// <summary>GELU's gradient and the bias gradient.</summary>
    [Native("CUBLASLT_EPILOGUE_DGELU_BGRAD")] DGeluBGrad = 208,

    /// <summary>Also sums A over k: rows(D) elements.</summary>
    [Native("CUBLASLT_EPILOGUE_BGRADA")] BGradA = 256,

    /// <summary>Also sums B over k: cols(D) elements.</summary>
    [Native("CUBLASLT_EPILOGUE_BGRADB")] BGradB = 512,
}

/// <summary>How an algorithm that splits a sum over blocks may put it together; one that does not split is always allowed.</summary>
[Native("cublasLtReductionScheme_t"), Flags]
public enum CublasLtReductions
{
    /// <summary>No splitting.</summary>
    [Native("CUBLASLT_REDUCTION_SCHEME_NONE")] None = 0,

    /// <summary>In the result's own memory, with atomic operations: not the same bits every time.</summary>
    [Native("CUBLASLT_REDUCTION_SCHEME_INPLACE")] InPlace = 1,

    /// <summary>From partial sums in the compute type.</summary>
    [Native("CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE")] InComputeType = 2,

    /// <summary>From partial sums in the result's type.</summary>
    [Native("CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE")] InOutputType = 4,
}

/// <summary>How a matrix lies in memory.</summary>
[Native("cublasLtOrder_t")]
public enum CublasLtOrder
{
    /// <summary>Columns are contiguous.</summary>
    [Native("CUBLASLT_ORDER_COL")] Column = 0,

    /// <summary>Rows are contiguous; the bias epilogues do not work with it.</summary>
    [Native("CUBLASLT_ORDER_ROW")] Row = 1,
}

/// <summary>Attributes of a product.</summary>
[Native("cublasLtMatmulDescAttributes_t")]
internal enum LtDescriptionAttribute
{
    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_TRANSA")] TransposeA = 3,

    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_TRANSB")] TransposeB = 4,

    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_EPILOGUE")] Epilogue = 7,

    /// <summary>8 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_BIAS_POINTER")] BiasPointer = 8,

    /// <summary>8 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER")] AuxPointer = 11,

    /// <summary>8 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD")] AuxLeadingDimension = 12,

    /// <summary>8 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_BATCH_STRIDE")] AuxBatchStride = 13,

    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_DATA_TYPE")] AuxType = 22,

    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE")] BiasType = 26,
}

/// <summary>Attributes of a matrix.</summary>
[Native("cublasLtMatrixLayoutAttribute_t")]
internal enum LtLayoutAttribute
{
    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATRIX_LAYOUT_ORDER")] Order = 1,

    /// <summary>4 bytes.</summary>
    [Native("CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT")] BatchCount = 5,

    /// <summary>8 bytes, in elements.</summary>
    [Native("CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET")] BatchStride = 6,
}

/// <summary>Attributes of a search for an algorithm.</summary>
[Native("cublasLtMatmulPreferenceAttributes_t")]
internal enum LtPreferenceAttribute
{
    /// <summary>8 bytes; 0 unless set.</summary>
    [Native("CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES")] MaxWorkspaceBytes = 1,

    /// <summary>4 bytes; all unless set.</summary>
    [Native("CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK")] ReductionSchemes = 3,

    /// <summary>4 bytes; 256 unless set.</summary>
    [Native("CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES")] MinAlignmentA = 5,

    /// <summary>4 bytes; 256 unless set.</summary>
    [Native("CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES")] MinAlignmentB = 6,

    /// <summary>4 bytes; 256 unless set.</summary>
    [Native("CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES")] MinAlignmentC = 7,

    /// <summary>4 bytes; 256 unless set.</summary>
    [Native("CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES")] MinAlignmentD = 8,
}
