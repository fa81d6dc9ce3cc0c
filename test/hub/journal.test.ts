import { expect, test } from 'vitest';
import { Journal } from '../../emulator/hub/journal.ts';
import { newHub } from '../support/hub/hub.ts';

test('a report is kept as it was sent, and read as its patch', () => {
  const { hub } = newHub();
  hub.registry.create({ deviceId: 'd1' }, {});
  const journal = new Journal(hub.events);
  const before = journal.latest;
  const text = '{ "celsius": 21.50, "celsius": 22, "__proto__": null }';
  hub.twins.report('d1', JSON.parse(text), undefined, text);
  hub.twins.report('d1', JSON.parse(text));
  const [sent, other] = journal.page(before, Number.POSITIVE_INFINITY);
  expect(JSON.stringify(sent)).toBe(
    '{"type":"twin.reported","key":"d1","patch":{"celsius":22,"__proto__":null},"sequence":2,"at":1767225600000}',
  );
  expect(sent).toEqual({ ...other, sequence: 2 });
});
