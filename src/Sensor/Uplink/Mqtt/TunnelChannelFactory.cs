using Culvert.Tunnels;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Channel;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;

namespace Culvert.Uplink;

/// <summary>Gives the MQTT client channels that go through the tunnels, and no others.</summary>
internal sealed class TunnelChannelFactory(CloudAccess access, SilenceWatch? watch = null) : IMqttClientAdapterFactory
{
    /// <summary>The port where MQTT is spoken in TLS directly (registered: secure-mqtt).</summary>
    public const int SecureMqttPort = 8883;

    /// <inheritdoc/>
    public IMqttChannelAdapter CreateClientAdapter(MqttClientOptions options, MqttPacketInspector packetInspector, IMqttNetLogger logger)
    {
        IMqttChannel channel = access[CloudService.IotHub].Address.Port == SecureMqttPort ? new StreamChannel(access) : new WebSocketChannel(access);
        if (watch is not null)
        {
            channel = new WatchedChannel(channel, watch);
        }

        var formatter = new MqttPacketFormatterAdapter(options.ProtocolVersion, new MqttBufferWriter(4096, 65535));
        return new MqttChannelAdapter(channel, formatter, logger) { AllowPacketFragmentation = true, PacketInspector = packetInspector };
    }
}
