import type { RunningEmulator } from '../../../../protocol/admin/emulators.ts';
import { type AdminRoute, adminRoute } from '../route.ts';

/** The emulators of this user on this machine. */
export interface EmulatorsParts {
  list(): Promise<readonly RunningEmulator[]>;
  /** Throws HubError for a process that is not one of them, for one that this one must not end, and for one that goes on. */
  stop(pid: number, adminUrl: string): Promise<void>;
}

export const emulators = (parts: EmulatorsParts): readonly AdminRoute[] => [
  adminRoute('GET /emulators', () => parts.list()),
  adminRoute('POST /emulators/:pid/stop', ({ params, body }) => parts.stop(Number(params.pid), body.adminUrl)),
];
