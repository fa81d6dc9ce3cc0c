import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { clientFromConnectionString } from 'iothub-emulator/device';
import { until, useIotHub } from 'iothub-emulator/testing';

const iotHub = useIotHub({ before, after, beforeEach, afterEach }, { devices: ['oven'] });

for (const celsius of [180, 220])
  test(`the oven reports ${celsius} degrees, and only those`, async () => {
    const oven = iotHub().device('oven');
    const client = clientFromConnectionString(oven.connectionString);
    const twin = await client.getTwin();
    twin.properties.reported.update({ [`at${celsius}`]: true }, () => {});
    await until(oven).reported(`at${celsius}`).is(true);
    const { $metadata, $version, ...reported } = oven.twin.properties.reported;
    assert.deepEqual(reported, { [`at${celsius}`]: true });
    await client.close();
  });
