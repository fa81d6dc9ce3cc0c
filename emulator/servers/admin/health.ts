import type { Json } from '../../../protocol/json.ts';
import { type Answer, ok } from '../http/answer.ts';

/** Tries out one of the emulator's doors. */
export interface Probe {
  readonly name: string;
  /** Rejects if it does not work. */
  check(): Promise<void>;
}

/** Healthy (200) only if every probe got through in time, else 503; says what each found. */
export const checkHealth = async (probes: readonly Probe[], patience: number): Promise<Answer> => {
  const found = await Promise.all(probes.map(async (probe) => [probe.name, await outcomeOf(probe, patience)] as const));
  const checks: Record<string, Json> = Object.fromEntries(found);
  return found.every(([, outcome]) => outcome === 'ok')
    ? ok({ status: 'healthy', checks })
    : { status: 503, body: { json: { status: 'unhealthy', checks } } };
};

const outcomeOf = async (probe: Probe, patience: number): Promise<string> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, failed) => {
      timer = setTimeout(() => failed(new Error(`no answer within ${patience} ms`)), patience);
    });
    await Promise.race([probe.check(), late]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
};
