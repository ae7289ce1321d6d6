using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings;

/// <summary>Every import, enum and struct of the bindings against NVIDIA's headers. Whatever the table does not know fails: nothing goes
/// unchecked.</summary>
public class AbiTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
    private static readonly Assembly Bindings = typeof(GpuTensor.Bindings.Cuda.Cuda).Assembly;

    [Fact]
    public void Every_import_is_exported_under_this_name_by_this_library_with_these_parameters()
    {
        var table = AbiTable.Require();
        var imports = Imports();
        Assert.True(imports.Count > 90, $"Only {imports.Count} imports were found.");
        AssertNone(imports.SelectMany(i => Compare(table, i)));
    }

    [Fact]
    public void Every_import_younger_than_the_oldest_driver_says_since_when()
    {
        var table = AbiTable.Require();
        var wrong = new List<string>();
        foreach (var method in NativeMethods())
        {
            if (!table.TryFunction(method.Name, out _, out var function) || !function.TryGetProperty("since", out var since)) continue;
            var first = Version.Parse(since.GetString()!);
            var declared = method.GetCustomAttribute<SinceAttribute>()?.Version;
            var expected = first > GpuTensor.Bindings.Cuda.Cuda.MinimumDriverVersion ? first : null;
            if (declared != expected) wrong.Add($"{method.Name}: since {declared}, the table says {first}");
        }
        AssertNone(wrong);
    }

    [Fact]
    public void Imports_are_blittable_and_resolved_by_our_probe_only()
    {
        Assert.NotNull(Bindings.GetCustomAttribute<DisableRuntimeMarshallingAttribute>());
        string[] known = [ImportResolver.Driver, ImportResolver.Cublas, ImportResolver.CublasLt];
        foreach (var method in NativeMethods())
        {
            var import = method.GetCustomAttribute<DllImportAttribute>()!;
            Assert.Contains(import.Value, known);
            // Where the generator has to marshal, it puts the import into a nested function with another name and a string or array in
            // the method itself.
            Assert.True(import.EntryPoint == method.Name, $"{method.Name} imports {import.EntryPoint}.");
            Assert.All(method.GetParameters(), p =>
                Assert.True(p.ParameterType.IsPointer || p.ParameterType.IsValueType, $"{method.Name}: {p}"));
        }
    }

    [Fact]
    public void Every_enum_constant_has_the_headers_value()
    {
        var table = AbiTable.Require();
        var wrong = new List<string>();
        int constants = 0;
        foreach (var type in NativeTypes().Where(t => t.IsEnum))
        {
            if (type.GetCustomAttribute<NativeAttribute>() is not { } native || !table.TryEnum(native.Name, out var values))
            {
                wrong.Add($"{type.Name} is no enum of the headers");
                continue;
            }
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
            {
                constants++;
                long ours = Convert.ToInt64(field.GetRawConstantValue(), null);
                if (field.GetCustomAttribute<NativeAttribute>() is not { } constant)
                {
                    // "None" of a set of flags has no name in C.
                    if (ours != 0 || field.Name != "None" || type.GetCustomAttribute<FlagsAttribute>() is null)
                        wrong.Add($"{type.Name}.{field.Name} names no constant");
                }
                else if (!values.TryGetProperty(constant.Name, out var value)) wrong.Add($"{native.Name} has no {constant.Name}");
                else if (value.GetInt64() != ours) wrong.Add($"{type.Name}.{field.Name} = {ours}, {constant.Name} = {value}");
            }
        }
        Assert.True(constants > 200, $"Only {constants} constants were found.");
        AssertNone(wrong);
    }

    [Fact]
    public void Every_struct_has_the_headers_layout()
    {
        var table = AbiTable.Require();
        var structs = NativeTypes().Where(t => t.IsValueType && !t.IsEnum).ToList();
        Assert.True(structs.Count >= 8, $"Only {structs.Count} structs were found.");
        AssertNone(structs.SelectMany(t => Compare(table, t)));
    }

    private static void AssertNone(IEnumerable<string> differences) => Assert.Equal("", string.Join('\n', differences));

    /// <summary>Each import as name, library in the table, return type, parameters: methods for three libraries, function pointers for
    /// NVRTC.</summary>
    private static List<(string Name, string Library, Type Returns, Type[] Parameters)> Imports()
    {
        var imports = NativeMethods()
            .Select(m => (m.Name, LibraryOf(m), m.ReturnType, m.GetParameters().Select(p => p.ParameterType).ToArray())).ToList();
        foreach (var field in typeof(NvrtcApi).GetFields(All))
        {
            Assert.True(field.FieldType.IsUnmanagedFunctionPointer, $"{field.Name} is no unmanaged function pointer.");
            var type = field.FieldType;
            imports.Add((field.Name, "nvrtc", type.GetFunctionPointerReturnType(), type.GetFunctionPointerParameterTypes()));
        }
        return imports;
    }

    /// <summary>The exported names the bindings import.</summary>
    internal static IEnumerable<string> ImportNames() => Imports().Select(i => i.Name);

    private static IEnumerable<MethodInfo> NativeMethods() =>
        Bindings.GetTypes().SelectMany(t => t.GetMethods(All)).Where(m => m.Attributes.HasFlag(MethodAttributes.PinvokeImpl));

    private static string LibraryOf(MethodInfo method) => method.GetCustomAttribute<DllImportAttribute>()!.Value switch
    {
        ImportResolver.Driver => "cuda",
        ImportResolver.Cublas => "cublas",
        ImportResolver.CublasLt => "cublasLt",
        var other => other,
    };

    /// <summary>All that crosses the border: parameters, what they point to, fields of structs; and whatever else claims a native
    /// name.</summary>
    private static HashSet<Type> NativeTypes()
    {
        var found = Bindings.GetTypes().Where(t => t.GetCustomAttribute<NativeAttribute>() is not null).ToHashSet();
        var pending = new Stack<Type>(Imports().SelectMany(i => i.Parameters.Append(i.Returns)).Concat(found));
        while (pending.TryPop(out var type))
        {
            while (type.HasElementType) type = type.GetElementType()!;
            if (type.Assembly != Bindings || type.GetCustomAttribute<InlineArrayAttribute>() is not null) continue;
            if (!found.Add(type) && type.IsEnum) continue;
            if (!type.IsEnum)
                foreach (var field in type.GetFields(All))
                    if (!found.Contains(field.FieldType)) pending.Push(field.FieldType);
        }
        return found;
    }

    private static IEnumerable<string> Compare(AbiTable table, (string Name, string Library, Type Returns, Type[] Parameters) import)
    {
        if (!table.TryFunction(import.Name, out string library, out var function))
        {
            yield return $"{import.Name} is not in the table";
            yield break;
        }
        if (library != import.Library) yield return $"{import.Name} is of {library}, not {import.Library}";
        if (!function.GetProperty("exported").GetBoolean()) yield return $"{import.Name} is not exported";
        string variant = function.GetProperty("variant").GetString()!;
        // The header renames this one to _v2 from 12.8; the ABI is the same, and older drivers have only the old name.
        if (variant != "current" && import.Name != "cuEventElapsedTime") yield return $"{import.Name} is the {variant} variant";
        if (!Fits(import.Returns, function.GetProperty("returns").GetString()!))
            yield return $"{import.Name} returns {function.GetProperty("returns")}";
        var parameters = function.GetProperty("params").EnumerateArray().ToArray();
        if (parameters.Length != import.Parameters.Length)
        {
            yield return $"{import.Name} has {parameters.Length} parameters, not {import.Parameters.Length}";
            yield break;
        }
        for (int i = 0; i < parameters.Length; i++)
        {
            string kind = parameters[i].GetProperty("kind").GetString()!, type = parameters[i].GetProperty("type").GetString()!;
            if (!Fits(import.Parameters[i], kind, type))
                yield return $"{import.Name}({parameters[i].GetProperty("name")}): {import.Parameters[i]} is no {type}";
        }
    }

    /// <summary>Whether a return type is the C type.</summary>
    private static bool Fits(Type ours, string c) => c switch
    {
        "size_t" => ours == typeof(nuint),
        "const char *" => ours == typeof(byte).MakePointerType(),
        _ => ours.GetCustomAttribute<NativeAttribute>()?.Name == c,
    };

    /// <summary>Whether a parameter is of the C kind: size and class exactly, and a pointer to a known thing points to our form of
    /// it.</summary>
    private static bool Fits(Type ours, string kind, string c)
    {
        if (kind == "ptr")
        {
            // A handle is a native integer, memory on the device a 64-bit address.
            if (!ours.IsPointer)
                return ours == typeof(nint)
                    || (ours == typeof(ulong) && c.Replace("const ", "", StringComparison.Ordinal) is "void *" or "float *" or "double *");
            var target = ours.GetElementType()!;
            string to = c.Replace("const", "", StringComparison.Ordinal).Trim();
            to = to[..to.LastIndexOf('*')].Trim();
            return to switch
            {
                "int" => target == typeof(int),
                "float" => target == typeof(float),
                "double" => target == typeof(double),
                "size_t" => target == typeof(nuint),
                "unsigned long long" => target == typeof(ulong),
                "char" => target == typeof(byte),
                "void" => target == typeof(void),
                _ when to.EndsWith('*') => target.IsPointer || target == typeof(nint),
                _ => target.GetCustomAttribute<NativeAttribute>()?.Name == to || (target.IsPrimitive && target == typeof(nint)),
            };
        }
        return kind switch
        {
            "i32" => ours == typeof(int),
            "u32" => ours == typeof(uint),
            "u8" => ours == typeof(byte),
            "u16" => ours == typeof(ushort),
            "i64" => ours == typeof(long),
            "u64" => ours == (c == "size_t" ? typeof(nuint) : typeof(ulong)),
            _ when kind.StartsWith("enum:", StringComparison.Ordinal) =>
                ours.GetCustomAttribute<NativeAttribute>()?.Name == kind["enum:".Length..] && Enum.GetUnderlyingType(ours) == typeof(int),
            _ => false,
        };
    }

    private static IEnumerable<string> Compare(AbiTable table, Type type)
    {
        string name = type.GetCustomAttribute<NativeAttribute>()?.Name ?? "";
        string prefix = "";
        int size;
        JsonElement layout;
        if (name.Split('.') is [var outer, var inner] && table.TryStruct(outer, out layout))
        {
            // A nested unnamed struct: its fields follow it as outer.inner.
            prefix = inner + ".";
            var nested = layout.GetProperty("fields").EnumerateArray().Single(f => f.GetProperty("name").GetString() == inner);
            size = nested.GetProperty("size").GetInt32();
        }
        else if (table.TryStruct(name, out layout)) size = layout.GetProperty("size").GetInt32();
        else
        {
            yield return $"{type.Name} is no struct of the headers";
            yield break;
        }
        int ourSize = SizeOf(type);
        if (ourSize != size) yield return $"{type.Name} has {ourSize} bytes, {name} {size}";
        var fields = layout.GetProperty("fields").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!);
        foreach (var field in type.GetFields(All))
        {
            if (!fields.TryGetValue(prefix + field.Name, out var native))
            {
                yield return $"{name} has no field {field.Name}";
                continue;
            }
            int offset = OffsetOf(type, field), expected = native.GetProperty("offset").GetInt32();
            if (offset != expected) yield return $"{type.Name}.{field.Name} is at {offset}, in {name} at {expected}";
            // "pad" only fills; it may be of any type.
            if (field.Name != "pad" && SizeOf(field.FieldType) != native.GetProperty("size").GetInt32())
                yield return $"{type.Name}.{field.Name} has {SizeOf(field.FieldType)} bytes, in {name} {native.GetProperty("size")}";
        }
        bool whole = prefix.Length == 0 && !layout.TryGetProperty("union", out _);
        foreach (string missing in whole ? fields.Keys.Where(k => !k.Contains('.') && type.GetField(k, All) is null) : [])
            yield return $"{type.Name} lacks {missing}";
    }

    private static int SizeOf(Type type) => type.IsPointer ? IntPtr.Size
        : (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    /// <summary>The managed offset: the field's address less the struct's. (Marshal.OffsetOf knows no inline arrays.)</summary>
    private static int OffsetOf(Type type, FieldInfo field)
    {
        var method = new DynamicMethod("offset", typeof(int), null, type.Module, skipVisibility: true);
        var il = method.GetILGenerator();
        var local = il.DeclareLocal(type);
        il.Emit(OpCodes.Ldloca, local);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca, local);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I4);
        il.Emit(OpCodes.Ret);
        return (int)method.Invoke(null, null)!;
    }
}
