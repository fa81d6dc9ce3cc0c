import type { Context } from '../context.ts';
import { certificateCheck } from './certificate.ts';
import { clockCheck } from './clock.ts';
import { emulatorCheck } from './emulator.ts';
import { type Finding, skip } from './finding.ts';
import { openTarget } from './leaf.ts';
import { nameCheck, proxyCheck } from './names.ts';
import { meet, type Patient } from './patient.ts';
import { portCheck } from './ports.ts';
import { dotnetCheck, javaCheck, nodeCheck, pythonCheck, type RuntimeCheck, systemCheck } from './runtimes.ts';

type Check = (patient: Patient) => Promise<Finding[]>;

/** In the order of the report. */
const CHECKS: Readonly<Record<string, Check>> = {
  emulator: emulatorCheck,
  port: portCheck,
  name: nameCheck,
  proxy: proxyCheck,
  certificate: certificateCheck,
  clock: clockCheck,
};

/** Those that need a hub to knock at. */
const RUNTIMES: Readonly<Record<string, RuntimeCheck>> = {
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
    ...Object.entries(CHECKS).map(([name, check]) => (names.includes(name) ? check(patient) : [])),
    examineRuntimes(
      Object.keys(RUNTIMES).filter((name) => names.includes(name)),
      patient,
    ),
  ]);
  return findings.flat();
};

const examineRuntimes = async (names: readonly string[], patient: Patient): Promise<Finding[]> => {
  if (names.length === 0) return [];
  const target = await openTarget(patient);
  if (target === undefined) return names.map((name) => skip(name, 'there is no certificate to trust yet'));
  try {
    return (await Promise.all(names.map((name) => RUNTIMES[name]?.(patient, target) ?? []))).flat();
  } finally {
    target.close();
  }
};
