export interface Figure {
  readonly help: string;
  readonly text: string;
}

/** The gauges of an exposition in Prometheus' text format, for people. */
export const readFigures = (exposition: string): readonly Figure[] => {
  const helps = new Map(
    [...exposition.matchAll(/^# HELP (\S+) (.*?)\.?$/gm)].map(([, name = '', help = '']) => [name, help]),
  );
  return [...exposition.matchAll(/^([a-z_]+) (\S+)$/gm)].map(([, name = '', value = '']) => ({
    help: helps.get(name) ?? name,
    text: name.endsWith('_bytes')
      ? `${(Number(value) / 1024 / 1024).toFixed(0)} MB`
      : Number(value).toLocaleString('en'),
  }));
};
