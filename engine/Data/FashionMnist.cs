using System.IO.Compression;
using System.Security.Cryptography;
using GpuTensor.IO;

namespace GpuTensor.Data;

/// <summary>Fashion-MNIST: 60,000 training and 10,000 test images of clothing, 28 × 28 grey pixels, ten classes (Xiao, Rasul, Vollgraf
/// 2017).</summary>
public static class FashionMnist
{
    private const string DebianFolder = "/usr/share/datasets/fashion-mnist";
    private const int MaxDownload = 64 << 20;

    /// <summary>The official repository, at both of GitHub's addresses.</summary>
    private static readonly string[] Mirrors =
    [
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    ];

    /// <summary>The files and the SHA-256 of their contents unpacked: distributions compress them anew, so the packed sums
    /// differ.</summary>
    private static readonly (string Name, string Sha256)[] Files =
    [
        ("train-images-idx3-ubyte", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        ("train-labels-idx1-ubyte", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        ("t10k-images-idx3-ubyte", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        ("t10k-labels-idx1-ubyte", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
    ];

    /// <summary>The classes' names, by label.</summary>
    public static IReadOnlyList<string> ClassNames { get; } =
        ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

    /// <summary>Opens the training or the test set: inputs float32 [28, 28] from 0 to 1, targets int64 from 0 to 9.</summary>
    /// <param name="train">The training set; false: the test set.</param>
    /// <param name="root">The folder of the IDX files, plain or .gz. Null: <c>$GPUTENSOR_DATA</c>, or where that is not set the folder of
    /// Debian's package dataset-fashion-mnist, then <c>gputensor</c> in the user's data folder (<c>$XDG_DATA_HOME</c>), where <see
    /// cref="DownloadAsync"/> puts them.</param>
    /// <exception cref="FileNotFoundException">The files are in none of these; the message says how to get them.</exception>
    /// <exception cref="TensorFileException">A file is damaged, or holds no images.</exception>
    public static ImageDataset Open(bool train = true, string? root = null)
    {
        string images = Files[train ? 0 : 2].Name, labels = Files[train ? 1 : 3].Name;
        var folders = Folders(root);
        foreach (string folder in folders)
            if (Find(folder, images) is { } imageFile && Find(folder, labels) is { } labelFile)
                return Checked(ImageDataset.Open(imageFile, labelFile, ClassNames.Count), imageFile);
        throw new FileNotFoundException(
            $"Fashion-MNIST ({images} and {labels}, plain or .gz) was not found in {string.Join(", ", folders)}. "
            + "Install it (apt-get install dataset-fashion-mnist), name its folder (--data DIR or GPUTENSOR_DATA), "
            + "or fetch it with FashionMnist.DownloadAsync().", images);
    }

    /// <summary>Fetches the four files (31 MB) from the official repository, checks their SHA-256 and stores them where <see cref="Open"/>
    /// finds them. Files that are there already are left alone.</summary>
    /// <param name="root">The folder to store them in; null: the user's data folder.</param>
    /// <param name="cancellation">Gives up; no half file stays behind.</param>
    /// <exception cref="HttpRequestException">No mirror has a file; the message names each address and its answer.</exception>
    public static Task DownloadAsync(string? root = null, CancellationToken cancellation = default) =>
        FetchAllAsync(new HttpClientHandler(), root, cancellation);

    internal static async Task FetchAllAsync(HttpMessageHandler network, string? root, CancellationToken cancellation = default)
    {
        string folder = root ?? UserFolder;
        Directory.CreateDirectory(folder);
        using var client = new HttpClient(network) { MaxResponseContentBufferSize = MaxDownload, Timeout = TimeSpan.FromMinutes(10) };
        foreach (var (name, sha256) in Files)
        {
            if (Find(folder, name) is not null) continue;
            byte[] packed = await FetchAsync(client, name, sha256, cancellation).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(folder, name + ".gz"), stream => stream.Write(packed));
        }
    }

    private static async Task<byte[]> FetchAsync(HttpClient client, string name, string sha256, CancellationToken cancellation)
    {
        var failures = new List<string>();
        foreach (string mirror in Mirrors)
        {
            string address = $"{mirror}{name}.gz";
            try
            {
                byte[] packed = await client.GetByteArrayAsync(address, cancellation).ConfigureAwait(false);
                string actual = ContentsSha256(packed);
                if (actual == sha256) return packed;
                failures.Add($"{address}: the contents' SHA-256 is {actual}, expected {sha256}");
            }
            catch (Exception e) when (e is HttpRequestException or InvalidDataException or TaskCanceledException
                && !cancellation.IsCancellationRequested)
            {
                failures.Add($"{address}: {e.Message}");
            }
        }
        throw new HttpRequestException($"Fashion-MNIST could not be fetched. {string.Join("; ", failures)}. "
            + "Install it (apt-get install dataset-fashion-mnist) or put the files in a folder named by GPUTENSOR_DATA.");
    }

    /// <summary>Sums up piece by piece, so that a response which unpacks without end needs no memory; the largest file has 47 MB.</summary>
    private static string ContentsSha256(byte[] packed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var contents = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var piece = new byte[1 << 16];
        long total = 0;
        for (int n; (n = contents.Read(piece)) > 0;)
        {
            if ((total += n) > MaxDownload) throw new InvalidDataException($"the contents unpack to more than {MaxDownload} bytes");
            hash.AppendData(piece, 0, n);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string UserFolder
    {
        get
        {
            string? data = EnvironmentVariables.Text("XDG_DATA_HOME");
            // .NET's LocalApplicationData is ~/.local/share on Linux, as the XDG rule has it.
            if (string.IsNullOrEmpty(data)) data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(data, "gputensor", "fashion-mnist");
        }
    }

    private static List<string> Folders(string? root)
    {
        // A folder that was named and does not hold them is a mistake: others are not taken in its place.
        return (root ?? EnvironmentVariables.Data.Value) is { } named ? Within(named) : [DebianFolder, UserFolder];
    }

    /// <summary>The folder itself, or a folder of datasets with this one in it (torchvision's name is the last).</summary>
    private static List<string> Within(string folder) =>
        [folder, Path.Combine(folder, "fashion-mnist"), Path.Combine(folder, "FashionMNIST", "raw")];

    private static ImageDataset Checked(ImageDataset images, string file) =>
        images.Count > 0 ? images : throw new TensorFileException($"{file}: at byte 4: it holds no images.");

    private static string? Find(string folder, string name)
    {
        string plain = Path.Combine(folder, name), packed = plain + ".gz";
        return File.Exists(packed) ? packed : File.Exists(plain) ? plain : null;
    }
}
