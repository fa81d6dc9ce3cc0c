import { type Command, Option } from 'commander';
import { PORTS } from '../endpoints/protocols.ts';
import type { OptionFlags } from './option-flags.ts';

/** Flags that stand for others. */
export interface ShortForms extends OptionFlags {
  readonly ports?: 'default' | 'random';
  readonly port?: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

export const addShortForms = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--ports <which>',
        'default: the ports that SDKs have built in; random: free ports, for programs on Node',
      )
        .choices(['default', 'random'])
        .default('default'),
    )
    .option('--port <port>', 'short for --https-port')
    .addOption(new Option('-q, --quiet', 'short for --log-level warn').conflicts('verbose'))
    .option('--verbose', 'short for --log-level info');

/** The flags for which the short forms stand; a flag that was given itself wins. */
export const withShortForms = ({ ports, port, quiet, verbose, ...flags }: ShortForms): OptionFlags => ({
  ...(ports === 'random' ? RANDOM_PORTS : {}),
  ...(port === undefined ? {} : { httpsPort: port }),
  ...(quiet ? { logLevel: 'warn' } : verbose ? { logLevel: 'info' } : {}),
  ...flags,
});

const RANDOM_PORTS = Object.fromEntries(PORTS.map(({ option }) => [option, '0']));
