namespace Culvert;

/// <summary>One of the five services a sensor uses in its cloud.</summary>
public enum CloudService
{
    /// <summary>Alerts, health, settings and commands: MQTT with Azure IoT Hub's topics.</summary>
    IotHub,

    /// <summary>Device inventory and traffic statistics in volume: the Event Hubs REST API.</summary>
    EventHubs,

    /// <summary>Evidence captures and diagnostics: the Blob REST API.</summary>
    Blob,

    /// <summary>Threat-intelligence and software packages: HTTPS with ranges.</summary>
    Downloads,

    /// <summary>The sensor's own traces and metrics: OTLP over HTTP.</summary>
    Telemetry,
}
