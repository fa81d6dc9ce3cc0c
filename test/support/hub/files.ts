import { createHmac } from 'node:crypto';
import { ownAccount, ownStorage } from '../../../emulator/blobs/own-storage.ts';
import type { HubOptions } from '../../../emulator/hub/hub-options.ts';
import { newHub } from './hub.ts';

/** The storage account of `newFilesHub`. */
export const ACCOUNT = ownAccount((text) => createHmac('sha256', '42').update(text).digest('base64'));

/** A hub that keeps uploads itself, with the device `d1`. */
export const newFilesHub = (options: Partial<HubOptions> = {}) => {
  const world = newHub({ fileStorage: ownStorage(ACCOUNT), ...options });
  world.hub.registry.create({ deviceId: 'd1' }, {});
  const begin = (blobName: string, key = 'd1') => world.hub.files.begin(key, { blobName }, 'localhost');
  const happened = (): string[] => world.events.flatMap(({ type }) => (type.startsWith('file') ? [type] : []));
  return { ...world, files: world.hub.files, blobs: world.hub.blobs, begin, happened };
};
