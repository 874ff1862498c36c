import * as v from 'valibot';
import { parseDomainName, whyNotDomainName } from '../domain/domain-name.ts';
import { badRecord, parseJson } from '../domain/parse-record.ts';
import { escapeLines } from '../errors/escape-lines.ts';
import type { Layer, Manifest, ManifestEntry } from './manifest.ts';
import { type SectionName, sectionTitles } from './plan.ts';
import { isTreePath } from './tree-path.ts';

const path = v.pipe(
  v.string(),
  v.guard(isTreePath, () => 'is no path inside a tree'),
);
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const sectionNames = Object.keys(sectionTitles) as SectionName[];

const entry = v.object({
  type: v.picklist(['dir', 'file', 'symlink', 'hardlink', 'device']),
  path,
  section: v.picklist(sectionNames),
  why: v.string(),
  mode: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-7]{1,5}$/u))),
  uid: v.exactOptional(count),
  gid: v.exactOptional(count),
  from: v.exactOptional(v.string()),
  sha256: v.exactOptional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u))),
  size: v.exactOptional(count),
  shared: v.exactOptional(v.boolean()),
  needs: v.exactOptional(v.array(path)),
  target: v.exactOptional(v.string()),
  to: v.exactOptional(v.string()),
  major: v.exactOptional(count),
  minor: v.exactOptional(count),
});

const layer = v.object({
  version: v.literal(1),
  profiles: v.array(v.string()),
  entries: v.array(entry),
  notices: v.array(v.string()),
});

const manifest = v.object({
  version: v.literal(1),
  domain: v.pipe(
    v.string(),
    v.check((text) => whyNotDomainName(text) === undefined, 'is no domain name'),
    v.transform(parseDomainName),
  ),
  // It becomes part of a path.
  layer: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/u)),
  facts: v.exactOptional(v.string()),
  updated: v.exactOptional(v.string()),
  held: v.exactOptional(v.literal(true)),
  unsettled: v.exactOptional(v.literal(true)),
  own: v.array(entry),
});

/** The manifest in `text`, which was read from `file`. Throws BAD_RECORD that names the file and the first broken rules. */
export function parseManifest(text: string, file: string): Manifest {
  return parseWith(manifest, text, file);
}

/** The layer in `text`, which was read from `file`. Throws BAD_RECORD. */
export function parseLayer(text: string, file: string): Layer {
  return parseWith(layer, text, file);
}

/** All a tree holds, the layer's entries first, by path. */
export function mergeEntries(manifest: Manifest, layer: Layer): ReadonlyMap<string, ManifestEntry> {
  return new Map([...layer.entries, ...manifest.own].map((each) => [each.path, each]));
}

function parseWith<T>(schema: v.GenericSchema<unknown, T>, text: string, file: string): T {
  const result = v.safeParse(schema, parseJson(text, file), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw badRecord(file, escapeLines(`${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`));
}
