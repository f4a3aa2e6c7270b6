using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Configuration;

namespace Culvert.Lab;

/// <summary>Runs inside a lab, from its first moment to its last: builds it, starts what runs in it, and does what commands ask.</summary>
public sealed class Keeper : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private const int LongestRequest = 64 * 1024;
    private readonly LabFolder _folder;
    private readonly LabRuntime _lab;
    private readonly SemaphoreSlim _one = new(1, 1);

    private Keeper(LabFolder folder, LabRuntime lab) => (_folder, _lab) = (folder, lab);

    /// <summary>Keeps the lab of this folder until it is told to stop.</summary>
    public static async Task<int> RunAsync(string root, TimeProvider clock, CancellationToken cancellationToken)
    {
        var folder = new LabFolder(Path.GetDirectoryName(root)!, Path.GetFileName(root));
        if (!SiteFileReader.Load(folder.SiteFile).TryGet(out var site))
        {
            throw new LabException($"{folder.SiteFile} has mistakes.");
        }

        var options = folder.ReadOptions();
        await using var keeper = new Keeper(folder, new LabRuntime(folder, options, site, clock));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var abandoned = options.HeldBy is { } file ? AbandonedAsync(file, clock, end) : Task.CompletedTask;
        await keeper.ListenAsync(end.Token);
        await end.CancelAsync();
        await abandoned;
        return 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lab.DisposeAsync();
        _one.Dispose();
    }

    // Ends the lab when nobody holds its file any more.
    private static async Task AbandonedAsync(string file, TimeProvider clock, CancellationTokenSource end)
    {
        try
        {
            while (IsHeld(file))
            {
                await Task.Delay(LookEvery, clock, end.Token);
            }

            Console.Error.WriteLine($"{file} is held by nobody any more: the lab ends");
            await end.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It ends for another reason.
        }
    }

    private static bool IsHeld(string file)
    {
        try
        {
            using var opened = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException e)
        {
            return e is not (FileNotFoundException or DirectoryNotFoundException);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        File.Delete(_folder.Control);
        listener.Bind(new UnixDomainSocketEndPoint(_folder.Control));
        listener.Listen(8);
        while (!cancellationToken.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            // Answers end with their connection, and failures are answers: nothing is left to await.
            _ = AnswerAsync(socket, cancellationToken);
        }
    }

    private async Task AnswerAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var replies = new KeeperReplies(stream, gone);
        try
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            var text = await reader.ReadLineAsync(cancellationToken);
            if (text is null or { Length: > LongestRequest })
            {
                return;
            }

            var request = JsonSerializer.Deserialize<KeeperRequest>(text, KeeperReply.Json)!;
            // The one who asked hangs up with Ctrl-C: what was asked stops then.
            _ = replies.WatchAsync(reader);
            var (status, result) = await DoAsync(request, replies, gone.Token);
            replies.End(new KeeperReply(Status: status, Result: result));
        }
        catch (LabException e)
        {
            replies.End(new KeeperReply(e.Message, 5));
        }
        catch (KeyNotFoundException e) when (e.Message.StartsWith("The lab has no ", StringComparison.Ordinal))
        {
            replies.End(new KeeperReply(e.Message, 5));
        }
        catch (OperationCanceledException)
        {
            replies.End(new KeeperReply("stopped", 130));
        }
        catch (Exception e) when (e is IOException or SocketException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            Console.Error.WriteLine(e);
            replies.End(new KeeperReply($"{e.GetType().Name}: {e.Message}", 5));
        }
    }

    private async Task<(int Status, JsonNode? Result)> DoAsync(KeeperRequest request, KeeperReplies replies, CancellationToken cancellationToken)
    {
        if (!LabCommands.All.TryGetValue(request.Command, out var command))
        {
            throw new LabException($"The keeper knows no command '{request.Command}'; is it of another version?");
        }

        if (request.Command == "status")
        {
            return await command(_lab, request.Arguments ?? [], replies.Line, cancellationToken);
        }

        if (!await _one.WaitAsync(TimeSpan.Zero, cancellationToken))
        {
            replies.Line("waiting for another command to end ...");
            await _one.WaitAsync(cancellationToken);
        }

        try
        {
            return await command(_lab, request.Arguments ?? [], replies.Line, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }
}
