using System.Globalization;
using System.Text;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A real culvert-proxy that can be killed and started again on the same port.</summary>
internal sealed class CulvertProxy : IProxy
{
    private readonly TestFolder _folder;
    private readonly IReadOnlyList<string> _allow;
    private readonly int? _parent;
    private RunningProgram? _program;

    private CulvertProxy(TestFolder folder, string name, IReadOnlyList<string> allow, int? parent) => (_folder, Name, _allow, _parent) = (folder, name, allow, parent);

    public string Name { get; }

    public int Port { get; private set; }

    /// <summary>Starts one.</summary>
    /// <param name="folder">Where its configuration lies.</param>
    /// <param name="name">Its name.</param>
    /// <param name="allow">Exactly what it lets through.</param>
    /// <param name="parent">Port of the proxy that it passes everything on to; null for none.</param>
    public static async Task<CulvertProxy> StartAsync(TestFolder folder, string name, IReadOnlyList<string> allow, int? parent = null)
    {
        var proxy = new CulvertProxy(folder, name, allow, parent);
        await proxy.StartAsync();
        return proxy;
    }

    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            _program = RunningProgram.Start(Name, Programs.Proxy, ["run", "--config", _folder.Write($"{Name}.yaml", Configuration())]);
            try
            {
                var line = await _program.WaitForLineAsync("listening ", Limits.Start);
                Port = new Uri(line["listening ".Length..]).Port;
                return;
            }
            catch (InvalidOperationException) when (attempt < 5 && Port != 0)
            {
                await _program.DisposeAsync();
            }
        }
    }

    public Task KillAsync() => _program!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }
    }

    private string Configuration()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"proxy: {{ name: {Name} }}")
            .AppendLine("listen:")
            .AppendLine(CultureInfo.InvariantCulture, $"  - {{ address: 127.0.0.1, port: {Port} }}")
            .AppendLine(CultureInfo.InvariantCulture, $"allow: [{string.Join(", ", _allow.Select(a => $"\"{a}\""))}]")
            .AppendLine("sources: [127.0.0.1/32]")
            .AppendLine(CultureInfo.InvariantCulture, $"hosts: {{ {Portal.Host}: [127.0.0.1] }}")
            .AppendLine("privateDestinations: [127.0.0.1/32]");
        if (_parent is { } parent)
        {
            text.AppendLine("parents:").AppendLine(CultureInfo.InvariantCulture, $"  - {{ name: parent, host: 127.0.0.1, port: {parent}, priority: 1 }}");
        }

        return text.ToString();
    }
}
