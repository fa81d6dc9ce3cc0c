import { Option } from 'commander';
import { PORTS } from '../../endpoints/protocols.ts';
import { addEmulatorFlags } from '../admin-flags.ts';
import { asJson, asText, CHECKS, type CheckName, isFailure } from '../doctor/finding.ts';
import type { SubjectFlags } from '../doctor/subject.ts';
import { addOptionFlags } from '../option-flags.ts';
import type { AddCommand } from './command.ts';

interface DoctorFlags extends SubjectFlags {
  readonly only?: readonly CheckName[];
  readonly output: 'text' | 'json';
}

/** `doctor`: what keeps a program from the hub, and the command that fixes it. */
export const doctor: AddCommand = (program, context, leave) => {
  const command = program
    .command('doctor')
    .description('check ports, names, certificate, clock, and who trusts the CA; prints what to do, changes nothing')
    .addOption(new Option('--only <check...>', 'some of the checks').choices(CHECKS))
    .addOption(new Option('-o, --output <form>', 'how to print').choices(['text', 'json']).default('text'));
  addOptionFlags(addEmulatorFlags(command), [
    'host',
    'hostname',
    ...PORTS.map(({ option }) => option),
    'adminHost',
    'caDir',
    'san',
    'cert',
    'key',
  ])
    .addHelpText('after', HELP)
    .action(async (flags: DoctorFlags) => {
      const { examine } = await import('../doctor/doctor.ts');
      const findings = await examine(flags.only ?? CHECKS, flags, context);
      context.out(flags.output === 'json' ? asJson(findings) : asText(findings));
      leave(findings.some(isFailure) ? 1 : 0);
    });
};

const HELP = `
Examines the running emulator, or else the one that start would start with the same flags. Runtimes are the ones that are
found from here. The exit code is 1 if something fails, and 0 if there are only warnings.
JSON: { ok, findings: [{ check, status: "ok" | "warn" | "fail" | "skip", text, fix: line or null }] }`;
