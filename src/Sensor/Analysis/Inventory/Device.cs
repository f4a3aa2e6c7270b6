namespace Culvert.Analysis;

/// <summary>A device as it is known now.</summary>
internal sealed class Device(string key, MacAddress mac, long firstTicks)
{
    private const int MaxAddresses = 8;
    private const int MaxVlans = 16;
    private readonly UInt128[] _roles = new UInt128[4];

    public string Key { get; } = key;

    public MacAddress Mac { get; set; } = mac;

    public NetworkAddress Address { get; set; }

    public List<NetworkAddress> Addresses { get; } = [];

    public List<int> Vlans { get; } = [];

    public string? Name { get; private set; }

    public int NameRank { get; private set; }

    public string? Vendor { get; private set; }

    public int VendorRank { get; private set; }

    public string? Model { get; private set; }

    public string? SerialNumber { get; private set; }

    public string? Firmware { get; private set; }

    public string? OsPlatform { get; private set; }

    public string? Type { get; private set; }

    public bool Authorized { get; set; }

    public bool Programming { get; private set; }

    public bool Scanner { get; private set; }

    public bool Routed { get; set; }

    public long FirstTicks { get; set; } = firstTicks;

    public long LastTicks { get; set; } = firstTicks;

    public long Frames { get; set; }

    public long Bytes { get; set; }

    /// <summary>Whether something other than the counters changed since the last record.</summary>
    public bool Changed { get; set; } = true;

    /// <summary>Goes up with every change of name, vendor or identity.</summary>
    public int IdentityVersion { get; private set; }

    public long RecordedTicks { get; set; } = long.MinValue;

    public long RecordedFrames { get; set; }

    public void AddRole(ProtocolId protocol, Role role)
    {
        var bit = UInt128.One << (int)protocol;
        ref var roles = ref _roles[(int)role];
        if ((roles & bit) == 0)
        {
            roles |= bit;
            Changed = true;
        }
    }

    public bool Has(ProtocolId protocol, Role role) => (_roles[(int)role] & (UInt128.One << (int)protocol)) != 0;

    public bool HasAny(Func<ProtocolId, bool> which, Role role)
    {
        foreach (var protocol in Enum.GetValues<ProtocolId>())
        {
            if (Has(protocol, role) && which(protocol))
            {
                return true;
            }
        }

        return false;
    }

    public void AddAddress(NetworkAddress address)
    {
        if (!address.IsUnspecified && !Addresses.Contains(address) && Addresses.Count < MaxAddresses)
        {
            Addresses.Add(address);
            Changed = true;
        }
    }

    public void AddVlan(int vlan)
    {
        if (vlan >= 0 && !Vlans.Contains(vlan) && Vlans.Count < MaxVlans)
        {
            Vlans.Add(vlan);
            Vlans.Sort();
            Changed = true;
        }
    }

    /// <summary>A name of a better source replaces one of a lesser; of the same source, the later one.</summary>
    public void SetName(string? name, int rank)
    {
        if (Text.Clean(name) is { } clean && rank >= NameRank && clean != Name)
        {
            (Name, NameRank, Changed) = (clean, rank, true);
            IdentityVersion++;
        }
    }

    public void SetVendor(string? vendor, int rank)
    {
        if (Text.Clean(vendor) is { } clean && rank >= VendorRank && clean != Vendor)
        {
            (Vendor, VendorRank, Changed) = (clean, rank, true);
            IdentityVersion++;
        }
    }

    public void SetIdentity(string? model = null, string? serial = null, string? firmware = null, string? os = null, string? type = null)
    {
        Model = Take(Model, model);
        SerialNumber = Take(SerialNumber, serial);
        Firmware = Take(Firmware, firmware);
        OsPlatform = Take(OsPlatform, os);
        Type = Take(Type, type);
    }

    public void MarkProgramming() => (Programming, Changed) = (true, Changed || !Programming);

    public void MarkScanner() => (Scanner, Changed) = (true, Changed || !Scanner);

    private string? Take(string? old, string? seen)
    {
        if (Text.Clean(seen) is not { } clean || clean == old)
        {
            return old;
        }

        Changed = true;
        IdentityVersion++;
        return clean;
    }
}
