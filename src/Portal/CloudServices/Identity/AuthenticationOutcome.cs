namespace Culvert.CloudServices;

/// <summary>Whether a peer proved to be a sensor.</summary>
public enum AuthenticationOutcome
{
    /// <summary>It did.</summary>
    Proved,

    /// <summary>It gave neither a certificate nor a token.</summary>
    Missing,

    /// <summary>Its certificate does not lead to the portal's CA, is out of its time, or is not one that was issued; or its token is wrong.</summary>
    Untrusted,

    /// <summary>It is another sensor than it says.</summary>
    OtherSensor,

    /// <summary>The sensor was revoked or deleted.</summary>
    Revoked,
}
