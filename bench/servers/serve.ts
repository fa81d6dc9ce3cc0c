/** Questions that the bench may ask a server, by name; each answers with something that JSON can carry. */
export type Answers = Readonly<Record<string, (argument: unknown) => unknown>>;

/** Says that a server is ready, and answers the bench until it is gone. */
export const serve = (answers: Answers): void => {
  process.on('message', async ({ ask, argument }: { ask: string; argument?: unknown }) => {
    process.send?.({ answer: await answers[ask]?.(argument) });
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: true });
};

/** What the bench said when it started this server. */
export const settings = <S>(): S => JSON.parse(process.argv[2] ?? '{}') as S; // both ends are ours

/** Resident memory in KB after what can be collected was collected. */
export const settledMemory = async (): Promise<number> => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await new Promise((done) => setTimeout(done, 200));
  }
  return process.memoryUsage.rss() / 1024;
};
