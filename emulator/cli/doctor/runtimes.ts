import { devNull } from 'node:os';
import { systemRoots } from '../../endpoints/root-bundle.ts';
import { readText } from '../../files.ts';
import type { ProcessContext } from '../context.ts';
import { runJava } from '../java.ts';
import { type Outcome, runProgram } from '../run-program.ts';
import { contains } from '../trust/authority.ts';
import { certifiLine, javaLine, nodeLine, pythonLine } from '../trust/lines.ts';
import { systemStore } from '../trust/system-store.ts';
import { type Finding, fail, ok, skip, warn } from './finding.ts';
import { NODE, PYTHON } from './programs.ts';
import type { Subject } from './subject.ts';
import type { Target } from './target.ts';

/** Finds out whether a runtime, in the user's own environment, trusts the certificate of a hub. */
export type RuntimeCheck = (subject: Subject, target: Target) => Promise<Finding[]>;

export const nodeCheck: RuntimeCheck = async (subject, { host, port }) => {
  const answer = await runProgram('node', ['-e', NODE, host, String(port)], processOf(subject));
  if (typeof answer === 'string') return [noAnswer('node', 'Node', answer)];
  const { version, error, acceptsAll } = jsonIn(answer);
  const name = `Node ${version ?? ''}`;
  if (acceptsAll === true)
    return [
      warn(
        'node',
        `${name} trusts every certificate over HTTPS, and none over MQTT: NODE_TLS_REJECT_UNAUTHORIZED is 0`,
        fixOf(subject, nodeLine),
      ),
    ];
  return [verdict('node', name, { error, fix: fixOf(subject, nodeLine) })];
};

export const pythonCheck: RuntimeCheck = async (subject, { host, port }) => {
  const { authority, context } = subject;
  const args = ['-c', PYTHON, host, String(port)];
  const first = await runProgram('python3', args, processOf(subject));
  const answer = first === 'absent' ? await runProgram('python', args, processOf(subject)) : first;
  if (typeof answer === 'string') return [noAnswer('python.ssl', 'Python', answer)];
  const { version, ssl, requests, certifi } = jsonIn(answer);
  const fix = authority && (await pythonLine(authority, context));
  return [
    verdict('python.ssl', `Python ${version ?? ''}`, { error: ssl, fix }),
    requests === undefined
      ? skip('python.requests', 'requests is not installed')
      : verdict('python.requests', 'requests, which azure-iot-hub and az use,', { error: requests, fix }),
    ...(certifi === undefined
      ? []
      : [
          asWarning(
            verdict('python.certifi', 'certifi, which uamqp and azure-eventhub use,', {
              error: certifi,
              fix: fixOf(subject, certifiLine),
            }),
          ),
        ]),
  ];
};

/** keytool is part of every JVM, and connects under the JVM's usual rules. */
export const javaCheck: RuntimeCheck = async (subject, { host, port }) => {
  const args = ['sun.security.tools.keytool.Main', '-printcrl', '-file', `https://${host}:${port}/`];
  const answer = await runJava(['-showversion', ...args], processOf(subject));
  if (typeof answer === 'string') return [noAnswer('java', 'Java', answer)];
  const output = `${answer.out}\n${answer.err}`;
  const version = /version "([^"]+)"/.exec(output)?.[1];
  // the file does not exist, which a client only learns after the handshake
  const isTrusted = output.includes('FileNotFoundException');
  const error = isTrusted ? undefined : (/(?<![\w.])[\w.]*Exception: .*/.exec(output)?.[0] ?? output);
  const fix = fixOf(subject, (found) => javaLine(found, subject.context));
  return [verdict('java', `Java ${version ?? ''}`, { error, fix })];
};

/** A .NET program would have to be compiled first. On Linux .NET reads what OpenSSL reads. */
export const dotnetCheck: RuntimeCheck = async (subject, target) => {
  const answer = await runProgram('dotnet', ['--list-runtimes'], processOf(subject));
  if (typeof answer === 'string') return [noAnswer('dotnet', '.NET', answer)];
  const name = `.NET ${/NETCore\.App (\S+)/.exec(answer.out)?.[1] ?? ''}`;
  const { authority, context } = subject;
  const own = process.platform === 'linux' ? context.environment.SSL_CERT_FILE : undefined;
  if (own && authority && contains(await readText(own).catch(() => undefined), authority))
    return [ok('dotnet', `${name} reads SSL_CERT_FILE, which has the CA`)];
  const [system] = await systemCheck(subject, target);
  return system?.status === 'ok'
    ? [ok('dotnet', `${name} uses the store of the system, which has the CA`)]
    : [fail('dotnet', `${name} uses the store of the system, which lacks the CA`, system?.fix)];
};

/** Every system has curl, and C programs trust what it trusts. */
export const systemCheck: RuntimeCheck = async (subject, { host, port }) => {
  const { authority, context } = subject;
  const store = systemStore(context);
  const fix = (await store.absence()) === undefined ? fixOf(subject, store.line) : undefined;
  const args = ['-q', '-sS', '-o', devNull, '--noproxy', '*', '--max-time', '10', `https://${host}:${port}/`];
  const answer = await runProgram(
    'curl',
    args,
    without(processOf(subject), ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'CURL_CA_BUNDLE']),
  );
  if (typeof answer === 'object') {
    const error = answer.code === 0 ? undefined : answer.err.replace(/^curl: /, '').split('\n')[0];
    return [asWarning(verdict('os', 'curl, with the store of the system,', { error, fix }))];
  }
  if (process.platform !== 'linux' || authority === undefined) return [noAnswer('os', 'curl', answer)];
  const error = contains(systemRoots(), authority) ? undefined : 'its bundle lacks the CA';
  return [asWarning(verdict('os', 'the store of the system', { error, fix }))];
};

interface Verdict {
  /** The message of the runtime; none if it trusts the hub. */
  readonly error: unknown;
  readonly fix: string | undefined;
}

const verdict = (check: string, runtime: string, { error, fix }: Verdict): Finding => {
  const name = runtime.trim();
  if (error === undefined || error === null) return ok(check, `${name} trusts the hub`);
  const message = String(error).replace(/\s+/g, ' ').trim();
  const reason = REASON.exec(message)?.[0] ?? message.slice(0, 160);
  // other checks report a hub that cannot be reached
  return fail(check, `${name} refuses the hub: ${reason}`, UNREACHABLE.test(message) ? undefined : fix);
};

/** The relevant part of messages of Python and Java. */
const REASON =
  /certificate verify failed: [^(']+(?= \(_ssl)|PKIX path [a-z ]+|No (?:subject alternative|name matching)[^.]*/;
const UNREACHABLE = /refused|ECONN|ENOTFOUND|timed out/i;

/** For runtimes and packages that many people do not use. */
const asWarning = (finding: Finding): Finding => (finding.status === 'fail' ? { ...finding, status: 'warn' } : finding);

const noAnswer = (check: string, name: string, answer: 'absent' | 'silent'): Finding =>
  answer === 'absent' ? skip(check, `${name} is not installed`) : warn(check, `${name} did not answer in time`);

const fixOf = <T>({ authority }: Subject, line: (authority: NonNullable<Subject['authority']>) => T): T | undefined =>
  authority === undefined ? undefined : line(authority);

/** The user's environment, without proxies: they have a check of their own. */
const processOf = ({ context }: Subject): ProcessContext => ({
  folder: context.folder,
  environment: { ...context.environment, NO_PROXY: '*', no_proxy: '*' },
});

const without = ({ folder, environment }: ProcessContext, names: readonly string[]): ProcessContext => ({
  folder,
  environment: Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name))),
});

/** The last line: code that a user loads into every process may print something too. */
const jsonIn = ({ out, err }: Outcome): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(out.trim().split('\n').at(-1) ?? '');
  } catch {
    return { error: err, ssl: err };
  }
};
