/** What is kept of a hub: in a folder, in a trace, and of earlier versions. */
export interface KeepingOptions {
  /**
   * A folder that keeps the hub: everything in it is there again after a restart, also after `kill -9`. Devices, seed and routing of
   * the options are for a folder that is empty. Needs the package `classic-level`.
   * @default undefined: in memory
   * @example { data: './hub' }
   */
  readonly data?: string | undefined;
  /**
   * With `data`: `sync` answers when a write is on disk; `fast` answers at once, and may lose the last moments.
   * @default 'sync'
   * @example { data: './hub', durability: 'fast' }
   */
  readonly durability?: 'sync' | 'fast' | undefined;
  /**
   * Called while a hub is read from `data`, with numbers of rows.
   * @default undefined
   * @example { data: './hub', loading: ({ loaded, total }) => console.log(`${loaded} of ${total}`) }
   */
  readonly loading?: ((progress: { readonly loaded: number; readonly total: number }) => void) | undefined;
  /**
   * A file that records all that the hub gets, compressed and without keys, for `iothub-emulator replay`.
   * @default undefined
   * @example { record: 'run.trace' }
   */
  readonly record?: string | undefined;
  /**
   * How many versions of each twin and identity are kept, at most 10,000; 0 keeps none.
   * @default 100
   * @example { history: 1000 }
   */
  readonly history?: number | undefined;
}
