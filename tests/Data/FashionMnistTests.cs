using System.IO.Compression;
using System.Net;
using GpuTensor.Data;
using GpuTensor.Tests.IO;
using Xunit;

namespace GpuTensor.Tests.Data;

public class FashionMnistTests
{
    private static readonly string[] Names =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    private static ImageDataset Installed(bool train)
    {
        OptionalPart.FashionMnist.Require();
        return FashionMnist.Open(train);
    }

    /// <summary>Answers as GitHub would, from a folder.</summary>
    private sealed class Mirror(Func<string, byte[]?> file) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("https", request.RequestUri!.Scheme);
            Asked.Add(request.RequestUri.AbsoluteUri);
            byte[]? bytes = file(Path.GetFileName(request.RequestUri.AbsolutePath));
            var status = bytes is null ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            return Task.FromResult(new HttpResponseMessage(status) { Content = new ByteArrayContent(bytes ?? []) });
        }
    }

    private static byte[] Gzip(params byte[] contents)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(contents);
        return packed.ToArray();
    }

    [Fact]
    public void The_sets_have_their_known_sizes_and_balanced_classes()
    {
        var test = Installed(train: false);
        Assert.Equal((10_000, "[28, 28]"), (test.Count, test.InputShape.ToString()));
        using var loader = new DataLoader(test, batchSize: 1000, device: Device.Cpu);
        var classes = new int[10];
        foreach (var (images, labels) in loader)
        {
            Assert.Equal("[1000, 28, 28]", images.Shape.ToString());
            Assert.All(images.ToArray<float>(), p => Assert.InRange(p, 0f, 1f));
            foreach (long label in labels.ToArray<long>()) classes[label]++;
        }
        Assert.All(classes, n => Assert.Equal(1000, n));
        Assert.Equal(60_000, Installed(train: true).Count);
    }

    [Fact]
    public void The_first_test_image_is_an_ankle_boot()
    {
        var pixels = new byte[4 * 784];
        var label = new byte[8];
        Installed(train: false).Read([0], pixels, label);
        Assert.Equal("Ankle boot", FashionMnist.ClassNames[label[0]]);
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(pixels.AsSpan());
        Assert.Equal(0f, values[0]);
        Assert.Equal(1f, values.ToArray().Max());
    }

    [Fact]
    public void A_missing_set_says_how_to_get_it()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<FileNotFoundException>(() => FashionMnist.Open(root: folder["nothing"]));
        Assert.Contains("apt-get install dataset-fashion-mnist", error.Message);
        Assert.Contains("--data DIR", error.Message);
        Assert.Contains(folder["nothing"], error.Message);
    }

    [Fact]
    public void Plain_files_are_read_and_must_belong_together()
    {
        using var folder = new TempFolder();
        folder.Write(Names[0], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 51, 102, 255]);
        folder.Write(Names[1], 0, 0, 8, 1, 0, 0, 0, 2, 3, 9);
        var set = FashionMnist.Open(root: folder[""]);
        byte[] images = new byte[16], labels = new byte[16];
        set.Read([1, 0], images, labels);
        Assert.Equal([0.4f, 1f, 0f, 0.2f], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(images.AsSpan()));
        Assert.Equal((9, 3), (labels[0], labels[8]));

        folder.Write(Names[1], 0, 0, 8, 1, 0, 0, 0, 2, 3, 10);
        Assert.Contains("label from 0 to 9", Assert.Throws<TensorFileException>(() => FashionMnist.Open(root: folder[""])).Message);
        folder.Write(Names[1], 0, 0, 8, 1, 0, 0, 0, 1, 3);
        Assert.Contains("labels [2]", Assert.Throws<TensorFileException>(() => FashionMnist.Open(root: folder[""])).Message);
    }

    [Fact]
    public void Labels_are_checked_against_any_number_of_classes_and_a_set_without_images_is_refused()
    {
        using var folder = new TempFolder();
        string images = folder.Write(Names[0], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 51]);
        string labels = folder.Write(Names[1], 0, 0, 8, 1, 0, 0, 0, 2, 3, 255);
        foreach (int classes in new[] { 256, 257, 300, int.MaxValue }) Assert.Equal(2, ImageDataset.Open(images, labels, classes).Count);
        foreach (int classes in new[] { 1, 3, 255 }) Assert.Throws<TensorFileException>(() => ImageDataset.Open(images, labels, classes));
        foreach (int classes in new[] { 0, -1 })
            Assert.Throws<ArgumentOutOfRangeException>(() => ImageDataset.Open(images, labels, classes));
        folder.Write(Names[0], [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28]);
        folder.Write(Names[1], 0, 0, 8, 1, 0, 0, 0, 0);
        Assert.Contains("no images", Assert.Throws<TensorFileException>(() => FashionMnist.Open(root: folder[""])).Message);
    }

    [Fact]
    public async Task A_download_is_checked_and_found_afterwards()
    {
        string installed = OptionalPart.FashionMnist.Require();
        using var folder = new TempFolder();
        var mirror = new Mirror(name => File.ReadAllBytes(Path.Combine(installed, name)));
        await FashionMnist.FetchAllAsync(mirror, folder["data"]);
        Assert.Equal(4, mirror.Asked.Count);
        Assert.Equal(10_000, FashionMnist.Open(train: false, folder["data"]).Count);
        await FashionMnist.FetchAllAsync(new Mirror(_ => null), folder["data"]); // all there: nothing is asked for
    }

    [Fact]
    public async Task Wrong_contents_are_refused_and_leave_nothing()
    {
        using var folder = new TempFolder();
        byte[]?[] answers = [Gzip(1, 2, 3), [1, 2, 3], null, Gzip(new byte[65 << 20])];
        foreach (byte[]? answer in answers)
        {
            var mirror = new Mirror(_ => answer);
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => FashionMnist.FetchAllAsync(mirror, folder["data"]));
            Assert.Equal(2, mirror.Asked.Count);
            Assert.All(mirror.Asked, address => Assert.Contains(address, error.Message));
            Assert.Empty(Directory.GetFileSystemEntries(folder["data"]));
        }
    }
}
