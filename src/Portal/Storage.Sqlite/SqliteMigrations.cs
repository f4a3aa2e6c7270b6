using System.Reflection;
using DbUp;
using DbUp.Engine.Output;

namespace Culvert.Storage.Sqlite;

/// <summary>Brings the schema up to date: the numbered scripts of the folder Migrations, each once, each in a transaction.</summary>
internal static class SqliteMigrations
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs what has not run yet, one process at a time.</summary>
    /// <param name="database">The database.</param>
    /// <param name="lockFile">A file that is held open meanwhile.</param>
    /// <param name="cancellationToken">Gives up waiting for another process.</param>
    /// <exception cref="InvalidDataException">A script failed, or the file is no database.</exception>
    public static async Task RunAsync(SqliteDatabase database, string lockFile, CancellationToken cancellationToken)
    {
        await using var held = await HoldAsync(lockFile, cancellationToken);
        var result = DeployChanges.To
            .SqliteDatabase(database.ConnectionString)
            .WithScriptsEmbeddedInAssembly(Assembly.GetExecutingAssembly(), name => name.StartsWith("Migrations.", StringComparison.Ordinal))
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
        {
            throw new InvalidDataException($"The database could not be brought up to date{(result.ErrorScript is { } script ? $", {script.Name} failed" : "")}: {result.Error?.Message}", result.Error);
        }
    }

    private static async Task<FileStream> HoldAsync(string lockFile, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(lockFile))
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }
}
