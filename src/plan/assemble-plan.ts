import type { DirEntry, Entry } from '../manifest/entry.ts';
import { type Plan, type Section, type SectionName, sectionTitles } from '../manifest/plan.ts';

const sectionNames = Object.keys(sectionTitles) as SectionName[];

/**
 * Puts the shared and the own part of a tree together, so that each path is there once. What is the domain's own wins
 * over what the layer has, but a plain folder, one that is only on the way to something, yields to what is planned for
 * its path elsewhere; among equals the first wins.
 * Own folders are made with the layer's, before anything is put into them.
 */
export function assemblePlan(
  layer: readonly Section[],
  own: readonly Section[],
  notices: readonly string[],
): Plan {
  const layerPaths = new Set<string>(layer.flatMap(({ entries }) => entries.map(({ path }) => path)));
  const ownInOrder = inOrder(own).flatMap(({ name, entries }) => entries.map((entry) => ({ name, entry })));
  const special = new Set<string>(
    ownInOrder.filter(({ entry }) => !isPlainDir(entry)).map(({ entry }) => entry.path),
  );
  const used = new Set(
    ownInOrder.flatMap(({ name, entry }) => (name === 'web' ? [] : parentsOf(entry.path))),
  );
  const ownEntries = ownInOrder
    .filter(
      ({ entry: { path }, entry }) => !(isPlainDir(entry) && (layerPaths.has(path) || special.has(path))),
    )
    .map(({ name, entry }) => ({
      name: entry.type === 'dir' && (name !== 'web' || used.has(entry.path)) ? 'directories' : name,
      entry,
    }));
  const taken = new Set<string>();
  const isFirst = ({ path }: Entry): boolean => !taken.has(path) && taken.add(path) === taken;
  const ownOnce = ownEntries.filter(({ entry }) => isFirst(entry));
  return {
    own: sectionNames.map((name) => ({
      name,
      entries: ownOnce.filter((each) => each.name === name).map(({ entry }) => entry),
    })),
    layer: inOrder(layer).map(({ name, entries }) => ({ name, entries: entries.filter(isFirst) })),
    notices,
  };
}

/** All entries of a section in the order in which they can be applied. */
export function entriesOf(plan: Plan, name: SectionName): readonly Entry[] {
  const entries = [...plan.layer, ...plan.own]
    .filter((section) => section.name === name)
    .flatMap((section) => section.entries);
  return name === 'directories' ? entries.sort((a, b) => (a.path < b.path ? -1 : 1)) : entries;
}

function isPlainDir(entry: Entry): entry is DirEntry {
  return entry.type === 'dir' && entry.mode === 0o755 && entry.owner.uid === 0 && entry.owner.gid === 0;
}

function parentsOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function inOrder(sections: readonly Section[]): Section[] {
  return sectionNames.map((name) => ({
    name,
    entries: sections.filter((section) => section.name === name).flatMap(({ entries }) => entries),
  }));
}
