import { Failure } from './context.ts';

/** Runs what may refuse `text`, and shows below the message where the mistake is. Throws what `run` throws. */
export const pointing = async <T>(text: string, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const [, line, column] = /line (\d+), column (\d+)/.exec(error.message) ?? [];
    if (line === undefined) throw error;
    const shown = text.split('\n')[Number(line) - 1] ?? '';
    throw new Failure(error.exitCode, `${error.message}\n  ${shown}\n  ${' '.repeat(Number(column) - 1)}^`);
  }
};
