namespace GpuTensor.Tests.Bindings.FakeDriver;

/// <summary>The hand-written part of the recording driver: its log, and the few calls that must answer something of their own.</summary>
internal static class FakeSource
{
    /// <summary>Comes before the generated functions.</summary>
    public const string Start = """
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>

        typedef uint64_t handle;
        static char text[1 << 18];
        static size_t used;
        static const char* current_call;
        static char failing_call[64];
        static int failing_code, failing_times;
        static uint64_t next = 0x5a0000000000;
        static __thread uint64_t stack[16];
        static __thread int depth;

        static void put(const char* s)
        {
            size_t n = strlen(s);
            if (used + n + 1 >= sizeof text) return;
            memcpy(text + used, s, n + 1);
            used += n;
        }
        static void begin(const char* name) { current_call = name; put(name); }
        static void arg(uint64_t v) { char b[32]; snprintf(b, sizeof b, " %llx", (unsigned long long)v); put(b); }
        static void end(void) { put("\n"); }
        static void note(const char* key, uint64_t v) { put(" "); put(key); arg(v); end(); }
        static int failing(void)
        {
            if (failing_times == 0 || strcmp(current_call, failing_call) != 0) return 0;
            failing_times--;
            return failing_code;
        }
        static handle handle_out(void) { return next += 0x1000; }
        static int int_out(void) { return 1; }
        static size_t size_t_out(void) { return 4096; }

        const char* fake_log(void) { return text; }
        void fake_reset(void) { used = 0; text[0] = 0; failing_times = 0; depth = 0; }
        void fake_fail(const char* call, int code, int times) { strcpy(failing_call, call); failing_code = code; failing_times = times; }
        void fake_current(uint64_t context) { depth = context ? 1 : 0; stack[0] = context; }

        struct config { uint32_t gx, gy, gz, bx, by, bz, shared; void* stream; char* attrs; uint32_t count; };
        struct node { void* func; uint32_t gx, gy, gz, bx, by, bz, shared; void** params; void** extra; void* kern; void* ctx; };


        """;

    /// <summary>What some calls do after writing themselves down: "@name", then statements over their arguments a0, a1, … All others hand
    /// out handles and numbers.</summary>
    private const string Special = """
        @cuDriverGetVersion
        *(int*)a0 = CUDA_VERSION;
        @cuGetErrorName
        *(const char**)a1 = "CUDA_ERROR_FAKE";
        @cuGetErrorString
        *(const char**)a1 = "the fake says so";
        @cuDeviceGetCount
        *(int*)a0 = 2;
        @cuDeviceGet
        *(int*)a0 = a1 + 40;
        @cuDeviceGetName
        snprintf(a0, a1, "Fake %d", a2);
        @cuDeviceTotalMem_v2
        *(size_t*)a0 = (size_t)80 << 30;
        @cuDeviceGetAttribute
        *(int*)a0 = a1;
        @cuDevicePrimaryCtxRetain
        *(uint64_t*)a0 = 0x770000000000 + a1;
        @cuCtxGetCurrent
        *(uint64_t*)a0 = depth ? stack[depth - 1] : 0;
        @cuCtxSetCurrent
        if (!depth) depth = 1;
        stack[depth - 1] = (uint64_t)a0;
        @cuCtxPushCurrent_v2
        stack[depth++] = (uint64_t)a0;
        @cuCtxPopCurrent_v2
        *(uint64_t*)a0 = stack[--depth];
        @cuMemGetInfo_v2
        *(size_t*)a0 = 5000000000;
        *(size_t*)a1 = 80000000000;
        @cuMemHostAlloc
        *(void**)a0 = malloc(a1);
        @cuMemFreeHost
        free(a0);
        @cuMemcpyHtoDAsync_v2
        note("first", *(uint8_t*)a1);
        @cuMemcpyDtoHAsync_v2
        memset(a0, 7, a2);
        @cuMemPoolGetAttribute
        *(uint64_t*)a2 = 1000 + a1;
        @cuMemPoolSetAttribute
        note("value", *(uint64_t*)a2);
        @cuModuleLoadDataEx
        for (int i = 0; i < a2; i++) note("option", ((int*)a3)[i]);
        note("bytes", (uint64_t)((void**)a4)[1]);
        strcpy(((char**)a4)[0], "info of the fake");
        strcpy(((char**)a4)[2], "error of the fake");
        *(uint64_t*)a0 = handle_out();
        if (((char*)a1)[0] == '!') return 218;
        @cuModuleGetFunction
        put(" ");
        put(a2);
        end();
        *(uint64_t*)a0 = handle_out();
        @cuFuncGetParamInfo
        if (a1 >= 3) return 1;
        *(size_t*)a2 = a1 == 2 ? 12 : a1 * 8;
        *(size_t*)a3 = a1 == 0 ? 8 : 4;
        @cuLaunchKernel
        note("p0", *(uint64_t*)((void**)a9)[0]);
        note("p1", *(uint32_t*)((void**)a9)[1]);
        note("p2", *(uint32_t*)((void**)a9)[2]);
        @cuLaunchKernelEx
        struct config* c = a0;
        note("gz", c->gz);
        note("bx", c->bx);
        note("shared", c->shared);
        note("stream", (uint64_t)c->stream);
        for (int i = 0; i < c->count; i++) {
            char* attribute = c->attrs + 72 * i;
            note("id", *(uint32_t*)attribute);
            note("x", *(uint32_t*)(attribute + 8));
            note("y", *(uint32_t*)(attribute + 12));
        }
        @cuStreamIsCapturing
        *(int*)a1 = 1;
        @cuEventElapsedTime
        *(float*)a0 = 1.5f;
        @cuGraphGetNodes
        *(size_t*)a2 = 2;
        if (a1) { ((uint64_t*)a1)[0] = 0x111000000000; ((uint64_t*)a1)[1] = 0x222000000000; }
        @cuGraphNodeGetType
        *(int*)a1 = (uint64_t)a0 == 0x111000000000 ? 0 : 2;
        @cuGraphKernelNodeGetParams_v2
        struct node* n = a1;
        memset(n, 0, sizeof *n);
        n->func = (void*)0x333000000000;
        n->gx = 5;
        n->bz = 6;
        n->shared = 7;
        @cuGraphExecKernelNodeSetParams_v2
        struct node* n = a2;
        note("func", (uint64_t)n->func);
        note("gy", n->gy);
        note("bx", n->bx);
        note("shared", n->shared);
        note("p1", *(uint32_t*)n->params[1]);
        note("rest", (uint64_t)n->extra | (uint64_t)n->kern | (uint64_t)n->ctx);
        @cuGraphExecUpdate_v2
        *(int*)a2 = (uint64_t)a1 % 0x2000 ? 3 : 0;
        if (*(int*)a2) return 910;
        @cublasGetVersion_v2
        *(int*)a1 = 130002;
        @cublasGetMathMode
        *(int*)a1 = 16;
        @cublasLtGetVersion
        return 130104;
        @cublasSgemm_v2
        note("alpha", *(uint32_t*)a6);
        note("beta", *(uint32_t*)a11);
        @cublasDgemm_v2
        note("alpha", *(uint64_t*)a6);
        note("beta", *(uint64_t*)a11);
        @cublasGemmEx
        note("alpha", *(uint32_t*)a6);
        note("beta", *(uint32_t*)a13);
        @cublasGemmEx_64
        note("alpha", *(uint32_t*)a6);
        note("beta", *(uint32_t*)a13);
        @cublasGemmStridedBatchedEx
        note("alpha", *(uint32_t*)a6);
        note("beta", *(uint32_t*)a15);
        @cublasGemmStridedBatchedEx_64
        note("alpha", *(uint32_t*)a6);
        note("beta", *(uint32_t*)a15);
        @cublasLtMatmulDescSetAttribute
        uint64_t v = 0;
        memcpy(&v, a2, a3);
        note("value", v);
        @cublasLtMatmulDescGetAttribute
        memset(a2, 0, a3);
        *(uint32_t*)a2 = 36;
        *(size_t*)a4 = a3;
        @cublasLtMatrixLayoutSetAttribute
        uint64_t v = 0;
        memcpy(&v, a2, a3);
        note("value", v);
        @cublasLtMatmulPreferenceSetAttribute
        uint64_t v = 0;
        memcpy(&v, a2, a3);
        note("value", v);
        @cublasLtMatmulAlgoGetHeuristic
        memset(a8, 0, 96 * a7);
        for (int i = 0; i < a7; i++) {
            char* r = (char*)a8 + 96 * i;
            *(uint64_t*)r = 77 + i;
            *(uint64_t*)(r + 56) = 88 + i;
            *(size_t*)(r + 64) = 1024 * i;
            *(int*)(r + 72) = i == 1 ? 15 : 0;
            *(float*)(r + 76) = 0.5f;
        }
        *(int*)a9 = a7;
        @cublasLtMatmul
        note("alpha", *(uint32_t*)a2);
        note("beta", *(uint32_t*)a7);
        note("algo", *(uint64_t*)a12);
        """;

    /// <summary>The statements of <see cref="Special"/> by name.</summary>
    public static readonly Dictionary<string, string> Bodies = Special.Split('@', StringSplitOptions.RemoveEmptyEntries)
        .Select(static section => section.Split('\n', 2)).ToDictionary(static parts => parts[0], static parts => parts[1]);
}
