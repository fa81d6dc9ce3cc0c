import type { ProcessContext } from '../context.ts';
import { javaStore } from './java-store.ts';
import { nssStore } from './nss-store.ts';
import type { Store } from './store.ts';
import { systemStore } from './system-store.ts';

/** In the order of STORE_NAMES. */
export const storesOf = (context: ProcessContext): Store[] => [
  systemStore(context),
  javaStore(context),
  nssStore(context),
];
