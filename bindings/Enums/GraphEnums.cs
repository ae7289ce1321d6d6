namespace GpuTensor.Bindings.Cuda;

/// <summary>How a graph is instantiated.</summary>
[Flags]
[Native("CUgraphInstantiate_flags")]
public enum CudaGraphInstantiateFlags : ulong
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>Memory the graph allocates and does not free is freed before its next launch.</summary>
    [Native("CUDA_GRAPH_INSTANTIATE_FLAG_AUTO_FREE_ON_LAUNCH")] AutoFreeOnLaunch = 1,

    /// <summary>Runs each node at the priority of the stream it was captured from.</summary>
    [Native("CUDA_GRAPH_INSTANTIATE_FLAG_USE_NODE_PRIORITY")] UseNodePriority = 8,
}

/// <summary>What a node of a graph does.</summary>
[Native("CUgraphNodeType")]
public enum CudaGraphNodeType
{
    /// <summary>Launches a kernel.</summary>
    [Native("CU_GRAPH_NODE_TYPE_KERNEL")] Kernel = 0,

    /// <summary>Copies.</summary>
    [Native("CU_GRAPH_NODE_TYPE_MEMCPY")] Memcpy = 1,

    /// <summary>Fills.</summary>
    [Native("CU_GRAPH_NODE_TYPE_MEMSET")] Memset = 2,

    /// <summary>Calls the host.</summary>
    [Native("CU_GRAPH_NODE_TYPE_HOST")] Host = 3,

    /// <summary>Runs a child graph.</summary>
    [Native("CU_GRAPH_NODE_TYPE_GRAPH")] Graph = 4,

    /// <summary>Only orders others.</summary>
    [Native("CU_GRAPH_NODE_TYPE_EMPTY")] Empty = 5,

    /// <summary>Waits for an event.</summary>
    [Native("CU_GRAPH_NODE_TYPE_WAIT_EVENT")] WaitEvent = 6,

    /// <summary>Records an event.</summary>
    [Native("CU_GRAPH_NODE_TYPE_EVENT_RECORD")] EventRecord = 7,

    /// <summary>Allocates memory.</summary>
    [Native("CU_GRAPH_NODE_TYPE_MEM_ALLOC")] MemAlloc = 10,

    /// <summary>Frees memory.</summary>
    [Native("CU_GRAPH_NODE_TYPE_MEM_FREE")] MemFree = 11,

    /// <summary>Waits for or writes values in memory.</summary>
    [Native("CU_GRAPH_NODE_TYPE_BATCH_MEM_OP")] BatchMemOp = 12,

    /// <summary>Runs a child graph where a condition holds.</summary>
    [Native("CU_GRAPH_NODE_TYPE_CONDITIONAL")] Conditional = 13,
}

/// <summary>Whether an instantiated graph took over the nodes of another, or why not.</summary>
[Native("CUgraphExecUpdateResult")]
public enum CudaGraphExecUpdateResult
{
    /// <summary>It did.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_SUCCESS")] Success = 0,

    /// <summary>Another error; the call returned it.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR")] Error = 1,

    /// <summary>Nodes or their order differ.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_TOPOLOGY_CHANGED")] TopologyChanged = 2,

    /// <summary>A node is of another type.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_NODE_TYPE_CHANGED")] NodeTypeChanged = 3,

    /// <summary>A node launches another kernel.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_FUNCTION_CHANGED")] FunctionChanged = 4,

    /// <summary>Parameters differ in a way that cannot be updated.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_PARAMETERS_CHANGED")] ParametersChanged = 5,

    /// <summary>The node cannot be updated.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_NOT_SUPPORTED")] NotSupported = 6,

    /// <summary>The kernel changed in an unsupported way.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_UNSUPPORTED_FUNCTION_CHANGE")] UnsupportedFunctionChange = 7,

    /// <summary>A node's attributes differ in a way that cannot be updated.</summary>
    [Native("CU_GRAPH_EXEC_UPDATE_ERROR_ATTRIBUTES_CHANGED")] AttributesChanged = 8,
}
