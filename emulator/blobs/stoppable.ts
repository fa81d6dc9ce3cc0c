/** A signal for work that can be stopped, and that stops with `closing`. Call `release` when the work has ended. */
export const stoppable = (closing: AbortSignal) => {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (closing.aborted) stop();
  else closing.addEventListener('abort', stop, { once: true });
  return { signal: controller.signal, stop, release: (): void => closing.removeEventListener('abort', stop) };
};
