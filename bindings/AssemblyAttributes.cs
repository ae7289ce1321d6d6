using System.Runtime.CompilerServices;

// Every import takes and returns blittable values only; with this, one that does not is a compile error instead of hidden marshalling.
[assembly: DisableRuntimeMarshalling]
