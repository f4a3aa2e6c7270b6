using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A real Squid (Debian package squid or squid-openssl).</summary>
internal sealed class SquidProxy : IProxy
{
    private const string Program = "/usr/sbin/squid";
    private readonly RunningProgram _program;

    private SquidProxy(string name, int port, RunningProgram program) => (Name, Port, _program) = (name, port, program);

    public string Name { get; }

    public int Port { get; }

    public static void Require() => Assert.SkipUnless(File.Exists(Program), "Squid is not installed (Debian: squid-openssl).");

    public static async Task<SquidProxy> StartAsync(TestFolder folder, string name, int? parent, CancellationToken cancellationToken)
    {
        // Squid cannot tell a port it chose itself: one that was free a moment ago, and another when it is taken meanwhile.
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            var program = RunningProgram.Start(name, Program, ["-N", "-n", name, "-f", Configure(folder, name, port, parent)]);
            try
            {
                await Limits.UntilAsync(
                    async () => program.HasExited ? throw new InvalidOperationException($"{name} ended.\n{program.Transcript()}") : await AnswersAsync(port, cancellationToken),
                    $"{name} listens", cancellationToken);
                return new SquidProxy(name, port, program);
            }
            catch (InvalidOperationException) when (attempt < 3)
            {
                await program.DisposeAsync();
            }
        }
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    private static string Configure(TestFolder folder, string name, int port, int? parent)
    {
        // Squid gives root away to the user proxy, who must be able to read its files.
        File.SetUnixFileMode(folder.Root, (UnixFileMode)0b111_101_101);
        var hosts = folder.Write($"{name}.hosts", $"127.0.0.1 localhost {Portal.Host}\n");
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"http_port 127.0.0.1:{port}")
            .AppendLine(CultureInfo.InvariantCulture, $"visible_hostname {name}")
            .AppendLine(CultureInfo.InvariantCulture, $"hosts_file {hosts}")
            .AppendLine("acl plant src 127.0.0.1")
            .AppendLine("http_access allow CONNECT plant")
            .AppendLine("http_access deny all")
            .AppendLine("cache deny all")
            .AppendLine("cache_mem 0 MB")
            .AppendLine("access_log none")
            .AppendLine("cache_log /dev/null")
            .AppendLine("cache_store_log none")
            .AppendLine("netdb_filename none")
            .AppendLine("pinger_enable off")
            .AppendLine("pid_filename none")
            .AppendLine("max_filedescriptors 1024")
            .AppendLine("shutdown_lifetime 1 seconds");
        if (parent is { } next)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"cache_peer 127.0.0.1 parent {next} 0 no-query no-digest no-netdb-exchange default").AppendLine("never_direct allow all");
        }

        return folder.Write($"{name}.conf", text.ToString());
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
