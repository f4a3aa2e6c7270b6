using System.CommandLine;
using Culvert.Storage.Sqlite;

namespace Culvert.PortalHost;

/// <summary><c>culvert-portal create-signin</c>: prints a one-time code that makes an owner; works beside a running portal.</summary>
internal static class CreateSignInCommand
{
    public static Command Build()
    {
        var data = new Option<string>("--data") { Description = "Folder of keys, database and blobs.", HelpName = "DIR", Required = true };
        var command = new Command("create-signin", "Prints a one-time sign-in code that makes an owner, or gives one a new password.") { data };
        command.SetAction(async (result, cancellationToken) =>
        {
            var folder = new PortalFolder(result.GetValue(data)!);
            using var store = new SqlitePortalStore(folder.Root);
            await store.MigrateAsync(cancellationToken);
            var audit = new AuditTrail(store, TimeProvider.System);
            Console.WriteLine(await new SignInService(store, audit, TimeProvider.System).CreateCodeAsync(cancellationToken));
            await audit.AppendAsync(Actor.Local, "user.createCode", "owner", "one-time sign-in code", cancellationToken);
            return 0;
        });
        return command;
    }
}
