import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PORTS } from '../../emulator/endpoints/protocols.ts';

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const numbers = PORTS.map(({ number }) => number);

test('the container exposes the ports of the table, and no others', () => {
  const [, exposed = ''] = /^EXPOSE (.*)$/m.exec(read('Dockerfile')) ?? [];
  expect(exposed.split(' ').map(Number)).toEqual(numbers);
});

test('docker-compose.yml publishes the ports of the table on this machine only', () => {
  const published = [...read('docker-compose.yml').matchAll(/^ {6}- "(.*)"$/gm)].map(([, port]) => port);
  expect(published).toEqual(numbers.map((number) => `127.0.0.1:${number}:${number}`));
});
