import { createHmac } from 'node:crypto';
import type { Derive } from '../hub/ids.ts';

/** Symmetric keys from the random seed: base64 of HMAC-SHA256, the seed's decimal digits being the key. */
export const deriveFrom =
  (seed: number): Derive =>
  (text) =>
    createHmac('sha256', String(seed)).update(text, 'utf8').digest('base64');

/** As `deriveFrom`, but other keys for each fork. */
export const deriveForFork =
  (seed: number, fork: string): Derive =>
  (text) =>
    createHmac('sha256', `${seed} ${fork}`).update(text, 'utf8').digest('base64');
