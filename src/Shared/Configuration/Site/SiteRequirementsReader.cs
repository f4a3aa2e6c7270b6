namespace Culvert.Configuration;

/// <summary>Reads the answers to the chooser's questions.</summary>
internal static class SiteRequirementsReader
{
    public static SiteRequirements Read(SettingsMapping? m) => m is null ? new SiteRequirements() : new SiteRequirements
    {
        PrivateConnectivity = m.OptionalValue("privateConnectivity", Setting.Flag),
        ProxyToLeaveOt = m.OptionalValue("proxyToLeaveOt", Setting.Flag),
        SinglePoint = m.OptionalValue("singlePoint", Setting.Flag),
        PredictableThroughput = m.OptionalValue("predictableThroughput", Setting.Flag),
        ServiceLevelAgreement = m.OptionalValue("serviceLevelAgreement", Setting.Flag),
        HighVolume = m.OptionalValue("highVolume", Setting.Flag),
        AvoidInternet = m.OptionalValue("avoidInternet", Setting.Flag),
        OwnRouters = m.OptionalValue("ownRouters", Setting.Flag),
    };
}
