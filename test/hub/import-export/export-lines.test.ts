import { describe, expect, test } from 'vitest';
import {
  readExportImportDevice,
  renderExportImportDevice,
} from '../../../emulator/hub/import-export/export-import-device.ts';
import type { JsonObject } from '../../../protocol/json.ts';
import { keys, newWorld } from '../../support/hub/bulk.ts';
import { START } from '../../support/hub/hub.ts';

describe('a line of an export', () => {
  test('holds identity and twin, and can be imported again', () => {
    const { registry, hub, clock } = newWorld();
    const line = renderExportImportDevice(registry.get('old'), { excludeKeys: false });
    expect(line).toMatchObject({
      id: 'old',
      status: 'enabled',
      authentication: { symmetricKey: keys, type: 'sas' },
      twinETag: 'AAAAAAAAAAI=',
      tags: { site: 'a' },
      properties: {
        desired: { rate: 1, unit: 's', $metadata: { $lastUpdated: START, $lastUpdatedVersion: 2 }, $version: 2 },
        reported: { $metadata: { $lastUpdated: START }, $version: 1 },
      },
      capabilities: { iotEdge: false },
    });
    registry.delete({ deviceId: 'old' }, '*');
    clock.advance(60_000);
    hub.bulk.import(readExportImportDevice(line));
    expect(registry.get('old').identity.authentication).toMatchObject(keys);
    expect(registry.get('old').twin).toMatchObject({
      tags: { site: 'a' },
      desired: {
        values: { rate: 1, unit: 's' },
        metadata: {
          $lastUpdated: START,
          $lastUpdatedVersion: 2,
          rate: { $lastUpdated: START, $lastUpdatedVersion: 2 },
        },
      },
    });
  });

  // https://learn.microsoft.com/azure/iot-hub/iot-hub-bulk-identity-mgmt#import-behavior
  test('without metadata is imported as of now, with metadata as of then', () => {
    const { registry, hub } = newWorld();
    const [then, odd] = ['2017-03-09T18:30:52.3167248Z', { $lastUpdated: 5, rate: 'x', other: { $lastUpdated: 'y' } }];
    const metadataOf = (desired: JsonObject) => {
      hub.bulk.import(readExportImportDevice({ id: 'old', importMode: 'updateTwin', properties: { desired } }));
      return registry.get('old').twin.desired.metadata;
    };
    const stamp = (at: string, version: number) => ({ $lastUpdated: at, $lastUpdatedVersion: version });
    const unit = stamp(START, 2);
    expect(metadataOf({ rate: 2 })).toEqual({ ...stamp(START, 3), rate: stamp(START, 3), unit });
    const $metadata = { ...stamp(then, 7), rate: stamp(then, 6) };
    expect(metadataOf({ rate: 3, $metadata })).toEqual({ ...stamp(then, 7), rate: stamp(then, 6), unit });
    expect(metadataOf({ rate: 4, $metadata: odd })).toEqual({ ...stamp(START, 5), rate: stamp(START, 5), unit });
  });

  test('leaves keys out if asked', () => {
    const { registry } = newWorld();
    expect(renderExportImportDevice(registry.get('old'), { excludeKeys: true })).toMatchObject({
      authentication: { symmetricKey: { primaryKey: null, secondaryKey: null }, type: 'sas' },
    });
  });
});
