import { startEmulator } from 'iothub-emulator';
import { serve, settings } from './serve.ts';

const { caDir } = settings<{ caDir: string }>();

const start = async (): Promise<number> => {
  const before = performance.now();
  const emulator = await startEmulator({ caDir });
  const took = performance.now() - before;
  await emulator.close();
  return took;
};

await start(); // the first one loads and warms the process

serve({
  /** How long one start takes, ms. */
  start,
});
