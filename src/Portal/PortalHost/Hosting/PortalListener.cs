using Culvert.CloudServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Culvert.PortalHost;

/// <summary>Kestrel's listeners and limits.</summary>
internal static class PortalListener
{
    public static void Configure(KestrelServerOptions kestrel, PortalOptions options)
    {
        var tls = kestrel.ApplicationServices.GetRequiredService<PortalTls>();
        kestrel.AddServerHeader = false;
        // Above the largest part of any service but blobs, which raise it for themselves: Event Hubs' 1 MiB, packages' 16 MiB.
        kestrel.Limits.MaxRequestBodySize = 17 * 1024 * 1024;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        kestrel.Limits.MaxConcurrentConnections = 10_000;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(tls.ForHttp());
        });
        if (options.MqttListen is { } mqtt)
        {
            kestrel.Listen(mqtt, listen =>
            {
                listen.UseHttps(tls.ForMqtt());
                listen.UseIotHub();
            });
        }
    }
}
