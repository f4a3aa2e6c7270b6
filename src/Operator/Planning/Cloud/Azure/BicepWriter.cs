using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Writes a template as Bicep.</summary>
internal static class BicepWriter
{
    public static string Write(AzureTemplate template)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"// {template.Title}\n// Written by 'culvert plan' from the site file; change that, not this.\n// The names of endpoints in descriptions are your own, not an environment's:\n#disable-diagnostics no-hardcoded-env-urls\n\n");
        foreach (var parameter in template.Parameters)
        {
            text.Append(CultureInfo.InvariantCulture, $"@description({Quoted(parameter.Description)})\n{(parameter.IsSecret ? "@secure()\n" : "")}param {parameter.Name} string{(parameter.Default is { } usual ? $" = {Quoted(usual)}" : "")}\n\n");
        }

        foreach (var (variable, file, _) in template.Texts)
        {
            text.Append(CultureInfo.InvariantCulture, $"var {variable} = loadTextContent('{file}')\n\n");
        }

        foreach (var resource in template.Resources)
        {
            text.Append(CultureInfo.InvariantCulture, $"// {resource.Comment}\nresource {resource.Symbol} '{resource.Type}@{resource.ApiVersion}' = {{\n");
            if (resource.Scope is { } scope)
            {
                text.Append(CultureInfo.InvariantCulture, $"  scope: {scope.Symbol}\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"  name: {Quoted(resource.Name)}\n");
            AppendFields(text, resource.Fields, "  ");
            text.Append("}\n\n");
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void AppendFields(StringBuilder text, IReadOnlyList<(string Key, AzureValue Value)> fields, string indent)
    {
        foreach (var (key, value) in fields)
        {
            text.Append(indent).Append(IsName(key) ? key : Quoted(key)).Append(": ");
            AppendValue(text, value, indent);
            text.Append('\n');
        }
    }

    private static void AppendValue(StringBuilder text, AzureValue value, string indent)
    {
        switch (value)
        {
            case AzureText { Text: var t }:
                text.Append(Quoted(t));
                break;
            case AzureNumber { Number: var n }:
                text.Append(CultureInfo.InvariantCulture, $"{n}");
                break;
            case AzureFlag { Flag: var f }:
                text.Append(f ? "true" : "false");
                break;
            case AzureExpression { Bicep: var e }:
                text.Append(e);
                break;
            case AzureList { Items.Count: 0 }:
                text.Append("[]");
                break;
            case AzureList { Items: var items }:
                text.Append("[\n");
                foreach (var item in items)
                {
                    text.Append(indent).Append("  ");
                    AppendValue(text, item, indent + "  ");
                    text.Append('\n');
                }

                text.Append(indent).Append(']');
                break;
            case AzureGroup { Fields.Count: 0 }:
                text.Append("{}");
                break;
            case AzureGroup { Fields: var fields }:
                text.Append("{\n");
                AppendFields(text, fields, indent + "  ");
                text.Append(indent).Append('}');
                break;
        }
    }

    private static bool IsName(string key) => key.Length > 0 && char.IsAsciiLetter(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Quoted(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("${", "\\${", StringComparison.Ordinal)}'";
}
