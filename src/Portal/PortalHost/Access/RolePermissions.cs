using System.Collections.Frozen;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Which role may do what: the one table that pages and API go by.</summary>
public static class RolePermissions
{
    private static readonly PortalPermission[] Handling =
        [PortalPermission.View, PortalPermission.ManageSensors, PortalPermission.HandleAlerts, PortalPermission.CommandSensors, PortalPermission.ManagePackages];

    private static readonly FrozenDictionary<UserRole, FrozenSet<PortalPermission>> Table = new Dictionary<UserRole, FrozenSet<PortalPermission>>
    {
        [UserRole.SecurityReader] = [PortalPermission.View],
        [UserRole.SecurityAdmin] = [.. Handling, PortalPermission.ViewAudit],
        [UserRole.Contributor] = [.. Handling],
        [UserRole.Owner] = [.. Handling, PortalPermission.ViewAudit, PortalPermission.ManageUsers],
    }.ToFrozenDictionary();

    /// <summary>Whether a role includes a permission.</summary>
    /// <param name="role">The role.</param>
    /// <param name="permission">The permission.</param>
    public static bool Allows(UserRole role, PortalPermission permission) => Table[role].Contains(permission);

    /// <summary>Whether a role may do nothing that another may not.</summary>
    /// <param name="role">The role.</param>
    /// <param name="limit">The other.</param>
    public static bool IsWithin(UserRole role, UserRole limit) => Table[role].IsSubsetOf(Table[limit]);

    /// <summary>The roles that include a permission.</summary>
    /// <param name="permission">The permission.</param>
    public static IEnumerable<UserRole> RolesWith(PortalPermission permission) => Table.Where(e => e.Value.Contains(permission)).Select(e => e.Key);
}
