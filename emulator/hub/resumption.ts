/** How rooms go on after rows were loaded. */
export interface Resumption {
  /** True: sessions and readers were taken over, and what they were sent is with them. False: all connections are gone. */
  readonly goesOn?: boolean;
}
