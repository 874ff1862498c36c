import { parse } from 'smol-toml';
import { parseDeclaredHost } from '../../src/domain/parse-declared-host.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { type ApplyResult, applyHost } from '../../src/pipeline/apply-host.ts';
import { describeHostChange } from '../../src/plan/describe-host-change.ts';

/** An apply in few words. */
export interface ApplyWords {
  readonly settings: Settings;
  /** The text of the declaration. */
  readonly toml: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
}

export interface ApplyHooks {
  readonly signal?: AbortSignal;
  /** Told of each change before it is made. */
  readonly onChange?: (title: string) => void;
  readonly onStopped?: (made: number, of: number) => void;
}

export function apply(
  { settings, toml, prune = false, dryRun = false }: ApplyWords,
  { signal = new AbortController().signal, onStopped = () => {} }: ApplyHooks = {},
): Promise<ApplyResult> {
  return applyHost({
    settings,
    declared: parseDeclaredHost(parse(toml), 'host.toml'),
    name: 'host.toml',
    prune,
    dryRun,
    progress: 'none',
    isEachShown: false,
    titleOf: describeHostChange,
    onPlan: async () => true,
    onStopped,
    signal,
    onWait: () => {},
  });
}

/** What it did, a line each. */
export async function applied(words: ApplyWords): Promise<readonly string[]> {
  return (await apply(words)).changes.map(describeHostChange);
}
