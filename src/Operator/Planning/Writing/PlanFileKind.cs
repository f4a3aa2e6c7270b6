namespace Culvert.Planning;

/// <summary>What a file of a plan is, for programs that use a plan.</summary>
public enum PlanFileKind
{
    /// <summary>A page for people.</summary>
    Page,

    /// <summary>A firewall's rules in the form it reads.</summary>
    FirewallRules,

    /// <summary>A firewall's rules as a table that people approve.</summary>
    ChangeRequest,

    /// <summary>A proxy's main configuration file.</summary>
    ProxyConfiguration,

    /// <summary>tinyproxy's list of names that may be asked for.</summary>
    ProxyFilter,

    /// <summary>Names with fixed addresses, in the form of /etc/hosts, for a proxy whose zone has no resolver.</summary>
    ProxyHosts,

    /// <summary>A sensor's settings.</summary>
    SensorSettings,

    /// <summary>A cloud's resources: Bicep, ARM or Terraform.</summary>
    CloudTemplate,

    /// <summary>First-boot instructions of a machine in a pool.</summary>
    CloudInit,

    /// <summary>Kubernetes objects of a proxy pool.</summary>
    Kubernetes,

    /// <summary>The list of cloud endpoints.</summary>
    Endpoints,
}
