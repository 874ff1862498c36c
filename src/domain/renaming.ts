import { VirtfsError } from '../errors/virtfs-error.ts';
import { type DomainName, parseDomainName } from './domain-name.ts';

/** What is written down while a domain gets another name: `.virtfs/renaming.json`. Version 1. */
export interface Renaming {
  readonly version: 1;
  readonly from: DomainName;
  readonly to: DomainName;
  /** Leave the old name as an alias. */
  readonly keepAlias: boolean;
  /** The inode of the tree: whichever name has it says how far the renaming came. */
  readonly inode: string;
  /** The paths by which the root of trees is known: lines of conf files name it. */
  readonly roots: readonly string[];
}

/** What `JSON.stringify` made of a Renaming. Throws BAD_RECORD that names the file. */
export function parseRenaming(text: string, file: string): Renaming {
  try {
    const { version, from, to, keepAlias, inode, roots } = Object(JSON.parse(text)) as Record<
      string,
      unknown
    >;
    if (
      version === 1 &&
      typeof keepAlias === 'boolean' &&
      isText(inode) &&
      isText(from) &&
      isText(to) &&
      isTexts(roots)
    ) {
      return { version, from: parseDomainName(from), to: parseDomainName(to), keepAlias, inode, roots };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof VirtfsError)) throw error;
  }
  throw new VirtfsError('BAD_RECORD', {
    what: `cannot read ${file}`,
    why: 'it is not what virtfs writes down while it renames a domain',
    mend: `see by ls -l which of its two names the tree has, and remove it: rm ${file}`,
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}
