namespace Culvert.PortalHost;

/// <summary>What a signed-in user may be allowed to do. Each is also the name of an authorization policy.</summary>
public enum PortalPermission
{
    /// <summary>See sites, sensors, devices, alerts, health, packages, endpoints.</summary>
    View,

    /// <summary>Onboard, revoke, delete and move sensors; download activation files; change sites and zones.</summary>
    ManageSensors,

    /// <summary>Change alerts.</summary>
    HandleAlerts,

    /// <summary>Push settings and commands to sensors.</summary>
    CommandSensors,

    /// <summary>Upload and push packages.</summary>
    ManagePackages,

    /// <summary>See the audit log.</summary>
    ViewAudit,

    /// <summary>Users, roles and other people's API tokens.</summary>
    ManageUsers,
}
