namespace Culvert.Planning;

/// <summary>A resource of a template.</summary>
/// <param name="Symbol">Its name in Bicep.</param>
/// <param name="Type">Its type, such as <c>Microsoft.Network/natGateways</c>.</param>
/// <param name="ApiVersion">The version of its type.</param>
/// <param name="Name">Its name in Azure.</param>
/// <param name="Comment">What it is for.</param>
/// <param name="Fields">Everything else.</param>
internal sealed record AzureResource(string Symbol, string Type, string ApiVersion, string Name, string Comment, params IReadOnlyList<(string Key, AzureValue Value)> Fields)
{
    /// <summary>Resources that its fields refer to, which must be there first.</summary>
    public IReadOnlyList<AzureResource> DependsOn { get; init; } = [];

    /// <summary>The resource that an extension resource is about; null for others.</summary>
    public AzureResource? Scope { get; init; }

    /// <summary>The function call that gives its id in ARM.</summary>
    public string ArmId => $"resourceId('{Type}', '{Name}')";

    /// <summary>A reference to it.</summary>
    public AzureExpression Id => new($"{Symbol}.id", ArmId);
}

/// <summary>A parameter of a template.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What to give.</param>
/// <param name="IsSecret">Whether Azure must not keep or show it.</param>
/// <param name="Default">Its value where none is given; null where one must be.</param>
internal sealed record AzureParameter(string Name, string Description, bool IsSecret = false, string? Default = null);

/// <summary>A template.</summary>
/// <param name="Title">What it makes.</param>
/// <param name="Parameters">What must be given.</param>
/// <param name="Texts">Texts that stand in files beside the template: variable, file, content.</param>
/// <param name="Resources">The resources, each after those that it depends on.</param>
internal sealed record AzureTemplate(string Title, IReadOnlyList<AzureParameter> Parameters, IReadOnlyList<(string Variable, string File, string Content)> Texts, IReadOnlyList<AzureResource> Resources);
