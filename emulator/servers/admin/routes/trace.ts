import type { TraceState } from '../../../../protocol/admin/trace.ts';
import { type AdminRoute, adminRoute, Reply } from '../route.ts';

/** The trace of the hub: `HubTrace` in `emulator/traces/`. */
export interface TraceParts {
  state(): TraceState;
  start(options: { readonly maxBytes: number }): Promise<TraceState>;
  stop(): Promise<TraceState>;
  content(): Promise<Buffer>;
}

/** Records what the hub gets, for a replay. */
export const trace = (parts: TraceParts): readonly AdminRoute[] => [
  adminRoute('GET /trace', () => parts.state()),
  adminRoute('POST /trace', ({ body }) => parts.start(body)),
  adminRoute('POST /trace/stop', () => parts.stop()),
  adminRoute('GET /trace/file', async () => {
    const content = await parts.content();
    return new Reply({ status: 200, body: { type: 'application/gzip', content } });
  }),
];
