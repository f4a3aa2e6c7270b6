namespace Culvert.PlantSimulator;

/// <summary>Who is on the plant's network. Hardware addresses bear real makers' prefixes; names and addresses are made up.</summary>
internal static class Plant
{
    public static readonly Station Router = new("cell-router", "00:1B:54:10:00:01", "10.10.1.1");

    public static readonly Station Server = new("plant-services", "00:0C:29:10:00:02", "10.10.1.2");

    public static readonly Station Switch = new("cell-switch", "00:80:63:10:00:03", "10.10.1.3");

    public static readonly Station Hmi = new("hmi-press-line", "00:D0:C9:10:00:20", "10.10.1.20");

    public static readonly Station Engineering = new("engineering-ws1", "00:14:22:10:00:30", "10.10.1.30");

    public static readonly Station Historian = new("historian", "00:0C:29:10:00:40", "10.10.1.40");

    public static readonly Station Laptop = new("raspberrypi", "B8:27:EB:10:00:99", "10.10.1.99");

    public static readonly IReadOnlyList<Controller> Controllers =
    [
        new(new("plc-press-1", "00:80:F4:20:00:11", "10.10.1.11"), "Schneider Electric", "BMX P34 2020", "V3.20"),
        new(new("plc-press-2", "00:80:F4:20:00:12", "10.10.1.12"), "Schneider Electric", "TM221CE24R", "V1.12"),
        new(new("plc-conveyor", "00:30:DE:20:00:13", "10.10.1.13"), "WAGO", "750-8212", "04.02.13"),
        new(new("plc-furnace", "00:0E:8C:20:00:14", "10.10.1.14"), "Siemens", "6ES7 214-1AG40-0XB0", "V4.5.2"),
        new(new("plc-cooling", "00:A0:45:20:00:15", "10.10.1.15"), "Phoenix Contact", "ILC 171 ETH 2TX", "4.42"),
        new(new("io-tank-farm", "00:90:E8:20:00:16", "10.10.1.16"), "Moxa", "ioLogik E1212", "V3.2"),
    ];
}

/// <summary>A Modbus server with its identity (function 43/14).</summary>
internal sealed record Controller(Station Station, string Vendor, string Product, string Revision);
