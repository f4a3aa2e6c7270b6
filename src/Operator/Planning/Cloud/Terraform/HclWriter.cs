using System.Globalization;
using System.Text;

namespace Culvert.Planning;

/// <summary>Writes HCL in the form that <c>terraform fmt</c> leaves as it is: two spaces, equals signs in a column, an empty line between blocks.</summary>
internal sealed class HclWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Key, string Value)> _run = [];
    private int _depth;
    private bool _isFirst = true;

    /// <summary>A comment on its own line.</summary>
    public HclWriter Comment(string text)
    {
        Flush();
        Separate();
        _text.Append(Indent).Append(CultureInfo.InvariantCulture, $"# {text}\n");
        _isFirst = true;
        return this;
    }

    /// <summary>An attribute whose value is an expression.</summary>
    public HclWriter Raw(string key, string expression)
    {
        if (_run.Count == 0)
        {
            Separate(isAttribute: true);
        }

        _run.Add((key, expression));
        return this;
    }

    /// <summary>An attribute whose value is text.</summary>
    public HclWriter Text(string key, string text) => Raw(key, Quoted(text));

    /// <summary>An attribute whose value is a number.</summary>
    public HclWriter Number(string key, long number) => Raw(key, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A block with labels.</summary>
    public HclWriter Block(string kind, IEnumerable<string> labels, Action<HclWriter> body)
    {
        Flush();
        Separate();
        _text.Append(Indent).Append(kind).AppendJoin("", labels.Select(l => $" {Quoted(l)}")).Append(" {\n");
        _depth++;
        _isFirst = true;
        body(this);
        Flush();
        _depth--;
        _text.Append(Indent).Append("}\n");
        _isFirst = false;
        return this;
    }

    /// <summary>A resource.</summary>
    public HclWriter Resource(string type, string name, Action<HclWriter> body) => Block("resource", [type, name], body);

    /// <summary>A variable that must be given.</summary>
    public HclWriter Variable(string name, string type, string description, bool isSecret = false) => Block("variable", [name], b =>
    {
        b.Raw("type", type).Text("description", description);
        if (isSecret)
        {
            b.Raw("sensitive", "true");
        }
    });

    /// <inheritdoc/>
    public override string ToString()
    {
        Flush();
        return _text.ToString();
    }

    /// <summary>Text in quotation marks.</summary>
    public static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("${", "$${", StringComparison.Ordinal).Replace("%{", "%%{", StringComparison.Ordinal)}\"";

    private string Indent => new(' ', _depth * 2);

    private void Separate(bool isAttribute = false)
    {
        if (!_isFirst)
        {
            _text.Append('\n');
        }

        _isFirst = isAttribute && _isFirst;
    }

    private void Flush()
    {
        var width = _run.Count == 0 ? 0 : _run.Max(r => r.Key.Length);
        foreach (var (key, value) in _run)
        {
            _text.Append(Indent).Append(CultureInfo.InvariantCulture, $"{key.PadRight(width)} = {value}\n");
        }

        if (_run.Count > 0)
        {
            _isFirst = false;
        }

        _run.Clear();
    }
}
