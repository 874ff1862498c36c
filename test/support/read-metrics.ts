/** One metric with all its series, as Prometheus has it. */
export interface MetricFamily {
  readonly type: string;
  readonly samples: (readonly [series: string, value: number])[];
}

const typeLine = /^# TYPE (?<name>[a-zA-Z_:][\w:]*) (?<type>counter|gauge|summary)$/u;
const helpLine = /^# HELP [a-zA-Z_:][\w:]* [^\n]+$/u;
const sampleLine =
  /^(?<series>(?<name>[a-zA-Z_:][\w:]*)(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*\})?) (?<value>-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/u;

/** Reads the text format of Prometheus, version 0.0.4. Throws where a line is not of it, or stands where it may not. */
export function readMetrics(text: string): ReadonlyMap<string, MetricFamily> {
  const families = new Map<string, MetricFamily>();
  const seen = new Set<string>();
  let name = '';
  for (const line of text.split('\n').filter((each) => each !== '' && !helpLine.test(each))) {
    const type = typeLine.exec(line)?.groups;
    if (type) {
      name = type.name ?? '';
      addFamily(families, name, type.type ?? '');
      continue;
    }
    const series = addSample(families.get(name), name, line);
    if (seen.has(series)) throw new Error(`it stands there twice: ${series}`);
    seen.add(series);
  }
  return families;
}

function addFamily(families: Map<string, MetricFamily>, name: string, type: string): void {
  if (families.has(name)) throw new Error(`it stands there twice: ${name}`);
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`no name of a counter: ${name}`);
  families.set(name, { type, samples: [] });
}

function addSample(family: MetricFamily | undefined, of: string, line: string): string {
  const { series, name, value } = sampleLine.exec(line)?.groups ?? {};
  if (family === undefined || series === undefined) throw new Error(`no metric: ${line}`);
  const suffixes = family.type === 'summary' ? ['_sum', '_count'] : [''];
  if (!suffixes.some((suffix) => of + suffix === name)) throw new Error(`not where it belongs: ${line}`);
  family.samples.push([series, Number(value)]);
  return series;
}
