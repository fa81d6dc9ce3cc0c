import type { Template } from './admin/simulated.ts';

/** Devices that can be simulated without writing a template, by name. */
export const DEVICE_TEMPLATES: Readonly<Record<string, Template & { readonly title: string }>> = {
  climate: {
    title: 'A sensor of temperature and humidity',
    telemetry: { temperature: [18, 25], humidity: [30, 60] },
    reported: { firmware: '1.0.0', battery: [80, 100] },
    methods: { ping: 'pong', reboot: { result: 'rebooted' } },
  },
  lamp: {
    title: 'A lamp that follows the desired property lamp: on or off',
    telemetry: { brightness: [0, 100] },
    reported: { lamp: 'off' },
    methods: { blink: { blinked: 3 } },
  },
  chiller: {
    title: 'A chiller whose firmware can be updated',
    telemetry: { temperature: [2, 8], pressure: [1, 3] },
    reported: { fwVersion: '1.0.0', fwUpdateStatus: 'current' },
    methods: { firmwareUpdate: { result: 'started' }, lockDoor: { locked: true } },
  },
  tracker: {
    title: 'A vehicle on its way',
    telemetry: { latitude: [47.5, 47.7], longitude: [-122.4, -122.1], speed: [0, 90] },
    reported: { connectivity: 'cellular' },
    methods: { locate: { latitude: 47.64, longitude: -122.13 } },
  },
};
