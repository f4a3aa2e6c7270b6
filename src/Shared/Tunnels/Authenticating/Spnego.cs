using System.Formats.Asn1;

namespace Culvert.Tunnels;

/// <summary>The envelope of Negotiate (SPNEGO, RFC 4178, section 4.2.1).</summary>
internal static class Spnego
{
    private static readonly Asn1Tag Application = new(TagClass.Application, 0, isConstructed: true);

    /// <summary>The first message, which offers Kerberos alone and holds its token.</summary>
    public static byte[] OfferKerberos(byte[] token)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence(Application))
        {
            writer.WriteObjectIdentifier("1.3.6.1.5.5.2");
            using (writer.PushSequence(Context(0)))
            using (writer.PushSequence())
            {
                using (writer.PushSequence(Context(0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.2.840.113554.1.2.2");
                }

                using (writer.PushSequence(Context(2)))
                {
                    writer.WriteOctetString(token);
                }
            }
        }

        return writer.Encode();
    }

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
