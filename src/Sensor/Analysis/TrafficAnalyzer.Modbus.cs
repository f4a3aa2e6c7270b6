using Culvert.Analysis.Modbus;

namespace Culvert.Analysis;

public sealed partial class TrafficAnalyzer
{
    private readonly ModbusWatch _modbus = new();

    /// <summary>How often each Modbus function was seen, by function code: requests, answers, exceptions.</summary>
    internal (long Requests, long Answers, long Exceptions)[] ModbusCounts { get; } = new (long, long, long)[128];

    /// <summary>Looks at the PDUs of one segment. One object for all segments, so that a segment allocates nothing.</summary>
    private sealed class ModbusWatch
    {
        public static readonly ModbusStream.PduHandler<ModbusWatch> OnPdu = static (scoped in ModbusPdu pdu, ModbusWatch watch) => watch.Pdu(in pdu);
        public static readonly ModbusStream.GarbageHandler<ModbusWatch> OnGarbage = static (reason, watch) => watch.Garbage(reason);
        private TrafficAnalyzer _analyzer = null!;
        private long _ticks;
        private Device _sender = null!;
        private Device? _other;
        private NetworkAddress _address;
        private ModbusSession _session = null!;

        public void Begin(TrafficAnalyzer analyzer, long ticks, Device sender, Device? other, NetworkAddress address, ModbusSession session) =>
            (_analyzer, _ticks, _sender, _other, _address, _session) = (analyzer, ticks, sender, other, address, session);

        private void Pdu(scoped in ModbusPdu pdu)
        {
            ref var counts = ref _analyzer.ModbusCounts[pdu.Function];
            if (pdu.IsRequest)
            {
                counts.Requests++;
                Request(in pdu);
            }
            else
            {
                counts.Answers++;
                counts.Exceptions += pdu.IsException ? 1 : 0;
                Answer(in pdu);
            }

            if (pdu.Function == ModbusFunctions.Umas)
            {
                _sender.AddRole(ProtocolId.Umas, pdu.IsRequest ? Role.Client : Role.Server);
            }
        }

        private void Request(scoped in ModbusPdu pdu)
        {
            _session.Asked(pdu.Transaction, pdu.Function);
            if (ModbusFunctions.IsProgramming(pdu.Function) && ModbusFunctions.IsWrite(pdu.Function))
            {
                _sender.MarkProgramming();
            }

            if (ModbusFunctions.MistakeIn(in pdu) is { } mistake)
            {
                Raise(AlertCatalogue.IllegalModbusOperation, pdu.Function, () => mistake, in pdu);
            }

            if (_other is not null)
            {
                Policy(in pdu, _other);
            }

            if (pdu.Function == ModbusFunctions.Diagnostics && pdu.Data.Length >= 2)
            {
                var subfunction = (pdu.Data[0] << 8) | pdu.Data[1];
                if (subfunction == 4)
                {
                    Raise(AlertCatalogue.ForceListenOnly, pdu.Function, null, in pdu);
                }
                else if (subfunction == 1)
                {
                    Raise(AlertCatalogue.ControllerRestart, pdu.Function, null, in pdu);
                }
            }
        }

        private void Policy(scoped in ModbusPdu pdu, Device server)
        {
            var learned = _analyzer._learned;
            var ranged = ModbusFunctions.TryRange(in pdu, out var address, out var count);
            if (_analyzer._learning)
            {
                learned.Function(_sender, server, pdu.Function);
                if (ranged)
                {
                    learned.Range(_sender, server, pdu.Function, address, count);
                }

                return;
            }

            if (!learned.Knows(_sender, server, pdu.Function))
            {
                Raise(AlertCatalogue.UnpermittedModbusFunction, pdu.Function, null, in pdu);
            }
            else if (ranged && learned.IsOutside(_sender, server, pdu.Function, address, count, out var range))
            {
                var (first, number) = (address, count);
                Raise(AlertCatalogue.ModbusAddressRange, pdu.Function, () => $"addresses {first} to {first + Math.Max(number, 1) - 1}; learned were {range.First} to {range.Last}", in pdu);
            }
        }

        private void Answer(scoped in ModbusPdu pdu)
        {
            if (pdu.IsException)
            {
                var code = pdu.Data.IsEmpty ? (byte)0 : pdu.Data[0];
                Raise(AlertCatalogue.ModbusException, (pdu.Function << 8) | code, () => $"exception {code}, {ModbusFunctions.ExceptionNameOf(code)}", in pdu);
            }

            if (!_session.Matches(pdu.Transaction, pdu.Function))
            {
                Raise(AlertCatalogue.ModbusAnswerMismatch, pdu.Function, null, in pdu);
            }

            if (pdu.Function == ModbusFunctions.EncapsulatedInterface && !pdu.IsException)
            {
                Identification.ModbusDevice(_sender, pdu.Data);
            }
        }

        private void Garbage(string reason)
        {
            if (!_analyzer._alerts.Again(AlertCatalogue.MalformedModbus, _sender, _other, 0, _ticks, _address))
            {
                _analyzer._alerts.Raise(
                    AlertCatalogue.MalformedModbus, _sender, _other, 0, _ticks, $"{Shown(_sender)} sends to {_address} bytes that are no Modbus: {reason}.", ProtocolId.Modbus, _address);
            }
        }

        private void Raise(AlertType type, int parameter, Func<string>? detail, scoped in ModbusPdu pdu)
        {
            if (_analyzer._alerts.Again(type, _sender, _other, parameter, _ticks, _address))
            {
                return;
            }

            var function = $"{pdu.Function} ({ModbusFunctions.NameOf(pdu.Function)}{Sub(in pdu)})";
            _analyzer._alerts.Raise(
                type, _sender, _other, parameter, _ticks, $"{Shown(_sender)} to {_address}, unit {pdu.Unit}: function {function}{(detail is null ? "" : $", {detail()}")}.", ProtocolId.Modbus, _address);
        }

        private static string Sub(scoped in ModbusPdu pdu) =>
            pdu.Function == ModbusFunctions.Diagnostics && pdu.Data.Length >= 2 ? $", {ModbusFunctions.DiagnosticNameOf((pdu.Data[0] << 8) | pdu.Data[1])}" : "";
    }
}
