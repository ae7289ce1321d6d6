using GpuTensor.IO;
using ScottPlot;

namespace GpuTensor.Cli;

/// <summary>The PNG files that training and the tutorial leave behind.</summary>
internal static class Plots
{
    /// <summary>The loss from step to step, thin, and the mean of every epoch on top.</summary>
    public static void LossCurve(string path, IReadOnlyList<LossPoint> curve, IReadOnlyList<double> epochs, int stepsPerEpoch)
    {
        using var plot = new Plot();
        var line = plot.Add.Scatter(curve.Select(p => (double)p.Step).ToArray(), curve.Select(p => p.Loss).ToArray());
        line.LegendText = $"mean of {Training.Window} steps";
        line.Color = Colors.LightSteelBlue;
        line.MarkerSize = 3;
        // An epoch's mean belongs to the middle of its steps.
        var means = plot.Add.Scatter(epochs.Select((_, i) => (i + 0.5) * stepsPerEpoch).ToArray(), epochs.ToArray());
        means.LegendText = "mean of the epoch";
        means.Color = Colors.Navy;
        means.LineWidth = 2;
        plot.Title("Training loss");
        plot.XLabel("step");
        plot.YLabel("cross-entropy");
        plot.ShowLegend(Alignment.UpperRight);
        Write(path, plot.GetImage(900, 600));
    }

    /// <summary>Rows are the true classes, columns the predicted ones; each cell has its count.</summary>
    public static void ConfusionMatrix(string path, int[,] counts, IReadOnlyList<string> names)
    {
        int n = names.Count;
        using var plot = new Plot();
        var cells = new double[n, n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                cells[i, j] = counts[i, j];
        plot.Add.Heatmap(cells).Colormap = new ScottPlot.Colormaps.Blues().Reversed();
        int largest = counts.Cast<int>().Max();
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
            {
                // A heatmap's first row is on top, its centre at the highest y.
                var text = plot.Add.Text(counts[i, j].ToString(), j, n - 1 - i);
                text.Alignment = Alignment.MiddleCenter;
                text.LabelFontSize = 12;
                text.LabelFontColor = 2 * counts[i, j] > largest ? Colors.White : Colors.Black;
            }
        string[] labels = [.. names];
        double[] positions = [.. Enumerable.Range(0, n).Select(i => (double)i)];
        plot.Axes.Bottom.SetTicks(positions, labels);
        plot.Axes.Bottom.TickLabelStyle.Rotation = -45;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
        plot.Axes.Bottom.MinimumSize = 90;
        plot.Axes.Left.SetTicks([.. positions.Select(p => n - 1 - p)], labels);
        plot.Axes.Margins(0, 0);
        plot.Title("Test images: what they are (rows), what was said (columns)");
        Write(path, plot.GetImage(900, 850));
    }

    /// <summary>A row of images with what they are and what was said of them; wrong answers in red.</summary>
    /// <param name="path">The file.</param>
    /// <param name="images">Grey images, row-major, 0 black to 1 white.</param>
    /// <param name="side">Their width and height.</param>
    /// <param name="answers">What was said of each and whether it was right.</param>
    public static void Samples(string path, IReadOnlyList<float[]> images, int side, IReadOnlyList<(string Text, bool Right)> answers)
    {
        const int columns = 6;
        int rows = (images.Count + columns - 1) / columns;
        var sheet = new Multiplot();
        sheet.AddPlots(images.Count);
        sheet.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        for (int k = 0; k < images.Count; k++)
        {
            var plot = sheet.GetPlot(k);
            var cells = new double[side, side];
            for (int i = 0; i < side * side; i++) cells[i / side, i % side] = images[k][i];
            plot.Add.Heatmap(cells).Colormap = new ScottPlot.Colormaps.Grayscale();
            plot.Axes.Frameless();
            plot.Axes.Margins(0, 0);
            plot.Layout.Fixed(new PixelPadding(4, 4, 4, 26));
            plot.Axes.Title.Label.Text = answers[k].Text;
            plot.Axes.Title.Label.FontSize = 12;
            plot.Axes.Title.Label.ForeColor = answers[k].Right ? Colors.Black : Colors.Red;
            plot.Axes.Title.IsVisible = true;
        }
        Write(path, sheet.Render(170 * columns, 190 * rows));
    }

    /// <summary>Points and the line fitted through them.</summary>
    public static void Fit(string path, double[] x, double[] y, double[] fitted, string title)
    {
        using var plot = new Plot();
        var points = plot.Add.ScatterPoints(x, y);
        points.LegendText = "data";
        var line = plot.Add.ScatterLine(x, fitted);
        line.LegendText = "fitted line";
        line.Color = Colors.Red;
        line.LineWidth = 2;
        plot.Title(title);
        plot.ShowLegend(Alignment.UpperLeft);
        Write(path, plot.GetImage(800, 600));
    }

    private static void Write(string path, Image image) =>
        AtomicFile.Write(path, stream => stream.Write(image.GetImageBytes(ImageFormat.Png)));
}
