import type { Context } from '../context.ts';
import { certificateCheck } from './certificate.ts';
import { clockCheck } from './clock.ts';
import { emulatorCheck } from './emulator.ts';
import { eventHubCheck } from './event-hubs.ts';
import { type CheckName, type Finding, type MACHINE_CHECKS, type RUNTIME_CHECKS, skip } from './finding.ts';
import { nameCheck, proxyCheck } from './names.ts';
import { portCheck } from './ports.ts';
import { refusalCheck } from './refusals.ts';
import { dotnetCheck, javaCheck, nodeCheck, pythonCheck, type RuntimeCheck, systemCheck } from './runtimes.ts';
import { findSubject, type Subject, type SubjectFlags } from './subject.ts';
import { openTarget } from './target.ts';

type Check = (subject: Subject) => Promise<Finding[]>;

const machineChecks: Readonly<Record<(typeof MACHINE_CHECKS)[number], Check>> = {
  emulator: emulatorCheck,
  port: portCheck,
  name: nameCheck,
  proxy: proxyCheck,
  certificate: certificateCheck,
  events: eventHubCheck,
  clock: clockCheck,
  refusals: refusalCheck,
};

const runtimeChecks: Readonly<Record<(typeof RUNTIME_CHECKS)[number], RuntimeCheck>> = {
  node: nodeCheck,
  python: pythonCheck,
  java: javaCheck,
  dotnet: dotnetCheck,
  os: systemCheck,
};

/** Runs the named checks, all at once; changes nothing. Throws UsageError. */
export const examine = async (
  names: readonly CheckName[],
  flags: SubjectFlags,
  context: Context,
): Promise<Finding[]> => {
  const subject = await findSubject(flags, context);
  const wanted = new Set<string>(names);
  const findings = await Promise.all([
    ...Object.entries(machineChecks).map(([name, check]) => (wanted.has(name) ? check(subject) : [])),
    examineRuntimes(wanted, subject),
  ]);
  return findings.flat();
};

const examineRuntimes = async (names: ReadonlySet<string>, subject: Subject): Promise<Finding[]> => {
  const wanted = Object.entries(runtimeChecks).filter(([name]) => names.has(name));
  if (wanted.length === 0) return [];
  const target = await openTarget(subject);
  if (target === undefined) return wanted.map(([name]) => skip(name, 'there is no certificate to trust yet'));
  try {
    return (await Promise.all(wanted.map(([, check]) => check(subject, target)))).flat();
  } finally {
    target.close();
  }
};
