import { type Composed, Composite, OneOf } from '../codec/composite.ts';
import { any, boolean, fields, symbol, symbols, uint } from '../codec/fields.ts';
import { outcomes } from './states.ts';

/** Part 3, messaging, §3.5.3. An address may be of any type there; only text names a node here. */
export const source = new Composite('source', 0x28, {
  address: any,
  durable: uint,
  expiryPolicy: symbol,
  timeout: uint,
  isDynamic: boolean,
  dynamicNodeProperties: fields,
  distributionMode: symbol,
  filter: fields,
  defaultOutcome: outcomes,
  outcomes: symbols,
  capabilities: symbols,
});

const plainTarget = new Composite('target', 0x29, {
  address: any,
  durable: uint,
  expiryPolicy: symbol,
  timeout: uint,
  isDynamic: boolean,
  dynamicNodeProperties: fields,
  capabilities: symbols,
});

/** Part 3 §3.5.4; a coordinator of transactions (part 4 §4.5.1) reads as none. */
export const target = new OneOf(plainTarget);

export type Source = NonNullable<ReturnType<typeof source.read>>;
export type Target = Composed<typeof plainTarget>;
