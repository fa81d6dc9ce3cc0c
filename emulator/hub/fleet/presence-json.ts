import { Presence } from './member.ts';

/** A presence as JSON: its members by place. */
export type PresenceJson = readonly [connected: boolean, updatedTime: string, activityTime: string];

export const presenceToJson = ({ connected, updatedTime, activityTime }: Presence): PresenceJson => [
  connected,
  updatedTime,
  activityTime,
];

export const presenceFromJson = ([connected, updatedTime, activityTime]: PresenceJson): Presence =>
  new Presence({ connected, updatedTime }, activityTime);
