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
  const timers: (() => void)[] = [];
  const stream = createStream({
    open: () => source,
    schedule: (run) => void frames.push(run),
    after: (_, run) => void timers.push(run),
  });
  const send = (type: string, data: object = {}) =>
    listeners.get(type)?.(new MessageEvent(type, { data: JSON.stringify(data) }));
  const paint = () => frames.splice(0).forEach((run) => void run());
  const heard: Arrivals[] = [];
  stream.listen((arrivals) => heard.push(arrivals));
  const wait = () => timers.splice(0).forEach((run) => void run());
  return { stream, send, paint, wait, frames, heard };
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
  send('telemetry', { type: 'telemetry', sequence: 1 });
  send('missed', { count: 12 });
  expect([stream.missed.value, reloads]).toEqual([12, 1]);
});

test('a page that opens has missed nothing of what the hub no longer keeps', () => {
  const { stream, send } = setUp();
  send('missed', { count: 8 });
  expect(stream.missed.value).toBe(0);
  send('missed', { count: 3 });
  expect(stream.missed.value).toBe(3);
});

test('what was left out is counted by type, and tells once a second what may be old; it is not a gap', () => {
  const { stream, send, paint, wait, heard } = setUp();
  const reloads: unknown[] = [];
  stream.whenMissed((types) => void reloads.push(types));
  const time = '2026-01-01T00:00:00.000Z';
  send('missed', { count: 12, types: { 'twin.reported': 10, telemetry: 2 }, time });
  send('missed', { count: 5, types: { 'twin.reported': 5 }, time });
  send('missed', { count: 7, types: { traffic: 7 } });
  paint();
  expect(heard).toEqual([
    {
      events: [],
      traffic: [],
      leftOut: [
        { type: 'twin.reported', count: 10, time },
        { type: 'telemetry', count: 2, time },
        { type: 'twin.reported', count: 5, time },
        { type: 'traffic', count: 7, time: undefined },
      ],
    },
  ]);
  expect([stream.missed.value, reloads]).toEqual([0, []]);
  wait();
  wait();
  expect(reloads).toEqual([['twin.reported', 'telemetry', 'traffic']]);
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
