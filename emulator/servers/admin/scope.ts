import { type Mounted, mount } from '../http/route-table.ts';
import type { AdminRoute } from './route.ts';
import type { HubsParts } from './routes/hubs.ts';

/** Finds the operations of a fork: those below `/hubs/NAME`. */
export class Scopes {
  readonly #hubs: Pick<HubsParts, 'routes'>;
  readonly #tables = new WeakMap<readonly AdminRoute[], Mounted<AdminRoute>>();

  constructor(hubs: Pick<HubsParts, 'routes'>) {
    this.#hubs = hubs;
  }

  /** Throws GenericNotFound for a fork that there is not. */
  of(name: string): Mounted<AdminRoute> {
    const routes = this.#hubs.routes(name);
    const table = this.#tables.get(routes) ?? mount(routes);
    this.#tables.set(routes, table);
    return table;
  }
}

/** The fork that a path leads into, and the path there; undefined for other paths. */
export const scopeIn = ([first, name, ...rest]: readonly string[]): ForkPath | undefined =>
  first === 'hubs' && name !== undefined && rest.length > 0 ? { name, segments: rest } : undefined;

interface ForkPath {
  readonly name: string;
  readonly segments: readonly string[];
}
