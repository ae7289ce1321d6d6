// A small language model that learns one sentence by heart, a character at a time, and says it again.
const string Sentence = "the quick brown fox jumps over the lazy dog. ";
const int Time = 16;

char[] alphabet = [.. Sentence.Distinct().Order()];
int CodeOf(char c) => Array.IndexOf(alphabet, c);

// Every window of the sentence, which goes round, and the same a character later.
int[,] windows = new int[Sentence.Length, Time + 1];
for (int i = 0; i < Sentence.Length; i++)
    for (int t = 0; t <= Time; t++)
        windows[i, t] = CodeOf(Sentence[(i + t) % Sentence.Length]);
Tensor text = Tensor.From(windows, DType.Int64);

Tensor.ManualSeed(0);
var model = new LanguageModel(alphabet.Length, Time, width: 32, heads: 4, layers: 2);
var optimizer = new AdamW(model.Parameters(), lr: 3e-3, weightDecay: 0.01);
Console.WriteLine($"{model.ParameterCount} parameters: {string.Join(", ", model.StateDict().Keys.Take(4))}, …");

for (int step = 0; step <= 120; step++)
{
    var scores = model.Forward(text[.., ..^1]);
    var loss = F.CrossEntropy(scores.Flatten(0, 1), text[.., 1..].Flatten());
    optimizer.ZeroGrad();
    loss.Backward();
    optimizer.Step();
    if (step % 40 == 0) Console.WriteLine($"step {step}: loss {loss.Item<float>():F3}");
}

model.Eval();
string said = "the quick brown ";
using (Tensor.NoGrad())
    while (said.Length < Sentence.Length)
    {
        long[] last = [.. said[^Time..].Select(c => (long)CodeOf(c))];
        var next = model.Forward(Tensor.From(last).Unsqueeze(0))[0, ^1].ArgMax();
        said += alphabet[next.Item<long>()];
    }
Console.WriteLine(said);
