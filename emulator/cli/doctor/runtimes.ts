import { devNull } from 'node:os';
import { readText } from '../../certificates/folder.ts';
import { rootsOfSystem } from '../../environment.ts';
import { type Answer, ask } from '../ask.ts';
import type { Surroundings } from '../context.ts';
import { askJava } from '../java.ts';
import { holds } from '../trust/authority.ts';
import { certifiLine, javaLine, nodeLine, pythonLine } from '../trust/lines.ts';
import { systemStore } from '../trust/system-store.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import type { Target } from './leaf.ts';
import type { Patient } from './patient.ts';
import { NODE, PYTHON } from './programs.ts';

/** Asks one runtime, in the user's own environment, whether it trusts what a hub presents. */
export type RuntimeCheck = (patient: Patient, target: Target) => Promise<Finding[]>;

export const nodeCheck: RuntimeCheck = async (patient, { host, port }) => {
  const answer = await ask('node', ['-e', NODE, host, String(port)], surroundings(patient));
  if (typeof answer === 'string') return [unheard('node', 'Node', answer)];
  const { version, error, blind } = jsonIn(answer);
  const name = `Node ${version ?? ''}`;
  if (blind === true)
    return [
      warn(
        'node',
        `${name} trusts anybody over HTTPS, nobody over MQTT: NODE_TLS_REJECT_UNAUTHORIZED is 0`,
        mendOf(patient, nodeLine),
      ),
    ];
  return [verdict('node', name, { error, mend: mendOf(patient, nodeLine) })];
};

export const pythonCheck: RuntimeCheck = async (patient, { host, port }) => {
  const { authority, context } = patient;
  const args = ['-c', PYTHON, host, String(port)];
  const first = await ask('python3', args, surroundings(patient));
  const answer = first === 'absent' ? await ask('python', args, surroundings(patient)) : first;
  if (typeof answer === 'string') return [unheard('python.ssl', 'Python', answer)];
  const { version, ssl, requests, certifi } = jsonIn(answer);
  const mend = authority && (await pythonLine(authority, context));
  return [
    verdict('python.ssl', `Python ${version ?? ''}`, { error: ssl, mend }),
    requests === undefined
      ? skip('python.requests', 'requests is not installed')
      : verdict('python.requests', 'requests, which azure-iot-hub and az use,', { error: requests, mend }),
    ...(certifi === undefined
      ? []
      : [
          asWarning(
            verdict('python.certifi', 'certifi, which uamqp and azure-eventhub use,', {
              error: certifi,
              mend: mendOf(patient, certifiLine),
            }),
          ),
        ]),
  ];
};

/** keytool is part of every JVM, and fetches what it is told to under the JVM's usual rules. */
export const javaCheck: RuntimeCheck = async (patient, { host, port }) => {
  const args = ['sun.security.tools.keytool.Main', '-printcrl', '-file', `https://${host}:${port}/`];
  const answer = await askJava(['-showversion', ...args], surroundings(patient));
  if (typeof answer === 'string') return [unheard('java', 'Java', answer)];
  const said = `${answer.out}\n${answer.err}`;
  const version = /version "([^"]+)"/.exec(said)?.[1];
  // there is no file, which only shows after a handshake
  const error = said.includes('FileNotFoundException') ? undefined : (/[\w.]*Exception: .*/.exec(said)?.[0] ?? said);
  const mend = mendOf(patient, (found) => javaLine(found, patient.context));
  return [verdict('java', `Java ${version ?? ''}`, { error, mend })];
};

/** .NET would have to be compiled for to be asked; on Linux it reads what OpenSSL reads. */
export const dotnetCheck: RuntimeCheck = async (patient, target) => {
  const answer = await ask('dotnet', ['--list-runtimes'], surroundings(patient));
  if (typeof answer === 'string') return [unheard('dotnet', '.NET', answer)];
  const name = `.NET ${/NETCore\.App (\S+)/.exec(answer.out)?.[1] ?? ''}`;
  const { authority, context } = patient;
  const own = process.platform === 'linux' ? context.environment.SSL_CERT_FILE : undefined;
  if (own && authority && holds(await readText(own).catch(() => undefined), authority))
    return [ok('dotnet', `${name} reads SSL_CERT_FILE, which has the CA`)];
  const [system] = await systemCheck(patient, target);
  return system?.status === 'ok'
    ? [ok('dotnet', `${name} asks the store of the system, which has the CA`)]
    : [fail('dotnet', `${name} asks the store of the system, which lacks the CA`, system?.mend)];
};

/** curl comes with every system, and C programs trust as it does. */
export const systemCheck: RuntimeCheck = async (patient, { host, port }) => {
  const { authority, context } = patient;
  const store = systemStore(context);
  const mend = (await store.absence()) === undefined ? mendOf(patient, store.line) : undefined;
  const args = ['-q', '-sS', '-o', devNull, '--noproxy', '*', '--max-time', '10', `https://${host}:${port}/`];
  const answer = await ask(
    'curl',
    args,
    without(surroundings(patient), ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE']),
  );
  if (typeof answer === 'object') {
    const error = answer.code === 0 ? undefined : answer.err.replace(/^curl: /, '').split('\n')[0];
    return [asWarning(verdict('os', 'curl, by the store of the system,', { error, mend }))];
  }
  if (process.platform !== 'linux' || authority === undefined) return [unheard('os', 'curl', answer)];
  const error = holds(rootsOfSystem(), authority) ? undefined : 'its bundle lacks the CA';
  return [asWarning(verdict('os', 'the store of the system', { error, mend }))];
};

interface Heard {
  /** In the runtime's own words; none if it trusts the hub. */
  readonly error: unknown;
  readonly mend: string | undefined;
}

const verdict = (check: string, who: string, { error, mend }: Heard): Finding => {
  const name = who.trim();
  if (error === undefined || error === null) return ok(check, `${name} trusts the hub`);
  const said = String(error).replace(/\s+/g, ' ').trim();
  const reason = REASON.exec(said)?.[0] ?? said.slice(0, 160);
  // a hub that is not reached is another matter, which other checks tell
  return fail(check, `${name} refuses the hub: ${reason}`, UNREACHED.test(said) ? undefined : mend);
};

/** What matters in Python's and Java's words. */
const REASON =
  /certificate verify failed: [^(']+(?= \(_ssl)|PKIX path [a-z ]+|No (?:subject alternative|name matching)[^.]*/;
const UNREACHED = /refused|ECONN|ENOTFOUND|timed out/i;

/** For what many people do without. */
const asWarning = (finding: Finding): Finding => (finding.status === 'fail' ? { ...finding, status: 'warn' } : finding);

const unheard = (check: string, name: string, answer: 'absent' | 'silent'): Finding =>
  answer === 'absent' ? skip(check, `${name} is not installed`) : warn(check, `${name} did not answer in time`);

const mendOf = <T>({ authority }: Patient, line: (authority: NonNullable<Patient['authority']>) => T): T | undefined =>
  authority === undefined ? undefined : line(authority);

/** The user's own, but for proxies, which have a check of their own. */
const surroundings = ({ context }: Patient): Surroundings => ({
  folder: context.folder,
  environment: { ...context.environment, NO_PROXY: '*', no_proxy: '*' },
});

const without = ({ folder, environment }: Surroundings, names: readonly string[]): Surroundings => ({
  folder,
  environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name))),
});

/** The last line, since programs that a user loads into every process may say something as well. */
const jsonIn = ({ out, err }: Answer): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(out.trim().split('\n').at(-1) ?? '');
  } catch {
    return { error: err, ssl: err };
  }
};
