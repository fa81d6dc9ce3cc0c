// An app that meets a fault and goes on. Prints for each episode, given as JSON, what it saw at first and afterwards.

import { request } from 'node:http';
import device from 'azure-iot-device';
import { Amqp } from 'azure-iot-device-amqp';
import { Mqtt } from 'azure-iot-device-mqtt';
import iothub from 'azure-iothub';

const { Client, Message } = device;
const episodes = JSON.parse(process.argv[2]);
const transport = process.argv[3] === 'Amqp' ? Amqp : Mqtt;
const service = process.env.IOTHUB_CONNECTION_STRING;
const registry = iothub.Registry.fromConnectionString(service);
const methods = iothub.Client.fromConnectionString(service);

/**
 * How long the app waits for an answer, ms: less than the test waits, but more than the 3 s of a fault and the random
 * pause of at most 10 s before the SDK tries again (ExponentialBackOffWithJitter).
 */
const TIMEOUT = 15_000;
const LONG = 30_000;
/** The delay of a delayed answer, ms. */
const DELAY = 1_000;
/** Longer than the hub holds back a message that another one is to overtake, ms. */
const HELD_BACK = 1_500;

/** `done`, `done late`, the name of the error, or `nothing`. */
const outcome = async (work, timeout = LONG) => {
  const begin = Date.now();
  let timer;
  const nothing = new Promise((done) => {
    timer = setTimeout(done, timeout, 'nothing');
  });
  const ended = work.then(
    () => (Date.now() - begin < DELAY ? 'done' : 'done late'),
    (error) => error.code ?? error.name,
  );
  const seen = await Promise.race([ended, nothing]);
  clearTimeout(timer);
  return seen;
};

/** Calls the admin API of the emulator; tells whether it succeeded. */
const admin = (path, body = {}) =>
  new Promise((done, failed) => {
    const headers = { 'content-type': 'application/json' };
    const url = `${process.env.IOTHUB_EMULATOR_ADMIN_URL}${path}`;
    const asked = request(url, { method: 'POST', headers }, (answer) => done(answer.resume().statusCode < 300));
    asked.on('error', failed).end(JSON.stringify(body));
  });

/** Has the hub close the connection of a device; tells whether there was one. */
const cut = (id) => admin(`/connections/${id}/disconnect`);

/** Does `work` twice. If it does not end the first time, its connection is cut. */
const twice = async (id, work) => {
  const first = work();
  const saw = await outcome(first, TIMEOUT);
  const after = saw === 'nothing' && (await cut(id)) ? await outcome(first, TIMEOUT) : undefined;
  return { saw, after, again: (await outcome(work())).replace(' late', '') };
};

const report = (twin, patch) =>
  new Promise((done, failed) => {
    twin.properties.reported.update(patch, (error) => (error ? failed(error) : done()));
  });

/** Collects what a listener is called with; `has` waits for a value. */
const ear = () => {
  const heard = [];
  let changed = () => {};
  const hear = (value) => {
    heard.push(value);
    changed();
  };
  const comes = async (value) => {
    while (!heard.includes(value))
      await new Promise((done) => {
        changed = done;
      });
  };
  return { heard, hear, has: async (value) => (await outcome(comes(value), TIMEOUT)) !== 'nothing' };
};

const acts = {
  connect: async (client) => ({ saw: await outcome(client.open(), LONG), again: await outcome(client.open()) }),
  telemetry: async (client, { id, properties = {} }) => {
    await client.open();
    let count = 0;
    return twice(id, () => {
      count += 1;
      const message = new Message(`${count}`);
      if (count === 1) for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
      return client.sendEvent(message);
    });
  },
  'twin.report': async (client, { id }) => {
    await client.open();
    const twin = await client.getTwin();
    return twice(id, () => report(twin, { at: Date.now() }));
  },
  'twin.get': async (client, { id }) => {
    await client.open();
    return twice(id, () => client.getTwin());
  },
  'twin.desired': async (client, { id }) => {
    await client.open();
    const twin = await client.getTwin();
    const { heard, hear, has } = ear();
    twin.on('properties.desired.n', hear);
    await report(twin, { ready: true }); // the hub has processed the subscription
    const desire = (n) => registry.updateTwin(id, { properties: { desired: { n } } }, '*');
    for (const n of [1, 2]) await desire(n);
    await new Promise((done) => setTimeout(done, HELD_BACK));
    await desire(3);
    if (await has(3)) return { heard };
    await desire(4); // the SDK does not ask for changes that it missed
    await has(4);
    return { heard };
  },
  method: async (client, { id }) => {
    await client.open();
    const twin = await client.getTwin();
    let calls = 0;
    client.onDeviceMethod('work', (_request, response) => {
      calls += 1;
      response.send(200, calls, () => {});
    });
    await report(twin, { ready: true });
    const call = () =>
      methods.invokeDeviceMethod(id, { methodName: 'work', responseTimeoutInSeconds: 5, connectTimeoutInSeconds: 5 });
    const saw = await outcome(call());
    const again = await outcome(call());
    return { saw, again, calls };
  },
  'c2d.send': async (client, { id }) => {
    const own = iothub.Client.fromConnectionString(service);
    await own.open();
    const { heard, hear, has } = ear();
    await client.open();
    client.on('message', (message) => {
      hear(Number(message.data));
      client.complete(message, () => {});
    });
    let count = 0;
    const seen = await twice(id, () => {
      count += 1;
      return own.send(id, `${count}`);
    });
    await has(2);
    await own.close();
    return { ...seen, heard };
  },
  /** Uses all links, asks for a fault, and sends a message when it has begun. */
  all: async (client, { properties }) => {
    const troubles = [];
    client.on('error', (error) => troubles.push(error.name));
    client.on('disconnect', () => troubles.push('disconnect'));
    await client.open();
    const twin = await client.getTwin();
    twin.on('properties.desired', () => {});
    client.on('message', () => {});
    client.onDeviceMethod('work', (_request, response) => response.send(200, () => {}));
    await report(twin, { ready: true });
    const message = new Message('0');
    for (const [name, value] of Object.entries(properties)) message.properties.add(name, value);
    await client.sendEvent(message);
    await new Promise((done) => setTimeout(done, 1.5 * DELAY));
    const send = () => outcome(client.sendEvent(new Message('2')));
    return { saw: await send(), again: await send(), troubles };
  },
  rest: async (_client, { id }) => {
    const own = iothub.Registry.fromConnectionString(service); // with a connection of its own
    return twice(id, () => own.updateTwin(id, { tags: { at: Date.now() } }, '*'));
  },
  'rest in pairs': async (_client, { id }) => {
    const heard = [];
    const ask = async (n) => {
      await registry.updateTwin(id, { tags: { n } }, '*');
      heard.push(n);
    };
    const first = ask(1);
    await new Promise((done) => setTimeout(done, DELAY / 2));
    await Promise.all([first, ask(2)]);
    return { heard };
  },
};

const play = async (episode) => {
  const client = Client.fromConnectionString(episode.connectionString, transport);
  client.on('error', () => {});
  await client.setOptions({ keepalive: 2 });
  if (episode.fault !== undefined) await admin('/faults', episode.fault);
  const seen = await acts[episode.act](client, episode).catch((error) => ({ failed: String(error) }));
  await outcome(client.close(), 1_000);
  return [episode.id, seen];
};

// a fault that can hit any device comes last, when all other episodes have ended
const seen = await Promise.all(episodes.filter(({ fault }) => fault === undefined).map(play));
for (const episode of episodes.filter(({ fault }) => fault !== undefined)) seen.push(await play(episode));
console.log(JSON.stringify(Object.fromEntries(seen)));
process.exit(0);
