/** The answers of the admin API as the page uses them; those without a schema in protocol/admin are listed in missing.md. */
import type * as z from 'zod';
import type { ClockState as AdminClockState } from '../../../protocol/admin/clock.ts';
import type { ConnectionList } from '../../../protocol/admin/connections.ts';
import type { RunningEmulator as AdminRunningEmulator } from '../../../protocol/admin/emulators.ts';
import type { Event } from '../../../protocol/admin/events.ts';
import type { FaultList } from '../../../protocol/admin/faults.ts';
import type { ClassState as AdminClassState, LessonDocument } from '../../../protocol/admin/lessons.ts';
import type {
  Explanation as AdminExplanation,
  IndexState as AdminIndexState,
} from '../../../protocol/admin/queries.ts';
import type {
  RoutingHealth as AdminRoutingHealth,
  RoutingState as AdminRoutingState,
} from '../../../protocol/admin/routing.ts';
import type { Info as AdminInfo } from '../../../protocol/admin/server.ts';
import type { SnapshotList } from '../../../protocol/admin/snapshots.ts';
import type { Json, JsonObject } from '../../../protocol/json.ts';

export type { FaultEffect, FaultMatch, FaultRule } from '../../../protocol/fault.ts';
export type { TrafficDetail, TrafficEntry, TrafficSide as Side } from '../../../protocol/traffic.ts';

/** With what the page asks for besides. */
export type Info = AdminInfo & {
  /** What can be called, such as `GET /traffic`. */
  readonly operations?: readonly string[];
  readonly recording?: boolean;
};

export type ClockState = AdminClockState & {
  /** How many times faster than the machine's clock; 0 or absent: it stands still until advanced. */
  readonly pace?: number;
};

/** Something that happens when the hub's clock reaches `at`. */
export interface DueItem {
  readonly at: string;
  readonly what: string;
  readonly device?: string;
}

export type RoutingState = z.infer<typeof AdminRoutingState>;
export type RoutingHealth = AdminRoutingHealth;

export type Snapshot = z.infer<typeof SnapshotList>[number];

export interface PathChange {
  readonly path: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}

export type ActiveFault = FaultList[number];

export type Connection = ConnectionList[number] & { readonly since?: string };

export type IndexState = AdminIndexState;

export type Explanation = z.infer<typeof AdminExplanation>;

/** A path that exists in twins of this hub. */
export interface KnownPath {
  readonly path: string;
  readonly devices: number;
  readonly types?: readonly string[];
}

/** `key`: device id, or device id/module id, where it is about one. */
export type HubEvent = Event & { readonly key?: string };

/** One device as lists show it. */
export interface DeviceRow {
  readonly id: string;
  readonly status: 'enabled' | 'disabled';
  readonly statusReason?: string;
  readonly statusUpdated?: string;
  readonly connected: boolean;
  readonly protocol?: string;
  readonly since?: string;
  readonly authentication: string;
  readonly edge: boolean;
  readonly modelId?: string;
  readonly lastActivity?: string;
  readonly lastReport?: string;
  readonly lastMessage?: { readonly at: string; readonly text: string };
  /** The latest refused attempt, if none has succeeded since. */
  readonly refused?: { readonly at: string; readonly why: string; readonly remedy?: string };
  readonly drift: { readonly different: number; readonly missing: number };
  readonly modules?: number;
  readonly tags?: JsonObject;
}

/** One version of a part of a twin. */
export interface MessageEntry {
  readonly sequence: number;
  readonly at: string;
  readonly device: string;
  readonly body: string | { readonly base64: string };
  readonly system: Readonly<Record<string, string>>;
  readonly application: Readonly<Record<string, string>>;
  readonly partition?: number;
  readonly offset?: number;
  /** Where the message went, by name of endpoint, and by which route. */
  readonly routes?: readonly { readonly endpoint: string; readonly route: string }[];
}

export type RunningEmulator = AdminRunningEmulator;

export interface Hosted {
  readonly name: string;
  readonly hostname: string;
  readonly isOriginal: boolean;
  readonly devices: number;
  readonly connected: number;
}

export interface Runtime {
  readonly name: string;
  readonly version: string;
  readonly trusts: boolean;
  /** The line that makes it trust the hub, if it does not. */
  readonly remedy?: string;
}

export type Lesson = LessonDocument;
export type LessonStep = LessonDocument['steps'][number];

/** A teacher's view: who has done what. */
export type ClassState = AdminClassState;
export type Student = ClassState['students'][number];
