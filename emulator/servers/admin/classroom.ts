import type { Hub } from '../../hub/hub.ts';
import type { Lesson } from '../../lessons/lesson.ts';
import type { Progress } from '../../lessons/progress.ts';

/** A class as the admin API sees it. */
export interface ClassParts {
  /** In their order. */
  lessons(): Promise<readonly Lesson[]>;
  /** Throws GenericNotFound if there is no class. */
  readonly current: { readonly lesson: string; readonly joinUrl: string; readonly students: readonly StudentParts[] };
  /** By the name of the hub. Throws GenericNotFound. */
  student(hub: string): StudentParts;
}

export interface StudentParts {
  readonly name: string;
  readonly progress: Progress;
  readonly fork: {
    readonly name: string;
    readonly hub: Hub;
    connectionString(): string;
    deviceConnectionString(deviceId: string): string;
  };
}
