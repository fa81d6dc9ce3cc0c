import type { Operations } from './operation.ts';
import { SaveTemplate, SimulatedAnswer, SimulatedReport, SimulatedTelemetry, TemplateList } from './simulated.ts';

/** Devices that the emulator plays itself: faults and tiers do not apply to them. */
export const DEVICE_OPERATIONS = {
  'GET /templates': { summary: 'Devices that can be simulated', answer: TemplateList },
  'PUT /templates/:name': { summary: 'Save what a simulated device does in the hub, under a name', body: SaveTemplate },
  'DELETE /templates/:name': { summary: 'Delete a template that was saved' },
  'GET /simulated/:deviceId': {
    summary:
      'Be this device as long as the stream is read: events `connected`, `desired`, `method`, `message` and, once it is disconnected, `end`',
    produces: ['text/event-stream'],
  },
  'POST /simulated/:deviceId/telemetry': { summary: 'Send a message as this device', body: SimulatedTelemetry },
  'POST /simulated/:deviceId/report': { summary: 'Report properties as this device', body: SimulatedReport },
  'POST /simulated/:deviceId/answer': { summary: 'Answer a method as this device', body: SimulatedAnswer },
} as const satisfies Operations;
