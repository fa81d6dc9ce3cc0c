import { newHub } from './hub.ts';

/** Symmetric keys as a caller sends them. */
export const keys = {
  primaryKey: 'MDEyMzQ1Njc4OWFiY2RlZg==',
  secondaryKey: 'ZmVkY2JhOTg3NjU0MzIxMA==',
};
export const authentication = { type: 'sas', symmetricKey: keys };

/** A hub with the device `old`, tagged and configured. */
export const newWorld = () => {
  const world = newHub();
  const { registry, twins, bulk } = world.hub;
  registry.create({ deviceId: 'old' }, { authentication });
  twins.patch('old', { tags: { site: 'a' }, properties: { desired: { rate: 1, unit: 's' } } });
  return { ...world, registry, twins, bulk };
};
