import type { Emulator } from '../index.ts';
import type { Context } from './context.ts';

const CLOSE_MS = 1_000;

/** Closes an emulator, but does not wait for a part of it that never ends. Then nothing needs the process any more. */
export const closeInTime = async (emulator: Emulator, context: Context): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((done) => {
    timer = setTimeout(done, CLOSE_MS);
  });
  await Promise.race([emulator.close(), late]);
  clearTimeout(timer);
  context.exitSoon?.();
};
