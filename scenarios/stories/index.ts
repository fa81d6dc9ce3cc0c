import type { Story } from '../story.ts';
import identities from './01-identities.ts';
import tagsAndQuery from './02-tags-and-query.ts';
import reported from './03-reported.ts';
import desired from './04-desired.ts';
import reconnect from './05-reconnect.ts';
import telemetry from './06-telemetry.ts';
import modules from './07-modules.ts';
import methods from './08-methods.ts';
import refusals from './09-refusals.ts';
import components from './10-components.ts';
import reboot from './11-reboot.ts';
import telemetryInterval from './12-telemetry-interval.ts';
import lockDoors from './13-lock-doors.ts';
import moduleMethods from './14-module-client.ts';
import firmware from './15-firmware.ts';
import atScale from './16-at-scale.ts';
import connectivity from './17-connectivity.ts';
import model from './18-model.ts';
import cloudToDevice from './19-cloud-to-device.ts';
import readings from './20-readings.ts';
import routing from './21-routing.ts';
import whereDidItGo from './22-where-did-it-go.ts';
import upload from './23-upload.ts';
import eventHub from './24-event-hub.ts';

/** From simple to advanced. */
export const stories: readonly Story[] = [
  identities,
  tagsAndQuery,
  reported,
  desired,
  reconnect,
  telemetry,
  modules,
  methods,
  refusals,
  components,
  reboot,
  telemetryInterval,
  lockDoors,
  moduleMethods,
  firmware,
  atScale,
  connectivity,
  model,
  cloudToDevice,
  readings,
  routing,
  whereDidItGo,
  upload,
  eventHub,
];
