import { Received } from '../received.ts';
import { story } from '../story.ts';

/** https://learn.microsoft.com/azure/iot-hub/tutorial-device-twins: configure your devices from a back-end service. */
export default story(
  'A back end configures the components of a device, and the device reports what it has done',
  async (stage) => {
    const { registry } = stage;
    const deviceId = await stage.createDevice();
    const before = { properties: { desired: { fanOn: 'true', components: { pump: { id: '3' } } } } };
    await registry.updateTwin(deviceId, before, '*');

    const device = await stage.device(deviceId); // not opened here: getTwin connects
    const twin = await device.getTwin();
    const known = new Set<string>();
    const changes: string[] = [];
    const says = { firmwareVersion: '4.0.2', lastPatch: '', fanOn: '', min: '', max: '' };
    const patches = new Received<unknown>();
    twin.on('properties.desired', (delta) => {
      says.lastPatch = Object(delta).patchId ?? 'unknown';
      patches.listener(delta);
    });
    twin.on('properties.desired.fanOn', (fanOn) => {
      says.fanOn = String(fanOn ?? 'unknown');
    });
    twin.on('properties.desired.components', (delta) => {
      if (delta === null) known.clear();
      for (const [name, component] of Object.entries(Object(delta))) {
        changes.push(`${component === null ? 'delete' : known.has(name) ? 'update' : 'add'} ${name}`);
        if (component === null) known.delete(name);
        else known.add(name);
      }
    });
    twin.on('properties.desired.components.climate', () => {
      const { min, max } = Object(twin.properties.desired.components).climate;
      Object.assign(says, { min, max });
    });
    stage.see('first it receives all desired properties', await patches.next(), {
      ...before.properties.desired,
      $version: 2,
    });
    stage.see('it knows its one component', [...known], ['pump']);
    await stage.report(twin, says); // by now the hub has received its subscription

    const { responseBody: seen } = await registry.getTwin(deviceId);
    const want = async (desired: object | null) => {
      await seen.update({ properties: { desired } });
      return patches.next();
    };
    stage.see('then all desired properties are removed', await want(null), {
      fanOn: null,
      components: null,
      $version: 3,
    });
    stage.see('it has forgotten them', [[...known], says.fanOn, says.lastPatch], [[], 'unknown', 'unknown']);

    changes.length = 0;
    const climate = { min: '64', max: '78' };
    await want({ patchId: 'begin', fanOn: 'false', components: { system: { units: 'celsius' }, climate } });
    stage.see('two components are new', changes.splice(0), ['add system', 'add climate']);
    stage.see('one value changes', await want({ patchId: 'fan', fanOn: 'true' }), {
      patchId: 'fan',
      fanOn: 'true',
      $version: 5,
    });
    stage.see(
      'a part of a component changes',
      await want({ patchId: 'limit', components: { climate: { max: '90' } } }),
      {
        patchId: 'limit',
        components: { climate: { max: '90' } },
        $version: 6,
      },
    );
    stage.see('its own copy has the whole component', [says.min, says.max], ['64', '90']);
    await want({ patchId: 'wifi', components: { wifi: { channel: '6', ssid: 'barn' } } });
    await want({ patchId: 'other wifi', components: { wifi: { channel: '11', ssid: 'loft' } } });
    await want({ patchId: 'no wifi', components: { wifi: null } });
    stage.see('components are added and removed', changes.splice(0), [
      'update climate',
      'add wifi',
      'update wifi',
      'delete wifi',
    ]);
    const components = { system: { units: 'celsius' }, climate: { min: '64', max: '90' } };
    stage.see('its copy equals the desired properties', twin.properties.desired, {
      patchId: 'no wifi',
      fanOn: 'true',
      components,
      $version: 9,
    });

    await stage.report(twin, says);
    const { responseBody: after } = await registry.getTwin(deviceId);
    const { firmwareVersion, lastPatch, fanOn, min, max } = after.properties.reported;
    stage.see(
      'the back end reads what it has done',
      [firmwareVersion, lastPatch, fanOn, min, max],
      ['4.0.2', 'no wifi', 'true', '64', '90'],
    );
    stage.see(
      'the back end has the same in its own copy',
      [seen.properties.desired.components, seen.etag],
      [components, after.etag],
    );
  },
);
