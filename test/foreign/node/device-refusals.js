// The errors of azure-iot-device over MQTT. Arguments: tcp or ws; then names of devices: one that the hub lets in, one that
// it is too busy for, one whose messages it does not acknowledge.

import common from 'azure-iot-common';
import device from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const { Client, Message, SharedAccessSignature } = device;
const [transport, welcome, busy, silent] = process.argv.slice(2);
const Transport = transport === 'ws' ? MqttWs : Mqtt;
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const HostName = 'localhost';
const inAnHour = Math.ceil(Date.now() / 1000) + 3600;

const stringOf = async (id) => {
  const { authentication } = (await registry.get(id)).responseBody;
  return `HostName=${HostName};DeviceId=${id};SharedAccessKey=${authentication.symmetricKey.primaryKey}`;
};
/** As errors come: nothing is tried twice. */
const impatient = (client) => {
  client.setRetryPolicy(new common.NoRetry());
  return client;
};
const clientOf = async (id) => impatient(Client.fromConnectionString(await stringOf(id), Transport));
const nameOf = (asked) =>
  asked.then(
    () => 'nothing',
    (error) => (error.name === 'Error' ? error.message : error.name),
  );

const stranger = async () =>
  impatient(Client.fromConnectionString(`HostName=${HostName};DeviceId=${welcome};SharedAccessKey=bm90`, Transport));
const byToken = () =>
  Client.fromSharedAccessSignature(SharedAccessSignature.create(HostName, welcome, 'bm90', inAnHour).toString(), Mqtt);

const open = async (client) => nameOf((await client).open());
const refused = {
  key: await open(stranger()),
  busy: await open(clientOf(busy)),
};

const client = await clientOf(welcome);
await client.open();
const twin = await client.getTwin();
const big = new Message(Buffer.alloc(256 * 1024 + 1));
const told = {
  ...refused,
  big: await nameOf(client.sendEvent(big)),
  batch: await nameOf(client.sendEventBatch([big])),
  certificate: await nameOf(client.setOptions({ cert: 'x' })),
  renewal: await nameOf(
    byToken().setOptions({ tokenRenewal: { tokenValidTimeInSeconds: 2, tokenRenewalMarginInSeconds: 1 } }),
  ),
  twin: await nameOf(
    new Promise((done, failed) => {
      twin.properties.reported.update({ 'with.dot': 1 }, (error) => (error ? failed(error) : done()));
    }),
  ),
};
const ended = new Promise((done) => {
  client.once('disconnect', done);
});
await fetch(`${process.env.IOTHUB_EMULATOR_ADMIN_URL}/connections/${welcome}/disconnect`, { method: 'POST' });
told.cut = (await ended).transportObj.name;

if (silent !== undefined) {
  const unheard = await clientOf(silent);
  await unheard.open();
  told.silence = await nameOf(unheard.sendEvent(new Message('hello')));
}
console.log(JSON.stringify(told));
process.exit();
