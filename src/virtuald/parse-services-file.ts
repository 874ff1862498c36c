import type { FindPort } from './parse-listen-address.ts';

/** The TCP ports of a text such as /etc/services (services(5)): by name and by alias, the first of a name. */
export function parseServicesFile(text: string): FindPort {
  const ports = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [name, place = '', ...aliases] = line.replace(/#.*$/u, '').trim().split(/\s+/u);
    const port = Number(/^(\d{1,5})\/tcp$/iu.exec(place)?.[1]);
    if (name === undefined || !(port >= 1 && port <= 65_535)) continue;
    for (const each of [name, ...aliases]) if (!ports.has(each)) ports.set(each, port);
  }
  return (name) => ports.get(name);
}
