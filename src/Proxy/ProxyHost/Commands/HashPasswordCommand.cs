using System.CommandLine;
using Culvert.Relaying;

namespace Culvert.ProxyHost;

/// <summary><c>culvert-proxy hash-password</c>: reads a password from standard input, never from the command line, and prints its hash for the settings.</summary>
internal static class HashPasswordCommand
{
    public static Command Build()
    {
        var command = new Command("hash-password", "Reads a password from standard input and prints its hash for passwordHash.");
        command.SetAction(async (_, cancellationToken) =>
        {
            var password = await Console.In.ReadLineAsync(cancellationToken);
            if (string.IsNullOrEmpty(password))
            {
                await Console.Error.WriteLineAsync("No password came on standard input.");
                return 2;
            }

            Console.WriteLine(PasswordHash.Create(password));
            return 0;
        });
        return command;
    }
}
