import type { RunningEmulator } from '../../../../protocol/admin/emulators.ts';
import { HubError } from '../../../../protocol/errors.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** The emulators of this user on this machine. */
export interface EmulatorsParts {
  list(): Promise<readonly RunningEmulator[]>;
  /** Throws a RangeError for a process that is not one of them, and an Error if it goes on. */
  stop(pid: number, adminUrl: string): Promise<void>;
}

export const emulators = (parts: EmulatorsParts): readonly AdminRoute[] => [
  adminRoute('GET /emulators', () => parts.list()),
  adminRoute('POST /emulators/:pid/stop', async ({ params, body: { adminUrl } }) => {
    try {
      await parts.stop(Number(params.pid), adminUrl);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new HubError(error instanceof RangeError ? 'GenericNotFound' : 'GatewayTimeout', error.message);
    }
  }),
];
