import { Watch } from '../blobs/watch.ts';

/** How long a webhook may take to answer, ms. https://learn.microsoft.com/azure/event-grid/delivery-and-retry */
const TIMEOUT_MS = 30_000;

/** Larger answers are cut, in bytes. */
const LONGEST_ANSWER = 64 * 1024;

/** How requests to webhooks end. */
export interface Limits {
  /** Ends them when it is aborted. */
  readonly signal: AbortSignal;
  /** How long each may take, with its answer, ms; default 30 s. */
  readonly timeoutMs?: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends a request and reads the answer. Redirects are not followed: they could lead to hosts that are not allowed. */
export const exchange = async (
  url: string,
  request: Pick<RequestInit, 'method' | 'headers' | 'body'>,
  { signal, timeoutMs = TIMEOUT_MS }: Limits,
): Promise<Answer> => {
  // no progress is told: the time is for all of it, so that an answer in drops ends as well
  const watch = new Watch(signal, timeoutMs);
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal: watch.signal });
    return { status: response.status, headers: response.headers, text: await startOf(response) };
  } catch (error) {
    throw watch.explain(`${request.method} of ${new URL(url).origin}`, error);
  } finally {
    watch.end();
  }
};

const startOf = async ({ body }: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length >= LONGEST_ANSWER) break;
  }
  return text;
};
