import { escapeLines } from '../errors/escape-lines.ts';
import { VirtfsError } from '../errors/virtfs-error.ts';

/**
 * A name for a service: it is part of a file name, `conf.SERVICE`, and a key of virtuald.toml. Throws BAD_USAGE.
 */
export function parseServiceName(text: string): string {
  if (/^[\w-]{1,200}$/u.test(text)) return text;
  throw new VirtfsError('BAD_USAGE', {
    what: `cannot use the service '${escapeLines(text).slice(0, 80)}'`,
    why: 'a service is named with letters, digits, _ and -, 200 at most',
    mend: 'see which there are: virtfs service list',
  });
}

/** True for the name of a file in a root of trees that says which address has which tree. */
export function isConfName(name: string): boolean {
  return /^conf\.[\w-]+$/u.test(name);
}
