export interface Line {
  readonly name: string;
  /** Name of a colour of the stylesheet, such as `--accent`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

export interface ChartProps {
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly height?: number;
  /** A level that is drawn dashed, such as the limit of a tier. */
  readonly limit?: number | undefined;
  /** Begins the scale at the least value and not at 0. */
  readonly isZoomed?: boolean;
}

/** What the charting library, loaded with the first chart, does for one element. */
export interface Drawing {
  update(props: ChartProps): void;
  destroy(): void;
}
