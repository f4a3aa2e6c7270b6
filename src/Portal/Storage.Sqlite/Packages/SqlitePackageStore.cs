using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqlitePackageStore(SqliteDatabase database) : IPackageStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Packages");

    public Task<StoreOutcome> CreateAsync(PackageEntry package, byte[] content, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(
            Sql["Create"],
            ("kind", package.Kind), ("version", package.Version), ("length", package.Length), ("sha256", package.Sha256), ("manifestContent", package.Manifest.Content),
            ("manifestSignature", package.Manifest.Signature), ("createdAt", package.CreatedAt), ("uploadedBy", package.UploadedBy), ("content", content)) == 0
            ? StoreOutcome.Conflict
            : StoreOutcome.Done,
        cancellationToken);

    public async Task<IReadOnlyList<PackageEntry>> ListAsync(string kind, CancellationToken cancellationToken)
    {
        var packages = await database.ReadAsync(s => s.Query(Sql["List"], Read, ("kind", kind), ("version", null)), cancellationToken);
        packages.Sort((a, b) => PackageVersion.Compare(b.Version, a.Version));
        return packages;
    }

    public Task<PackageEntry?> FindAsync(string kind, string version, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["List"], Read, ("kind", kind), ("version", version)), cancellationToken);

    public Task<byte[]?> ReadContentAsync(string kind, string version, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["Content"], r => r.BytesOrNull("content"), ("kind", kind), ("version", version)), cancellationToken);

    public Task<StoreOutcome> DeleteAsync(string kind, string version, CancellationToken cancellationToken) => database.WriteAsync(
        s => s.Execute(Sql["Delete"], ("kind", kind), ("version", version)) == 0 ? StoreOutcome.NotFound : StoreOutcome.Done,
        cancellationToken);

    private static PackageEntry Read(SqliteDataReader r) => new()
    {
        Kind = r.Text("kind"),
        Version = r.Text("version"),
        Length = r.Number("length"),
        Sha256 = r.Text("sha256"),
        Manifest = new SignedPackageManifest(r.Text("manifest_content"), r.Text("manifest_signature")),
        CreatedAt = r.Time("created_at"),
        UploadedBy = r.Text("uploaded_by"),
    };
}
