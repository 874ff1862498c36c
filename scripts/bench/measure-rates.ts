import { spawnSync } from 'node:child_process';
import { median } from './measure.ts';

/** A server as clients see it. */
export interface Served {
  readonly name: string;
  readonly port: number;
  /** Lines `ADDRESS DOMAIN`: where clients connect to, and what they must be told there. */
  readonly table: string;
}

/** What clients in a closed loop saw; times in milliseconds. */
export interface Rate {
  /** Connections a second. */
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
}

/** How long each measurement takes, in seconds, how many there are, and how long the turn is that does not count. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly unmeasured: number;
}

/** One measurement. Throws when any client was told another domain than that of its address, or nothing. */
export function measureRate(
  load: string,
  { name, port, table }: Served,
  clients: number,
  seconds: number,
): Rate {
  const words = [port, table, clients, seconds].map(String);
  const { status, stdout, stderr } = spawnSync(load, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}, ${clients} clients: ${stdout}${stderr}`);
  return JSON.parse(stdout) as Rate;
}

/** Measures servers in turn, a b c a b c …, after a turn of each that does not count: for each, its rounds. */
export function measureInTurn<Name extends string>(
  load: string,
  servers: Readonly<Record<Name, Served>>,
  clients: number,
  { rounds, seconds, unmeasured }: Effort,
): Readonly<Record<Name, readonly Rate[]>> {
  const names = Object.keys(servers) as Name[];
  for (const name of names) measureRate(load, servers[name], clients, unmeasured);
  const measured = {} as Record<Name, Rate[]>;
  for (const name of names) measured[name] = [];
  for (let round = 0; round < rounds; round++)
    for (const name of names) measured[name].push(measureRate(load, servers[name], clients, seconds));
  return measured;
}

/** The median of the ratios of the same rounds: what stays when the machine's speed drifts. */
export function ratioOf(a: readonly Rate[], b: readonly Rate[], of: keyof Rate = 'rate'): number {
  return median(a.map((rate, round) => rate[of] / (b[round]?.[of] ?? Number.NaN)));
}

export function middleOf(rates: readonly Rate[], of: keyof Rate): number {
  return median(rates.map((rate) => rate[of]));
}

/** Prints a ratio and whether it meets its bar. */
export function sayRatio(
  title: string,
  ratio: number,
  bar: { readonly least: number } | { readonly most: number },
): void {
  const [meets, word, value] =
    'least' in bar ? [ratio >= bar.least, 'at least', bar.least] : [ratio <= bar.most, 'at most', bar.most];
  console.log(`  ${title}: ${ratio.toFixed(3)} x  (bar ${word} ${value}: ${meets ? 'meets' : 'MISSES'})`);
}
