namespace Culvert.Planning;

/// <summary>Configurations that can be linted.</summary>
public enum ConfigurationKind
{
    /// <summary>None of those below.</summary>
    Unknown,

    /// <summary>squid.conf.</summary>
    Squid,

    /// <summary>An nftables file, or what <c>nft list ruleset</c> prints.</summary>
    Nftables,

    /// <summary>What <c>nft -j list ruleset</c> prints.</summary>
    NftablesJson,

    /// <summary>An Azure network security group: an export, an ARM template, or a list of rules.</summary>
    AzureNsg,
}
