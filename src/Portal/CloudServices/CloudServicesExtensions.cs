using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet.AspNetCore;

namespace Culvert.CloudServices;

/// <summary>Registration of the five cloud services.</summary>
public static class CloudServicesExtensions
{
    // Messages for a sensor that is away: settings and commands, never many.
    private const int MaxWaitingMessages = 100;

    // For CONNECT to come, and for a packet to be taken: a slow link needs seconds, whoever says nothing is sent away.
    private static readonly TimeSpan CommunicationLimit = TimeSpan.FromSeconds(30);

    /// <summary>Registers the services; the container must hold a store, a change feed and <see cref="CloudServicesOptions"/>.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddCloudServices(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<CloudServicesMetrics>();
        services.AddSingleton<SensorAuthenticator>();
        services.AddSingleton<SensorLinks>();
        services.AddSingleton<IngestQueue>();
        services.AddHostedService(s => s.GetRequiredService<IngestQueue>());
        services.AddSingleton<BlobSigner>();
        services.AddSingleton<LimitedMqttHandler>();
        services.AddHostedService<IotHubServer>();
        services.AddHostedMqttServer(o => o.WithoutDefaultEndpoint().WithPersistentSessions().WithMaxPendingMessagesPerClient(MaxWaitingMessages)
            .WithDefaultCommunicationTimeout(CommunicationLimit));
        services.AddMqttConnectionHandler();
        services.AddConnections();
        return services;
    }

    /// <summary>Maps the services' paths.</summary>
    /// <param name="routes">The host's routes.</param>
    public static void MapCloudServices(this IEndpointRouteBuilder routes)
    {
        routes.MapConnectionHandler<LimitedMqttHandler>("/$iothub/websocket", o =>
        {
            o.Transports = HttpTransportType.WebSockets;
            o.WebSockets.SubProtocolSelector = offered => offered.FirstOrDefault(p => p.StartsWith("mqtt", StringComparison.OrdinalIgnoreCase)) ?? "mqtt";
        }).AllowAnonymous();
        EventHubsEndpoint.Map(routes);
        FileUploadEndpoint.Map(routes);
        BlobEndpoint.Map(routes);
        DownloadsEndpoint.Map(routes);
        TelemetryEndpoint.Map(routes);
    }

    /// <summary>Makes a listener speak MQTT; TLS comes before it.</summary>
    /// <param name="listen">The listener.</param>
    public static void UseIotHub(this ListenOptions listen) => listen.UseConnectionHandler<LimitedMqttHandler>();
}
