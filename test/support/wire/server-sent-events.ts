/** An open stream of server-sent events. */
export interface EventReader {
  readonly status: number;
  /** The next event: its type beside the members of its data; undefined at the end of the stream. */
  next(): Promise<unknown>;
  stop(): void;
}

/** Reads the events of a stream one after the other. */
export const readEvents = async (url: string): Promise<EventReader> => {
  const stop = new AbortController();
  const { body, status } = await fetch(url, { signal: stop.signal });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<unknown> => {
    for (;;) {
      const [, type, data, rest] = /event: (\w+)\ndata: (.*)\n\n([\s\S]*)/.exec(text) ?? [];
      if (type !== undefined && data !== undefined) {
        text = rest ?? '';
        return { type, ...JSON.parse(data) };
      }
      const { done, value = '' } = (await reader?.read()) ?? { done: true };
      if (done) return undefined;
      text += value;
    }
  };
  return { status, next, stop: () => stop.abort() };
};
