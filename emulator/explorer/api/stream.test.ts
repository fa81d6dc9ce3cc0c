import { expect, test } from 'vitest';
import { type Arrivals, createStream, type Source } from './stream.ts';

/** An event source and a screen, both moved by hand. */
const setUp = () => {
  const listeners = new Map<string, (event: MessageEvent<string>) => void>();
  const frames: (() => void)[] = [];
  const source: Source = {
    readyState: 1,
    addEventListener: (type, listener) => void listeners.set(type, listener),
    close: () => {},
  };
  const stream = createStream({ open: () => source, schedule: (run) => void frames.push(run) });
  const send = (type: string, data: object = {}) =>
    listeners.get(type)?.(new MessageEvent(type, { data: JSON.stringify(data) }));
  const paint = () => frames.splice(0).forEach((run) => void run());
  const heard: Arrivals[] = [];
  stream.listen((arrivals) => heard.push(arrivals));
  return { stream, send, paint, frames, heard };
};

test('whatever arrives between two paints is told at once', () => {
  const { send, paint, frames, heard } = setUp();
  send('telemetry', { type: 'telemetry', sequence: 1 });
  send('twin.reported', { type: 'twin.reported', sequence: 2 });
  send('traffic', { id: 7 });
  expect([frames.length, heard.length]).toEqual([1, 0]);
  paint();
  expect(heard).toMatchObject([{ events: [{ sequence: 1 }, { sequence: 2 }], traffic: [{ id: 7 }] }]);
});

test('after a gap it says how much was missed, and what is shown is loaded again', () => {
  const { stream, send } = setUp();
  let reloads = 0;
  stream.whenMissed(() => {
    reloads += 1;
  });
  send('missed', { count: 12 });
  expect([stream.missed.value, reloads]).toEqual([12, 1]);
});

test('a connection that is lost and found again loads what is shown again', () => {
  const { stream, send } = setUp();
  const states = [stream.state.value];
  let reloads = 0;
  stream.whenMissed(() => {
    reloads += 1;
  });
  for (const type of ['open', 'error', 'open']) {
    send(type);
    states.push(stream.state.value);
  }
  expect([states, reloads]).toEqual([['connecting', 'live', 'lost', 'live'], 1]);
});

test('who has stopped listening hears nothing more', () => {
  const { stream, send, paint } = setUp();
  let heard = 0;
  const stop = stream.listen(() => {
    heard += 1;
  });
  stop();
  send('telemetry');
  paint();
  expect(heard).toBe(0);
});
