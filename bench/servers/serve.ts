/** Functions of a server that the bench can call, by name; they return something that JSON can express. */
export type Answers = Readonly<Record<string, (argument: unknown) => unknown>>;

/** Reports that a server is ready, and answers the bench until it disconnects. */
export const serve = (answers: Answers): void => {
  process.on('message', async ({ ask, argument }: { ask: string; argument?: unknown }) => {
    process.send?.({ answer: await answers[ask]?.(argument) });
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true });
};

/** The settings with which the bench has started this server. */
export const settings = <S>(): S => JSON.parse(process.argv[2] ?? '{}') as S; // the bench writes them

/** Resident memory after a garbage collection, KB. */
export const settledMemory = async (): Promise<number> => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise((done) => setTimeout(done, 200));
  }
  return process.memoryUsage.rss() / 1024;
};

/** Processor time of this process so far, ms. */
export const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
