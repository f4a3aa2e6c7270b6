namespace Culvert.Checking;

/// <summary>What a finding is about.</summary>
public enum FindingKind
{
    /// <summary>A way does not lead to an endpoint.</summary>
    Way,

    /// <summary>A service was reached and does not do its part.</summary>
    Service,

    /// <summary>Clocks differ.</summary>
    Clock,

    /// <summary>A certificate ends soon.</summary>
    Expiry,

    /// <summary>Large packets are lost.</summary>
    PacketSize,

    /// <summary>The way is cut after silence.</summary>
    Idle,

    /// <summary>The way is slow.</summary>
    Bandwidth,

    /// <summary>A name has other addresses than the list says.</summary>
    Addresses,

    /// <summary>More is open than the list says.</summary>
    LeastPrivilege,

    /// <summary>About the sensor's own identity.</summary>
    Identity,
}
