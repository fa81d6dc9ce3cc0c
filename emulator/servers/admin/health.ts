import { type Answer, ok } from '../http/response.ts';

/** Asks one server, as a client would, whether it answers. */
export interface Probe {
  readonly name: string;
  /** Rejects with the reason if the server does not answer. */
  check(): Promise<void>;
}

/** Healthy (200) only if every server answered in time, else 503; with the result of each probe. */
export const checkHealth = async (probes: readonly Probe[], timeoutMs: number): Promise<Answer> => {
  const found = await Promise.all(
    probes.map(async (probe) => [probe.name, await outcomeOf(probe, timeoutMs)] as const),
  );
  const checks: Record<string, string> = Object.fromEntries(found);
  return found.every(([, outcome]) => outcome === 'ok')
    ? ok({ status: 'healthy', checks })
    : { status: 503, body: { json: { status: 'unhealthy', checks } } };
};

const outcomeOf = async (probe: Probe, timeoutMs: number): Promise<string> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, failed) => {
      timer = setTimeout(() => failed(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
    await Promise.race([probe.check(), late]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
};
