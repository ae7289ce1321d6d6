// NumPy files, safetensors and checkpoints, there and back.
using GpuTensor;
using GpuTensor.IO;
using GpuTensor.Nn;
using GpuTensor.Optim;

var grid = Tensor.Arange(6, dtype: DType.Float32).Reshape(2, 3);
Npy.Save("grid.npy", grid.T);                                   // a view is written as what it shows
Console.WriteLine(Npy.Load("grid.npy"));

Npz.Save("data.npz", new Dictionary<string, Tensor> { ["x"] = grid, ["labels"] = Tensor.From([1L, 0]), ["half"] = grid.To(DType.Float16) });
foreach (var (name, tensor) in Npz.Load("data.npz").OrderBy(e => e.Key)) Console.WriteLine($"{name}: {tensor.DType} {tensor.Shape}");

Tensor.ManualSeed(3);
var model = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 1));
model.Save("model.safetensors");
Console.WriteLine(string.Join(" ", SafeTensors.Load("model.safetensors").Keys.Order()));
var copy = new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 1));
copy.Load("model.safetensors");
Console.WriteLine($"same answers: {model.Forward(grid).Equal(copy.Forward(grid))}");

// A run that stops after three steps and goes on from its file ends where one ends that never stopped.
Optimizer Fresh(Module m) => new Adam(m.Parameters(), lr: 0.1);
void Train(Sequential m, Optimizer optimizer, int steps)
{
    for (int i = 0; i < steps; i++)
    {
        optimizer.ZeroGrad();
        F.MseLoss(m.Forward(grid + Tensor.RandN(2, 3) * 0.1), Tensor.Ones(2, 1)).Backward();
        optimizer.Step();
    }
}
Tensor.ManualSeed(5);
var unbroken = Fresh(model);
Train(model, unbroken, 3);
Checkpoint.Save("run.safetensors", model, unbroken, new Dictionary<string, double> { ["step"] = 3 });
Train(model, unbroken, 3);

var again = Fresh(copy);
var numbers = Checkpoint.Load("run.safetensors", copy, again);
Train(copy, again, 6 - (int)numbers["step"]);
Console.WriteLine($"same bits: {model.StateDict().All(e => e.Value.Equal(copy.StateDict()[e.Key]))}");

File.WriteAllBytes("broken.npy", File.ReadAllBytes("grid.npy")[..^3]);
try { Npy.Load("broken.npy"); }
catch (TensorFileException e) { Console.WriteLine(e.Message); }
try { new Linear(3, 5).Load("model.safetensors"); }
catch (StateDictException e) { Console.WriteLine(e.Message); }
