namespace Culvert.ProxyHost;

/// <summary>Who finds the address of a name that a tunnel through a parent is asked for.</summary>
internal enum ParentNames
{
    /// <summary>The parent: the name is handed on.</summary>
    Proxy,

    /// <summary>This proxy: the parent is asked for an address, for parents whose allow-list holds addresses or that have no resolver.</summary>
    Self,
}
