import type { Context } from '../context.ts';
import { certificateCheck } from './certificate.ts';
import { clockCheck } from './clock.ts';
import { emulatorCheck } from './emulator.ts';
import { type CHECKS, type Finding, type RUNTIME_CHECKS, skip } from './finding.ts';
import { openTarget } from './leaf.ts';
import { nameCheck, proxyCheck } from './names.ts';
import { meet, type Patient } from './patient.ts';
import { portCheck } from './ports.ts';
import { dotnetCheck, javaCheck, nodeCheck, pythonCheck, type RuntimeCheck, systemCheck } from './runtimes.ts';

type Check = (patient: Patient) => Promise<Finding[]>;

const checks: Readonly<Record<(typeof CHECKS)[number], Check>> = {
  emulator: emulatorCheck,
  port: portCheck,
  name: nameCheck,
  proxy: proxyCheck,
  certificate: certificateCheck,
  clock: clockCheck,
};

const runtimeChecks: Readonly<Record<(typeof RUNTIME_CHECKS)[number], RuntimeCheck>> = {
  node: nodeCheck,
  python: pythonCheck,
  java: javaCheck,
  dotnet: dotnetCheck,
  os: systemCheck,
};

/** Examines what was asked for, all at once, and changes nothing. Throws UsageError. */
export const examine = async (
  names: readonly string[],
  given: Readonly<Record<string, unknown>>,
  context: Context,
): Promise<Finding[]> => {
  const patient = await meet(given, context);
  const findings = await Promise.all([
    ...Object.entries(checks).map(([name, check]) => (names.includes(name) ? check(patient) : [])),
    examineRuntimes(names, patient),
  ]);
  return findings.flat();
};

const examineRuntimes = async (names: readonly string[], patient: Patient): Promise<Finding[]> => {
  const wanted = Object.entries(runtimeChecks).filter(([name]) => names.includes(name));
  if (wanted.length === 0) return [];
  const target = await openTarget(patient);
  if (target === undefined) return wanted.map(([name]) => skip(name, 'there is no certificate to trust yet'));
  try {
    return (await Promise.all(wanted.map(([, check]) => check(patient, target)))).flat();
  } finally {
    target.close();
  }
};
