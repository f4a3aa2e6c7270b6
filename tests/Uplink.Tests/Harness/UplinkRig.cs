using Culvert.Outbox;

namespace Culvert.Uplink.Tests;

/// <summary>An uplink with everything it needs, in a folder of its own.</summary>
internal sealed class UplinkRig : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-uplink-");
    private readonly CancellationTokenSource _end = new();
    private Task? _running;

    public required CloudAccess Access { get; init; }

    public required TimeProvider Clock { get; init; }

    public OutboxStore Outbox { get; private set; } = null!;

    public SettingsKeeper Settings { get; private set; } = null!;

    public PackageKeeper Packages { get; private set; } = null!;

    public UplinkRunner Runner { get; private set; } = null!;

    public TestCommands Commands { get; } = new();

    public ListLogger Log { get; } = new();

    public List<string> Installed { get; } = [];

    public string Folder => _folder.FullName;

    public static async Task<UplinkRig> StartAsync(CloudAccess access, TimeProvider clock, UplinkOptions? options = null, string? signingKeyPem = null, bool run = true)
    {
        var rig = new UplinkRig { Access = access, Clock = clock };
        rig.Outbox = await OutboxStore.OpenAsync(new OutboxOptions { Directory = Path.Combine(rig.Folder, "outbox"), ReserveBytes = 4096 }, TimeProvider.System, rig.Log, CancellationToken.None);
        rig.Settings = new SettingsKeeper(
            new SensorSettings(SensorSettings.DefaultCapKbps, SensorSettings.DefaultHeartbeatSeconds, Learning: true), Path.Combine(rig.Folder, "settings.json"), clock, rig.Log);
        rig.Packages = new PackageKeeper(
            new PackageKeeperOptions
            {
                Directory = Path.Combine(rig.Folder, "packages"),
                SigningKeyPem = signingKeyPem ?? PackageSource.AnyKeyPem,
                Automatic = true,
                Install = (version, content) =>
                {
                    lock (rig.Installed)
                    {
                        rig.Installed.Add(version);
                        return null;
                    }
                },
            },
            access.Client(CloudService.Downloads),
            rig.Log);
        rig.Runner = new UplinkRunner(
            options ?? new UplinkOptions { Sensor = TestParts.Sensor, SoftwareVersion = "1.0", AnswerTimeout = TimeSpan.FromSeconds(30) },
            access, rig.Outbox, rig.Settings, rig.Packages, rig.Commands, clock, new Random(1), rig.Log, TestParts.Metrics());
        if (run)
        {
            rig.Run();
        }

        return rig;
    }

    public void Run() => _running = Runner.RunAsync(_end.Token);

    public Task AppendAsync(params OutgoingRecord[] records) => Outbox.AppendAsync(records, null, CancellationToken.None);

    public Task WaitUntilDeliveredAsync() => Until.TrueAsync(
        () =>
        {
            ThrowIfEnded();
            return Outbox.Waiting == 0;
        },
        $"everything delivered; log: {string.Join(" | ", Log.Lines.TakeLast(10))}");

    public void ThrowIfEnded()
    {
        if (_running is { IsFaulted: true } failed)
        {
            failed.GetAwaiter().GetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_running is { } running)
        {
            try
            {
                await running.WaitAsync(TimeSpan.FromSeconds(40));
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }
        }

        Access.Dispose();
        Packages.Dispose();
        Outbox.Dispose();
        _end.Dispose();
        _folder.Delete(recursive: true);
    }
}
