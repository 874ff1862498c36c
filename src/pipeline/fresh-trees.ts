import { join } from 'node:path';
import type { Settings } from '../domain/settings.ts';
import { putStateFile } from '../engine/put-state-file.ts';
import { Host, type HostAnswers } from '../host/open-host.ts';
import { readPlainFile } from '../host/read-plain-file.ts';
import type { OpenTrees } from './change-trees.ts';
import { type HostTexts, readHostTexts } from './inspect-host.ts';
import { identifySocket } from './name-own-facts.ts';

/**
 * `.virtfs/cache/fresh.json`: all trees of a root were up to date when the host, the settings and the records were as
 * noted here. It spares the next call all the rest.
 */
interface FreshTrees {
  readonly version: 1;
  readonly key: string;
  readonly socket: string;
  readonly answers: HostAnswers;
}

/** Notes that all trees are up to date. To be called last: what is written of a domain afterwards makes it void. */
export function putFreshTrees(trees: OpenTrees, texts: HostTexts, answers: HostAnswers): void {
  const state = ['domains', 'manifests'].map((part) => join(trees.root.path, '.virtfs', part));
  const all = new Map([...answers, ...new Host(new Map()).identify([...state, trees.root.path])]);
  const fresh: FreshTrees = {
    version: 1,
    key: texts.key,
    socket: identifySocket(texts.logSocket),
    answers: [...all],
  };
  putStateFile(trees.state.part('cache'), 'fresh.json', JSON.stringify(fresh));
}

/** True when nothing that any tree of the root is made from changed since all were up to date. */
export function areFresh(settings: Settings, root: string): boolean {
  const fresh = parseFresh(readPlainFile(join(root, '.virtfs', 'cache', 'fresh.json'), () => {}) ?? '');
  if (fresh === undefined) return false;
  const texts = readHostTexts({ ...settings, root });
  if (fresh.key !== texts.key || fresh.socket !== identifySocket(texts.logSocket)) return false;
  return new Host(new Map()).stillAnswers(fresh.answers);
}

function parseFresh(text: string): FreshTrees | undefined {
  try {
    const fresh = JSON.parse(text) as FreshTrees;
    return fresh.version === 1 && Array.isArray(fresh.answers) ? fresh : undefined;
  } catch {
    // Not there, or cut short: then everything is looked at.
    return undefined;
  }
}
