namespace Culvert.Cli.Tests;

public sealed class StartedProgramTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-cli-tests").FullName;

    [Fact]
    public async Task What_it_says_is_read_line_by_line_and_kept_in_its_log()
    {
        await using var program = Start("echo one; echo two >&2; echo three");

        Assert.Equal("one", await program.NextLineAsync(Cancellation()));
        Assert.Equal("three", await program.NextLineAsync(Cancellation()));
        Assert.Null(await program.NextLineAsync(Cancellation()));
        await program.Ended.WaitAsync(Limit);
        Assert.Equal(["one", "three", "two"], (await File.ReadAllLinesAsync(program.LogFile)).Order());
        Assert.Equal(0, program.ExitStatus);
    }

    [Fact]
    public async Task Its_exit_status_is_known()
    {
        await using var program = Start("exit 42");

        await program.Ended.WaitAsync(Limit);
        Assert.Equal(42, program.ExitStatus);
    }

    [Fact]
    public async Task It_is_asked_to_end_and_has_time_to_do_so_in_order()
    {
        await using var program = Start("trap 'echo tidied; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
        Assert.Equal("ready", await program.NextLineAsync(Cancellation()));

        await program.StopAsync();

        Assert.Equal(7, program.ExitStatus);
        Assert.Equal("tidied", await program.NextLineAsync(Cancellation()));
    }

    [Fact]
    public async Task A_sign_in_code_is_handed_on_but_not_kept_in_the_log()
    {
        await using var program = Start("echo sign-in code 1234-5678");

        Assert.Equal("sign-in code 1234-5678", await program.NextLineAsync(Cancellation()));
        await program.Ended.WaitAsync(Limit);
        Assert.DoesNotContain("1234", await File.ReadAllTextAsync(program.LogFile), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CancellationToken Cancellation() => new CancellationTokenSource(Limit).Token;

    private StartedProgram Start(string script) =>
        StartedProgram.Start("test", "/bin/sh", ["-c", script], Path.Combine(_folder, "test.log"), TimeProvider.System);
}
