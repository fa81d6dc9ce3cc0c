import { dirname, join } from 'node:path';
import { BUILT_IN_ENDPOINT } from '../../protocol/routing.ts';
import { defaultFolder, makeFolder } from '../certificates/folder.ts';
import { writeBundle } from '../endpoints/root-bundle.ts';
import { readText, replaceFile } from '../files.ts';
import { AdminClient, type AdminEndpoint } from './admin-client.ts';
import { type Context, EXIT, Failure } from './context.ts';
import { type Login, leadsHere, readLogin } from './login.ts';
import { type Authority, authorityIn } from './trust/authority.ts';

/** The login to an emulator on another machine, whose CA is fetched. Throws UsageError, Failure. */
export const fetchLogin = async (emulator: AdminEndpoint, context: Context): Promise<Login> => {
  const admin = new AdminClient(emulator);
  const { file } = await fetchAuthority(emulator, context);
  const { connectionString: login } = await admin.call('GET /connection-string', { query: {} });
  const { connectionString: events } = await admin.call('GET /connection-string', {
    query: { events: BUILT_IN_ENDPOINT },
  });
  const found = readLogin({ login }, context);
  const host = found.parts.HostName.replace(/:\d+$/, '');
  const { hostname } = new URL(emulator.url);
  if (leadsHere(host) && !leadsHere(hostname)) context.err(`${unreachable(host, hostname)}\n`);
  return { ...found, events, caFile: file };
};

const unreachable = (host: string, address: string): string =>
  `The strings lead to ${host}, which is this machine. Start that emulator with --hostname ${address}`;

/**
 * Fetches the CA of an emulator on another machine into a folder of its own, and prints the fingerprint: the connection is not
 * encrypted, so that a person has to compare it. Throws Failure.
 */
export const fetchAuthority = async (emulator: AdminEndpoint, context: Context): Promise<Authority> => {
  const { url } = emulator;
  const file = join(defaultFolder(), 'from', new URL(url).host.replace(/[^\w.-]/g, '-'), 'ca.pem');
  const authority = authorityIn(await new AdminClient(emulator).text('GET /ca.pem'), file);
  if (authority === undefined)
    throw new Failure(EXIT.failed, `${url} has no development CA: its certificate is its own.`);
  const before = authorityIn((await readText(file)) ?? '', file);
  if (before !== undefined && before.nick !== authority.nick)
    context.err(`The CA of ${url} is another one than before: ${before.cert.fingerprint256}\n`);
  await makeFolder(dirname(file));
  replaceFile(file, authority.pem, 0o644);
  writeBundle(authority, context.environment.SSL_CERT_FILE); // else Python's variables would come with the strings of another hub
  context.err(`CA of ${url}, SHA-256 fingerprint:\n${authority.cert.fingerprint256}\n${COMPARE}\n`);
  return authority;
};

const COMPARE = 'Compare it with what `iothub-emulator doctor --only certificate` prints on that machine.';
