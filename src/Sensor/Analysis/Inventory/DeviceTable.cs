namespace Culvert.Analysis;

/// <summary>The devices of one zone, by MAC and IP address. Kept in the order in which they were first seen, so that all output is the same at every run.</summary>
internal sealed class DeviceTable(int limit)
{
    private readonly Dictionary<(MacAddress, NetworkAddress), Device> _byPair = new(1024);
    private readonly Dictionary<MacAddress, Device> _primary = new(1024);
    private readonly Dictionary<NetworkAddress, Device> _byAddress = new(1024);
    private readonly Dictionary<NetworkAddress, MacAddress> _claimed = new(1024);

    public List<Device> All { get; } = new(1024);

    /// <summary>Devices that did not fit.</summary>
    public long Refused { get; private set; }

    /// <summary>The device that sent a frame; null when its address is no device's, or the table is full.</summary>
    public Device? Sender(MacAddress mac, NetworkAddress address, bool hasAddress, long ticks)
    {
        if (mac.IsGroup)
        {
            return null;
        }

        var usable = hasAddress && !address.IsUnspecified && !address.IsMulticast && !(address.IsV4 && address.V4 == uint.MaxValue);
        if (!usable)
        {
            return mac.IsNone ? null : Primary(mac, ticks);
        }

        if (_byPair.TryGetValue((mac, address), out var known))
        {
            return known;
        }

        return Add(mac, address, ticks);
    }

    public Device? Find(NetworkAddress address) => _byAddress.GetValueOrDefault(address);

    public Device? Find(MacAddress mac) => _primary.GetValueOrDefault(mac);

    /// <summary>An ARP sender says that the address is its own; gives the MAC address that said so before, if it was another.</summary>
    public MacAddress Claim(MacAddress mac, NetworkAddress address)
    {
        var before = _claimed.GetValueOrDefault(address);
        if (before == mac || (before.IsNone && _claimed.Count >= limit))
        {
            return default;
        }

        _claimed[address] = mac;
        if (_byPair.TryGetValue((mac, address), out var device) && device.Routed)
        {
            device.Routed = false;
            device.Changed = true;
        }

        return before;
    }

    private Device? Primary(MacAddress mac, long ticks)
    {
        if (_primary.TryGetValue(mac, out var device))
        {
            return device;
        }

        // EtherCAT slaves send a frame back with the local bit of its source set: the same master, not another device.
        if (mac.IsLocal && _primary.TryGetValue(new MacAddress(mac.Value & ~(2UL << 40)), out var master) && master.Has(ProtocolId.EtherCat, Role.Client))
        {
            return master;
        }

        device = Make(mac.ToString(), mac, ticks);
        if (device is not null)
        {
            _primary.Add(mac, device);
        }

        return device;
    }

    private Device? Add(MacAddress mac, NetworkAddress address, long ticks)
    {
        Device? device;
        if (mac.IsNone)
        {
            device = Make(address.ToString(), mac, ticks);
        }
        else
        {
            device = Primary(mac, ticks);
            var second = device is not null && address.IsV4 && !address.IsLinkLocal && device.Address.Value != 0 && device.Address.IsV4 && !device.Address.IsLinkLocal;
            if (second)
            {
                // One MAC address with several IPv4 addresses: each is a device of its own. Whether they lie behind a router is told by ARP.
                device = Make($"{mac}/{address}", mac, ticks);
                if (device is not null && !IsOwn(mac, address))
                {
                    device.Routed = true;
                }
            }
        }

        if (device is null)
        {
            return null;
        }

        if (device.Address.Value == 0 || (address.IsV4 && (!device.Address.IsV4 || device.Address.IsLinkLocal)))
        {
            device.Address = address;
        }

        device.AddAddress(address);
        if (_byPair.Count >= limit * 4)
        {
            // Invented addresses must not grow the tables; the device itself is counted on.
            return device;
        }

        _byPair[(mac, address)] = device;
        _byAddress[address] = device;
        return device;
    }

    // An address that its MAC claimed by ARP is its own. A MAC that never claimed any may be a host with many addresses;
    // one that claimed another address and sends for this one is passing it on.
    private bool IsOwn(MacAddress mac, NetworkAddress address) =>
        _claimed.TryGetValue(address, out var owner) ? owner == mac : !_claimed.ContainsValue(mac);

    private Device? Make(string key, MacAddress mac, long ticks)
    {
        if (All.Count >= limit)
        {
            Refused++;
            return null;
        }

        var device = new Device(key, mac, ticks);
        All.Add(device);
        return device;
    }
}
