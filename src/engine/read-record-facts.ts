import type { DomainName } from '../domain/domain-name.ts';
import { parseRecordFacts, type RecordFacts } from '../domain/parse-record-facts.ts';
import type { TreesRoot } from './open-root.ts';
import { readTreeFile } from './read-tree-file.ts';

/** What the record of a domain says of how programs run there; undefined for a tree made by hand. Throws BAD_RECORD. */
export function readRecordFacts(root: TreesRoot, domain: DomainName): RecordFacts | undefined {
  const path = `.virtfs/domains/${domain}.json`;
  const text = readTreeFile(root.fd, path, 1024 * 1024);
  return text === undefined ? undefined : parseRecordFacts(text, `${root.path}/${path}`);
}
