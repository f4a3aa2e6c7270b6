using System.CommandLine;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary><c>culvert-portal run</c>: runs until SIGTERM or Ctrl-C.</summary>
internal static class RunCommand
{
    public static Command Build()
    {
        var data = new Option<string>("--data") { Description = "Folder of keys, database and blobs.", HelpName = "DIR", Required = true };
        var listen = new Option<string>("--listen") { Description = "Address and port; port 0 takes any free one.", HelpName = "ADDRESS:PORT", DefaultValueFactory = _ => "127.0.0.1:8443" };
        var mqtt = new Option<string?>("--mqtt-listen") { Description = "Address and port for MQTT over TLS without WebSocket, usually port 8883.", HelpName = "ADDRESS:PORT" };
        var names = new Option<string[]>("--host-name") { Description = "Exact name that sensors and browsers use; repeat for more.", HelpName = "NAME", DefaultValueFactory = _ => ["localhost"] };
        var command = new Command("run", "Runs the portal until it is told to stop.") { data, listen, mqtt, names };
        command.SetAction(async (result, cancellationToken) =>
        {
            PortalOptions options;
            try
            {
                options = new PortalOptions
                {
                    DataFolder = result.GetValue(data)!,
                    Listen = PortalCommands.ParseEndPoint(result.GetValue(listen)!),
                    MqttListen = result.GetValue(mqtt) is { } text ? PortalCommands.ParseEndPoint(text) : null,
                    HostNames = result.GetValue(names)!,
                };
            }
            catch (FormatException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 2;
            }

            return await RunAsync(options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(PortalOptions options, CancellationToken cancellationToken)
    {
        await using var app = PortalApplication.Build(options);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e is not PortalKeyException)
        {
            await Console.Error.WriteLineAsync($"The portal cannot listen on {options.Listen}: {e.Message}");
            return 1;
        }

        var address = PortalApplication.ListeningAddress(app, options);
        app.Services.GetRequiredService<PortalAddress>().Set(address);
        if ((await app.Services.GetRequiredService<IPortalStore>().Users.ListAsync(cancellationToken)).Count == 0)
        {
            Console.WriteLine($"sign-in code {await app.Services.GetRequiredService<SignInService>().CreateCodeAsync(cancellationToken)}");
        }

        Console.WriteLine($"listening https://{address}");
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
