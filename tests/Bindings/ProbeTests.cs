using GpuTensor.Bindings.Cuda;
using Xunit;

namespace GpuTensor.Tests.Bindings;

/// <summary>Where libraries are looked for, in which order, and what is written down.</summary>
public class ProbeTests
{
    private const string Site = "/venv/lib/python3.12/site-packages/nvidia/";
    private const string UserSite = "/home/me/.local/lib/python3.11/site-packages/nvidia/";

    private static string[] Paths(CudaLibraries libraries, CudaLibrary library) =>
        [.. libraries.Attempts.Where(a => a.Library == library && a.Path.Length > 0).Select(a => a.Path)];

    [Fact]
    public void The_order_is_own_folders_loader_pip_conda_CUDA_PATH_toolkit()
    {
        var machine = new FakeMachine
        {
            Variables =
            {
                ["GPUTENSOR_CUDA_LIBRARIES"] = "/mine:/gone:/mine2",
                ["VIRTUAL_ENV"] = "/venv",
                ["CONDA_PREFIX"] = "/conda",
                ["HOME"] = "/home/me",
                ["CUDA_PATH"] = "/opt/cuda",
            },
        };
        foreach (string folder in (string[])
            ["/mine", "/mine2", Site + "cu13/lib", Site + "cublas/lib", UserSite + "cublas/lib", "/conda/lib", "/opt/cuda/lib64",
                "/usr/local/cuda-13.0/lib64", "/usr/local/cuda/lib64"])
            machine.WithFile(folder + "/readme");
        var libraries = new CudaLibraries(machine);

        Assert.Null(libraries.Get(CudaLibrary.CublasLt));

        string[] folders = [.. Paths(libraries, CudaLibrary.CublasLt).Select(p => Path.GetDirectoryName(p)!).Distinct()];
        Assert.Equal(
            ["/mine", "/", "/mine2", "", Site + "cu13/lib", Site + "cublas/lib", UserSite + "cublas/lib", "/conda/lib", "/opt/cuda/lib64",
                "/usr/local/cuda-13.0/lib64", "/usr/local/cuda/lib64"], folders);
        Assert.Contains(libraries.Attempts, a => a is { Path: "/gone", Outcome: "no such folder", Origin: "GPUTENSOR_CUDA_LIBRARIES" });
    }

    [Fact]
    public void Within_a_folder_the_newest_version_comes_first()
    {
        var machine = new FakeMachine { Variables = { ["CUDA_PATH"] = "/c" } };
        machine.WithFile("/c/lib64/x").WithLoader("libcuda.so.1");
        var libraries = new CudaLibraries(machine);
        Assert.Null(libraries.Get(CudaLibrary.Nvrtc));
        Assert.Equal(
            ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2",
                "/c/lib64/libnvrtc.so.13", "/c/lib64/libnvrtc.so.12", "/c/lib64/libnvrtc.so.11.2"],
            Paths(libraries, CudaLibrary.Nvrtc).Where(p => !p.Contains('*')));
    }

    [Fact]
    public void A_missing_driver_names_every_path_tried_and_the_packages()
    {
        var machine = new FakeMachine { Variables = { ["GPUTENSOR_CUDA_LIBRARIES"] = "/a:/b", ["CUDA_PATH"] = "/opt/cuda" } };
        machine.WithFile("/a/x").WithFile("/b/libcuda.so.1", "/b/libcuda.so.1: file too short");
        machine.WithFile("/opt/cuda/lib64/x").WithFile("/usr/local/cuda/lib64/x");
        var libraries = new CudaLibraries(machine);

        var error = Assert.Throws<CudaLibraryException>(() => libraries.Require(CudaLibrary.Driver));

        Assert.Equal(
            ["/a/libcuda.so.1", "/b/libcuda.so.1", "libcuda.so.1", "/opt/cuda/lib64/libcuda.so.1", "/usr/local/cuda/lib64/libcuda.so.1"],
            error.Attempts.Select(a => a.Path));
        Assert.Equal(CudaLibrary.Driver, error.Library);
        Assert.IsAssignableFrom<CudaException>(error);
        string[] lines = error.Message.ReplaceLineEndings("\n").Split('\n')[2..];
        Assert.Equal(
            ["  /a/libcuda.so.1 [GPUTENSOR_CUDA_LIBRARIES]: no such file",
                "  /b/libcuda.so.1 [GPUTENSOR_CUDA_LIBRARIES]: /b/libcuda.so.1: file too short",
                "  libcuda.so.1 [the loader's paths (LD_LIBRARY_PATH, ldconfig)]: libcuda.so.1: cannot open shared object file",
                "  /opt/cuda/lib64/libcuda.so.1 [CUDA_PATH]: no such file",
                "  /usr/local/cuda/lib64/libcuda.so.1 [the CUDA Toolkit's default folder]: no such file"], lines);
        Assert.Contains("apt install", error.Message);
        Assert.Empty(machine.Loaded);
    }

    /// <summary>Where pip puts NVRTC's wheels: those of CUDA 13 and of 12, in each of the places that a Python keeps packages in.</summary>
    [Theory]
    [InlineData("VIRTUAL_ENV", "/venv", "/venv/lib/python3.12/site-packages")]
    [InlineData("CONDA_PREFIX", "/conda", "/conda/lib/python3.13/site-packages")]
    [InlineData("PYENV_ROOT", "/pyenv", "/pyenv/versions/3.11.7/lib/python3.11/site-packages")]
    [InlineData("HOME", "/home/me", "/home/me/.pyenv/versions/3.11.7/lib/python3.11/site-packages")]
    [InlineData("HOME", "/home/me", "/home/me/.local/lib/python3.11/site-packages")]
    [InlineData("HOME", "/home/me", "/usr/local/lib/python3.11/dist-packages")]
    [InlineData("HOME", "/home/me", "/usr/lib/python3/dist-packages")]
    [InlineData("HOME", "/home/me", "/usr/lib64/python3.12/site-packages")]
    public void The_wheels_of_NVRTC_are_found(string variable, string value, string site)
    {
        foreach (var (folder, file) in new[] { ("cu13", "libnvrtc.so.13"), ("cuda_nvrtc", "libnvrtc.so.12") })
        {
            string path = $"{site}/nvidia/{folder}/lib/{file}";
            var machine = new FakeMachine { Variables = { [variable] = value } }.WithLoader("libcuda.so.1").WithFile(path);
            Assert.Equal(path, new CudaLibraries(machine).Require(CudaLibrary.Nvrtc).Path);
        }
    }

    [Theory]
    [InlineData(CudaLibrary.Nvrtc, "pip install nvidia-cuda-nvrtc", "apt install cuda-nvrtc-13-0")]
    [InlineData(CudaLibrary.Cublas, "pip install nvidia-cublas", "apt install libcublas-13-0")]
    public void A_missing_library_names_the_packages_that_bring_it(CudaLibrary library, string pip, string apt)
    {
        var libraries = new CudaLibraries(new FakeMachine().WithLoader("libcuda.so.1"));
        var error = Assert.Throws<CudaLibraryException>(() => libraries.Require(library));
        Assert.Contains(pip, error.Message);
        Assert.Contains(apt, error.Message);
        Assert.Contains("GPUTENSOR_CUDA_LIBRARIES: not set", error.Message);
        Assert.Contains("CUDA_PATH: not set", error.Message);
        Assert.Contains("/usr/local/cuda* [the CUDA Toolkit's default folder]: no such folder", error.Message);
    }

    [Fact]
    public void Libraries_newer_than_the_driver_are_skipped_and_the_log_says_so()
    {
        var machine = new FakeMachine { CudaVersion = 12040, Variables = { ["GPUTENSOR_CUDA_LIBRARIES"] = "/l" } };
        machine.WithLoader("libcuda.so.1");
        foreach (string name in (string[])["libnvrtc", "libcublas", "libcublasLt"])
            machine.WithFile($"/l/{name}.so.13").WithFile($"/l/{name}.so.12");
        var libraries = new CudaLibraries(machine);

        Assert.Equal("/l/libnvrtc.so.12", libraries.Require(CudaLibrary.Nvrtc).Path);
        Assert.Equal("/l/libcublas.so.12", libraries.Require(CudaLibrary.Cublas).Path);
        Assert.Equal(["libcuda.so.1", "/l/libnvrtc.so.12", "/l/libcublasLt.so.12", "/l/libcublas.so.12"], machine.Loaded);
        var skipped = libraries.Attempts.Single(a => a.Path == "/l/libnvrtc.so.13");
        Assert.Equal("skipped: needs a driver of CUDA 13, this one is of CUDA 12", skipped.Outcome);
    }

    [Fact]
    public void Without_a_driver_no_version_is_too_new()
    {
        var machine = new FakeMachine { Variables = { ["GPUTENSOR_CUDA_LIBRARIES"] = "/l" } }.WithFile("/l/libnvrtc.so.13");
        Assert.Equal("/l/libnvrtc.so.13", new CudaLibraries(machine).Require(CudaLibrary.Nvrtc).Path);
    }

    [Fact]
    public void CublasLt_is_loaded_before_cublas_and_decides_its_version()
    {
        var machine = new FakeMachine { Variables = { ["GPUTENSOR_CUDA_LIBRARIES"] = "/l" } };
        machine.WithLoader("libcuda.so.1").WithFile("/l/libcublas.so.13").WithFile("/l/libcublasLt.so.12").WithFile("/l/libcublas.so.12");
        var libraries = new CudaLibraries(machine);
        Assert.Equal("/l/libcublas.so.12", libraries.Require(CudaLibrary.Cublas).Path);
        Assert.Equal(["libcuda.so.1", "/l/libcublasLt.so.12", "/l/libcublas.so.12"], machine.Loaded);
    }

    [Fact]
    public void A_file_that_does_not_load_is_passed_over_with_its_reason()
    {
        var machine = new FakeMachine { Variables = { ["GPUTENSOR_CUDA_LIBRARIES"] = "/l" } };
        machine.WithLoader("libcuda.so.1").WithFile("/l/libnvrtc.so.13", "wrong ELF class").WithFile("/l/libnvrtc.so.12");
        var libraries = new CudaLibraries(machine);
        Assert.Equal("/l/libnvrtc.so.12", libraries.Require(CudaLibrary.Nvrtc).Path);
        Assert.Contains(libraries.Attempts, a => a is { Path: "/l/libnvrtc.so.13", Loaded: false, Outcome: "wrong ELF class" });
    }

    [Fact]
    public void Nothing_is_looked_for_before_it_is_asked_for_and_nothing_twice()
    {
        var machine = new FakeMachine().WithLoader("libcuda.so.1").WithLoader("libnvrtc.so.13").WithLoader("libnvrtc.so.12");
        var libraries = new CudaLibraries(machine);
        Assert.Empty(libraries.Attempts);
        libraries.Require(CudaLibrary.Nvrtc);
        libraries.Require(CudaLibrary.Nvrtc);
        Assert.Equal(["libcuda.so.1", "libnvrtc.so.13"], machine.Loaded);
        Assert.Equal("libnvrtc.so.12", libraries.Compiler(1)!.Path);
        Assert.Null(libraries.Compiler(2));
        Assert.Equal(["libcuda.so.1", "libnvrtc.so.13", "libnvrtc.so.12"], machine.Loaded);
    }

    [Fact]
    public void Windows_has_its_own_names_and_folders()
    {
        var machine = new FakeMachine
        {
            Windows = true,
            Variables =
            {
                ["GPUTENSOR_CUDA_LIBRARIES"] = "/l;/m",
                ["VIRTUAL_ENV"] = "/venv",
                ["CUDA_PATH"] = "/cuda/v13.0",
                ["ProgramFiles"] = "/pf",
            },
        };
        string[] folders =
            ["/l", "/m", "/venv/Lib/site-packages/nvidia/cu13/bin/x86_64", "/venv/Lib/site-packages/nvidia/cu13/bin",
                "/venv/Lib/site-packages/nvidia/cublas/bin", "/cuda/v13.0/bin/x64", "/cuda/v13.0/bin",
                "/pf/NVIDIA GPU Computing Toolkit/CUDA/v12.9/bin"];
        foreach (string folder in folders) machine.WithFile(folder + "/readme");
        machine.WithLoader("nvcuda.dll");
        var libraries = new CudaLibraries(machine);

        Assert.Equal("nvcuda.dll", libraries.Require(CudaLibrary.Driver).Path);
        Assert.Null(libraries.Get(CudaLibrary.CublasLt));
        string[] paths = [.. Paths(libraries, CudaLibrary.CublasLt).Where(p => p.EndsWith("_13.dll", StringComparison.Ordinal))];
        Assert.Equal([.. folders[..2], "", .. folders[2..]], paths.Select(p => Path.GetDirectoryName(p)!));
        Assert.All(paths, p => Assert.Equal("cublasLt64_13.dll", Path.GetFileName(p)));
    }

    [Fact]
    public void Folders_are_sorted_by_version_not_by_letter()
    {
        string root = Directory.CreateTempSubdirectory("gputensor-probe").FullName;
        try
        {
            foreach (string name in (string[])["cuda-9.2", "cuda-13.0", "cuda-12.9", "cuda", "other"])
                Directory.CreateDirectory(Path.Combine(root, name));
            var found = new ProbeEnvironment().Folders(root, "cuda*").Select(Path.GetFileName);
            Assert.Equal(["cuda-13.0", "cuda-12.9", "cuda-9.2", "cuda"], found);
            Assert.Empty(new ProbeEnvironment().Folders(Path.Combine(root, "none"), "*"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void The_systems_loader_says_why_a_file_does_not_load()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "no library");
            string? error = new ProbeEnvironment().Load(path, out nint handle);
            Assert.Equal(0, handle);
            Assert.Contains(path, error);
            Assert.DoesNotContain("LD_DEBUG", error);
            Assert.DoesNotContain("\n", error);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
