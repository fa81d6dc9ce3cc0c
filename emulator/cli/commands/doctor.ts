import { Option } from 'commander';
import { addAdmin } from '../admin.ts';
import { asJson, asText, CHECKS, failed, RUNTIME_CHECKS } from '../doctor/finding.ts';
import { addFlags } from '../flags.ts';
import type { AddCommand } from './index.ts';

const ALL = [...CHECKS, ...RUNTIME_CHECKS];

/** `doctor`: what stands between a program and the hub, and the line that mends it. */
export const doctor: AddCommand = (program, context, leave) => {
  const command = program
    .command('doctor')
    .description('check ports, names, certificate, clock, and who trusts the CA; says what mends it, changes nothing')
    .addOption(new Option('--only <check...>', 'not all of the checks').choices(ALL))
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['text', 'json']).default('text'));
  addFlags(addAdmin(command), [
    'host',
    'hostname',
    'httpsPort',
    'mqttPort',
    'adminPort',
    'adminHost',
    'caDir',
    'san',
    'cert',
    'key',
  ])
    .addHelpText('after', HELP)
    .action(async (given: Readonly<Record<string, unknown>>) => {
      const { examine } = await import('../doctor/doctor.ts');
      const findings = await examine(Array.isArray(given.only) ? given.only : ALL, given, context);
      context.out(given.output === 'json' ? asJson(findings) : asText(findings));
      leave(failed(findings) ? 1 : 0);
    });
};

const HELP = `
Examines the emulator that runs, or else the one that start would start with the same flags. Runtimes are asked
themselves, as they are found from here. Leaves with 1 if something fails, with 0 if there are but warnings.
JSON: { ok, findings: [{ check, status: "ok" | "warn" | "fail" | "skip", text, mend: line or null }] }`;
