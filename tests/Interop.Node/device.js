// The official Azure IoT device client against the portal: telemetry, twin, direct method, file upload.
// Settings come as environment variables; each step is one line "ok STEP" on standard output, so that the test sees how far it came.
'use strict';
const https = require('https');
const tls = require('tls');
const { Client, Message } = require('azure-iot-device');
const { Mqtt, MqttWs } = require('azure-iot-device-mqtt');
const { BlockBlobClient } = require('@azure/storage-blob');

const { CULVERT_HTTPS_PORT, CULVERT_MQTT_PORT, CULVERT_DEVICE, CULVERT_KEY, CULVERT_TRANSPORT, CULVERT_CA } = process.env;
const ca = require('fs').readFileSync(CULVERT_CA, 'utf8');

// The client wants port 443 for HTTPS and WebSocket; the test's portal has another.
class PortalAgent extends https.Agent {
  createConnection() {
    return tls.connect({ host: '127.0.0.1', port: Number(CULVERT_HTTPS_PORT), servername: 'localhost', ca, ALPNProtocols: ['http/1.1'] });
  }
}

const webSocket = CULVERT_TRANSPORT === 'ws';
const host = webSocket ? 'localhost' : `localhost:${CULVERT_MQTT_PORT}`;
const agent = new PortalAgent({ keepAlive: false });
const say = (step) => console.log(`ok ${step}`);

async function main() {
  const client = Client.fromConnectionString(`HostName=${host};DeviceId=${CULVERT_DEVICE};SharedAccessKey=${CULVERT_KEY}`, webSocket ? MqttWs : Mqtt);
  await client.setOptions({ ca, http: { agent }, mqtt: webSocket ? { webSocketAgent: agent } : undefined });
  await client.open();
  say('open');

  const alert = {
    stream: 'alerts', epoch: 1, sequence: 1,
    body: {
      id: 'node-1', type: 't', title: 'T', message: 'M', engine: 'Anomaly', severity: 'Major', category: 'c', zone: 'cell-1',
      firstDetection: '2026-11-24T08:00:00Z', lastDetection: '2026-11-24T08:00:00Z',
    },
  };
  const message = new Message(JSON.stringify([alert]));
  message.contentType = 'application/json';
  message.contentEncoding = 'utf-8';
  message.properties.add('schema', 'culvert.records.v1');
  await client.sendEvent(message);
  say('telemetry');

  const twin = await client.getTwin();
  await new Promise((resolve, reject) => twin.properties.reported.update({ softwareVersion: 'node' }, (e) => (e ? reject(e) : resolve())));
  say('reported');
  const desired = new Promise((resolve) => twin.on('properties.desired', (delta) => delta.heartbeatSeconds === 45 && resolve()));

  const called = new Promise((resolve) => client.onDeviceMethod('ping', (request, response) => {
    response.send(200, { echoed: request.payload }, () => resolve());
  }));
  say('ready');
  await desired;
  say('desired');
  await called;
  say('method');

  const place = await client.getBlobSharedAccessSignature('node/evidence.bin');
  const content = Buffer.alloc(300000, 'culvert');
  const url = `https://localhost:${CULVERT_HTTPS_PORT}/culvert/${place.containerName}/${place.blobName.split('/').map(encodeURIComponent).join('/')}${place.sasToken}`;
  await new BlockBlobClient(url).upload(content, content.length);
  await client.notifyBlobUploadStatus(place.correlationId, true, 201, 'Created');
  say('upload');
  await client.close();
  say('close');
}

main().then(() => process.exit(0), (e) => {
  console.error(e && e.stack ? e.stack : e);
  process.exit(1);
});
