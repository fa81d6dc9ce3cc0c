// The errors of azure-iot-device over MQTT. Arguments: tcp or ws; then ids of devices: two that the hub accepts, one
// for which it is too busy, one whose messages it does not acknowledge.

import common from 'azure-iot-common';
import device from 'azure-iot-device';
import { Mqtt, MqttWs } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const { Client, Message, SharedAccessSignature } = device;
const [transport, welcome, brief, busy, silent] = process.argv.slice(2);
const Transport = transport === 'ws' ? MqttWs : Mqtt;
const registry = iothub.Registry.fromConnectionString(process.env.IOTHUB_CONNECTION_STRING);
const HostName = /HostName=([^;]+)/.exec(process.env.IOTHUB_CONNECTION_STRING)[1];

const keyOf = async (id) => (await registry.get(id)).responseBody.authentication.symmetricKey.primaryKey;
const stringOf = async (id) => `HostName=${HostName};DeviceId=${id};SharedAccessKey=${await keyOf(id)}`;
/** A token that expires after so many seconds. */
const tokenOf = (id, key, seconds) =>
  SharedAccessSignature.create(HostName, id, key, Math.floor(Date.now() / 1000) + seconds).toString();
/** Errors are reported at once: nothing is tried twice. */
const impatient = (client) => {
  client.setRetryPolicy(new common.NoRetry());
  return client;
};
const clientOf = async (id) => impatient(Client.fromConnectionString(await stringOf(id), Transport));
const nameOfError = ({ name, message }) => (name === 'Error' ? message : name);
const nameOf = (asked) => asked.then(() => 'nothing', nameOfError);

const unknown = async () =>
  impatient(Client.fromConnectionString(`HostName=${HostName};DeviceId=${welcome};SharedAccessKey=bm90`, Transport));
const byToken = () => Client.fromSharedAccessSignature(tokenOf(welcome, 'bm90', 3600), Mqtt);

/** A device is rejected five minutes after its token has expired, until it has a new one. */
const outlive = async () => {
  const key = await keyOf(brief);
  const client = impatient(Client.fromSharedAccessSignature(tokenOf(brief, key, 3 - 300), Transport));
  await client.open();
  const { transportObj } = await new Promise((done) => {
    client.once('disconnect', done);
  });
  const send = () => client.sendEvent(new Message('hello')).then((result) => result.constructor.name, nameOfError);
  const refused = await send();
  await new Promise((done, failed) => {
    client.updateSharedAccessSignature(tokenOf(brief, key, 3600), (error) => (error ? failed(error) : done()));
  });
  return [transportObj.name, refused, await send()];
};

/** A message that is not acknowledged. */
const sendInSilence = async () => {
  const client = await clientOf(silent);
  await client.open();
  return nameOf(client.sendEvent(new Message('hello')));
};
// first, as the SDK waits half a minute before it gives up
const unheard = silent === undefined ? undefined : sendInSilence();

const open = async (client) => nameOf((await client).open());
const refused = {
  key: await open(unknown()),
  busy: await open(clientOf(busy)),
};

const client = await clientOf(welcome);
await client.open();
const twin = await client.getTwin();
const big = new Message(Buffer.alloc(256 * 1024 + 1));
const told = {
  ...refused,
  outlived: await outlive(),
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
if (unheard !== undefined) told.silence = await unheard;
console.log(JSON.stringify(told));
process.exit();
