import { HubError } from '../../../protocol/errors.ts';

const TIMEOUT_TEXTS = {
  GatewayTimeout: 'Timed out waiting for the response from device.',
  DeviceNotOnline: 'Timed out waiting for device to connect.',
} as const;

/** The device was silent for too long. */
export const timedOut = (code: keyof typeof TIMEOUT_TEXTS, seconds: number): HubError =>
  new HubError(code, TIMEOUT_TEXTS[code], { info: { timeout: timeSpan(seconds) } });

/** .NET's `hh:mm:ss`, for up to an hour. */
const timeSpan = (seconds: number): string =>
  `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;

/** The answer of the device is none that a service app can get. */
export const unusable = (message: string): HubError => new HubError('InvalidResponseWhileProxying', message);
