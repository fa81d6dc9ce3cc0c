/** Links of one connection wait through this for what the hub answers. */
export interface Answers {
  /** Rejects when the connection ends, or after a minute without an answer. */
  wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void): Promise<T>;
}
