import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HubList } from '../../../../protocol/admin/hubs.ts';
import type { Hub } from '../../../hub/hub.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** The forks of a hub. */
export interface HubsParts {
  /** The original first. */
  list(): HubList;
  /** Copies the original, or the fork `from`. Throws ArgumentInvalid, GenericNotFound. */
  add(options: { readonly name?: string | undefined; readonly from?: string | undefined }): {
    readonly name: string;
    readonly connectionString: string;
  };
  /** Throws GenericNotFound, as the others with a name do. */
  remove(name: string): Promise<void>;
  has(name: string): boolean;
  hub(name: string): { readonly hub: Hub };
  /** The operations of a fork: the same list each time. */
  routes(name: string): readonly AdminRoute[];
  /** Answers a request of the fork's service API, with the rights of its owner. */
  askService(name: string, request: IncomingMessage, response: ServerResponse): void;
}

/** Several hubs in one emulator. */
export const hubs = (parts: HubsParts): readonly AdminRoute[] => [
  adminRoute('GET /hubs', () => parts.list()),
  adminRoute('POST /hubs', ({ body }) => parts.add(body)),
  adminRoute('DELETE /hubs/:name', ({ params }) => parts.remove(params.name)),
];
