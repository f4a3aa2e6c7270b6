using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using MQTTnet.AspNetCore;

namespace Culvert.CloudServices;

/// <summary>Hands a connection to the broker with a limit on what one packet may take in memory, which the broker itself has not.</summary>
internal sealed class LimitedMqttHandler(MqttConnectionHandler inner) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        connection.Transport = new LimitedPipe(connection.Transport);
        await inner.OnConnectedAsync(connection);
    }

    private sealed class LimitedPipe(IDuplexPipe pipe) : IDuplexPipe
    {
        public PipeReader Input { get; } = new LimitedReader(pipe.Input);

        public PipeWriter Output => pipe.Output;
    }

    private sealed class LimitedReader(PipeReader reader) : PipeReader
    {
        // A message of 256 KiB with its topic, and what the transport reads ahead of the broker (1 MiB).
        private const long MaxUnread = (CloudServicesOptions.MaxMessageBytes * 2) + (1024 * 1024);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await reader.ReadAsync(cancellationToken);
            return result.Buffer.Length <= MaxUnread ? result : throw new ConnectionAbortedException("An MQTT packet is longer than allowed.");
        }

        public override bool TryRead(out ReadResult result) => reader.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => reader.CancelPendingRead();

        public override void Complete(Exception? exception = null) => reader.Complete(exception);
    }
}
