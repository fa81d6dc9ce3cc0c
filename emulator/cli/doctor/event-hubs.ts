import { connect } from 'node:tls';
import type { RoutingHealth } from '../../../protocol/admin/routing.ts';
import { AdminClient } from '../admin-client.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { portOf, type Subject } from './subject.ts';
import { hostOf } from './target.ts';

const CHECK = 'events';
const TIMEOUT_MS = 5_000;

/** With which clients begin, and the server answers. OASIS AMQP 1.0 part 5 §5.3.2 */
const SASL = Buffer.from('AMQP\u0003\u0001\u0000\u0000', 'latin1');

/** Whether events can be read, and whether the endpoints of the routing take messages. */
export const eventHubCheck = async (subject: Subject): Promise<Finding[]> => {
  const { hub, found, self } = subject;
  if (hub === undefined) return [skip(CHECK, 'there is no emulator to read from')];
  if (hub === 'locked') return [skip(CHECK, 'the emulator tells its endpoints only to callers that know its token')];
  const port = portOf(subject, 'amqp');
  const text = `${CHECK} are read on ${port} over AMQP`;
  const reading = (await speaksAmqp({ host: hostOf(subject), port }))
    ? ok(CHECK, `${text}; their connection string: ${self} connection-string --events`)
    : fail(CHECK, `nothing answers on ${port}, where ${text}`, 'restart the emulator');
  const { value } = await new AdminClient(found, TIMEOUT_MS).call('GET /routing/health');
  return [reading, ...value.flatMap((endpoint) => endpointFindings(endpoint, self))];
};

type Health = RoutingHealth['value'][number];

const endpointFindings = (
  { endpointId, healthStatus, lastKnownError = '', delivered, dropped, waiting }: Health,
  self: string,
): Finding[] => {
  if (delivered === undefined) return []; // in the emulator itself
  const check = `${CHECK}.${endpointId}`;
  const counts = `${delivered} delivered, ${waiting} waiting, ${dropped} given up`;
  if (healthStatus === 'healthy') return [ok(check, counts)];
  if (healthStatus === 'unknown') return [ok(check, `nothing was sent to it yet; ${waiting} waiting`)];
  const make = healthStatus === 'dead' ? fail : warn;
  return [make(check, `${healthStatus}: ${lastKnownError}; ${counts}`, `${self} routes list`)];
};

const speaksAmqp = ({ host, port }: { readonly host: string; readonly port: number }): Promise<boolean> =>
  new Promise((done) => {
    // the check `certificate` judges certificates
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => socket.write(SASL));
    const end = (speaks: boolean): void => {
      socket.destroy();
      done(speaks);
    };
    socket.setTimeout(TIMEOUT_MS, () => end(false));
    socket.once('data', (bytes) => end(bytes.subarray(0, SASL.length).equals(SASL)));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
