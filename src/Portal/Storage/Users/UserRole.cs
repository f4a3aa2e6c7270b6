namespace Culvert.Storage;

/// <summary>What a user may do; the roles of Defender for IoT.</summary>
public enum UserRole
{
    /// <summary>Sees everything but users and audit; changes nothing.</summary>
    SecurityReader,

    /// <summary>Onboards sensors, handles alerts, pushes packages and settings; sees the audit log.</summary>
    SecurityAdmin,

    /// <summary>As Security Admin, without the audit log.</summary>
    Contributor,

    /// <summary>All, users and their roles included.</summary>
    Owner,
}
