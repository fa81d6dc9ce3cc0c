import { EXIT, Failure } from '../context.ts';
import type { AddCommand } from './command.ts';

/** `repair`: saves what can be read in a damaged data folder. */
export const repair: AddCommand = (program, context) => {
  program
    .command('repair')
    .description('save what can be read in a damaged data folder; a copy of it is kept')
    .argument('<folder>', 'the folder of start --data')
    .action(async (folder: string) => {
      const { repairData } = await import('../../store/repair-data.ts');
      const { copy, damage, kept, lost } = await repairData(folder).catch((error: unknown) => {
        throw error instanceof Error ? new Failure(EXIT.failed, error.message) : error;
      });
      context.out(`${kept} rows can be read.\n`);
      if (damage !== undefined) context.out(`Rows may be lost without a name: ${damage}\n`);
      for (const row of lost) context.out(`Lost: ${row}\n`);
      context.out(`The folder as it was: ${copy}\n`);
    });
};
