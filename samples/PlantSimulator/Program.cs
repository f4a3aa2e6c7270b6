// Writes the capture of a simulated plant: dotnet run --project samples/PlantSimulator -- samples/captures/plant.pcap
// The same packets at the same times whenever it runs, so that the file in the repository can be checked against it.
using Culvert.PlantSimulator;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: Culvert.PlantSimulator FILE");
    return 2;
}

var recording = new Recording();
new Scenario(recording).Run();
using var file = File.Create(args[0]);
recording.Save(file);
Console.WriteLine($"{args[0]}: {recording.Count} packets, {file.Length} bytes");
return 0;
