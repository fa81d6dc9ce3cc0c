import { Argument } from 'commander';
import { completionScript, SHELLS, type Shell } from '../completion-scripts.ts';
import type { AddCommand } from './command.ts';

/** `completion`: commands and flags at the press of Tab. */
export const completion: AddCommand = (program, context) => {
  program
    .command('completion')
    .description('print the script with which a shell completes commands and flags')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => context.out(completionScript(shell, program)));
};

const HELP = `
bash, zsh   eval "$(iothub-emulator completion bash)"
fish        iothub-emulator completion fish | source
PowerShell  iothub-emulator completion powershell | Out-String | Invoke-Expression`;
